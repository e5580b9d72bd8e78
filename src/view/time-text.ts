/** Times and durations for people: `1.040 s` on an axis, `0.94 s` or `40 ms` in running text. */
import type { Recording } from '../sim/recording.ts';
import type { Nanos } from '../tcp/types.ts';

/** Decimals that keep all different moments of a recording apart: 3, or 6 or 9 where milliseconds would merge two. */
export function timeDigits(recording: Recording): 3 | 6 | 9 {
  const times = new Set(recording.steps.map((step) => step.t));
  for (const digits of [3, 6] as const) {
    if (new Set([...times].map((t) => formatTime(t, digits))).size === times.size) return digits;
  }
  return 9;
}

/** `1.040 s`. Tabular: the number of decimals never changes. */
export function formatTime(t: Nanos, digits: 3 | 6 | 9 = 3): string {
  return Number.isFinite(t) ? `${(t / 1e9).toFixed(digits)} s` : 'never';
}

/** `0.94 s`, `40 ms`, `250 µs`, `17 ns`, `4 min`, without trailing zeros. */
export function formatSpan(ns: Nanos): string {
  if (!Number.isFinite(ns)) return 'for ever';
  if (ns < 0) return `−${formatSpan(-ns)}`;
  if (ns >= 120e9 && ns % 60e9 === 0) return `${ns / 60e9} min`;
  if (ns >= 100e6) return `${trim(ns / 1e9)} s`;
  if (ns >= 1e6) return `${trim(ns / 1e6)} ms`;
  if (ns >= 1e3) return `${trim(ns / 1e3)} µs`;
  return `${ns} ns`;
}

/** When, in a capture: `50.000 ms`, `3.050 s`, `2 min 3.456 s`, `1 h 0 min 3.456 s`, `-1.000 ms`. */
export function momentText(ns: Nanos): string {
  if (ns < 0) return `-${momentText(-ns)}`;
  if (ns === 0) return '0 s';
  if (ns < MS) return `${(ns / 1e3).toFixed(3)} µs`;
  // What would be rounded to 1000.000 ms is 1.000 s.
  if (ns < SEC - 500) return `${(ns / MS).toFixed(3)} ms`;
  const ms = Math.round(ns / MS);
  const seconds = `${((ms % 60_000) / 1e3).toFixed(3)} s`;
  if (ms < 2 * 60_000) return `${(ms / 1e3).toFixed(3)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${seconds}`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min ${seconds}`;
}

/** How long, as people say it: `40 ms`, `12.3 s`, and from two minutes on the two largest units: `2 min 5 s`, `3 d 4 h`. */
export function lengthText(ns: Nanos): string {
  if (ns === 0) return '0 s';
  const seconds = Math.round(ns / SEC);
  if (seconds < 120) {
    const unit = ns >= SEC ? SEC : ns >= MS ? MS : ns >= 1e3 ? 1e3 : 1;
    return formatSpan(Number((ns / unit).toPrecision(3)) * unit);
  }
  for (const [size, name, next] of UNITS) {
    if (seconds < size) continue;
    const rest = Math.floor((seconds % size) / next.size);
    return `${Math.floor(seconds / size)} ${name}${rest === 0 ? '' : ` ${rest} ${next.name}`}`;
  }
  return `${seconds} s`;
}

const MS = 1e6;
const SEC = 1e9;
const UNITS: readonly (readonly [number, string, { readonly size: number; readonly name: string }])[] = [
  [86_400, 'd', { size: 3600, name: 'h' }],
  [3600, 'h', { size: 60, name: 'min' }],
  [60, 'min', { size: 1, name: 's' }],
];

function trim(n: number): string {
  return String(Number(n.toFixed(3)));
}
