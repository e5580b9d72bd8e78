/** Options of one socket: what setsockopt(2) was told, and what of it changes the connection's configuration. */
import type { TcpConfig } from '../tcp/config.ts';
import { MS, SEC } from '../tcp/types.ts';
import { type HostSettings, scaleFor } from './settings.ts';

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
  /** TCP_LINGER2 in seconds, 0 = the host's default. */
  linger2 = 0;
  /** SO_RCVLOWAT: fewer bytes make nothing readable. */
  rcvLowat = 1;
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
  /** TCP_FASTOPEN: the pending limit, 0 = off. */
  fastOpenQueue = 0;
  /** TCP_FASTOPEN_KEY; empty = the host's. */
  fastOpenKeys: readonly Uint32Array[] = [];
  tos = 0;
  /** 0 = the host's default. */
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
    if (this.linger2 > 0) own.finWait2 = this.linger2 * SEC;
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
