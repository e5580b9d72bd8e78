/** The botnets of a flood scenario's file: kinds of bot with the habits of their kind, orders, take-down. */
import type { BotKindSpec, BotnetSpec, DistributionSpec, OrderSpec } from '../sim/flood-model.ts';
import { MS } from '../tcp/types.ts';
import { type BuildContext, checkPort, distributionOf, each, MOST_SYNS, whole } from './build-context.ts';
import type { BotKindFile, BotnetFile, OrderFile } from './flood-file.ts';
import { time } from './units.ts';

type Path = readonly (string | number)[];

export function buildBotnet(file: BotnetFile, index: number, path: Path, context: BuildContext): BotnetSpec {
  const { claims, refuse } = context;
  const name = file.name ?? (index === 0 ? 'botnet' : `botnet-${index + 1}`);
  const kinds: BotKindFile | readonly BotKindFile[] =
    typeof file.bots === 'number' ? { kind: 'iot', count: file.bots, networkBits: 24 } : file.bots;
  const bots = each(kinds, 'bots').map(({ item, path: tail }, i) =>
    buildKind(item, index * 4 + i, [...path, ...tail], name, context),
  );
  const total = bots.reduce((sum, kind) => sum + kind.count, 0);
  if (file.as === 'each' && total > MOST_EACH) {
    refuse([...path, 'as'], `is 'each' with ${whole(total)} bots; expected at most ${whole(MOST_EACH)}, or as: sum`);
  }
  const poll = time(file.poll);
  if (poll <= 0) refuse([...path, 'poll'], `is ${file.poll}; expected a time above 0`);
  return {
    name,
    bots,
    c2: claims.address([...path, 'c2'], file.c2, `the C&C host of '${name}'`).text,
    poll,
    joinWithin: time(file.joinWithin),
    orders: each(file.orders, 'orders').map(({ item, path: tail }) =>
      buildOrder(item, [...path, ...tail], name, total, context),
    ),
    takeDown: file.takeDown === undefined ? null : { how: file.takeDown.how, at: time(file.takeDown.at) },
    as: file.as,
  };
}

/** Bots that are simulated one by one. */
const MOST_EACH = 100_000;

function buildKind(file: BotKindFile, index: number, path: Path, name: string, context: BuildContext): BotKindSpec {
  const { claims, refuse } = context;
  const usual = file.count > 2 ** 18 ? '10.0.0.0/8' : `172.${16 + 4 * (index % 4)}.0.0/14`;
  const claim = claims.prefix([...path, 'prefix'], file.prefix ?? usual, `the bots of '${name}'`);
  if (file.count > claim.size) {
    refuse([...path, 'count'], `is ${file.count}, but ${claim.text} has only ${claim.size} addresses`);
  }
  const bits = 32 - Math.log2(claim.size);
  if (file.networkBits < bits) {
    refuse(
      [...path, 'networkBits'],
      `is ${file.networkBits}, larger networks than ${claim.text} itself; expected ${bits} to 32`,
    );
  }
  const habits = HABITS[file.kind];
  return {
    kind: file.kind,
    count: file.count,
    prefix: claim.text,
    networkBits: file.networkBits,
    uplink: file.uplink ?? habits.uplink,
    rtt: file.rtt === undefined ? habits.rtt : distributionOf(file.rtt, [...path, 'rtt'], refuse),
  };
}

function buildOrder(file: OrderFile, path: Path, name: string, bots: number, context: BuildContext): OrderSpec {
  const { claims, refuse, until } = context;
  checkPort(file.port, path, context);
  const at = time(file.at);
  const duration = time(file.duration);
  const syns = (bots * file.rate * Math.max(0, Math.min(duration, until - at))) / 1e9;
  if (syns > MOST_SYNS) {
    refuse(
      [...path, 'rate'],
      `asks for ${whole(syns)} SYNs of ${whole(bots)} bots; expected at most ${whole(MOST_SYNS)}`,
    );
  }
  const random = file.spoof === 'random';
  const prefix = random
    ? claims.prefix([...path, 'prefix'], file.prefix, `an order to '${name}'`, `random ${file.live}`).text
    : file.prefix;
  return {
    at,
    port: file.port,
    rate: file.rate,
    duration,
    spoof: file.spoof,
    prefix,
    live: file.live,
    shape: file.shape,
  };
}

/** SYNs a second its link and CPU can send, and how far away it is: orders of magnitude, to be changed where they matter. */
const HABITS: Readonly<Record<BotKindSpec['kind'], { readonly uplink: number; readonly rtt: DistributionSpec }>> = {
  // 10 Mbit/s up are some 20,000 bare SYNs of 64 bytes on the wire.
  pc: { uplink: 20_000, rtt: { shape: 'uniform', least: 10 * MS, most: 80 * MS } },
  phone: { uplink: 5_000, rtt: { shape: 'uniform', least: 40 * MS, most: 200 * MS } },
  iot: { uplink: 1_000, rtt: { shape: 'uniform', least: 20 * MS, most: 150 * MS } },
  server: { uplink: 200_000, rtt: { shape: 'uniform', least: 5 * MS, most: 40 * MS } },
};
