/** Fast Open as sockets and the administrator of Linux see it: net.ipv4.tcp_fastopen*, and what a listener makes of them. */
import type { FastOpenMode } from '../tcp/fast-open-client.ts';
import type { FastOpenServer } from '../tcp/fast-open-server.ts';
import type { Nanos } from '../tcp/types.ts';
import type { SocketOptions } from './socket-options.ts';

export interface FastOpenSettings {
  /** net.ipv4.tcp_fastopen: bits of `TFO`. */
  readonly flags: number;
  /** net.ipv4.tcp_fastopen_key: the key and, perhaps, the one being phased out; empty: the host makes one up. */
  readonly keys: readonly Uint32Array[];
  /** net.ipv4.tcp_fastopen_blackhole_timeout_sec. */
  readonly blackholeTimeout: Nanos;
}

/** include/net/tcp.h */
export const TFO = {
  CLIENT_ENABLE: 1,
  SERVER_ENABLE: 2,
  CLIENT_NO_COOKIE: 4,
  SERVER_COOKIE_NOT_REQD: 0x200,
  /** All listeners, without the socket option, up to their backlog. */
  SERVER_WO_SOCKOPT1: 0x400,
} as const;

/** How an active open of a socket with these options does Fast Open. */
export function fastOpenMode(settings: FastOpenSettings, options: SocketOptions): FastOpenMode {
  return (settings.flags & TFO.CLIENT_NO_COOKIE) !== 0 || options.fastOpenNoCookie ? 'free' : 'cookie';
}

/** TCP_FASTOPEN of a socket that begins to listen and has not set it (Linux inet_listen); 0 = none. */
export function defaultFastOpenQueue(settings: FastOpenSettings, backlog: number): number {
  const all = TFO.SERVER_ENABLE | TFO.SERVER_WO_SOCKOPT1;
  return (settings.flags & all) === all ? backlog : 0;
}

/** What a listener with these options does now (Linux tcp_try_fastopen looks at the settings for each SYN). */
export function fastOpenServer(settings: FastOpenSettings, options: SocketOptions, somaxconn: number): FastOpenServer {
  const enabled = (settings.flags & TFO.SERVER_ENABLE) !== 0;
  const free = (settings.flags & TFO.SERVER_COOKIE_NOT_REQD) !== 0 || options.fastOpenNoCookie;
  const keys = options.fastOpenKeys.length > 0 ? options.fastOpenKeys : settings.keys;
  return {
    maxPending: enabled ? Math.min(options.fastOpenQueue, somaxconn) : 0,
    cookies: free ? 'any' : 'required',
    ...(keys.length > 0 && { keys }),
  };
}
