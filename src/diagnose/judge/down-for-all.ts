/**
 * Which of a source's sockets are down for everybody? The threshold random walk takes first contacts that fail for independent
 * of each other; where a site is off, those of its clients all fail for one reason, as often as those of a scanner.
 */
import type { SourceProfile, TargetProfile } from '../detect/target-profile.ts';

/**
 * Of the sockets under watch that this source is known to have tried, the share that is down for others as well. Where too few
 * are known (a socket names its busiest sources only), of all sockets that answered nobody: those that failed are among them.
 */
export function downForAll(source: SourceProfile, targets: readonly TargetProfile[]): number {
  const sockets = targets.filter(({ scope }) => scope === 'socket');
  const known = sockets.filter(({ sources }) => sources.top.some(({ value }) => value === source.address));
  const tried = known.length >= FEW ? known : sockets.filter(({ counts }) => counts.answered === 0);
  return tried.filter(isDown).length / Math.max(1, tried.length);
}

/** Did hardly anybody get an answer, though several wait for one? Who scans a socket asks once, whoever wants to use it asks again. */
function isDown({ counts, sources, resending }: TargetProfile): boolean {
  if (counts.answered > 0.2 * counts.attempts || sources.distinct.count < SEVERAL) return false;
  const watched = resending.backoff + resending.copies + resending.never;
  return resending.backoff >= 0.5 * Math.max(1, watched) || counts.attempts >= 2 * sources.distinct.count;
}

const SEVERAL = 3;
const FEW = 4;
