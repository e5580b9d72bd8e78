/**
 * How copies of a SYN or SYN/ACK follow each other, from the gaps between them: a stack's timer, or something else.
 *
 * RFC 6298 §2.1 starts with a second and §5.5 doubles it; the gap is never below that of the copy before. Linux waits 1, 2,
 * 4, 8, 16, 32 s, since 6.5 four times 1 s first (tcp_syn_linear_timeouts), and 3 s before RFC 6298; macOS sends a SYN five
 * times a second apart, then doubles. Windows waits 1 or 3 s and doubles.
 */
import type { Schedule } from './attempt.ts';
import { MOST_GAPS } from './attempt.ts';

/** What `sent` copies with these first gaps (ns) are; see `Schedule.kind`. */
export function scheduleKind(sent: number, gaps: readonly number[]): Schedule['kind'] {
  const [first] = gaps;
  if (sent < 2 || first === undefined) return 'once';
  if (gaps.some((gap) => gap < SHORTEST)) return 'copies';
  // Ratio of each gap to the one before: 1 while equal, 2 while doubling.
  let equal = 0;
  let doubled = 0;
  for (let i = 1; i < gaps.length; i++) {
    const [before, gap] = [gaps[i - 1]!, gaps[i]!];
    if (isNear(gap, 2 * before) || (isNear(gap, before) && before >= LONGEST * (1 - TOLERANCE))) doubled++;
    else if (isNear(gap, before) && doubled === 0) equal++;
    else return 'irregular';
  }
  // One gap alone cannot show that it doubles; a stack's first is one of a few.
  if (gaps.length === 1) return FIRST.some((usual) => isNear(first, usual)) ? 'backoff' : 'irregular';
  if (equal === 0) return 'backoff';
  if (!isNear(first, SECOND) || equal > MOST_EQUAL) return 'copies';
  return 'linear';
}

/** Is `gap` what a timer of `wanted` ns makes? */
function isNear(gap: number, wanted: number): boolean {
  return Math.abs(gap - wanted) <= Math.max(TOLERANCE * wanted, SLACK);
}

const SECOND = 1_000_000_000;
/**
 * Timers are late, never early by much: Linux rounds to its ticks (up to 10 ms) and its timer wheel adds up to an eighth;
 * BSD counted in half seconds. A quarter also covers what a path adds; a gap of one and a half times is neither.
 */
const TOLERANCE = 0.25;
const SLACK = 50_000_000;
/** Below TCP_RTO_MIN of Linux (200 ms) no stack sends a SYN again. */
const SHORTEST = SECOND / 5;
/** TCP_RTO_MAX: from here on gaps no longer double. */
const LONGEST = 120 * SECOND;
/** First waits for a SYN or SYN/ACK: RFC 6298 (1 s), RFC 1122 (3 s), Windows (1 and 3 s), Android (1 s). */
const FIRST: readonly number[] = [SECOND, 3 * SECOND];
/** macOS sends five copies a second apart, Linux four: equal gaps beyond that, or of other length, are no timer. */
const MOST_EQUAL = MOST_GAPS - 2;
