/** The rate limit of answers that a stranger could ask for: challenge ACKs and their like (RFC 5961 §7; CVE-2016-5696). */
import { CHALLENGE_LIMITED } from './rules.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/** True: no answer now. Per connection, so that no counter is shared; remembers `now` when the answer may go. */
export function limited(t: Tcb, now: Nanos): boolean {
  const limit = t.config.challengeAckInterval;
  const last = t.lastChallengeAt;
  if (limit > 0 && last >= 0 && now - last < limit) {
    if (t.why !== null) t.why.check(CHALLENGE_LIMITED, true, now - last, limit, 0);
    return true;
  }
  t.lastChallengeAt = now;
  return false;
}
