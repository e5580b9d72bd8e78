/** What a host's administrator has set: its TCP configuration and how its listeners defend themselves. */

import { LINUX6, RFC9293, type TcpConfig } from '../tcp/config.ts';
import type { ListenOptions } from '../tcp/listen-options.ts';
import { dropWhenFull } from '../tcp/policy/drop-when-full.ts';
import { synCookies } from '../tcp/policy/syn-cookies.ts';
import type { ListenPolicy } from '../tcp/policy/types.ts';
import { type Nanos, SEC } from '../tcp/types.ts';
import { type FastOpenSettings, TFO } from './fast-open.ts';

export interface HostSettings {
  readonly tcp: TcpConfig;
  /** net.core.somaxconn: the most that `listen` grants. */
  readonly somaxconn: number;
  /** net.ipv4.tcp_max_syn_backlog; Infinity = no such rule. */
  readonly maxSynBacklog: number;
  /** net.ipv4.tcp_syncookies: 0 never, 1 when the SYN queue is full, 2 always. */
  readonly syncookies: 0 | 1 | 2;
  /** Idle time before the first keep-alive of a socket that asks for them. */
  readonly keepAliveTime: Nanos;
  /** The most that a receive buffer may grow to (third value of tcp_rmem): the window scale must do for it. */
  readonly rcvBufMost: number;
  /** net.core.rmem_max and net.core.wmem_max: the most that SO_RCVBUF and SO_SNDBUF may ask for. */
  readonly rcvBufAsked: number;
  readonly sndBufAsked: number;
  readonly fastOpen: FastOpenSettings;
  /** What a listener does beyond backlog and policy. */
  readonly listening: Pick<
    ListenOptions,
    'abortOnOverflow' | 'synQueueRoom' | 'synInWindow' | 'dropSynFin' | 'pruneWhenHalfFull'
  >;
}

/** Linux 6.x as it comes, measured on 6.18. */
export const LINUX6_HOST: HostSettings = {
  tcp: { ...LINUX6, wmem: { initial: 16384, most: 4194304 } },
  somaxconn: 4096,
  maxSynBacklog: 4096,
  syncookies: 1,
  keepAliveTime: 7200 * SEC,
  rcvBufMost: 33554432,
  rcvBufAsked: 4194304,
  sndBufAsked: 4194304,
  fastOpen: { flags: TFO.CLIENT_ENABLE, keys: [], blackholeTimeout: 0 },
  listening: {
    abortOnOverflow: false,
    synQueueRoom: 'backlog+1',
    synInWindow: 'reset',
    dropSynFin: true,
    pruneWhenHalfFull: true,
  },
};

/** RFC 9293 and nothing else: its queue rules are nobody's, so only the backlog limits. */
export const RFC9293_HOST: HostSettings = {
  tcp: RFC9293,
  somaxconn: 4096,
  maxSynBacklog: Infinity,
  syncookies: 0,
  keepAliveTime: 7200 * SEC,
  rcvBufMost: 65535,
  rcvBufAsked: Infinity,
  sndBufAsked: Infinity,
  fastOpen: { flags: 0, keys: [], blackholeTimeout: 0 },
  listening: {},
};

/** The policy that the settings ask for. */
export function policyOf(settings: HostSettings): ListenPolicy {
  const { maxSynBacklog, syncookies } = settings;
  if (syncookies === 2) return synCookies('always');
  // Rule 3 of tcp_conn_request, the last quarter, counts with cookies off only.
  if (syncookies === 1) return synCookies('when-full');
  return dropWhenFull(maxSynBacklog === Infinity ? {} : { maxSynBacklog });
}

/** tcp_select_initial_window: the shift with which a buffer grown to the most could still be offered. */
export function scaleFor(most: number): number {
  return Math.max(0, Math.min(14, Math.floor(Math.log2(most)) - 15));
}
