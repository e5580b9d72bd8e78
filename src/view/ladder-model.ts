/**
 * The ladder as plain geometry: lanes, arrows, lifelines, timer bars, silences and ticks, for one moment of a recording.
 * Heights (`y`) are in rows, places across (`lane`) are host indices; a renderer brings its own units, colours and DOM.
 */
import type { Fate, Flight, HostInfo, Recording, Step, TcbView, TimerView } from '../sim/recording.ts';
import type { Nanos, TcpState } from '../tcp/types.ts';
import { type NumberMode, Numbers } from './numbers.ts';
import { type ArrowLabel, arrowLabel, optionChips, sentAgain } from './segment-label.ts';
import { type ScaleMode, type TimeScale, timeScale, yOf } from './time-scale.ts';

/** How a lifeline is drawn: thin, dashed, half filled, full; `closing` = full but ending. */
export type Presence = 'none' | 'listening' | 'half-open' | 'established' | 'closing';

export interface LadderLane {
  readonly host: number;
  readonly name: string;
  readonly role: 'client' | 'server' | 'peer';
  /** `198.51.100.7:49812`, without the port when it has none. */
  readonly address: string;
}

/** What is known of a flight now: a segment that will be lost still flies until then. */
export type ArrowState = 'in-flight' | 'delivered' | 'lost';

export interface LadderArrow {
  readonly flight: number;
  readonly from: number; // lane
  readonly to: number;
  readonly t0: Nanos;
  readonly t1: Nanos;
  readonly y0: number;
  readonly y1: number;
  readonly state: ArrowState;
  /** Why it was lost; 'in-flight' or 'delivered' otherwise. Never tells the future. */
  readonly fate: Fate;
  /** Share of the way it has come by now, 0 .. 1: solid up to here, dotted beyond. A lost one stops at its cut. */
  readonly tip: number;
  /** Share of the way at which it died, or -1. */
  readonly cut: number;
  readonly label: ArrowLabel;
  readonly chips: readonly string[];
  readonly again: boolean;
  readonly copyOf: number;
  readonly scripted: boolean;
}

/** A stretch of a lifeline in one state. */
export interface LifelineSpan {
  readonly lane: number;
  readonly state: TcpState;
  readonly presence: Presence;
  readonly t0: Nanos;
  readonly t1: Nanos;
  readonly y0: number;
  readonly y1: number;
  /** Step at which the state began, -1 for the beginning. */
  readonly step: number;
}

export interface TimerBar {
  readonly lane: number;
  readonly name: TimerView['name'];
  /** `local>remote` of its connection, to tell bars of one lane apart. */
  readonly connection: string;
  readonly armedAt: Nanos;
  readonly firesAt: Nanos;
  /** When it fired, was stopped or re-armed; `Infinity` while it runs. Hatch to here, dash beyond when running. */
  readonly endedAt: Nanos;
  readonly outcome: 'running' | 'fired' | 'stopped';
  readonly y0: number;
  readonly yFires: number;
  /** Height up to which it has run: now, or where it ended. */
  readonly yRun: number;
}

export interface LadderTick {
  readonly t: Nanos;
  readonly y: number;
}

export interface LadderSilence {
  readonly y0: number;
  readonly y1: number;
  readonly length: Nanos;
  readonly quiet: boolean;
}

export interface LadderModel {
  readonly scale: TimeScale;
  readonly height: number;
  readonly now: Nanos;
  readonly yNow: number;
  readonly lanes: readonly LadderLane[];
  readonly arrows: readonly LadderArrow[];
  readonly spans: readonly LifelineSpan[];
  readonly timers: readonly TimerBar[];
  readonly silences: readonly LadderSilence[];
  /** Times worth a label: events up to now, and where running timers will fire. */
  readonly ticks: readonly LadderTick[];
}

export interface LadderOptions {
  /** The last step that has happened; -1 = before the first. Default: the last of the recording. */
  readonly step?: number;
  /** A moment after that step and before the next, while time is moving. Default: the step's own time. */
  readonly now?: Nanos;
  readonly numbers?: NumberMode;
  readonly scale?: ScaleMode;
  /** Separator between groups of three digits in absolute numbers. Default ''. */
  readonly group?: string;
}

/** The ladder after a step. Only what has happened shows, plus what is certain: armed timers. */
export function ladderModel(recording: Recording, options: LadderOptions = {}): LadderModel {
  const at = options.step ?? recording.steps.length - 1;
  const now = options.now ?? recording.steps[at]?.t ?? 0;
  const scale = timeScale(recording, options.scale ?? 'compressed');
  const numbers = new Numbers(recording, options.numbers ?? 'absolute', { group: options.group ?? '' });
  const timers = timerBars(recording, at, now, scale);
  return {
    scale,
    height: scale.height,
    now,
    yNow: yOf(scale, now),
    lanes: recording.hosts.map((h, host) => ({
      host,
      name: capitalise(h.name),
      role: h.role,
      address: endpointText(h),
    })),
    arrows: arrowsAt(recording, at, now, scale, numbers),
    spans: spansAt(recording, at, now, scale),
    timers,
    silences: scale.silences.map((s) => ({ y0: s.y0, y1: s.y1, length: s.t1 - s.t0, quiet: s.quiet })),
    ticks: ticksAt(recording, at, timers, scale),
  };
}

/** How a state shows on a lifeline. */
export function presenceOf(state: TcpState): Presence {
  return PRESENCE[state];
}

/** First letter upper case: host names in sentences and headings. */
export function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `198.51.100.7:49812`, `[2001:db8::1]:80`, or the address alone when the host uses no port (RFC 5952 §6). */
export function endpointText(host: HostInfo): string {
  if (host.port === 0) return host.address;
  return host.address.includes(':') ? `[${host.address}]:${host.port}` : `${host.address}:${host.port}`;
}

/** Step at which each flight began, and step at which it ended (arrived or was lost); `Infinity` = not in the run. */
export function flightSteps(recording: Recording): { begun: readonly number[]; ended: readonly number[] } {
  const begun = recording.flights.map(() => Number.POSITIVE_INFINITY);
  const ended = recording.flights.map(() => Number.POSITIVE_INFINITY);
  for (const step of recording.steps) {
    for (const flight of step.sent) begun[flight] = Math.min(begun[flight]!, step.index);
    if (step.flight < 0) continue;
    if (step.kind === 'inject') begun[step.flight] = Math.min(begun[step.flight]!, step.index);
    else ended[step.flight] = step.index;
  }
  // A duplicate made on the way is in nobody's `sent`: it shows from its own sending time on.
  for (const flight of recording.flights) {
    if (begun[flight.index] !== Number.POSITIVE_INFINITY) continue;
    const step = recording.steps.findLast((s) => s.t <= flight.sentAt);
    begun[flight.index] = step ? step.index : 0;
  }
  return { begun, ended };
}

const PRESENCE: Record<TcpState, Presence> = {
  CLOSED: 'none',
  LISTEN: 'listening',
  'SYN-SENT': 'half-open',
  'SYN-RECEIVED': 'half-open',
  ESTABLISHED: 'established',
  'FIN-WAIT-1': 'closing',
  'FIN-WAIT-2': 'closing',
  'CLOSE-WAIT': 'closing',
  CLOSING: 'closing',
  'LAST-ACK': 'closing',
  'TIME-WAIT': 'closing',
};

function arrowsAt(recording: Recording, at: number, now: Nanos, scale: TimeScale, numbers: Numbers): LadderArrow[] {
  const { begun, ended } = flightSteps(recording);
  const arrows: LadderArrow[] = [];
  for (const flight of recording.flights) {
    if (begun[flight.index]! > at || flight.sentAt > now) continue;
    arrows.push(arrowOf(recording, flight, ended[flight.index]! <= at, now, scale, numbers));
  }
  return arrows;
}

function arrowOf(
  recording: Recording,
  flight: Flight,
  over: boolean,
  now: Nanos,
  scale: TimeScale,
  numbers: Numbers,
): LadderArrow {
  const y0 = yOf(scale, flight.sentAt);
  const y1 = yOf(scale, flight.arrivesAt);
  // Shares are of the drawn height, not of time: under a compressed silence the two differ.
  const share = (t: Nanos): number => (y1 > y0 ? Math.min(1, Math.max(0, (yOf(scale, t) - y0) / (y1 - y0))) : 1);
  const lost = over && flight.fate !== 'delivered' && flight.fate !== 'in-flight';
  const cut = lost ? share(flight.lostAt) : -1;
  const state: ArrowState = lost ? 'lost' : over ? 'delivered' : 'in-flight';
  return {
    flight: flight.index,
    from: flight.from,
    to: flight.to,
    t0: flight.sentAt,
    t1: flight.arrivesAt,
    y0,
    y1,
    state,
    fate: state === 'lost' ? flight.fate : state,
    tip: lost ? cut : over ? 1 : share(now),
    cut,
    label: arrowLabel(recording, flight, numbers),
    chips: optionChips(flight.segment),
    again: sentAgain(recording, flight),
    copyOf: flight.copyOf,
    scripted: flight.scripted,
  };
}

function spansAt(recording: Recording, at: number, now: Nanos, scale: TimeScale): LifelineSpan[] {
  const spans: LifelineSpan[] = [];
  recording.hosts.forEach((_, lane) => {
    let state: TcpState = 'CLOSED';
    let t0 = 0;
    let step = -1;
    const end = (t1: Nanos): void => {
      if (t1 === t0 && step >= 0) return;
      const presence = presenceOf(state);
      spans.push({ lane, state, presence, t0, t1, y0: yOf(scale, t0), y1: yOf(scale, t1), step });
    };
    for (let i = 0; i <= at; i++) {
      const s = recording.steps[i]!;
      const next = s.hosts[lane]?.state ?? 'CLOSED';
      if (next === state) continue;
      if (s.t > t0) end(s.t);
      state = next;
      t0 = s.t;
      step = i;
    }
    // The state that holds now always shows, even if it began this very instant.
    spans.push({
      lane,
      state,
      presence: presenceOf(state),
      t0,
      t1: now,
      y0: yOf(scale, t0),
      y1: yOf(scale, now),
      step,
    });
  });
  return spans;
}

function timerBars(recording: Recording, at: number, now: Nanos, scale: TimeScale): TimerBar[] {
  const open = new Map<string, { lane: number; tcb: TcbView; timer: TimerView }>();
  const bars: TimerBar[] = [];
  const finish = (bar: { lane: number; tcb: TcbView; timer: TimerView }, endedAt: Nanos): void => {
    const { lane, tcb, timer } = bar;
    const running = endedAt === Number.POSITIVE_INFINITY;
    bars.push({
      lane,
      name: timer.name,
      connection: `${tcb.local}>${tcb.remote}`,
      armedAt: timer.armedAt,
      firesAt: timer.firesAt,
      endedAt,
      outcome: running ? 'running' : endedAt >= timer.firesAt ? 'fired' : 'stopped',
      y0: yOf(scale, timer.armedAt),
      yFires: yOf(scale, timer.firesAt),
      yRun: yOf(scale, running ? now : endedAt),
    });
  };
  for (let i = 0; i <= at; i++) {
    const step = recording.steps[i]!;
    const armed = armedTimers(step);
    for (const [key, bar] of open) {
      if (armed.has(key)) continue;
      open.delete(key);
      finish(bar, step.t);
    }
    for (const [key, bar] of armed) if (!open.has(key)) open.set(key, bar);
  }
  for (const bar of open.values()) finish(bar, Number.POSITIVE_INFINITY);
  return bars;
}

/** A timer that was re-armed is a new bar: its times are part of its identity. */
function armedTimers(step: Step): Map<string, { lane: number; tcb: TcbView; timer: TimerView }> {
  const armed = new Map<string, { lane: number; tcb: TcbView; timer: TimerView }>();
  step.hosts.forEach((host, lane) => {
    for (const tcb of host.tcbs) {
      for (const timer of tcb.timers) {
        const key = `${lane} ${tcb.local} ${tcb.remote} ${timer.name} ${timer.armedAt} ${timer.firesAt}`;
        armed.set(key, { lane, tcb, timer });
      }
    }
  });
  return armed;
}

function ticksAt(recording: Recording, at: number, timers: readonly TimerBar[], scale: TimeScale): LadderTick[] {
  const times = new Set<Nanos>([0]);
  for (let i = 0; i <= at; i++) times.add(recording.steps[i]!.t);
  for (const bar of timers) if (bar.outcome === 'running' && Number.isFinite(bar.firesAt)) times.add(bar.firesAt);
  return [...times].sort((a, b) => a - b).map((t) => ({ t, y: yOf(scale, t) }));
}
