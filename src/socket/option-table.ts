/** The numbers of setsockopt(2) and getsockopt(2): ranges, and what holds before anything was set (Linux 6). */
import { SEC } from '../tcp/types.ts';
import { type Errno, fail, type Outcome, ok } from './errno.ts';
import type { HostSettings } from './settings.ts';
import type { SocketOptions } from './socket-options.ts';

/** The least that Linux grants (SOCK_MIN_SNDBUF, SOCK_MIN_RCVBUF, both for 64-bit machines). */
const MIN_SNDBUF = 4608;
const MIN_RCVBUF = 2304;
const INT_MAX = 0x7fff_ffff;
/** TCP_MIN_MSS. */
const MIN_MSS = 88;
/** TCP_FIN_TIMEOUT_MAX in seconds. */
const MAX_LINGER2 = 120;
/** IPDEFTTL. */
const DEFAULT_TTL = 64;

interface NumberOption {
  /** The value told by getsockopt. */
  get(o: SocketOptions, host: HostSettings): number;
  /** Stores it; an errno when it is out of range. */
  set(o: SocketOptions, value: number, host: HostSettings): Errno | undefined;
}

/** Sets the option `level`/`name`; EINVAL or ENOPROTOOPT as Linux. */
export function setNumber(o: SocketOptions, host: HostSettings, level: string, name: string, value: number): Outcome {
  const key = `${level}/${name}`;
  const option = OPTIONS[key];
  if (option !== undefined) {
    const error = option.set(o, value, host);
    return error === undefined ? ok(0) : fail(error);
  }
  if (STORED[key] === undefined) return fail('ENOPROTOOPT');
  o.stored.set(key, value);
  return ok(0);
}

/** The value of an option, or undefined when there is no such option. */
export function getNumber(o: SocketOptions, host: HostSettings, level: string, name: string): number | undefined {
  const key = `${level}/${name}`;
  return OPTIONS[key]?.get(o, host) ?? o.stored.get(key) ?? STORED[key];
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

/** Numbers that are stored as they come; `otherwise` tells what holds while the field is 0. */
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
    | 'ttl'
    | 'maxSegment',
  least: number,
  most: number,
  otherwise?: (host: HostSettings) => number,
): NumberOption {
  return {
    get: (o, host) => (otherwise === undefined ? o[field] : o[field] || otherwise(host)),
    set(o, value) {
      if (value < least || value > most) return 'EINVAL';
      o[field] = value;
      return undefined;
    },
  };
}

/** Linux doubles what was asked for: half is for its bookkeeping. As unsigned, so -1 is the most that there is. */
function buffer(
  field: 'sndBuf' | 'rcvBuf',
  least: number,
  most: (host: HostSettings) => number,
  initial: (host: HostSettings) => number,
): NumberOption {
  return {
    get: (o, host) => o[field] || initial(host),
    set(o, value, host) {
      o[field] = Math.max(2 * Math.min(value >>> 0, most(host), INT_MAX >> 1), least);
      return undefined;
    },
  };
}

/** Where -1 stands for the host's default. */
function hops(): NumberOption {
  const range = number('ttl', 1, 255, () => DEFAULT_TTL);
  return {
    get: range.get,
    set(o, value, host) {
      if (value !== -1) return range.set(o, value, host);
      o.ttl = 0;
      return undefined;
    },
  };
}

/** 0 or 1, and nothing else. */
function switchOf({ get, set }: NumberOption): NumberOption {
  return { get, set: (o, value, host) => (value === 0 || value === 1 ? set(o, value, host) : 'EINVAL') };
}

/** The ECN bits of a stream belong to TCP (__ip_sock_set_tos). */
const TRAFFIC_CLASS: NumberOption = {
  get: (o) => o.tos,
  set(o, value) {
    o.tos = value & 0xfc;
    return undefined;
  },
};

const TRAFFIC_CLASS_IPV6: NumberOption = {
  get: (o) => o.tos,
  set: (o, value, host) => (value < -1 || value > 255 ? 'EINVAL' : TRAFFIC_CLASS.set(o, Math.max(0, value), host)),
};

const MAX_SEGMENT: NumberOption = {
  get: (o) => o.maxSegment,
  set(o, value) {
    if (value !== 0 && (value < MIN_MSS || value > 32767)) return 'EINVAL';
    o.maxSegment = value;
    return undefined;
  },
};

/** tcp_set_rcvlowat: a negative number is as much as there may be, 0 is one byte. */
const RCV_LOWAT: NumberOption = {
  get: (o) => o.rcvLowat,
  set(o, value, host) {
    const most = (o.rcvBuf || host.rcvBufMost) >> 1;
    o.rcvLowat = value < 0 ? most : Math.min(value || 1, most);
    return undefined;
  },
};

const LINGER2: NumberOption = {
  get: (o, host) => o.linger2 || Math.min(INT_MAX, host.tcp.finWait2 / SEC),
  set(o, value) {
    o.linger2 = Math.min(value, MAX_LINGER2);
    return undefined;
  },
};

/** fastopen_queue_tune. */
const FAST_OPEN: NumberOption = {
  get: (o) => o.fastOpenQueue,
  set(o, value, { somaxconn }) {
    if (value < 0) return 'EINVAL';
    o.fastOpenQueue = Math.min(value, somaxconn);
    return undefined;
  },
};

const QUICK_ACK: NumberOption = {
  get: (o) => (o.quickAck ? 1 : 0),
  set(o, value) {
    o.quickAck = value !== 0;
    return undefined;
  },
};

/** Ranges: do_tcp_setsockopt, sk_setsockopt, do_ip_setsockopt and do_ipv6_setsockopt. */
const OPTIONS: Readonly<Record<string, NumberOption>> = {
  'SOL_SOCKET/SO_REUSEADDR': flag('reuseAddress'),
  'SOL_SOCKET/SO_ZEROCOPY': number('zeroCopy', 0, 1),
  'SOL_SOCKET/SO_TIMESTAMPING': number('timestamping', -Infinity, Infinity),
  'SOL_SOCKET/SO_KEEPALIVE': flag('keepAlive'),
  'SOL_SOCKET/SO_OOBINLINE': flag('oobInline'),
  'SOL_SOCKET/SO_RCVLOWAT': RCV_LOWAT,
  'SOL_SOCKET/SO_SNDBUF': buffer(
    'sndBuf',
    MIN_SNDBUF,
    (host) => host.sndBufAsked,
    ({ tcp }) => tcp.wmem?.initial ?? 2 * tcp.sndBuf,
  ),
  'SOL_SOCKET/SO_RCVBUF': buffer(
    'rcvBuf',
    MIN_RCVBUF,
    (host) => host.rcvBufAsked,
    ({ tcp }) => 2 * tcp.rcvBuf,
  ),
  'SOL_TCP/TCP_NODELAY': flag('nodelay'),
  'SOL_TCP/TCP_CORK': flag('cork'),
  'SOL_TCP/TCP_QUICKACK': QUICK_ACK,
  'SOL_TCP/TCP_MAXSEG': MAX_SEGMENT,
  'SOL_TCP/TCP_KEEPIDLE': number('keepIdle', 1, 32767, (host) => host.keepAliveTime / SEC),
  'SOL_TCP/TCP_KEEPINTVL': number('keepInterval', 1, 32767, ({ tcp }) => tcp.keepAliveInterval / SEC),
  'SOL_TCP/TCP_KEEPCNT': number('keepProbes', 1, 127, ({ tcp }) => tcp.keepAliveProbes),
  'SOL_TCP/TCP_SYNCNT': number('synRetries', 1, 127, ({ tcp }) => tcp.synRetries),
  'SOL_TCP/TCP_LINGER2': LINGER2,
  'SOL_TCP/TCP_USER_TIMEOUT': number('userTimeout', 0, Infinity),
  'SOL_TCP/TCP_INQ': number('inq', 0, 1),
  'SOL_TCP/TCP_NOTSENT_LOWAT': number('notSentLowat', -Infinity, Infinity),
  'SOL_TCP/TCP_FASTOPEN': FAST_OPEN,
  'SOL_TCP/TCP_FASTOPEN_CONNECT': switchOf(flag('fastOpenConnect')),
  'SOL_TCP/TCP_FASTOPEN_NO_COOKIE': switchOf(flag('fastOpenNoCookie')),
  'SOL_IP/IP_TOS': TRAFFIC_CLASS,
  'SOL_IP/IP_TTL': hops(),
  'SOL_IP/IP_RECVERR': flag('receiveErrors'),
  'SOL_IPV6/IPV6_RECVERR': flag('receiveErrors'),
  'SOL_IPV6/IPV6_TCLASS': TRAFFIC_CLASS_IPV6,
  'SOL_IPV6/IPV6_UNICAST_HOPS': hops(),
};

/** Accepted and told again, with what holds before; nothing in this stack depends on them. */
const STORED: Readonly<Record<string, number>> = {
  'SOL_SOCKET/SO_REUSEPORT': 0,
  'SOL_SOCKET/SO_PRIORITY': 0,
  'SOL_SOCKET/SO_MARK': 0,
  'SOL_SOCKET/SO_BUSY_POLL': 0,
  'SOL_SOCKET/SO_MAX_PACING_RATE': -1,
  'SOL_IP/IP_MTU_DISCOVER': 1,
  'SOL_IP/IP_FREEBIND': 0,
  'SOL_IP/IP_TRANSPARENT': 0,
  'SOL_IPV6/IPV6_V6ONLY': 0,
};
