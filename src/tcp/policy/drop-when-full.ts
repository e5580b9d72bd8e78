/** No defence: queue while there is room, else drop silently (Linux with tcp_syncookies = 0). */
import { ACCEPT_QUEUE_ROOM, PEER_PROVEN, RESERVE_UNTOUCHED, SYN_QUEUE_ROOM } from '../rules-listen.ts';
import type { WhySink } from '../why.ts';
import type { ListenPolicy, QueueView, SynVerdict } from './types.ts';

export interface DropWhenFullOptions {
  /**
   * Linux tcp_max_syn_backlog, M: a SYN is dropped once less than a quarter of M is left, unless its host is proven.
   * Left out: no such rule.
   */
  readonly maxSynBacklog?: number;
  /** Hosts that may have the last quarter too, see `PeerMetrics`; none when left out. */
  readonly proven?: (local: number, remote: number) => boolean;
}

/**
 * With an empty accept queue the SYN queue grows to min(B + 1, M - (M >> 2) + 1) entries (measured on Linux 6.18, 170 of
 * 170 runs).
 */
export function dropWhenFull(options: DropWhenFullOptions = {}): ListenPolicy {
  const max = options.maxSynBacklog ?? Infinity;
  const { proven } = options;
  return {
    name: 'drop-when-full',
    cookies: false,
    onSyn(_now, syn, synQueue, acceptQueue, why): SynVerdict {
      if (synQueueFull(synQueue, why)) return 'drop-syn-queue';
      if (acceptQueueFull(acceptQueue, why)) return 'drop-accept-queue';
      if (max !== Infinity) {
        const tooFew = max - synQueue.length < max >> 2;
        if (why !== null) why.check(RESERVE_UNTOUCHED, !tooFew, max, synQueue.length, max >> 2);
        if (tooFew) {
          if (proven === undefined) return 'drop-reserve';
          const known = proven(syn.dst, syn.src);
          if (why !== null) why.check(PEER_PROVEN, known, 0, 0, 0);
          if (!known) return 'drop-reserve';
        }
      }
      return 'queue';
    },
  };
}

/** First rule of tcp_conn_request: is there no room in the SYN queue? */
export function synQueueFull(synQueue: QueueView, why: WhySink | null): boolean {
  const full = synQueue.length >= synQueue.capacity;
  if (why !== null) why.check(SYN_QUEUE_ROOM, !full, synQueue.length, synQueue.capacity, synQueue.limit);
  return full;
}

/** Second rule: is there no room in the accept queue? Then a SYN is useless whatever the defence. */
export function acceptQueueFull(acceptQueue: QueueView, why: WhySink | null): boolean {
  const full = acceptQueue.length >= acceptQueue.capacity;
  if (why !== null) why.check(ACCEPT_QUEUE_ROOM, !full, acceptQueue.length, acceptQueue.capacity, acceptQueue.limit);
  return full;
}
