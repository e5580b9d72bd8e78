/**
 * Recycling the oldest half-open entry (RFC 4987 §3.4): a SYN that finds the queue full takes the place of the entry
 * that arrived first.
 *
 * An entry then lives for exactly as many SYNs as the queue holds, so a client gets through if and only if its ACK
 * arrives before the flood has gone around once: RTT < capacity / rate. One threshold, beyond which nobody is served.
 */
import { OLDEST_OUT } from '../rules-policy.ts';
import { acceptQueueFull, synQueueFull } from './drop-when-full.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

export function oldestDrop(): ListenPolicy {
  return {
    name: 'oldest-drop',
    cookies: false,
    onSyn(_now, _syn, synQueue, acceptQueue, why): SynVerdict {
      const full = synQueueFull(synQueue, why);
      if (acceptQueueFull(acceptQueue, why)) return 'drop-accept-queue';
      if (!full) return 'queue';
      if (why !== null) why.act(OLDEST_OUT, synQueue.length, 0, 0);
      return 'evict';
    },
    victim: (_now, synQueue) => synQueue.oldest(),
  };
}
