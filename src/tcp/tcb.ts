/**
 * Transmission Control Block (RFC 9293 §3.3.1): all that one connection knows, as plain fields with the RFC's names.
 * The modules beside it (`arrives-*.ts`, `output.ts`, `expiry.ts`) act on it; `connection.ts` is its public face.
 */
import { type Seq, seqDiff } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import type { Ecn } from './ecn.ts';
import type { FastOpenRequest } from './fast-open-client.ts';
import type { FastOpenChild } from './fast-open-server.ts';
import { type Flight, stopProbing } from './flight.ts';
import type { Intake } from './intake.ts';
import type { Loss } from './loss.ts';
import { NAGLE_OFF } from './nagle.ts';
import type { Path } from './path.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import { RtoEstimator } from './rto.ts';
import type { Scoreboard } from './scoreboard.ts';
import type { SendBuffer } from './send-buffer.ts';
import type { SendQueue } from './send-queue.ts';
import { type CloseReason, type Errno, MS, type Nanos, type TcpState } from './types.ts';
import type { Urgent } from './urgent.ts';
import type { WhySink } from './why.ts';

/** Bits of `events`, polled in this order: what came first in a connection's life is told first. */
export const EV_ESTABLISHED = 1;
export const EV_URGENT = 2;
export const EV_READABLE = 4;
export const EV_WRITABLE = 8;
export const EV_SOFT_ERROR = 16;
export const EV_RETRYING = 32;
export const EV_PEER_CLOSED = 64;
const EV_CLOSED = 128;

/** How it ended, and the errno an application finds; null when nothing went wrong. */
interface Ending {
  readonly reason: CloseReason;
  readonly error: Errno | null;
}

export class Tcb {
  /** May be replaced while the connection lives, see `Connection.configure`. */
  config: TcpConfig;
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  readonly remotePort: number;
  state: TcpState = 'CLOSED';
  why: WhySink | null = null;
  events = 0;
  /** How the connection ended; null while it lives and before it is opened. */
  ended: Ending | null = null;
  /** Who reads: `nobody`, then new data is answered by RST once our side is closed too (RFC 9293 §3.6.1); `gone`: the
   * application has let go of the connection altogether. */
  reader: 'application' | 'nobody' | 'gone' = 'application';

  // Send sequence space (RFC 9293 figure 3)
  readonly #iss: number;
  #sndUna: number;
  #sndNxt: number;
  /** Our SYN has been acknowledged; `sndUna !== iss` would be wrong again after 4 GiB. */
  synAcked = false;
  sndWnd = 0;
  #sndWl1 = 0;
  #sndWl2 = 0;
  /** MAX.SND.WND of RFC 5961 §5.2. */
  maxSndWnd = 0;
  /** Shift of the windows we receive, and of those we send; 0 unless both sides offered (RFC 7323 §2.2). */
  sndScale = 0;
  rcvScale = 0;
  /** Payload bytes per full-sized segment, timestamps already taken off. */
  sndMss = 536;

  // Receive sequence space (figure 4)
  #irs = 0;
  #rcvNxt = 0;
  /** Windows are offered in multiples of this (`habits.wholeSegmentWindow`). */
  windowUnit = 1;
  /** Right edge last offered, RCV.NXT + RCV.WND: never moves left (RFC 9293 §3.10.7.4 seventh). */
  #rcvAdv = 0;
  /** Sequence number of a FIN beyond a gap. */
  #finAhead = 0;
  hasFinAhead = false;

  scaleOk = false;
  sackOk = false;
  tsOk = false;
  /** TS.Recent; in SYN-SENT, where the peer has sent none yet, the TSval of our first SYN. */
  #tsRecent = 0;
  tsRecentAt: Nanos = 0;
  /** Added to our millisecond clock to make TSval, so that it does not tell the uptime. */
  #tsOffset = 0;
  #lastAckSent = 0;
  /** When the peer was first known to be there: its SYN/ACK, or the ACK of ours, had come; -1 = not yet. */
  metAt: Nanos = -1;

  sendBuffer: SendBuffer | null = null;
  /** How the send buffer's bytes were written; null where `config.wmem` is. */
  sendQueue: SendQueue | null = null;
  receiveBuffer: ReceiveBuffer | null = null;
  /** The application has closed its sending side. */
  closing = false;
  /** What the application wants of segments that are not full, see nagle.ts. */
  nagle: number;
  finSent = false;
  /** Data handed over before the active OPEN rides on the SYN (RFC 9293 §3.10.1). */
  dataOnSyn = false;
  /** What our SYN asked of Fast Open, or the SYN that opened us brought; null: an ordinary handshake. */
  fastOpen: FastOpenRequest | FastOpenChild | null = null;

  // Congestion control (RFC 5681, 6582, 6675)
  cwnd = 0;
  ssthresh = 0x7fffffff;
  /** Bytes acknowledged in congestion avoidance since cwnd last grew. */
  ackedSinceGrowth = 0;
  dupAcks = 0;
  loss: Loss | null = null;
  urgent: Urgent | null = null;
  /** Both sides use ECN; null = they do not. */
  ecn: Ecn | null = null;
  path: Path | null = null;
  scoreboard: Scoreboard | null = null;

  readonly rtt: RtoEstimator;
  /** One segment at a time is timed: acknowledgment that ends it, and when it left; -1 = none. */
  #timedSeq = 0;
  timedAt: Nanos = -1;
  /** Timeouts in a row without progress. */
  retransmits = 0;
  synRetransmitted = false;
  /** Keep-alive or window probes since we last heard from the peer. */
  probesUnanswered = 0;
  lastChallengeAt: Nanos = -1;

  // When timers fire; Infinity = off.
  rtxAt: Nanos = Infinity;
  persistAt: Nanos = Infinity;
  persistBackoff = 0;
  delackAt: Nanos = Infinity;
  keepAliveAt: Nanos = Infinity;
  timeWaitAt: Nanos = Infinity;
  userTimeoutAt: Nanos = Infinity;

  /** When our first SYN, or later data, last left; -1 = never. */
  lastSentAt: Nanos = -1;
  totalRetransmits = 0;
  flight: Flight | null = null;
  intake: Intake | null = null;

  /** An acknowledgment is owed: 0 none, 1 may be delayed, 2 at once. */
  ackOwed = 0;
  /** Bytes received since the last ACK left: two full segments force one (RFC 9293 SHLD-19). */
  unackedBytes = 0;

  constructor(config: TcpConfig, local: number, localPort: number, remote: number, remotePort: number, iss: Seq) {
    this.config = config;
    this.local = local;
    this.localPort = localPort;
    this.remote = remote;
    this.remotePort = remotePort;
    this.#iss = iss | 0;
    this.#sndUna = iss | 0;
    this.#sndNxt = iss | 0;
    this.nagle = config.nagle ? 0 : NAGLE_OFF;
    this.rtt = new RtoEstimator(config);
  }

  // Kept as int32, since a field that holds more than that allocates a number each time it is written; read as uint32.
  get iss(): Seq {
    return this.#iss >>> 0;
  }
  get sndUna(): Seq {
    return this.#sndUna >>> 0;
  }
  set sndUna(value: Seq) {
    this.#sndUna = value | 0;
  }
  get sndNxt(): Seq {
    return this.#sndNxt >>> 0;
  }
  set sndNxt(value: Seq) {
    this.#sndNxt = value | 0;
  }
  get sndWl1(): Seq {
    return this.#sndWl1 >>> 0;
  }
  set sndWl1(value: Seq) {
    this.#sndWl1 = value | 0;
  }
  get sndWl2(): Seq {
    return this.#sndWl2 >>> 0;
  }
  set sndWl2(value: Seq) {
    this.#sndWl2 = value | 0;
  }
  get irs(): Seq {
    return this.#irs >>> 0;
  }
  set irs(value: Seq) {
    this.#irs = value | 0;
  }
  get rcvNxt(): Seq {
    return this.#rcvNxt >>> 0;
  }
  set rcvNxt(value: Seq) {
    this.#rcvNxt = value | 0;
  }
  get rcvAdv(): Seq {
    return this.#rcvAdv >>> 0;
  }
  set rcvAdv(value: Seq) {
    this.#rcvAdv = value | 0;
  }
  get finAhead(): Seq {
    return this.#finAhead >>> 0;
  }
  set finAhead(value: Seq) {
    this.#finAhead = value | 0;
  }
  get tsRecent(): number {
    return this.#tsRecent >>> 0;
  }
  set tsRecent(value: number) {
    this.#tsRecent = value | 0;
  }
  get tsOffset(): number {
    return this.#tsOffset >>> 0;
  }
  set tsOffset(value: number) {
    this.#tsOffset = value | 0;
  }
  get lastAckSent(): Seq {
    return this.#lastAckSent >>> 0;
  }
  set lastAckSent(value: Seq) {
    this.#lastAckSent = value | 0;
  }
  get timedSeq(): Seq {
    return this.#timedSeq >>> 0;
  }
  set timedSeq(value: Seq) {
    this.#timedSeq = value | 0;
  }

  /** Opened by a Fast Open SYN, and our SYN/ACK is not yet acknowledged; else null. */
  get pendingOpen(): FastOpenChild | null {
    const { fastOpen } = this;
    return fastOpen !== null && fastOpen.side === 'server' && fastOpen.pending ? fastOpen : null;
  }

  /** What our SYN asked of Fast Open; null: nothing. */
  get fastOpenRequest(): FastOpenRequest | null {
    return this.fastOpen?.side === 'client' ? this.fastOpen : null;
  }
}

/** Changes state and says so. */
export function enter(t: Tcb, state: TcpState): void {
  if (t.why !== null) t.why.state(t.state, state);
  t.state = state;
}

/** Ends the connection: no timer, no state but CLOSED, and one event for the application. */
export function finish(t: Tcb, reason: CloseReason, error: Errno | null = null): void {
  if (t.state === 'CLOSED') return;
  enter(t, 'CLOSED');
  t.ended = reason === 'closed' ? IN_ORDER : { reason, error };
  t.events |= EV_CLOSED;
  t.rtxAt = Infinity;
  stopProbing(t);
  t.persistAt = Infinity;
  t.delackAt = Infinity;
  t.keepAliveAt = Infinity;
  t.timeWaitAt = Infinity;
  t.userTimeoutAt = Infinity;
  t.ackOwed = 0;
  if (t.fastOpen !== null) t.fastOpen.ended(t.receiveBuffer !== null);
}

/** Sequence number just behind the last byte the application has handed over, FIN excluded. */
export function sendEnd(t: Tcb): Seq {
  const held = t.sendBuffer === null ? 0 : t.sendBuffer.length;
  return (firstHeld(t) + held) >>> 0;
}

/** Bytes handed over that have not been sent yet. */
export function unsentBytes(t: Tcb): number {
  return Math.max(0, seqDiff(sendEnd(t), t.sndNxt));
}

/** Sequence number of the first byte in the send buffer. While our SYN is unacknowledged it precedes the data. */
export function firstHeld(t: Tcb): Seq {
  return t.synAcked ? t.sndUna : (t.iss + 1) >>> 0;
}

/** Our millisecond timestamp clock (RFC 7323 §5.4: 1 ms to 1 s per tick). */
export function tsNow(t: Tcb, now: Nanos): number {
  return (Math.floor(now / MS) + t.tsOffset) >>> 0;
}

/** Measures the round trip by a timestamp of ours that came back as `tsEcr` (RFC 7323 §4.1). */
export function sampleEcho(t: Tcb, tsEcr: number, now: Nanos): void {
  const ms = (tsNow(t, now) - tsEcr) | 0;
  if (ms >= 0) t.rtt.sample(ms * MS, t.config);
}

/** RCV.WND as last offered. */
export function rcvWnd(t: Tcb): number {
  return (t.rcvAdv - t.rcvNxt) >>> 0;
}

/** One for all: most connections end so. */
const IN_ORDER: Ending = { reason: 'closed', error: null };
