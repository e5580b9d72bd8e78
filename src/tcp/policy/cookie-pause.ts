/**
 * FreeBSD's hybrid since 2019 (tcp_syncache.c, syncache_pause; review D21644): when a bucket of the SYN cache overflows, the
 * cache is left alone for 15 s and each SYN is answered with a cookie. A new overflow within the length of the last pause
 * after its end counts as the same attack and doubles the pause, up to 16 minutes.
 *
 * FreeBSD does not even look into the cache during a pause; here entries still answer until their bucket's timer
 * forgets them, which is within a second for all whose SYN/ACK has not been repeated.
 */
import { NOT_PAUSED, PAUSE_BEGINS } from '../rules-policy.ts';
import { type Nanos, SEC } from '../types.ts';
import type { SynCache } from './syn-cache.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

/** TCP_SYNCACHE_PAUSE_TIME. */
const PAUSE: Nanos = 15 * SEC;
/** TCP_SYNCACHE_MAX_BACKOFF: doublings at most. */
const MAX_BACKOFF = 6;

/** Every SYN/ACK's ISS should be a cookie (`ListenOptions.cookies: 'freebsd'`), or entries given up are lost. */
export function cookiePause(cache: SynCache): ListenPolicy {
  let until: Nanos = -PAUSE;
  let backoff = 0;

  /** A bucket overflowed. Returns how long to pause. */
  function pause(now: Nanos): Nanos {
    const last = PAUSE * 2 ** backoff;
    if (until + last <= now) backoff = 0;
    else if (backoff < MAX_BACKOFF) backoff++;
    until = now + PAUSE * 2 ** backoff;
    return until - now;
  }

  return {
    ...cache,
    name: `cookie-pause(${cache.name})`,
    cookies: true,
    onSyn(now, syn, synQueue, acceptQueue, why): SynVerdict {
      if (why !== null && until > 0) why.check(NOT_PAUSED, now >= until, until, now, 0);
      if (now < until) return 'cookie';
      const verdict = cache.onSyn(now, syn, synQueue, acceptQueue, why);
      // No room and nobody in the bucket who could go: this one SYN is answered without an entry.
      if (verdict === 'drop-syn-queue') return 'cookie';
      if (verdict !== 'evict') return verdict;
      const length = pause(now);
      if (why !== null) why.act(PAUSE_BEGINS, length, 0, 0);
      return 'evict';
    },
    redeems: (now, ack, why) => now < until || cache.overflowed(now, ack, why),
    // syncache_timer: one timer a bucket; when it fires during a pause the whole bucket goes.
    abandon: (now, row) => (now < until ? cache.oldestBeside(row) : -1),
  };
}
