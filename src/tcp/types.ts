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
  /** Bytes can be read. Reported once per time the receive buffer goes from empty to non-empty. */
  | { readonly type: 'readable' }
  /** Room in the send buffer after it had been full. */
  | { readonly type: 'writable' }
  /** The peer sent FIN and all its data has been received ("connection closing", RFC 9293 §3.10.7.4). */
  | { readonly type: 'peer-closed' }
  /** The connection is over; `reason` names how, in Linux errno terms or RFC 9293's. */
  | { readonly type: 'closed'; readonly reason: CloseReason };

export type CloseReason =
  | 'closed' // both sides closed in order
  | 'refused' // RST in SYN-SENT (ECONNREFUSED)
  | 'reset' // RST later (ECONNRESET)
  | 'aborted' // our own abort()
  | 'timeout'; // R2 or the user timeout passed (ETIMEDOUT)
