/**
 * The queue of 4.4BSD (uipc_socket2.c, sonewconn1): half-open and finished connections share one limit of one and a half
 * times the backlog, and a SYN above it is dropped silently. Nothing is given up, and nothing is checked when a handshake
 * completes. With the usual backlog of 5 that is 8 connections in all, for as long as 75 s each: the flood of 1996.
 */
import { ONE_LIMIT } from '../rules-policy.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

/** For a listener whose queues both have room for `floor(3 B / 2) + 1` (`ListenOptions.synQueueRoom: '3/2'`). */
export function oneLimit(): ListenPolicy {
  return {
    name: 'one-limit',
    cookies: false,
    onSyn(_now, _syn, synQueue, acceptQueue, why): SynVerdict {
      const most = Math.floor((3 * synQueue.limit) / 2);
      const room = synQueue.length + acceptQueue.length <= most;
      if (why !== null) why.check(ONE_LIMIT, room, synQueue.length, acceptQueue.length, most);
      return room ? 'queue' : 'drop-syn-queue';
    },
  };
}
