/**
 * The knobs of the lab: each changes one thing of a flood scenario and leaves the rest, so that what changes in the
 * picture is the knob's doing. A knob that is not turned holds what the scenario says.
 */
import type { FloodScenario, FloodSpec, OrderSpec, RateSpec, SpoofSpec } from '../sim/flood-model.ts';
import { AS_GIVEN, withDefence } from './flood-defences.ts';

export type SpoofMode = SpoofSpec['mode'];

export interface FloodKnobs {
  /** SYNs per second of all floods together at their usual rate; -1 = as the scenario says. */
  readonly rate: number;
  readonly spoof: SpoofMode | '';
  /** Share of live hosts among random addresses, 0 .. 1; -1 = as the scenario says. */
  readonly live: number;
  /** Of the first listener; -1 = as the scenario says. */
  readonly backlog: number;
  /** Id of a defence. */
  readonly defence: string;
}

export const UNTURNED: FloodKnobs = { rate: -1, spoof: '', live: -1, backlog: -1, defence: AS_GIVEN };

export type KnobName = keyof FloodKnobs;

/** The scenario with the knobs turned. */
export function applyKnobs(scenario: FloodScenario, knobs: FloodKnobs): FloodScenario {
  const own = nominalRate(scenario);
  const factor = knobs.rate >= 0 && own > 0 ? knobs.rate / own : 1;
  const floods = scenario.floods.map((flood) => ({
    ...flood,
    rate: factor === 1 ? flood.rate : scaleRate(flood.rate, factor),
    spoof: spoofed(flood, knobs),
  }));
  const botnets = scenario.botnets.map((net) => ({
    ...net,
    orders: net.orders.map((order) => ({ ...order, rate: order.rate * factor, ...orderSpoof(order, knobs) })),
  }));
  return withBacklog(withDefence({ ...scenario, floods, botnets }, knobs.defence), knobs.backlog);
}

/** Which knobs differ from the scenario; how it forges and how many of those hosts live count as one. */
export function turnedKnobs(knobs: FloodKnobs): readonly KnobName[] {
  const names: readonly KnobName[] = ['rate', 'spoof', 'backlog', 'defence'];
  return names.filter((name) => knobs[name] !== UNTURNED[name] || (name === 'spoof' && knobs.live !== UNTURNED.live));
}

/** SYNs per second of all floods and of all bots that follow their orders, while each is at work. */
export function nominalRate(scenario: FloodScenario): number {
  const floods = scenario.floods.reduce((sum, flood) => sum + meanRate(flood.rate), 0);
  const bots = scenario.botnets.reduce((sum, net) => {
    const count = net.bots.reduce((all, kind) => all + kind.count, 0);
    return sum + count * Math.max(0, ...net.orders.map((order) => order.rate));
  }, 0);
  return floods + bots;
}

/** How the scenario forges, and the share of live hosts: of its first flood, or of the first order. */
export function ownSpoof(scenario: FloodScenario): { readonly mode: SpoofMode; readonly live: number } {
  const spoof = scenario.floods[0]?.spoof;
  if (spoof !== undefined) return { mode: spoof.mode, live: spoof.mode === 'random' ? spoof.live : 0 };
  const order = scenario.botnets[0]?.orders[0];
  return order === undefined || order.spoof === 'own' ? { mode: 'own', live: 0 } : { mode: 'random', live: order.live };
}

/** The rates a slider stops at: 1, 2, 5 times powers of ten from 1 to 100,000, and the scenario's own. */
export function rateStops(scenario: FloodScenario): readonly number[] {
  const own = nominalRate(scenario);
  const stops = new Set<number>(own > 0 ? [own] : []);
  for (let power = 1; power <= MOST_RATE; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power <= MOST_RATE) stops.add(digit * power);
  }
  return [...stops].sort((a, b) => a - b);
}

const MOST_RATE = 100_000;

/** Backlogs to choose from, the scenario's own among them. */
export function backlogChoices(scenario: FloodScenario): readonly number[] {
  const own = scenario.server.listen[0]?.backlog ?? 128;
  return [...new Set([...BACKLOGS, own])].sort((a, b) => a - b);
}

const BACKLOGS: readonly number[] = [16, 64, 128, 256, 512, 1024, 4096, 16_384];

/** `rate.200_backlog.64`: what a link carries; '' = nothing turned. */
export function knobsText(knobs: FloodKnobs): string {
  const parts: string[] = [];
  if (knobs.rate >= 0) parts.push(`rate.${knobs.rate}`);
  if (knobs.spoof !== '') parts.push(`spoof.${knobs.spoof}`);
  if (knobs.live >= 0) parts.push(`live.${Math.round(knobs.live * 100)}`);
  if (knobs.backlog >= 0) parts.push(`backlog.${knobs.backlog}`);
  if (knobs.defence !== AS_GIVEN) parts.push(`defence.${knobs.defence}`);
  return parts.join('_');
}

/** Reads it back; what it does not understand stays unturned. */
export function parseKnobs(text: string): FloodKnobs {
  const fields = new Map(text.split('_').map((part) => [part.split('.')[0] ?? '', part.split('.')[1] ?? '']));
  const number = (name: string, most: number): number => {
    const value = fields.get(name);
    return value !== undefined && /^\d{1,7}$/.test(value) && Number(value) <= most ? Number(value) : -1;
  };
  const live = number('live', 100);
  const defence = fields.get('defence') ?? '';
  return {
    rate: number('rate', MOST_RATE),
    spoof: SPOOF_MODES.find((mode) => mode === fields.get('spoof')) ?? '',
    live: live < 0 ? -1 : live / 100,
    backlog: number('backlog', BACKLOGS.at(-1) ?? 0),
    defence: /^[a-z0-9-]+$/.test(defence) ? defence : AS_GIVEN,
  };
}

export const SPOOF_MODES: readonly SpoofMode[] = ['silent', 'random', 'live', 'own'];

function meanRate(rate: RateSpec): number {
  switch (rate.process) {
    case 'constant':
    case 'poisson':
      return rate.rate;
    case 'burst':
      return rate.every > 0 ? (rate.size * 1e9) / rate.every : 0;
    case 'pulse':
      return rate.rate;
    case 'ramp':
      return Math.max(rate.first, rate.last);
    default:
      return rate satisfies never;
  }
}

function scaleRate(rate: RateSpec, factor: number): RateSpec {
  switch (rate.process) {
    case 'constant':
    case 'poisson':
    case 'pulse':
      return { ...rate, rate: rate.rate * factor };
    case 'burst':
      return { ...rate, size: Math.max(1, Math.round(rate.size * factor)) };
    case 'ramp':
      return { ...rate, first: rate.first * factor, last: rate.last * factor };
    default:
      return rate satisfies never;
  }
}

/** All modes live in the flood's own prefix: it is free of everybody else. */
function spoofed(flood: FloodSpec, knobs: FloodKnobs): SpoofSpec {
  const { prefix } = flood.spoof;
  const mode = knobs.spoof === '' ? flood.spoof.mode : knobs.spoof;
  switch (mode) {
    case 'own':
      return flood.spoof.mode === 'own'
        ? flood.spoof
        : { mode, prefix, count: Math.min(OWN_ADDRESSES, sizeOf(prefix)) };
    case 'random': {
      const given = flood.spoof.mode === 'random' ? flood.spoof.live : 0;
      return { mode, prefix, live: knobs.live >= 0 ? knobs.live : given };
    }
    case 'silent':
    case 'live':
      return { mode, prefix };
    default:
      return mode satisfies never;
  }
}

/** Machines that flood under their own addresses. */
const OWN_ADDRESSES = 50;

function sizeOf(prefix: string): number {
  const bits = Number(prefix.split('/')[1] ?? 32);
  return 2 ** (32 - bits);
}

function orderSpoof(order: OrderSpec, knobs: FloodKnobs): Pick<OrderSpec, 'spoof' | 'live'> {
  const own = { spoof: order.spoof, live: knobs.live >= 0 ? knobs.live : order.live };
  switch (knobs.spoof) {
    case '':
      return own;
    case 'own':
      return { ...own, spoof: 'own' };
    case 'random':
      return { ...own, spoof: 'random' };
    case 'silent':
      return { spoof: 'random', live: 0 };
    case 'live':
      return { spoof: 'random', live: 1 };
    default:
      return knobs.spoof satisfies never;
  }
}

/** Linux grants no more than somaxconn, and keeps a quarter of tcp_max_syn_backlog back: both make room. */
function withBacklog(scenario: FloodScenario, backlog: number): FloodScenario {
  if (backlog < 0) return scenario;
  const { server } = scenario;
  const listen = server.listen.map((spec, i) => (i === 0 ? { ...spec, backlog } : spec));
  const room = RAISED[server.profile] ?? [];
  const settings = { ...server.settings };
  for (const [name, share] of room) settings[name] = Math.max(settings[name] ?? 0, Math.ceil(backlog * share));
  return { ...scenario, server: { ...server, listen, settings: backlog > SMALL ? settings : server.settings } };
}

/** Up to here the usual settings are wide enough (somaxconn 4096, three quarters of tcp_max_syn_backlog 4096). */
const SMALL = 3000;

const RAISED: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  'linux-6': [
    ['somaxconn', 1],
    ['tcp_max_syn_backlog', 1.5],
  ],
  'freebsd-14': [['soacceptqueue', 1]],
  rfc9293: [['somaxconn', 1]],
  'bsd-1996': [['somaxconn', 1]],
};
