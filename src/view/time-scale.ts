/**
 * Time to height: to scale, or with silence compressed. Pure geometry shared by the terminal ladder, SVG and the lab.
 *
 * Heights are in rows; a renderer multiplies by its own row height. Between two marks (sending, arrival, loss, any step)
 * the mapping is linear, so the slope of an arrow is its delay as long as no silence lies under it.
 */
import type { Recording } from '../sim/recording.ts';
import type { Nanos } from '../tcp/types.ts';

export type ScaleMode = 'compressed' | 'to-scale';

/** A stretch of time drawn shorter than it was: a zigzag with its length. */
export interface Silence {
  readonly t0: Nanos;
  readonly t1: Nanos;
  readonly y0: number;
  readonly y1: number;
  /** Nothing was on the way; otherwise time is only compressed (a delayed segment still travels). */
  readonly quiet: boolean;
}

export interface TimeScale {
  readonly mode: ScaleMode;
  /** The knots of the piecewise linear mapping, ascending; `times[i]` stands at height `ys[i]`. */
  readonly times: readonly Nanos[];
  readonly ys: readonly number[];
  readonly height: number;
  readonly silences: readonly Silence[];
}

/**
 * Builds the mapping for a whole recording, so that heights do not move while somebody steps through it.
 * Timers that would fire after the last event extend it.
 */
export function timeScale(recording: Recording, mode: ScaleMode): TimeScale {
  const marks = markTimes(recording);
  const times = [...marks];
  const tail = lastTimer(recording);
  if (tail > (times.at(-1) ?? 0)) times.push(tail);
  if (times.length === 0) times.push(0);
  const perRow = nanosPerRow(recording);
  const ys: number[] = [0];
  const silences: Silence[] = [];
  for (let i = 1; i < times.length; i++) {
    const t0 = times[i - 1]!;
    const t1 = times[i]!;
    const y0 = ys[i - 1]!;
    const rows = (t1 - t0) / perRow;
    if (mode === 'to-scale') {
      ys.push(y0 + rows);
    } else if (rows > SILENCE_FROM) {
      ys.push(y0 + SILENCE_ROWS);
      silences.push({ t0, t1, y0, y1: y0 + SILENCE_ROWS, quiet: !busy(recording, t0, t1) });
    } else {
      ys.push(y0 + Math.max(LEAST_ROWS, rows));
    }
  }
  return { mode, times, ys, height: ys.at(-1)!, silences };
}

/** Height of a moment. Before the first knot 0, after the last the full height. */
export function yOf(scale: TimeScale, t: Nanos): number {
  const { times, ys } = scale;
  if (t <= times[0]!) return ys[0]!;
  const last = times.length - 1;
  if (t >= times[last]!) return ys[last]!;
  const i = knotBelow(times, t);
  const share = (t - times[i]!) / (times[i + 1]! - times[i]!);
  return ys[i]! + share * (ys[i + 1]! - ys[i]!);
}

/** The moment at a height: the inverse of `yOf`, for scrubbing by hand. */
export function timeAt(scale: TimeScale, y: number): Nanos {
  const { times, ys } = scale;
  if (y <= ys[0]!) return times[0]!;
  const last = ys.length - 1;
  if (y >= ys[last]!) return times[last]!;
  const i = knotBelow(ys, y);
  const span = ys[i + 1]! - ys[i]!;
  return Math.round(times[i]! + ((y - ys[i]!) / span) * (times[i + 1]! - times[i]!));
}

/** Rows that a typical one-way delay gets: enough for a label above the arrow and its option chips below. */
const ROWS_PER_DELAY = 4;
/** Below this, two events would overprint each other's labels. */
const LEAST_ROWS = 1.5;
/** From this many rows without any event, time is compressed (about three one-way delays). */
const SILENCE_FROM = 3 * ROWS_PER_DELAY;
const SILENCE_ROWS = 4;

function knotBelow(knots: readonly number[], value: number): number {
  let lo = 0;
  let hi = knots.length - 1;
  while (hi - lo > 1) {
    const mid = (lo + hi) >>> 1;
    if (knots[mid]! <= value) lo = mid;
    else hi = mid;
  }
  return lo;
}

function markTimes(recording: Recording): Nanos[] {
  const all = new Set<Nanos>([0]);
  for (const step of recording.steps) all.add(step.t);
  for (const flight of recording.flights) {
    all.add(flight.sentAt);
    // A lost segment's arrival is drawn too: the dotted rest of its arrow ends there.
    if (Number.isFinite(flight.arrivesAt)) all.add(flight.arrivesAt);
  }
  return [...all].sort((a, b) => a - b);
}

function lastTimer(recording: Recording): Nanos {
  let last = 0;
  for (const step of recording.steps) {
    for (const host of step.hosts) {
      for (const tcb of host.tcbs) {
        for (const timer of tcb.timers) {
          if (Number.isFinite(timer.firesAt) && timer.firesAt > last) last = timer.firesAt;
        }
      }
    }
  }
  return last;
}

/** The median delay decides, so one delayed segment does not flatten all the others. */
function nanosPerRow(recording: Recording): number {
  const delays = recording.flights
    .map((f) => f.arrivesAt - f.sentAt)
    .filter((d) => Number.isFinite(d) && d > 0)
    .sort((a, b) => a - b);
  const median = delays[delays.length >>> 1] ?? 40_000_000;
  return median / ROWS_PER_DELAY;
}

function busy(recording: Recording, t0: Nanos, t1: Nanos): boolean {
  return recording.flights.some((f) => f.sentAt < t1 && Math.min(f.arrivesAt, f.lostAt) > t0);
}
