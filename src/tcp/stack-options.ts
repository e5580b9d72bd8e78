/** What a TCP stack is made with, how it opens connections, and what it counts. */
import type { AddressTable } from '../wire/address.ts';
import type { Seq } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import type { FastOpenCounters, FastOpenMode } from './fast-open-client.ts';
import type { PeerMetrics } from './peer-metrics.ts';

export interface StackOptions {
  /** Address handles this host answers for; the first of each IP version is the source of active opens. At least one. */
  readonly addresses: readonly number[];
  /** Further addresses it answers for: a stack that stands for a whole population has too many to list. */
  readonly owns?: (address: number) => boolean;
  /**
   * `rows`: a connection in TIME-WAIT that the application has closed ends for it at once, and what is left of it is kept
   * as a row. Left out: it stays a connection until its time is over.
   */
  readonly timeWait?: 'connections' | 'rows';
  /** Names the IPv6 handles: multicast ones are known by it, and Fast Open cookies for IPv6 are those of Linux. */
  readonly addressTable?: AddressTable;
  /** Broadcast addresses of the networks this host is on; nothing of them is answered. */
  readonly broadcasts?: readonly number[];
  readonly config: TcpConfig;
  /** Where connections that close in order leave their round trip; nothing is remembered when left out. */
  readonly peerMetrics?: PeerMetrics;
  /** Four uint32: the key of ISNs, cookies and hash tables. From a random stream of the caller. */
  readonly secret: Uint32Array;
}

export interface ConnectOptions {
  /** Configuration of this connection; the stack's when left out. */
  readonly config?: TcpConfig;
  readonly localPort?: number;
  readonly local?: number;
  /** A chosen ISS instead of RFC 6528's, for figures of the RFC and for tests. */
  readonly iss?: Seq;
  /** Rides on the SYN; with `fastOpen` as much of it as that allows, and the rest follows the handshake. */
  readonly data?: Uint8Array;
  /** Fast Open (RFC 7413). What rode on the SYN: `connection.tcb.fastOpenRequest.sent`. */
  readonly fastOpen?: FastOpenMode;
}

/** What happened to segments that reached no connection; names as in RFC 9293 terms. */
export interface StackCounters extends FastOpenCounters {
  /** RSTs sent for segments to no connection (part of Linux OutRsts). */
  outRsts: number;
  /** Segments not addressed to this host. */
  notOurs: number;
  /** Segments with a signature that nobody asked for (Linux TCPMD5Unexpected). */
  signed: number;
  /** Segments whose source address no host can have (RFC 9293 MUST-63). */
  invalidSource: number;
  /** ICMP errors for a connection that did not send what they quote (Linux OutOfWindowIcmps), and those for none. */
  outOfWindowIcmps: number;
  strayIcmps: number;
  activeOpens: number;
  passiveOpens: number;
}
