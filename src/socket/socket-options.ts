/** Options of one socket: what setsockopt(2) was told, and what of it changes the connection's configuration. */
import type { TcpConfig } from '../tcp/config.ts';
import { MS, SEC } from '../tcp/types.ts';
import { type Errno, fail, type Outcome, ok } from './errno.ts';
import { type HostSettings, scaleFor } from './settings.ts';

/** The least that Linux grants (SOCK_MIN_SNDBUF, SOCK_MIN_RCVBUF, both for 64-bit machines). */
const MIN_SNDBUF = 4608;
const MIN_RCVBUF = 2304;

export class SocketOptions {
  nodelay = false;
  cork = false;
  quickAck = true;
  /** TCP_MAXSEG, 0 = not set. */
  maxSegment = 0;
  /** As getsockopt tells them: Linux doubles what was asked, for its bookkeeping. 0 = not set. */
  sndBuf = 0;
  rcvBuf = 0;
  keepAlive = false;
  /** Seconds; 0 = the host's default. */
  keepIdle = 0;
  keepInterval = 0;
  keepProbes = 0;
  /** TCP_SYNCNT, 0 = the host's default. */
  synRetries = 0;
  /** TCP_USER_TIMEOUT in ms. */
  userTimeout = 0;
  /** SO_LINGER seconds; -1 = off. */
  linger = -1;
  reuseAddress = false;
  oobInline = false;
  /** SO_ZEROCOPY and TCP_INQ, 0 or 1. */
  zeroCopy = 0;
  inq = 0;
  /** The bits of SO_TIMESTAMPING. */
  timestamping = 0;
  notSentLowat = 0;
  fastOpenConnect = false;
  fastOpenNoCookie = false;
  /** TCP_FASTOPEN: the pending limit, -1 = off. */
  fastOpenQueue = -1;
  /** TCP_FASTOPEN_KEY; empty = the host's. */
  fastOpenKeys: readonly Uint32Array[] = [];
  tos = 0;
  ttl = 0;
  /** IP_RECVERR: ICMP errors are reported at once. */
  receiveErrors = false;
  /** Options that are stored and told again, and change nothing here. */
  readonly stored: Map<string, number> = new Map();

  /** The host's configuration with what this socket of `family` asks. The same object when it asks nothing. */
  configure({ tcp: host, keepAliveTime }: HostSettings, family: 'inet' | 'inet6' = 'inet'): TcpConfig {
    const own: { -readonly [K in keyof TcpConfig]?: TcpConfig[K] } = {};
    if (this.nodelay) own.nagle = false;
    // The configuration's MSS is that of IPv4, and 20 less for IPv6; TCP_MAXSEG is meant as it stands.
    if (this.maxSegment > 0) own.mss = Math.min(host.mss, this.maxSegment + (family === 'inet6' ? 20 : 0));
    if (this.sndBuf > 0) {
      if (host.wmem === null) own.sndBuf = this.sndBuf >> 1;
      else own.wmem = { initial: this.sndBuf, most: this.sndBuf };
    }
    if (this.notSentLowat > 0) own.notSentLowat = this.notSentLowat;
    // Half of the doubled value: what the administrator asked for is what the peer may fill.
    if (this.rcvBuf > 0) {
      own.rcvBuf = Math.max(1, this.rcvBuf >> 1);
      own.windowScale = Math.min(host.windowScale, scaleFor(own.rcvBuf));
    }
    if (this.keepAlive) {
      own.keepAliveIdle = this.keepIdle > 0 ? this.keepIdle * SEC : keepAliveTime;
      if (this.keepInterval > 0) own.keepAliveInterval = this.keepInterval * SEC;
      if (this.keepProbes > 0) own.keepAliveProbes = this.keepProbes;
    }
    // Of a listener it counts for its SYN/ACKs (reqsk_timer_handler).
    if (this.synRetries > 0) {
      own.synRetries = this.synRetries;
      own.synackRetries = this.synRetries;
    }
    if (this.userTimeout > 0) own.userTimeout = this.userTimeout * MS;
    return Object.keys(own).length === 0 ? host : { ...host, ...own };
  }

  /** A copy for a connection that was accepted: it inherits what its listener was told. */
  inherit(from: SocketOptions): void {
    const { stored, ...rest } = from;
    Object.assign(this, rest);
    for (const [name, value] of stored) this.stored.set(name, value);
  }
}

interface NumberOption {
  /** The value told by getsockopt. */
  get(o: SocketOptions): number;
  /** Stores it; an errno when it is out of range. */
  set(o: SocketOptions, value: number): Errno | undefined;
}

/** Sets the option `level`/`name`; EINVAL or ENOPROTOOPT as Linux. */
export function setNumber(o: SocketOptions, level: string, name: string, value: number): Outcome {
  const option = OPTIONS[`${level}/${name}`];
  if (option !== undefined) {
    const error = option.set(o, value);
    return error === undefined ? ok(0) : fail(error);
  }
  if (!STORED.has(`${level}/${name}`)) return fail('ENOPROTOOPT');
  o.stored.set(`${level}/${name}`, value);
  return ok(0);
}

/** The value of an option, or undefined when there is no such option. */
export function getNumber(o: SocketOptions, level: string, name: string): number | undefined {
  const key = `${level}/${name}`;
  return OPTIONS[key]?.get(o) ?? (STORED.has(key) ? (o.stored.get(key) ?? 0) : undefined);
}

function flag(
  field:
    | 'nodelay'
    | 'cork'
    | 'keepAlive'
    | 'reuseAddress'
    | 'oobInline'
    | 'receiveErrors'
    | 'fastOpenConnect'
    | 'fastOpenNoCookie',
): NumberOption {
  return {
    get: (o) => (o[field] ? 1 : 0),
    set(o, value) {
      o[field] = value !== 0;
      return undefined;
    },
  };
}

function number(
  field:
    | 'keepIdle'
    | 'keepInterval'
    | 'keepProbes'
    | 'synRetries'
    | 'userTimeout'
    | 'zeroCopy'
    | 'timestamping'
    | 'inq'
    | 'notSentLowat'
    | 'fastOpenQueue'
    | 'tos'
    | 'ttl'
    | 'maxSegment',
  least: number,
  most: number,
): NumberOption {
  return {
    get: (o) => o[field],
    set(o, value) {
      if (value < least || value > most) return 'EINVAL';
      o[field] = value;
      return undefined;
    },
  };
}

/** Only the lowest bit counts (__tcp_sock_set_quickack). */
const QUICK_ACK: NumberOption = {
  get: (o) => (o.quickAck ? 1 : 0),
  set(o, value) {
    o.quickAck = (value & 1) !== 0;
    return undefined;
  },
};

/** Ranges: do_tcp_setsockopt and sk_setsockopt of Linux 6. */
const OPTIONS: Readonly<Record<string, NumberOption>> = {
  'SOL_SOCKET/SO_REUSEADDR': flag('reuseAddress'),
  'SOL_SOCKET/SO_ZEROCOPY': number('zeroCopy', 0, 1),
  'SOL_SOCKET/SO_TIMESTAMPING': number('timestamping', -Infinity, Infinity),
  'SOL_SOCKET/SO_KEEPALIVE': flag('keepAlive'),
  'SOL_SOCKET/SO_OOBINLINE': flag('oobInline'),
  'SOL_SOCKET/SO_SNDBUF': buffer('sndBuf', MIN_SNDBUF),
  'SOL_SOCKET/SO_RCVBUF': buffer('rcvBuf', MIN_RCVBUF),
  'SOL_TCP/TCP_NODELAY': flag('nodelay'),
  'SOL_TCP/TCP_CORK': flag('cork'),
  'SOL_TCP/TCP_QUICKACK': QUICK_ACK,
  'SOL_TCP/TCP_MAXSEG': number('maxSegment', 48, 32767),
  'SOL_TCP/TCP_KEEPIDLE': number('keepIdle', 1, 32767),
  'SOL_TCP/TCP_KEEPINTVL': number('keepInterval', 1, 32767),
  'SOL_TCP/TCP_KEEPCNT': number('keepProbes', 1, 127),
  'SOL_TCP/TCP_SYNCNT': number('synRetries', 1, 127),
  'SOL_TCP/TCP_USER_TIMEOUT': number('userTimeout', 0, Infinity),
  'SOL_TCP/TCP_INQ': number('inq', 0, 1),
  'SOL_TCP/TCP_NOTSENT_LOWAT': number('notSentLowat', -Infinity, Infinity),
  'SOL_TCP/TCP_FASTOPEN': number('fastOpenQueue', 0, Infinity),
  'SOL_TCP/TCP_FASTOPEN_CONNECT': flag('fastOpenConnect'),
  'SOL_TCP/TCP_FASTOPEN_NO_COOKIE': flag('fastOpenNoCookie'),
  'SOL_IP/IP_TOS': number('tos', 0, 255),
  'SOL_IP/IP_TTL': number('ttl', 1, 255),
  'SOL_IP/IP_RECVERR': flag('receiveErrors'),
  'SOL_IPV6/IPV6_RECVERR': flag('receiveErrors'),
  'SOL_IPV6/IPV6_TCLASS': number('tos', 0, 255),
};

function buffer(field: 'sndBuf' | 'rcvBuf', least: number): NumberOption {
  return {
    get: (o) => o[field],
    set(o, value) {
      o[field] = Math.max(2 * Math.max(0, value), least);
      return undefined;
    },
  };
}

/** Accepted and told again; nothing in this stack depends on them. */
const STORED: ReadonlySet<string> = new Set([
  'SOL_SOCKET/SO_REUSEPORT',
  'SOL_SOCKET/SO_PRIORITY',
  'SOL_SOCKET/SO_MARK',
  'SOL_SOCKET/SO_RCVLOWAT',
  'SOL_SOCKET/SO_BUSY_POLL',
  'SOL_SOCKET/SO_MAX_PACING_RATE',
  'SOL_TCP/TCP_DEFER_ACCEPT',
  'SOL_TCP/TCP_LINGER2',
  'SOL_TCP/TCP_WINDOW_CLAMP',
  'SOL_TCP/TCP_SAVE_SYN',
  'SOL_IP/IP_MTU_DISCOVER',
  'SOL_IP/IP_FREEBIND',
  'SOL_IP/IP_TRANSPARENT',
  'SOL_IPV6/IPV6_V6ONLY',
]);
