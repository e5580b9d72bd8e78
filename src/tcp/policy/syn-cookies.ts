/** SYN cookies (RFC 4987 §3.6; Linux tcp_syncookies = 1 and 2): answer without keeping state. */
import { COOKIES_ALWAYS } from '../rules-listen.ts';
import { acceptQueueFull, dropWhenFull, synQueueFull } from './drop-when-full.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

/**
 * `always` answers each SYN with a cookie (tcp_syncookies = 2), `when-full` only those that find the SYN queue full
 * (= 1); the rest goes to `inner`. A full accept queue drops the SYN in both: cookies do not help there.
 */
export function synCookies(mode: 'always' | 'when-full', inner: ListenPolicy = dropWhenFull()): ListenPolicy {
  return {
    ...inner,
    name: mode === 'always' ? 'syn-cookies' : `syn-cookies-when-full(${inner.name})`,
    cookies: true,
    onSyn(now, syn, synQueue, acceptQueue, why): SynVerdict {
      if (mode === 'always') {
        if (why !== null) why.act(COOKIES_ALWAYS, 0, 0, 0);
      } else if (!synQueueFull(synQueue, null)) {
        // `inner` looks at the queue as well, and says so; once is enough.
        return inner.onSyn(now, syn, synQueue, acceptQueue, why);
      } else synQueueFull(synQueue, why);
      return acceptQueueFull(acceptQueue, why) ? 'drop-accept-queue' : 'cookie';
    },
  };
}
