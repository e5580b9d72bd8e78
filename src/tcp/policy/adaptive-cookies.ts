/**
 * Cookies with hysteresis, as pf's `set syncookies adaptive (start 25%, end 12%)` (OpenBSD pf_syncookies.c): above one
 * share of the table a flood is on and each SYN gets a cookie; that ends when half-open entries and cookies still out
 * are below a lower share, looked at each 15 s when the cookies' key changes.
 *
 * pf looks at a timer; here, at the first SYN after it would have fired, which is the same unless entries went in between.
 * pf's table is the firewall's; here it is the SYN queue.
 */
import { ADAPTIVE_ACTIVE, ADAPTIVE_END, ADAPTIVE_START } from '../rules-policy.ts';
import { type Nanos, SEC } from '../types.ts';
import type { WhySink } from '../why.ts';
import { acceptQueueFull, dropWhenFull } from './drop-when-full.ts';
import type { ListenPolicy, QueueView, SynVerdict } from './types.ts';

export interface AdaptiveOptions {
  /** Share of the queue's capacity above which a flood is on, 0 .. 1 (PF_SYNCOOKIES_HIWATPCT: 0.25). */
  readonly start?: number;
  /** Share below which it is over, 0 .. `start` (PF_SYNCOOKIES_LOWATPCT: 0.12). */
  readonly end?: number;
  /** Who decides while there is no flood; `dropWhenFull` when left out. */
  readonly inner?: ListenPolicy;
}

/** PF_SYNCOOKIE_SECRET_LIFETIME: a key's life, and how often the end is looked for. */
const PERIOD: Nanos = 15 * SEC;

/** Throws a RangeError unless 0 <= end <= start <= 1. */
export function adaptiveCookies(options: AdaptiveOptions = {}): ListenPolicy {
  const { start = 0.25, end = 0.12, inner = dropWhenFull() } = options;
  if (!(end >= 0 && end <= start && start <= 1))
    throw new RangeError(`adaptive cookies: 0 <= end <= start <= 1 does not hold for ${end} and ${start}`);
  let active = false;
  let nextLook: Nanos = 0;
  /** Cookies under this key and the one before that have not come back. */
  let out = 0;
  let outBefore = 0;

  function lookForEnd(now: Nanos, synQueue: QueueView, why: WhySink | null): void {
    const least = Math.floor(end * synQueue.capacity);
    while (active && nextLook <= now) {
      const over = synQueue.length + out + outBefore < least;
      if (why !== null) why.check(ADAPTIVE_END, over, synQueue.length, out + outBefore, least);
      if (over) active = false;
      outBefore = out;
      out = 0;
      // After two periods nothing is out any more: of the looks that remain until now, the last tells what all would.
      nextLook += outBefore > 0 ? PERIOD : PERIOD * Math.max(1, Math.floor((now - nextLook) / PERIOD));
    }
  }

  return {
    ...inner,
    name: `adaptive-cookies(${inner.name})`,
    cookies: true,
    onSyn(now, syn, synQueue, acceptQueue, why): SynVerdict {
      if (active) lookForEnd(now, synQueue, why);
      if (!active) {
        const most = Math.floor(start * synQueue.capacity);
        if (why !== null) why.check(ADAPTIVE_START, synQueue.length <= most, synQueue.length, most, 0);
        if (synQueue.length <= most) return inner.onSyn(now, syn, synQueue, acceptQueue, why);
        active = true;
        nextLook = now + PERIOD;
        outBefore = 0;
        out = 0;
      }
      if (why !== null) why.act(ADAPTIVE_ACTIVE, 0, 0, 0);
      if (acceptQueueFull(acceptQueue, why)) return 'drop-accept-queue';
      out++;
      return 'cookie';
    },
    redeemed(now): void {
      inner.redeemed?.(now);
      // pf knows the key a cookie was made with; here the newer ones are taken to come back first.
      if (out > 0) out--;
      else if (outBefore > 0) outBefore--;
    },
  };
}
