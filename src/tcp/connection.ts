/**
 * One TCP connection, sans-IO (RFC 9293). The caller brings time and segments and carries away what is sent:
 *
 * ```ts
 * const c = Connection.connect(config, local, 49152, remote, 80, iss);
 * c.open(now, tx);                  // sends the SYN
 * c.onSegment(now, synAck, tx);     // sends the ACK; pollEvent() tells 'established'
 * ```
 *
 * Any method that takes `tx` may change `nextTimer()`. A connection that ended is 'CLOSED' for good.
 */
import type { IcmpError } from '../wire/icmp.ts';
import type { Segment } from '../wire/segment.ts';
import type { Seq } from '../wire/seq.ts';
import { ackAfterRead } from './ack-policy.ts';
import { arrivesIcmp } from './arrives-icmp.ts';
import { arrivesInSynSent } from './arrives-syn-sent.ts';
import { arrivesSynchronized } from './arrives-synchronized.ts';
import type { TcpConfig } from './config.ts';
import { takeSynForAcked } from './established.ts';
import { nextEvent } from './events.ts';
import { expire } from './expiry.ts';
import type { FastOpenRequest } from './fast-open-client.ts';
import type { FastOpenChild } from './fast-open-server.ts';
import type { HalfOpen } from './half-open.ts';
import { intakeOf } from './intake.ts';
import { retimeKeepAlive } from './keep-alive.ts';
import { pushQueued, setCork, setNoDelay } from './nagle.ts';
import { output, sendAck, sendRst, sendSyn } from './output.ts';
import { openedByAck, openedBySyn } from './passive-open.ts';
import { windowHasOpened } from './receive-window.ts';
import * as rules from './rules.ts';
import { type RunningTimer, runningTimers } from './running-timers.ts';
import { isWritable, resize, roomLeft } from './send-room.ts';
import { holdData, type SendFlags, takeData } from './take-data.ts';
import { enter, finish, rcvWnd, sendEnd, Tcb, unsentBytes } from './tcb.ts';
import { limitFinWait2 } from './time-wait.ts';
import type { CloseReason, Endpoint, Errno, Nanos, TcpEvent, TcpState, Tx } from './types.ts';
import { urgentLeft } from './urgent.ts';
import type { WhySink } from './why.ts';

/** Where connections that an application has touched wait for their owner to look at their timers. */
export interface TouchList {
  push(connection: Connection): unknown;
}

export class Connection implements Endpoint {
  /** The state variables, for reading. */
  readonly tcb: Tcb;
  /** Set by the stack that owns the connection; `touched` keeps it from being listed twice. */
  owner: TouchList | null = null;
  touched = false;
  /** In the stack's list of connections with news; whoever takes it out sets it false. */
  listed = false;
  /** Where its application keeps what belongs to it; the engine never looks. */
  tag = -1;
  /** Next in the same bucket of the stack's connection table. */
  nextInBucket: Connection | null = null;
  /** Place in the stack's timer heap, -1 = not there. */
  heapIndex = -1;

  private constructor(tcb: Tcb) {
    this.tcb = tcb;
  }

  /** A connection to be opened actively with `open`. Addresses are handles, ports 0 .. 65535, `iss` any uint32. */
  static connect(
    config: TcpConfig,
    local: number,
    localPort: number,
    remote: number,
    remotePort: number,
    iss: Seq,
  ): Connection {
    return new Connection(new Tcb(config, local, localPort, remote, remotePort, iss));
  }

  /**
   * A connection that a listener completed: `half` is what the handshake agreed on, `ack` the segment that completed
   * it, whose data and FIN are taken as well.
   */
  static accepted(
    config: TcpConfig,
    half: Readonly<HalfOpen>,
    now: Nanos,
    ack: Readonly<Segment>,
    tx: Tx,
    why: WhySink | null,
  ): Connection {
    return new Connection(openedByAck(config, half, ack, now, tx, why));
  }

  /** A connection that a Fast Open SYN made: in SYN-RECEIVED, with the SYN's data; sends the SYN/ACK (RFC 7413 §4.2.2). */
  static fastOpened(
    config: TcpConfig,
    half: Readonly<HalfOpen>,
    syn: Readonly<Segment>,
    pending: FastOpenChild,
    now: Nanos,
    tx: Tx,
    why: WhySink | null,
  ): Connection {
    return new Connection(openedBySyn(config, half, syn, pending, now, tx, why));
  }

  get state(): TcpState {
    return this.tcb.state;
  }

  /** How the listener counts it while its Fast Open is not confirmed; null for all others. */
  get pendingOpen(): FastOpenChild | null {
    return this.tcb.pendingOpen;
  }

  get why(): WhySink | null {
    return this.tcb.why;
  }

  set why(sink: WhySink | null) {
    this.tcb.why = sink;
  }

  /** RCV.WND: how much more the peer may send, as last offered. */
  get rcvWnd(): number {
    return rcvWnd(this.tcb);
  }

  /** Bytes that `read` would return. */
  get readable(): number {
    return this.tcb.receiveBuffer?.readable ?? 0;
  }

  /** Bytes that `send` would take now. */
  get writable(): number {
    const t = this.tcb;
    return t.closing || t.state === 'CLOSED' ? 0 : roomLeft(t);
  }

  /** Is there room worth waking for? If not, a 'writable' event will tell when there is (Linux tcp_poll). */
  hasRoom(): boolean {
    const t = this.tcb;
    if (isWritable(t)) return true;
    if (t.sendQueue !== null) t.sendQueue.lacksRoom = true;
    return false;
  }

  /** `send` or `hasRoom` found too little room, and there is not enough yet. */
  get lacksRoom(): boolean {
    const { sendQueue } = this.tcb;
    return sendQueue === null ? this.writable === 0 : sendQueue.lacksRoom;
  }

  /** Sequence number just behind the last byte handed over. */
  get written(): Seq {
    return sendEnd(this.tcb);
  }

  /** Bytes handed over that the peer has not acknowledged (SIOCOUTQ), and those of them that have not been sent yet. */
  get unacknowledged(): number {
    return this.tcb.sendBuffer?.length ?? 0;
  }

  get unsent(): number {
    return unsentBytes(this.tcb);
  }

  /** Bytes from the next one to read up to the end of the urgent data; 0: none is pending (RFC 9293 MUST-33). */
  get urgent(): number {
    return urgentLeft(this.tcb);
  }

  /** What an application finds after the end: how it went wrong, or undefined. */
  get error(): Errno | undefined {
    return this.tcb.ended?.error ?? undefined;
  }

  /** How the connection ended, or undefined while it lives. */
  get closed(): CloseReason | undefined {
    return this.tcb.ended?.reason;
  }

  /**
   * Active OPEN (RFC 9293 §3.10.1): sends the SYN. `data` rides on it, up to one segment; a peer that does not keep
   * it gets it again after the handshake. With `fastOpen` data rides only where that allows it, else it waits. Throws
   * when the connection was opened before.
   */
  open(now: Nanos, tx: Tx, data?: Uint8Array, fastOpen: FastOpenRequest | null = null): void {
    const t = this.tcb;
    if (t.state !== 'CLOSED' || t.sndNxt !== t.iss) throw new Error(`open: connection is ${t.state}`);
    if (data !== undefined && data.length > 0) {
      holdData(t, data);
      t.dataOnSyn = fastOpen === null || fastOpen.room > 0;
    }
    if (fastOpen !== null) {
      t.fastOpen = fastOpen;
      // Until the SYN/ACK tells more, this is the most a segment may carry.
      if (fastOpen.room > 0) t.sndMss = fastOpen.room;
    }
    if (t.why !== null) t.why.act(rules.OPEN_ACTIVE, t.iss, 0, 0);
    enter(t, 'SYN-SENT');
    sendSyn(t, now, tx, false);
    output(t, now, tx);
    this.#touch();
  }

  onSegment(now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
    const t = this.tcb;
    if (t.state === 'CLOSED') return;
    if (t.state === 'SYN-SENT') arrivesInSynSent(t, now, seg, tx);
    else arrivesSynchronized(t, now, seg, tx);
  }

  onTimer(now: Nanos, tx: Tx): void {
    if (this.tcb.state !== 'CLOSED') expire(this.tcb, now, tx);
  }

  nextTimer(): Nanos {
    const t = this.tcb;
    let next = t.rtxAt;
    if (t.flight !== null) next = Math.min(next, t.flight.probeAt, t.flight.reorderAt);
    if (t.persistAt < next) next = t.persistAt;
    if (t.delackAt < next) next = t.delackAt;
    if (t.keepAliveAt < next) next = t.keepAliveAt;
    if (t.timeWaitAt < next) next = t.timeWaitAt;
    if (t.userTimeoutAt < next) next = t.userTimeoutAt;
    return next;
  }

  /** Takes bytes to send and returns how many; fewer when the send buffer fills, 0 after `close` or before `open`. */
  send(now: Nanos, bytes: Uint8Array, tx: Tx, flags: SendFlags = NO_FLAGS): number {
    const t = this.tcb;
    if (t.closing || t.state === 'CLOSED') return 0;
    const n = takeData(t, bytes, flags, now, tx);
    this.#touch();
    return n;
  }

  /**
   * As `send`, and the last byte taken ends the urgent data so far: URG stays set until all of it is acknowledged. New
   * applications SHOULD NOT use it (RFC 9293 SHLD-13).
   */
  sendUrgent(now: Nanos, bytes: Uint8Array, tx: Tx): number {
    return this.send(now, bytes, tx, URGENTLY);
  }

  /** Moves received bytes into `into` and returns how many. Tells the peer when the window has opened by enough. */
  read(now: Nanos, into: Uint8Array, tx: Tx): number {
    const t = this.tcb;
    const n = t.receiveBuffer?.read(into) ?? 0;
    if (t.urgent !== null) urgentLeft(t); // what was read is urgent no longer
    if (n > 0 && t.state !== 'CLOSED' && !t.hasFinAhead && (windowHasOpened(t, n) || ackAfterRead(t))) {
      sendAck(t, now, tx);
      this.#touch();
    }
    return n;
  }

  /** As `read`, but what is read stays and no window opens. */
  peek(into: Uint8Array): number {
    return this.tcb.receiveBuffer?.peek(into) ?? 0;
  }

  /** Holds back a last segment that is not full until `cork(false)`, `close`, or enough to fill it (Linux TCP_CORK). */
  cork(on: boolean, now: Nanos, tx: Tx): void {
    setCork(this.tcb, on);
    if (!on) this.#flush(now, tx);
  }

  /** What a connection has from its listener without any call (Linux inet_csk_clone_lock). */
  inherit(cork: boolean, quickAck: boolean): void {
    if (cork) setCork(this.tcb, true);
    if (!quickAck) intakeOf(this.tcb).pingPong = true;
  }

  /** Small segments no longer wait for ACKs (Linux TCP_NODELAY): what waits goes, even if corked. */
  noDelay(on: boolean, now: Nanos, tx: Tx): void {
    setNoDelay(this.tcb, on);
    if (!on) return;
    pushQueued(this.tcb);
    this.#flush(now, tx);
  }

  /** Acknowledge at once again, or rather with the application's next data (Linux TCP_QUICKACK). */
  quickAck(on: boolean, now: Nanos, tx: Tx): void {
    const t = this.tcb;
    intakeOf(t).pingPong = !on;
    if (on && t.ackOwed > 0 && t.state !== 'CLOSED') sendAck(t, now, tx);
    this.#touch();
  }

  /** Replaces the configuration: buffers, Nagle, timeouts hold from now on; what the SYN offered stays. */
  configure(config: TcpConfig, now: Nanos): void {
    const t = this.tcb;
    const before = t.config;
    t.config = config;
    setNoDelay(t, !config.nagle);
    if (t.sendQueue !== null) resize(t, t.sendQueue);
    retimeKeepAlive(t, before, now);
    this.#touch();
  }

  /** Closes our sending side (RFC 9293 §3.10.4): a FIN follows what was sent. Receiving goes on. */
  close(now: Nanos, tx: Tx): void {
    const t = this.tcb;
    if (t.closing || t.state === 'CLOSED') return;
    this.#touch();
    if (t.state === 'SYN-SENT') return finish(t, 'closed');
    t.closing = true;
    // RFC 9293 §3.10.4, SYN-RECEIVED: with nothing to send the FIN goes at once, and its ACK covers our SYN, too.
    if (t.state === 'SYN-RECEIVED' && t.pendingOpen === null && t.sendBuffer === null) takeSynForAcked(t);
    // From SYN-RECEIVED a Fast Open goes on like a connection that is up, and its FIN follows at once, as in Linux.
    if (t.state === 'ESTABLISHED' || t.pendingOpen !== null) enter(t, 'FIN-WAIT-1');
    else if (t.state === 'CLOSE-WAIT') enter(t, 'LAST-ACK');
    output(t, now, tx);
  }

  /**
   * As `close`, but a Fast Open that is not yet confirmed sends its FIN only then, as shutdown(SHUT_WR) of Linux does;
   * its close(2) does not wait (both measured).
   */
  shutdownSend(now: Nanos, tx: Tx): void {
    const t = this.tcb;
    if (t.state === 'SYN-RECEIVED' && t.pendingOpen !== null) t.closing = true;
    else this.close(now, tx);
  }

  /**
   * What close(2) does: nobody will read or write any more. With bytes unread, or once more come, the peer gets RST,
   * since it would believe them read (RFC 9293 §3.6.1 SHLD-3); else FIN as by `close`.
   */
  closeSocket(now: Nanos, tx: Tx): void {
    const t = this.tcb;
    if (t.state === 'CLOSED') return;
    t.reader = 'gone';
    this.#touch();
    if (this.readable > 0 && t.state !== 'TIME-WAIT') {
      if (t.why !== null) t.why.act(rules.UNREAD_AT_CLOSE, this.readable, 0, 0);
      sendRst(t, now, tx);
      return finish(t, 'aborted');
    }
    if (t.state === 'FIN-WAIT-2') limitFinWait2(t, now);
    this.close(now, tx);
  }

  /**
   * Shuts the receiving side, as shutdown(SHUT_RD). TCP has no word for it: the peer learns nothing until our side is
   * closed too and more data comes, which is then answered by RST (Linux TCPAbortOnData).
   */
  shutdownReceive(): void {
    if (this.tcb.reader === 'application') this.tcb.reader = 'nobody';
  }

  /** An ICMP error about a segment of this connection. False when its sequence number cannot be one under way. */
  onIcmp(now: Nanos, icmp: Readonly<IcmpError>, tx: Tx): boolean {
    return this.tcb.state !== 'CLOSED' && arrivesIcmp(this.tcb, now, icmp, tx);
  }

  /** Ends at once; the peer is told by RST where it knows of us (RFC 9293 §3.10.5). */
  abort(now: Nanos, tx: Tx): void {
    const t = this.tcb;
    if (t.state === 'CLOSED') return;
    this.#touch();
    const silent = t.state === 'SYN-SENT' || t.state === 'CLOSING' || t.state === 'LAST-ACK' || t.state === 'TIME-WAIT';
    if (!silent) sendRst(t, now, tx);
    finish(t, 'aborted');
  }

  /** The next thing to tell the application, oldest kind first, or undefined. */
  pollEvent(): TcpEvent | undefined {
    return nextEvent(this.tcb);
  }

  /** The timers that run, for people to look at. */
  timers(): RunningTimer[] {
    return runningTimers(this.tcb);
  }

  #flush(now: Nanos, tx: Tx): void {
    const t = this.tcb;
    if (t.state === 'CLOSED' || t.state === 'SYN-SENT') return;
    output(t, now, tx);
    this.#touch();
  }

  #touch(): void {
    if (this.owner === null || this.touched) return;
    this.touched = true;
    this.owner.push(this);
  }
}

const NO_FLAGS: SendFlags = {};
const URGENTLY: SendFlags = { urgent: true };
