/**
 * A listening port: LISTEN (RFC 9293 §3.10.7.2) and, for passive opens, SYN-RECEIVED (§3.10.7.4). It holds half-open
 * connections as rows of a SYN queue, asks its policy about each new SYN, and hands finished handshakes to `promote`.
 * Admission follows Linux, measured on 6.18; where Linux leaves the RFC, the RFC is the default and Linux an option.
 */
import type { IcmpError } from '../wire/icmp.ts';
import { ACK, FIN, RST, type Segment, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import { AcceptQueue } from './accept-queue.ts';
import { judgeHalfOpen, mayAnswer } from './arrives-half-open.ts';
import { icmpEndsHalfOpen } from './arrives-icmp.ts';
import { CookieDesk } from './cookie-desk.ts';
import { halfFromSyn } from './cookie-handshake.ts';
import { FAST_OPEN_COOKIE_BYTES } from './fast-open-cookie.ts';
import { FastOpenChild, FastOpenGate, type FastOpenServer } from './fast-open-server.ts';
import { HalfOpen } from './half-open.ts';
import { ListenCounters } from './listen-counters.ts';
import {
  type AcceptedConnection,
  acceptQueueRoom,
  checkBacklog,
  type ListenerDeps,
  type ListenOptions,
  policyOf,
  synQueueRoom,
} from './listen-options.ts';
import { acceptQueueFull } from './policy/drop-when-full.ts';
import { DROP_COUNTER, type ListenPolicy, type QueueView, type SynQueueView } from './policy/types.ts';
import * as rules from './rules-listen.ts';
import type { SynQueue } from './syn-queue.ts';
import { sendAck, sendReset, sendResetAck, sendSynAck, synAckTsVal } from './synack.ts';
import { SynAckTimers } from './synack-timers.ts';
import type { Nanos, TcpState, Tx } from './types.ts';
import type { Rule, WhySink } from './why.ts';

export class Listener<C extends AcceptedConnection> {
  readonly port: number;
  /** May be replaced at any time: cookies sent before count only while the defence takes any. */
  policy: ListenPolicy;
  readonly counters: ListenCounters = new ListenCounters();
  /** Receives the reason of each decision; null costs nothing. */
  why: WhySink | null = null;
  readonly #deps: ListenerDeps<C>;
  readonly #timers: SynAckTimers;
  readonly #synQueue: SynQueue;
  readonly #acceptQueue: AcceptQueue<C>;
  readonly #desk: CookieDesk;
  #gate: FastOpenGate | null = null;
  readonly #options: ListenOptions;
  #closed = false;
  /** The entry under consideration, read out. One object for all segments. */
  readonly #half: HalfOpen = new HalfOpen();

  /** Throws a RangeError for a backlog that is no integer >= 0. */
  constructor(port: number, options: ListenOptions, deps: ListenerDeps<C>) {
    const backlog = checkBacklog(port, options.backlog);
    this.port = port;
    this.policy = policyOf(options);
    this.#deps = deps;
    this.#timers = new SynAckTimers(port, options, synQueueRoom(options, backlog), deps, this.counters);
    this.#synQueue = this.#timers.queue;
    this.#acceptQueue = new AcceptQueue<C>(backlog, acceptQueueRoom(options, backlog));
    this.#desk = new CookieDesk(port, deps, this.counters, options.cookies ?? 'linux');
    this.#options = options;
    if (options.fastOpen !== undefined) this.setFastOpen(options.fastOpen);
  }

  /** Replaces the configuration of handshakes from now on; how often SYN/ACKs are repeated stays. */
  configure(config: ListenerDeps<C>['config']): void {
    this.#deps.config = config;
  }

  /** Fast Open connections that count as pending, and resets that still do (Linux fastopenq.qlen). */
  get fastOpenPending(): number {
    return this.#gate === null ? 0 : this.#gate.pending;
  }

  /** Turns Fast Open on, off or to other limits and keys; what is pending stays. Throws a RangeError for a bad limit. */
  setFastOpen(options: FastOpenServer): void {
    if (this.#gate !== null) this.#gate.configure(options);
    else this.#gate = new FastOpenGate(options, this.#deps.secret, this.#deps.addresses ?? null);
  }

  /** The cookie that a SYN of `client` to `server` would be given, at the start of `out`; its length, 0 = none is given. */
  fastOpenCookie(client: number, server: number, out: Uint8Array): number {
    if (this.#gate === null || this.#gate.options.maxPending === 0) return 0;
    this.#gate.bake(client, server, out);
    return FAST_OPEN_COOKIE_BYTES;
  }

  /** B as last set. */
  get backlog(): number {
    return this.#acceptQueue.limit;
  }

  get synQueue(): SynQueueView {
    return this.#synQueue;
  }

  get acceptQueue(): QueueView {
    return this.#acceptQueue;
  }

  /** listen(2) called again: the new B holds at once, and entries above it stay. Throws as the constructor does. */
  setBacklog(backlog: number): void {
    checkBacklog(this.port, backlog);
    this.#synQueue.setLimit(backlog, synQueueRoom(this.#options, backlog));
    this.#acceptQueue.setLimit(backlog, acceptQueueRoom(this.#options, backlog));
  }

  /**
   * A segment for this port that belongs to no connection. True when dealt with: a SYN, a segment of an entry, a good
   * cookie. False: the caller answers by the rule of LISTEN (RST with SEQ = SEG.ACK to an ACK) and gives the reason.
   */
  onSegment(now: Nanos, seg: Readonly<Segment>, tx: Tx): boolean {
    if (this.#closed) return false;
    const row = this.#synQueue.find(seg.dst, seg.src, seg.sport);
    if (row >= 0) {
      this.#inSynReceived(now, row, seg, tx);
      return true;
    }
    const { flags } = seg;
    if ((flags & RST) !== 0) {
      this.counters.rstIgnored++;
      return false;
    }
    if ((flags & ACK) !== 0) {
      if (this.policy.cookies && (flags & SYN) === 0 && this.#redeem(now, seg, tx)) return true;
      this.counters.strayAcks++;
      return false;
    }
    if ((flags & SYN) === 0) {
      this.counters.noFlagDropped++;
      return false;
    }
    this.#onSyn(now, seg, tx);
    return true;
  }

  /** An ICMP error. -1: it is about no entry of this listener; 0: not about the SYN/ACK of one; 1: about that. */
  onIcmp(icmp: Readonly<IcmpError>): number {
    const { src, dst, dport, seq } = icmp.quoted;
    const row = this.#closed ? -1 : this.#synQueue.find(src, dst, dport);
    if (row < 0) return -1;
    this.#synQueue.read(row, this.#half);
    if (seq !== this.#half.iss) return 0;
    if (icmpEndsHalfOpen(icmp, this.#half, this.#deps.config, this.why)) {
      this.counters.ListenDrops++;
      this.#remove(row, 'LISTEN');
    }
    return 1;
  }

  /** Sends the SYN/ACKs that are due and removes entries that waited long enough. */
  onTimer(now: Nanos, tx: Tx): void {
    this.#timers.run(now, this.#half, this.policy, tx, this.why);
  }

  /** Exact time of the next SYN/ACK timer, Infinity when nothing is half-open. */
  nextTimer(): Nanos {
    return this.#synQueue.nextTimer();
  }

  /** The connection that has waited longest, or undefined. */
  accept(): C | undefined {
    const connection = this.#acceptQueue.shift();
    if (connection?.pendingOpen) connection.pendingOpen.accepted = true;
    return connection;
  }

  /** Connections waiting for `accept`, oldest first. */
  waiting(visit: (connection: C) => void): void {
    this.#acceptQueue.visit(visit);
  }

  /** Half-open entries, oldest first. The HalfOpen is the same object each time: copy what you keep. */
  entries(visit: (half: Readonly<HalfOpen>, timers: { armedAt: Nanos; firesAt: Nanos }) => void): void {
    this.#synQueue.visit(visit);
  }

  /** Stops listening and forgets half-open entries, silently as Linux. The caller aborts what `accept` still gives. */
  close(): void {
    if (this.#closed) return;
    if (this.why !== null) this.why.act(rules.LISTEN_CLOSED, this.#synQueue.length, 0, 0);
    this.#closed = true;
    this.#gate?.close();
    this.#synQueue.clear();
  }

  #onSyn(now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
    const { counters, why } = this;
    counters.syns++;
    if (why !== null) why.check(rules.LISTEN_SYN, true, seg.seq, seqAdd(seg.seq, 1), 0);
    if (this.#options.dropSynFin === true && (seg.flags & FIN) !== 0) {
      counters.synFinDropped++;
      if (why !== null) why.act(rules.LISTEN_SYN_FIN, 0, 0, 0);
      return;
    }
    this.#synQueue.watch(this.policy.rows ?? null); // a policy may have been replaced since the last SYN
    const verdict = this.policy.onSyn(now, seg, this.#synQueue, this.#acceptQueue, why);
    switch (verdict) {
      case 'queue':
        return this.#enqueue(now, seg, tx);
      case 'cookie':
        return this.#desk.answer(now, this.#deps.tsNow(now), seg, this.#half, tx, why);
      case 'evict':
        return this.#evict(now) ? this.#enqueue(now, seg, tx) : this.#drop(rules.SYN_DROPPED, 'TCPReqQFullDrop');
      case 'reset':
        counters.refused++;
        counters.OutRsts++;
        if (why !== null) why.act(rules.SYN_RESET, 0, 0, 0);
        return sendResetAck(seg, tx);
      case 'drop-syn-queue':
      case 'drop-accept-queue':
      case 'drop-reserve':
        return this.#drop(rules.SYN_DROPPED, DROP_COUNTER[verdict]);
      default:
        throw new Error(`policy ${this.policy.name} answered ${verdict satisfies never}`);
    }
  }

  #enqueue(now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
    const { why } = this;
    const half = this.#half;
    halfFromSyn(seg, this.port, this.#deps.config, half);
    const { maker } = this.#desk;
    half.tsOffset = half.tsRecent < 0 ? 0 : maker.tsOffset(half.local, half.remote);
    if (maker.everyIss && this.policy.cookies) maker.bake(now, 0, half);
    else half.iss = this.#deps.isn(now, half.local, half.localPort, half.remote, half.remotePort);
    half.synackAt = now;
    let reply: FastOpenGate | null = null;
    if (this.#gate !== null && (seg.tfoLen >= 0 || seg.len > 0)) {
      reply = this.#gate;
      if (reply.judge(now, seg, this.counters, why) === 'open') return this.#fastOpen(now, reply, seg, tx);
    }
    const tsVal = synAckTsVal(this.#deps, now, half);
    const row = this.#synQueue.insert(half, tsVal);
    if (row < 0) return this.#drop(rules.SYN_DROPPED, 'TCPReqQFullDrop');
    if (why !== null) why.act(rules.QUEUED, half.iss, this.#synQueue.length, 0);
    this.#timers.start(now, row, why);
    if (why !== null) why.state('LISTEN', 'SYN-RECEIVED');
    sendSynAck(half, this.#deps.config, tsVal, tx, reply);
  }

  /** A connection at once, in SYN-RECEIVED: it waits in the accept queue and sends its own SYN/ACKs (RFC 7413 §4.2.2). */
  #fastOpen(now: Nanos, gate: FastOpenGate, seg: Readonly<Segment>, tx: Tx): void {
    this.counters.PassiveOpens++;
    const pending = new FastOpenChild(gate, this.#options.synInWindow === 'reset');
    this.#acceptQueue.push(this.#deps.promote(now, this.#deps.config, this.#half, seg, tx, pending));
  }

  /** An ACK that may bring a SYN cookie back. False when it does not. */
  #redeem(now: Nanos, seg: Readonly<Segment>, tx: Tx): boolean {
    const { why } = this;
    if (!this.#desk.redeem(now, seg, this.#half, this.policy, why)) return false;
    if (acceptQueueFull(this.#acceptQueue, why)) {
      // Measured on Linux: silent even with tcp_abort_on_overflow = 1.
      const abort = this.#options.abortOnOverflow === 'cookies-too';
      this.#drop(abort ? rules.ACK_ABORTED : rules.ACK_DROPPED, 'ListenOverflows');
      if (abort) this.counters.OutRsts++;
      if (abort) sendReset(seg, tx);
      return true;
    }
    if (why !== null) why.state('LISTEN', 'SYN-RECEIVED');
    this.#promote(now, seg, tx);
    return true;
  }

  #inSynReceived(now: Nanos, row: number, seg: Readonly<Segment>, tx: Tx): void {
    const { counters, why } = this;
    const { config } = this.#deps;
    const queue = this.#synQueue;
    const half = this.#half;
    queue.read(row, half);
    const tsLast = synAckTsVal(this.#deps, half.synackAt, half);
    const verdict = judgeHalfOpen(seg, half, config, this.#options, queue.tsFirst(row), tsLast, counters, why);
    switch (verdict) {
      case 'repeat':
        if (!mayAnswer(now, row, seg, queue, config.challengeAckInterval, counters, why)) return;
        // RFC 7323 §4.3 (2): SEG.SEQ <= Last.ACK.sent, so a newer TSval becomes TS.Recent.
        if (half.tsRecent >= 0 && seg.tsVal >= 0) {
          half.tsRecent = seg.tsVal;
          queue.setTsRecent(row, seg.tsVal);
        }
        return this.#timers.answer(now, row, half, tx, why);
      case 'ack':
      case 'challenge':
        return this.#answerAck(now, row, seg, verdict === 'ack' ? rules.HALF_ACK : rules.HALF_CHALLENGE, tx);
      case 'remove':
        counters.EmbryonicRsts++;
        counters.AttemptFails++;
        return this.#remove(row, 'LISTEN');
      case 'syn':
        return this.#onSynInWindow(now, row, seg, tx);
      case 'reset':
        counters.OutRsts++;
        return sendReset(seg, tx);
      case 'complete':
        return this.#complete(now, row, seg, tx);
      case 'drop':
        return;
      default:
        throw new Error(`SYN-RECEIVED: no such verdict: ${verdict satisfies never}`);
    }
  }

  #complete(now: Nanos, row: number, seg: Readonly<Segment>, tx: Tx): void {
    const { counters, why } = this;
    if (acceptQueueFull(this.#acceptQueue, why)) {
      const abort = (this.#options.abortOnOverflow ?? false) !== false;
      this.#drop(abort ? rules.ACK_ABORTED : rules.ACK_DROPPED, 'ListenOverflows');
      if (!abort) return;
      counters.EmbryonicRsts++;
      counters.OutRsts++;
      this.#remove(row, 'CLOSED');
      return sendReset(seg, tx);
    }
    // Karn: after a repeated SYN/ACK nobody can tell which one this ACK answers.
    if (this.#synQueue.limitedAt(row) !== -Infinity) this.#half.synackAt = -1;
    this.#synQueue.remove(row);
    this.#promote(now, seg, tx);
  }

  #onSynInWindow(now: Nanos, row: number, seg: Readonly<Segment>, tx: Tx): void {
    const { counters, why } = this;
    const answer = this.#options.synInWindow ?? 'listen';
    if (answer === 'challenge') return this.#answerAck(now, row, seg, rules.HALF_SYN_CHALLENGE, tx);
    const refuse = answer === 'reset';
    if (why !== null) why.act(refuse ? rules.HALF_SYN_RESET : rules.HALF_SYN_LISTEN, 0, 0, 0);
    this.#remove(row, refuse ? 'CLOSED' : 'LISTEN');
    if (!refuse) return;
    counters.EmbryonicRsts++;
    counters.AttemptFails++;
    counters.OutRsts++;
    sendResetAck(seg, tx);
  }

  #promote(now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
    const { why } = this;
    this.counters.PassiveOpens++;
    if (why !== null) {
      why.act(rules.PROMOTED, this.#acceptQueue.length + 1, 0, 0);
      why.state('SYN-RECEIVED', 'ESTABLISHED');
    }
    this.#acceptQueue.push(this.#deps.promote(now, this.#deps.config, this.#half, seg, tx, null));
  }

  #answerAck(now: Nanos, row: number, seg: Readonly<Segment>, rule: Rule, tx: Tx): void {
    const { counters, why } = this;
    const { config } = this.#deps;
    if (!mayAnswer(now, row, seg, this.#synQueue, config.challengeAckInterval, counters, why)) return;
    if (rule !== rules.HALF_ACK) counters.TCPChallengeACK++;
    if (why !== null) why.act(rule, seqAdd(this.#half.irs, 1), 0, 0);
    sendAck(this.#half, config, synAckTsVal(this.#deps, now, this.#half), tx);
  }

  #evict(now: Nanos): boolean {
    const victim = this.policy.victim?.(now, this.#synQueue) ?? -1;
    if (!this.#synQueue.occupied(victim)) return false;
    this.counters.evicted++;
    if (this.why !== null) {
      this.#synQueue.read(victim, this.#half);
      this.why.act(rules.EVICTED, this.#half.iss, 0, 0);
    }
    this.#remove(victim, 'CLOSED');
    return true;
  }

  #drop(rule: Rule, cause: 'TCPReqQFullDrop' | 'ListenOverflows' | null): void {
    if (cause !== null) this.counters[cause]++;
    this.counters.ListenDrops++;
    if (this.why !== null) this.why.act(rule, 0, 0, 0);
  }

  #remove(row: number, to: TcpState): void {
    this.#synQueue.remove(row);
    if (this.why !== null) this.why.state('SYN-RECEIVED', to);
  }
}
