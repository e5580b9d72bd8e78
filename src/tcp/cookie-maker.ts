/** What a listener asks of a kind of SYN cookie (RFC 4987 §3.6): to make one, and to make sense of one that comes back. */
import type { Segment } from '../wire/segment.ts';
import type { TcpConfig } from './config.ts';
import type { HalfOpen } from './half-open.ts';
import type { Nanos } from './types.ts';

export interface CookieMaker {
  /** Every SYN/ACK's ISS is a cookie, also of entries that are kept (FreeBSD): one that is given up can still come back. */
  readonly everyIss: boolean;
  /**
   * Sets the ISS of `half` to a cookie and takes back the options that it cannot carry. Returns the TSval for the SYN/ACK;
   * `tsNow` is the timestamp clock without any offset.
   */
  bake(now: Nanos, tsNow: number, half: HalfOpen): number;
  /** Rebuilds `into` from an ACK that carries a cookie. False when SEG.ACK - 1 is no good cookie. */
  redeem(now: Nanos, ack: Readonly<Segment>, port: number, config: TcpConfig, into: HalfOpen): boolean;
  /** What we add to our clock to make the TSval for a peer, uint32. */
  tsOffset(local: number, remote: number): number;
}
