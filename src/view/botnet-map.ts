/**
 * A botnet at one moment as a map: command host, bots by kind, the filters at the edge of their networks, the target, and
 * between them polls and SYNs as flows. Numbers and words only; `botnet-layout.ts` says where they stand.
 */
import type { BotsView } from '../sim/flood-frame.ts';
import type { BotKindSpec, BotnetSpec, FloodScenario, OrderSpec, TakeDownSpec } from '../sim/flood-model.ts';
import type { Nanos } from '../tcp/types.ts';
import { counted, countText, shareText } from './flood-number.ts';
import type { SlotOwner } from './owner-look.ts';

export interface BotnetMap {
  readonly title: string;
  readonly command: {
    readonly address: string;
    readonly state: 'up' | TakeDownSpec['how'];
    /** It hands out an order to whoever asks now. */
    readonly orders: 'yes' | 'no';
    /** Short lines: what becomes of polls, and what is ordered or in the way. */
    readonly polled: string;
    readonly says: readonly string[];
  };
  /** A second, as expected of bots that poll at memoryless times. */
  readonly polls: number;
  readonly kinds: readonly MapKind[];
  readonly filters: {
    /** Share of networks that let no forged source out. */
    readonly deployed: number;
    /** SYNs of the orders that hold now which they have stopped, and the share of those SYNs that left; 1 = none was sent. */
    readonly stopped: number;
    readonly passes: number;
  };
  /** SYNs a second that bots send, and of these what leaves their networks. */
  readonly rate: number;
  readonly arriving: number;
  /** Whose addresses those bear. */
  readonly sources: SlotOwner;
  readonly target: string;
  /** What `rate` and `polls` can come to in this scenario: flows are drawn against these. */
  readonly mostRate: number;
  readonly mostPolls: number;
}

export interface MapKind {
  readonly kind: BotKindSpec['kind'];
  readonly label: string;
  readonly bots: number;
  readonly registered: number;
  readonly flooding: number;
  readonly polls: number;
  readonly rate: number;
}

/** null: the scenario has no such botnet. */
export function botnetMap(net: BotsView, scenario: FloodScenario, t: Nanos): BotnetMap | null {
  const spec = scenario.botnets.find(({ name }) => name === net.name);
  if (spec === undefined) return null;
  const held = spec.orders.filter((order) => holds(order, t));
  const state = net.takenDown ? (spec.takeDown?.how ?? 'outage') : 'up';
  const everySecond = 1e9 / spec.poll;
  const kinds = kindsOf(net).map((kind) => ({ ...kind, polls: kind.registered * everySecond }));
  const sent = net.letOut + net.stopped;
  const passes = sent === 0 ? 1 : net.letOut / sent;
  return {
    title: net.name === 'botnet' ? 'Botnet' : `Botnet ${net.name}`,
    command: {
      address: spec.c2,
      state,
      orders: state === 'up' && held.length > 0 ? 'yes' : 'no',
      polled: state === 'up' ? 'answered' : 'in vain',
      says: state === 'up' ? orderLines(held) : STATES[state].short,
    },
    polls: kinds.reduce((sum, { polls }) => sum + polls, 0),
    kinds,
    filters: { deployed: scenario.ingress.deployed, stopped: net.stopped, passes },
    rate: net.rate,
    arriving: net.rate * passes,
    sources: sourcesOf(held),
    target: `${scenario.server.address}:${held[0]?.port ?? spec.orders[0]?.port ?? 80}`,
    mostRate: mostRate(spec),
    mostPolls: net.bots * everySecond,
  };
}

/** `Botnet: 1,000 of 1,000 bots are registered and ask for orders 250 times a second. …` */
export function mapSentence(map: BotnetMap): string {
  const { command, filters } = map;
  const bots = sum(map.kinds, 'bots');
  const flooding = sum(map.kinds, 'flooding');
  const asks = `${map.title}: ${countText(sum(map.kinds, 'registered'))} of ${counted(bots, 'bot')} are registered and ask for orders ${rateText(map.polls)} times a second`;
  const host = ` The command host ${STATES[command.state].long}${command.orders === 'yes' ? ', and gives an order' : ''}.`;
  const floods =
    flooding === 0
      ? ' None floods.'
      : ` ${counted(flooding, 'bot')} ${flooding === 1 ? 'floods' : 'flood'} with ${rateText(map.rate)} SYN/s.`;
  const edge =
    filters.deployed === 0
      ? ' No network filters forged sources.'
      : ` ${shareText(filters.deployed)} of the networks filter forged sources${flooding === 0 ? '' : `; they have stopped ${counted(filters.stopped, 'SYN')} of this flood, and ${rateText(map.arriving)} SYN/s go on to ${map.target}`}.`;
  return `${asks}.${host}${floods}${edge}`;
}

/** Head and rows of a table that says the same. */
export function mapTable(map: BotnetMap): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  return {
    head: [`${map.title}: kind`, 'Bots', 'Registered', 'Polls a second', 'Flood', 'SYN/s sent'],
    rows: map.kinds.map((kind) => [
      kind.label,
      countText(kind.bots),
      countText(kind.registered),
      rateText(kind.polls),
      countText(kind.flooding),
      rateText(kind.rate),
    ]),
  };
}

/** `0.4`, `12`, `1,200`. */
export function rateText(rate: number): string {
  return countText(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
}

/** What fits into a box: `950`, `12,345`, `250 k`, `1.2 M`. */
export function shortCount(count: number): string {
  if (count >= 1e6) return `${Math.round(count / 1e5) / 10} M`;
  return count >= 1e5 ? `${Math.round(count / 1e3)} k` : rateText(count);
}

/** Several ranges of one kind are one place on the map. */
function kindsOf(net: BotsView): readonly Omit<MapKind, 'polls'>[] {
  return KINDS.map(([kind, label]) => {
    const own = net.kinds.filter((one) => one.kind === kind);
    return {
      kind,
      label,
      bots: sum(own, 'bots'),
      registered: sum(own, 'registered'),
      flooding: sum(own, 'flooding'),
      rate: sum(own, 'rate'),
    };
  }).filter(({ bots }) => bots > 0);
}

/** All bots at the moment at which most is asked of them; never 0. */
function mostRate(spec: BotnetSpec): number {
  const rates = spec.orders.map(({ at }) => {
    const asked = spec.orders.filter((order) => holds(order, at)).reduce((all, { rate }) => all + rate, 0);
    return spec.bots.reduce((all, kind) => all + kind.count * Math.min(asked, kind.uplink), 0);
  });
  return Math.max(1e-9, ...rates);
}

function sourcesOf(held: readonly OrderSpec[]): SlotOwner {
  const forged = held.find(({ spoof }) => spoof !== 'own');
  if (forged === undefined) return 'bot';
  return forged.spoof === 'random' && forged.live === 1 ? 'live' : 'silent';
}

function orderLines(held: readonly OrderSpec[]): readonly string[] {
  if (held.length === 0) return ['no order'];
  return ['order:', `${held.map(({ rate }) => rateText(rate)).join(' + ')} SYN/s`, 'each'];
}

function holds(order: OrderSpec, t: Nanos): boolean {
  return order.at <= t && t < order.at + order.duration;
}

function sum<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((all, item) => all + item[key], 0);
}

const STATES: Readonly<
  Record<BotnetMap['command']['state'], { readonly short: readonly string[]; readonly long: string }>
> = {
  up: { short: [], long: 'answers' },
  sinkhole: {
    short: ['sinkhole:', 'knows no', 'orders'],
    long: 'is taken down: its name leads to a sinkhole, which knows no orders',
  },
  'edge-block': {
    short: ['edge block:', 'its packets', 'die'],
    long: 'is taken down: its packets die at the edge of its network',
  },
  outage: { short: ['outage:', 'it refuses', 'all'], long: 'is taken down: it refuses every connection' },
};

const KINDS: readonly (readonly [BotKindSpec['kind'], string])[] = [
  ['pc', 'PC'],
  ['phone', 'Phone'],
  ['iot', 'IoT'],
  ['server', 'Server'],
];
