/** A botnet played bot by bot: command host, crowd of bots, and a flood for each order. */
import type { Nanos, Tx } from '../../../tcp/types.ts';
import type { AddressRange, Emitter, Party } from '../../arena/types.ts';
import type { BotKindView, BotsView } from '../../flood-frame.ts';
import type { BotnetSpec } from '../../flood-model.ts';
import type { BotnetReport, FloodMoment } from '../../flood-report.ts';
import { parsePrefix } from '../../prefix.ts';
import { stream } from '../../rng.ts';
import type { FloodSurroundings } from '../flood-source.ts';
import { BotCrowd } from './bot-crowd.ts';
import type { Botnet } from './botnet.ts';
import { BotsFlood } from './bots-flood.ts';
import { CommandHost } from './command-host.ts';
import { holds } from './order-syns.ts';
import { Population } from './population.ts';
import { rateTogether } from './uplink.ts';

export class BotnetOfBots implements Botnet {
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  readonly parties: readonly Party[];
  readonly emitters: readonly Emitter[];
  readonly host: CommandHost;
  readonly crowd: BotCrowd;
  readonly #spec: BotnetSpec;
  readonly #populations: readonly Population[];
  readonly #floods: readonly BotsFlood[];

  constructor(spec: BotnetSpec, around: FloodSurroundings, tx: Tx) {
    const whose = `botnet '${spec.name}'`;
    this.#spec = spec;
    this.name = spec.name;
    const { seed, target } = around;
    const populations = spec.bots
      .filter(({ count }) => count > 0)
      .map((kind) => new Population(kind, seed, around.ingress, whose));
    const address = parsePrefix(spec.c2, whose).first;
    const secrets = stream(seed, `botnet/${spec.name}/c2`);
    const secret = Uint32Array.from({ length: 4 }, () => secrets.uint32());
    const { orders, takeDown } = spec;
    this.host = new CommandHost({ address, target, orders, takeDown, secret, tx });
    this.crowd = new BotCrowd(spec, populations, address, seed, tx);
    this.#populations = populations;
    this.#floods = orders.map(
      (_, i) => new BotsFlood(orders, i, this.crowd, populations, around, `botnet/${spec.name}/${i}`),
    );
    this.emitters = this.#floods;
    this.parties = [this.host, this.crowd];
    this.ranges = [
      { first: address, last: address, owner: 'c2', party: this.host },
      ...populations.map(
        ({ prefix }): AddressRange => ({ first: prefix.first, last: prefix.last, owner: 'bot', party: this.crowd }),
      ),
    ];
  }

  get moments(): readonly FloodMoment[] {
    const { takeDown } = this.#spec;
    const moments: FloodMoment[] = [];
    if (this.crowd.orderedAt >= 0) moments.push({ t: this.crowd.orderedAt, what: 'bots-ordered' });
    if (takeDown !== null && this.host.takenDown) moments.push({ t: takeDown.at, what: 'take-down' });
    return moments.sort((a, b) => a.t - b.t);
  }

  over(now: Nanos): boolean {
    return this.#spec.orders.every(({ at, duration }) => now >= at + duration);
  }

  view(now: Nanos): BotsView {
    const { crowd } = this;
    const { orders } = this.#spec;
    const held = orders.map((_, i) => i).filter((i) => holds(orders[i]!, now));
    const kinds = this.#populations.map(({ spec, count }, kind): BotKindView => {
      const asking = held.map((i) => ({ bots: crowd.informedOf(i, kind), rate: orders[i]!.rate }));
      return {
        kind: spec.kind,
        bots: count,
        registered: crowd.registeredOf(kind),
        // Who knows a later order knows the earlier ones that still hold, too.
        flooding: Math.max(0, ...asking.map(({ bots }) => bots)),
        rate: rateTogether(asking, spec.uplink),
      };
    });
    const { registered, bots } = crowd;
    return {
      name: this.name,
      bots,
      registered,
      flooding: Math.max(0, ...held.map((i) => crowd.informed[i]!)),
      rate: kinds.reduce((sum, kind) => sum + kind.rate, 0),
      takenDown: this.host.takenDown,
      kinds,
      letOut: held.reduce((sum, i) => sum + this.#floods[i]!.syns.syns, 0),
      stopped: held.reduce((sum, i) => sum + this.#floods[i]!.syns.filtered, 0),
    };
  }

  report(): BotnetReport {
    const { crowd } = this;
    return {
      name: this.name,
      bots: crowd.bots,
      registered: crowd.registered,
      polls: crowd.polls,
      pollsFailed: crowd.pollsFailed,
      informed: [...crowd.informed],
      informedBy: [...crowd.informedBy],
      syns: this.#floods.reduce((sum, { syns }) => sum + syns.syns, 0),
      filtered: this.#floods.reduce((sum, { syns }) => sum + syns.filtered, 0),
      how: 'each',
    };
  }
}
