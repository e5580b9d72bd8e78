/**
 * What a half-open connection has agreed on: one row of the SYN queue read out, or the state a SYN cookie carried.
 * "Half-open" means an entry of the SYN queue, as in Linux; RFC 9293 §3.5.1 calls half-open a connection whose other
 * end has forgotten it.
 */
import type { Seq } from '../wire/seq.ts';

export class HalfOpen {
  /** Our address and port, then the peer's. */
  local = 0;
  localPort = 0;
  remote = 0;
  remotePort = 0;
  iss: Seq = 0;
  irs: Seq = 0;
  /** Peer's MSS (536 or, for IPv6, 1220 when it sent none; RFC 9293 MUST-15). */
  mss = 536;
  /** Peer's window scale shift, or -1: then neither side scales (RFC 7323 §2.2). */
  ws = -1;
  sackPerm = false;
  /** Both sides use ECN (RFC 3168). */
  ecn = false;
  /** Peer's TSval to echo (TS.Recent), or -1 when timestamps were not agreed. */
  tsRecent = -1;
  /** What we add to our clock to make TSval. */
  tsOffset = 0;
  /** Peer's window as announced in the SYN: never scaled (RFC 7323 §2.2). */
  wnd = 0;
  /** SYN/ACK retransmissions so far; with 0, the handshake gives an RTT sample (Karn's rule, RFC 6298 §3). */
  timeouts = 0;
  /** When the last SYN/ACK left, in ns; -1 when unknown (cookies). */
  synackAt = -1;
}
