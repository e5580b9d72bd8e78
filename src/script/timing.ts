/** When an event is due, and whether what happened came in time. Times are in nanoseconds since the script began. */
import type { Nanos } from '../tcp/types.ts';
import type { EventTime } from './ast.ts';
import { seconds } from './failure.ts';
import type { RunOptions } from './run-options.ts';

export interface Due {
  /** Earliest and latest; the same but for ranges; `any`: 0 and Infinity. */
  readonly from: Nanos;
  readonly to: Nanos;
  readonly any: boolean;
}

/** `base`: what relative times count from. */
export function dueTime(time: EventTime, base: Nanos): Due {
  switch (time.kind) {
    case 'absolute':
      return { from: time.at * 1000, to: time.at * 1000, any: false };
    case 'relative':
      return { from: base + time.after * 1000, to: base + time.after * 1000, any: false };
    case 'absolute-range':
      return { from: time.from * 1000, to: time.to * 1000, any: false };
    case 'relative-range':
      return { from: base + time.from * 1000, to: base + time.to * 1000, any: false };
    case 'any':
      return { from: 0, to: Infinity, any: true };
  }
}

/** A difference in words when `at` lies outside `due` by more than the tolerance. `last`: time of the event before. */
export function timeDifference(
  what: string,
  at: Nanos,
  due: Due,
  last: Nanos,
  options: RunOptions,
): string | undefined {
  if (due.any) return undefined;
  const tolerance = toleranceOf(due.from - last, options);
  if (at >= due.from - tolerance && at <= due.to + tolerance) return undefined;
  const expected =
    due.from === due.to ? `at ${seconds(due.from)} s` : `from ${seconds(due.from)} to ${seconds(due.to)} s`;
  return `${what}: expected ${expected}, found at ${seconds(at)} s; tolerance ${seconds(tolerance)} s`;
}

/** The larger of the fixed tolerance and its share of the time since the event before. */
export function toleranceOf(since: Nanos, options: RunOptions): Nanos {
  return Math.max(options.toleranceUsecs * 1000, (options.tolerancePercent / 100) * since);
}
