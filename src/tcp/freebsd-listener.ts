/**
 * How FreeBSD 14 listens, from the names of its settings (net.inet.tcp.* and kern.ipc.*): the SYN cache, cookies and the
 * pause. Read in sys/netinet/tcp_syncache.c, tcp_syncache.h, tcp_timer.h, tcp_input.c and sys/kern/uipc_socket.c; nothing
 * here was measured.
 *
 * Not as there: the cache is one for all ports there, one for each listener here; ticks round times there.
 */
import { RFC9293, type TcpConfig } from './config.ts';
import type { ListenOptions } from './listen-options.ts';
import { cookiePause } from './policy/cookie-pause.ts';
import { synCache } from './policy/syn-cache.ts';
import type { ListenPolicy } from './policy/types.ts';
import { COOKIES_ALWAYS } from './rules-listen.ts';
import { deriveKey, KEY_SYN_CACHE } from './siphash.ts';
import { MS, type Nanos, SEC } from './types.ts';

export interface FreebsdListenSettings {
  /** What the program gives listen(); negative means `soacceptqueue`. */
  readonly backlog: number;
  /** kern.ipc.soacceptqueue, the most that listen() grants. */
  readonly soacceptqueue: number;
  readonly syncookies: 0 | 1;
  readonly syncookies_only: 0 | 1;
  readonly syncache_hashsize: number;
  readonly syncache_bucketlimit: number;
  readonly syncache_cachelimit: number;
  /** Times a SYN/ACK is sent again, 0 .. 12. */
  readonly syncache_rexmtlimit: number;
  /** A final ACK without room for its connection gets a RST (1) or nothing. */
  readonly syncache_rst_on_sock_fail: 0 | 1;
  /** net.inet.tcp.fastopen.server_enable, and the listener asks for it. */
  readonly fastopen_server_enable: 0 | 1;
}

export const FREEBSD_LISTEN: FreebsdListenSettings = {
  backlog: 128,
  soacceptqueue: 128,
  syncookies: 1,
  syncookies_only: 0,
  syncache_hashsize: 512,
  syncache_bucketlimit: 30,
  syncache_cachelimit: 15360,
  syncache_rexmtlimit: 3,
  syncache_rst_on_sock_fail: 1,
  fastopen_server_enable: 0,
};

/** What of FreeBSD 14 is modelled: how it opens passively. Loss recovery and what follows is RFC 9293's with these numbers. */
export const FREEBSD14: TcpConfig = {
  ...RFC9293,
  rcvBuf: 65536, // net.inet.tcp.recvspace; the window of a SYN/ACK is at most 65535
  sndBuf: 32768, // net.inet.tcp.sendspace
  windowScale: 6, // syncache_add: the least with 65535 << scale >= kern.ipc.maxsockbuf, 2 MiB
  ecn: 'answer',
  delayedAck: 40 * MS, // TCPTV_DELACK
  minRto: 30 * MS, // net.inet.tcp.rexmit_min
  maxRto: 64 * SEC, // TCPTV_REXMTMAX
  synackRetries: 3,
  keepAliveIdle: 7200 * SEC, // net.inet.tcp.always_keepalive = 1
  keepAliveProbes: 8, // TCPTV_KEEPCNT
  timeWait: 60 * SEC, // twice net.inet.tcp.msl
  finWait2: 60 * SEC, // TCPTV_FINWAIT2_TIMEOUT
  challengeAckInterval: 0, // syncache_chkrst answers each
};

/**
 * The options of a listener under these settings. `secret`: the host's four random words, which key the cache's hash. Each
 * call makes a cache of its own, for one listener.
 */
export function freebsdListener(
  settings: FreebsdListenSettings,
  secret: Uint32Array,
  config: TcpConfig = FREEBSD14,
): ListenOptions & { readonly config: TcpConfig } {
  const { soacceptqueue, syncache_rexmtlimit: retries } = settings;
  // solisten_proto: a negative backlog is the most.
  const asked = settings.backlog;
  const backlog = asked < 0 ? soacceptqueue : Math.min(asked, soacceptqueue);
  return {
    config: { ...config, synackRetries: retries },
    backlog,
    policy: freebsdPolicy(settings, secret),
    cookies: 'freebsd',
    synQueueRoom: settings.syncache_cachelimit, // the backlog has no say in it
    acceptQueueRoom: '3/2',
    abortOnOverflow: settings.syncache_rst_on_sock_fail === 1 ? 'cookies-too' : false,
    synAckWaits: freebsdWaits(retries),
    repeatedSyn: 'restarts',
    // syncache_add: at most half the queue limit may be pending, and one more.
    ...(settings.fastopen_server_enable === 1 && { fastOpen: { maxPending: Math.floor(backlog / 2) + 1 } }),
  };
}

function freebsdPolicy(settings: FreebsdListenSettings, secret: Uint32Array): ListenPolicy {
  if (settings.syncookies === 1 && settings.syncookies_only === 1) return COOKIES_ONLY;
  const buckets = settings.syncache_hashsize;
  const cache = synCache({
    // syncache_init: "hash size is not a power of 2", and the default instead.
    buckets: (buckets & (buckets - 1)) === 0 ? buckets : FREEBSD_LISTEN.syncache_hashsize,
    bucketLimit: settings.syncache_bucketlimit,
    cacheLimit: settings.syncache_cachelimit,
    secret: deriveKey(secret, KEY_SYN_CACHE)[0]!,
  });
  return settings.syncookies === 1 ? cookiePause(cache) : cache;
}

/**
 * syncache_timeout: net.inet.tcp.rexmit_initial for the first wait, then doubled by tcp_backoff, with rexmit_slop on top and
 * TCPTV_REXMTMAX as the bound: 1, 2.2, 4.2 and 8.2 s, 15.6 s in all.
 */
function freebsdWaits(retries: number): Nanos[] {
  const initial = 1000 * MS;
  const slop = 200 * MS;
  return Array.from({ length: retries + 1 }, (_, i) =>
    i === 0 ? initial : Math.min(initial * 2 ** Math.min(i, 9) + slop, 64 * SEC),
  );
}

/** net.inet.tcp.syncookies_only: nothing is kept, and no queue is looked at. */
const COOKIES_ONLY: ListenPolicy = {
  name: 'syn-cookies-only',
  cookies: true,
  onSyn(_now, _syn, _synQueue, _acceptQueue, why) {
    if (why !== null) why.act(COOKIES_ALWAYS, 0, 0, 0);
    return 'cookie';
  },
  redeems: () => true,
};
