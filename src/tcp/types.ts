/** The engine's vocabulary: time, output, states, and the sans-IO contract every endpoint keeps. */
import type { Segment } from '../wire/segment.ts';

/** Integer nanoseconds since the scenario or capture began; exact for 104 days. `Infinity` = never. */
export type Nanos = number;

export const US = 1_000;
export const MS = 1_000_000;
export const SEC = 1_000_000_000;

/** Where output goes. `alloc` lends a pooled, reset Segment; `send` gives it away. */
export interface Tx {
  alloc(): Segment;
  send(seg: Segment): void;
  /** The queue below takes nothing now: new text would be lost, and waits (Linux NET_XMIT_CN, a full qdisc). */
  readonly full?: boolean;
}

/** Sans-IO: owns no clock, socket or randomness. A spurious `onTimer` is a no-op. */
export interface Endpoint {
  onSegment(now: Nanos, seg: Readonly<Segment>, tx: Tx): void;
  onTimer(now: Nanos, tx: Tx): void;
  /** The next time `onTimer` wants to be called, or `Infinity`. Any other method may change the answer. */
  nextTimer(): Nanos;
}

/** Connection states, spelled as in RFC 9293 §3.3.2. */
export type TcpState =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

/** What a connection tells its application, in order, through `pollEvent`. */
export type TcpEvent =
  | { readonly type: 'established' }
  /** Urgent data begins, or more of it is announced; `Connection.urgent` tells how much (RFC 9293 MUST-32). */
  | { readonly type: 'urgent' }
  /** More bytes can be read than before. Arrivals since the last look are told as one. */
  | { readonly type: 'readable' }
  /** Room in the send buffer after it had been full. */
  | { readonly type: 'writable' }
  /**
   * Something is wrong that does not end the connection (RFC 9293 §3.9.1.8): an ICMP error, named by its errno, or R1
   * retransmissions without an answer, named ETIMEDOUT. Reported when it happens; several of a cause since the last look
   * are one.
   */
  | { readonly type: 'soft-error'; readonly cause: 'icmp' | 'retransmissions'; readonly error: Errno }
  /** The peer sent FIN and all its data has been received ("connection closing", RFC 9293 §3.10.7.4). */
  | { readonly type: 'peer-closed' }
  /** The connection is over; `reason` names how, in Linux errno terms or RFC 9293's. */
  | { readonly type: 'closed'; readonly reason: CloseReason };

export type CloseReason =
  | 'closed' // both sides closed in order
  | 'refused' // RST in SYN-SENT (ECONNREFUSED)
  | 'reset' // RST later (ECONNRESET)
  | 'aborted' // our own abort(), or data came that nobody will read
  | 'timeout' // R2 or the user timeout passed (ETIMEDOUT)
  | 'unreachable'; // an ICMP error

/** How Linux names what ended a connection or is wrong with it. */
export type Errno =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EPIPE'
  | 'ETIMEDOUT'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'EHOSTDOWN'
  | 'ENONET'
  | 'ENOPROTOOPT'
  | 'EOPNOTSUPP'
  | 'EPROTO'
  | 'EACCES'
  | 'EMSGSIZE';
