/** Round moments for a time axis. */
import type { Nanos } from '../tcp/types.ts';

/** From 0 to `until` in steps of 1, 2 or 5 times a power of ten (seconds), or of whole minutes: at most `most` steps. */
export function roundTimes(until: Nanos, most: number): readonly Nanos[] {
  const step = STEPS.find((one) => until / one <= most) ?? Math.ceil(until / most / HOUR) * HOUR;
  const times: Nanos[] = [];
  for (let i = 0; i * step <= until; i++) times.push(i * step);
  return times;
}

const MINUTE = 60e9;
const HOUR = 3600e9;

const STEPS: readonly Nanos[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((ms) => ms * 1e6),
  ...[1, 2, 5, 10, 15, 20, 30].map((s) => s * 1e9),
  ...[1, 2, 5, 10, 15, 20, 30, 60].map((minutes) => minutes * MINUTE),
];
