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

function trim(n: number): string {
  return String(Number(n.toFixed(3)));
}
