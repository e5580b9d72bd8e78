/** Arguments of the command line, checked: one sentence says what is wrong and what was expected. */
import { parseDuration } from '../scenario/units.ts';
import type { Nanos } from '../tcp/types.ts';
import { HalfopenError } from '../wire/error.ts';

/** A parser for a whole number from `least` to `most`. */
export function wholeNumber(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new HalfopenError(`${option}: expected a whole number from ${least} to ${most}, found "${text}"`);
  };
}

/** A parser for one of a few words. */
export function oneOf<T extends string>(option: string, words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((w) => w === text);
    if (word !== undefined) return word;
    throw new HalfopenError(`${option}: expected ${words.join(', ')}, found "${text}"`);
  };
}

/** What to do to a segment on its way: `2`, `2:30ms`, `2:1s:10ms`. `-1` = not given. */
export interface FlightChange {
  readonly action: 'drop' | 'delay' | 'duplicate';
  /** Counted from 1, as printed. */
  readonly segment: number;
  readonly by: Nanos;
  readonly at: Nanos;
}

/**
 * Reads `<n>[:<at>]` for a drop and `<n>:<by>[:<at>]` for the others; `at` is the time since the segment was sent.
 * Returned as a collector for a repeatable option.
 */
export function flightChange(
  option: string,
  action: FlightChange['action'],
): (text: string, before: readonly FlightChange[] | undefined) => FlightChange[] {
  const shape =
    action === 'drop' ? '<n>[:<after>]' : action === 'delay' ? '<n>:<by>[:<after>]' : '<n>[:<by>[:<after>]]';
  return (text, before) => {
    const [segment = '', ...times] = text.split(':');
    const durations = times.map(parseDuration);
    const most = action === 'drop' ? 1 : 2;
    const least = action === 'delay' ? 1 : 0;
    const valid = /^[1-9]\d{0,5}$/.test(segment) && durations.length >= least && durations.length <= most;
    if (!valid || durations.some((d) => d < 0)) {
      throw new HalfopenError(
        `${option}: expected ${shape} with a segment's number and times like 30ms, found "${text}"`,
      );
    }
    const by = action === 'drop' ? 0 : (durations[0] ?? 0);
    const at = (action === 'drop' ? durations[0] : durations[1]) ?? -1;
    return [...(before ?? []), { action, segment: Number(segment), by, at }];
  };
}
