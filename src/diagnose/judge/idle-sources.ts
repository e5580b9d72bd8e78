/** Sources to which the server answered and that acknowledged hardly any of it: whose entries are they that stand half-open? */
import type { SourceProfile } from '../detect/target-profile.ts';

export interface IdleSources {
  readonly sources: number;
  /** Entries of theirs. */
  readonly entries: number;
}

/**
 * Of the busiest sources of the capture, those that leave half-open what they open, `least` entries of each or more. A phone
 * that leaves its cell after its SYN leaves one.
 */
export function idleAmong(known: readonly SourceProfile[], least: number): IdleSources {
  let sources = 0;
  let entries = 0;
  for (const { attempts, over, answered, completed, aborted } of known) {
    const sure = attempts - over;
    const open = answered - completed - aborted;
    if (open < least || open < 0.5 * sure || completed >= 0.05 * sure) continue;
    sources++;
    entries += Math.min(sure, open);
  }
  return { sources, entries };
}
