/**
 * A hybrid (RFC 4987 §3.7): `inner` keeps entries while it has room, and a SYN that it would drop, or give up another
 * entry for, is answered with a cookie instead. So clients that were first keep all their options, and the flood finds
 * only cookies.
 */
import { COOKIE_INSTEAD } from '../rules-policy.ts';
import { acceptQueueFull } from './drop-when-full.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

export function cookiesOnOverflow(inner: ListenPolicy): ListenPolicy {
  return {
    ...inner,
    name: `cookies-on-overflow(${inner.name})`,
    cookies: true,
    onSyn(now, syn, synQueue, acceptQueue, why): SynVerdict {
      const verdict = inner.onSyn(now, syn, synQueue, acceptQueue, why);
      if (verdict !== 'evict' && verdict !== 'drop-syn-queue' && verdict !== 'drop-reserve') return verdict;
      if (acceptQueueFull(acceptQueue, why)) return 'drop-accept-queue';
      if (why !== null) why.act(COOKIE_INSTEAD, 0, 0, 0);
      return 'cookie';
    },
  };
}
