/**
 * Follows every connection attempt of a capture in one pass and says what became of it. It judges from segments alone
 * (RFC 9293 §3.5) and knows no engine, so that it can judge real captures and the simulator alike.
 */
import { DOUBLE_ZERO } from '../wire/double-zero.ts';
import type { IcmpKind } from '../wire/icmp.ts';
import type { Packet } from '../wire/packet.ts';
import { ACK, CWR, ECE, FIN, RST, type Segment, SYN } from '../wire/segment.ts';
import { seqAdd, seqDiff } from '../wire/seq.ts';
import { acknowledgeCrossed, crosses } from './crossed-syns.ts';
import { ipIdOf, isSameFrame } from './duplicate-frames.ts';
import { keepOffer, takeEarlierOffer } from './earlier-offer.ts';
import { HandshakeIndex, WALK } from './handshake-index.ts';
import type { HandshakeObserver } from './handshake-observer.ts';
import { HandshakeTable } from './handshake-table.ts';
import { Later, LaterTime } from './handshake-words.ts';
import { REFUSING } from './icmp-refusal.ts';
import { OptionPrints } from './option-prints.ts';
import { MAX_LATE, recallAck, recallReset, takeEarlyAck } from './reordered-capture.ts';
import { RowFlows } from './row-flows.ts';
import { type Limits, RowKeeper } from './row-keeper.ts';
import { ScheduleTable } from './schedule-table.ts';
import { Fact, Verdict } from './verdict.ts';
import { VerdictBook } from './verdict-book.ts';

export interface TrackerOptions {
  /** Stirs the hash table; results do not depend on it. Default 0. */
  readonly seed?: number | undefined;
  readonly observer?: HandshakeObserver | undefined;
  readonly limits?: Limits | undefined;
  /** Of how many attempts, those that begin first, the flow is followed as Zeek and Wireshark see it. Default: of all. */
  readonly flows?: number | undefined;
  /** Told of every row once, when the tracker is done with it; the row is still readable during the call. */
  readonly done?: ((row: number) => void) | undefined;
}

export class HandshakeTracker {
  readonly handshakes: HandshakeTable = new HandshakeTable();
  readonly prints: OptionPrints;
  readonly schedules: ScheduleTable = new ScheduleTable();
  readonly flows: RowFlows;
  readonly book: VerdictBook = new VerdictBook(this.handshakes);
  /** Latest time seen, or that of `finish`. */
  endedAt: number = DOUBLE_ZERO;
  /** Segments sent by the server side of some attempt. 0 with attempts: the capture shows one direction only. */
  fromServers = 0;
  readonly index: HandshakeIndex;
  readonly #keeper: RowKeeper;
  readonly #observer: HandshakeObserver | undefined;

  constructor({ seed = 0, flows = Infinity, limits = {}, observer, done }: TrackerOptions = {}) {
    this.prints = new OptionPrints(seed);
    this.flows = new RowFlows(this.handshakes, this.prints, flows);
    this.index = new HandshakeIndex(this.handshakes, seed);
    this.#observer = observer;
    const { handshakes, index, book, schedules } = this;
    this.#keeper = new RowKeeper(handshakes, index, book, this.flows, schedules, limits, observer, done);
  }

  /** Rows let go before the end: after a silence, and for room. */
  get expired(): number {
    return this.#keeper.expired;
  }

  get evicted(): number {
    return this.#keeper.evicted;
  }

  /** Bytes held for rows and for finding them. */
  get bytes(): number {
    return this.handshakes.bytes + this.index.bytes + this.flows.flows.bytes + this.schedules.bytes;
  }

  /** Looks at one decoded segment. `ts` in ns since the capture began, `number` the packet's number from 1. */
  onSegment(ts: number, packet: Readonly<Packet>, number: number): void {
    if (ts > this.endedAt) this.endedAt = ts;
    this.#keeper.makeRoom(this.endedAt);
    const flags = packet.seg.flags;
    // RST beside SYN resets whatever the other flags say (RFC 9293 §3.10.7: the RST bit is checked first).
    if ((flags & RST) !== 0) this.#onReset(ts, packet, number);
    else if ((flags & SYN) === 0) this.#onOther(ts, packet, number);
    else if ((flags & ACK) === 0) this.#onSyn(ts, packet, number);
    else this.#onSynAck(ts, packet, number);
  }

  /**
   * An ICMP error that quotes `quoted`, a segment of a client; `reporter` is the address handle of who sent the error. It
   * refuses an attempt that nobody has answered, if it is one of `REFUSING`.
   */
  onIcmp(ts: number, kind: IcmpKind, quoted: Readonly<Segment>, reporter: number, number: number): void {
    if (ts > this.endedAt) this.endedAt = ts;
    const refusal = REFUSING.indexOf(kind);
    if (refusal < 0) return;
    const t = this.handshakes;
    const newest = this.index.newest(quoted);
    const row = this.index.withX(newest, quoted.src, quoted.sport, quoted.seq);
    // After an answer the error is about a connection, not about an attempt.
    if (row < 0 || !t.isAttempt(row) || t.has(row, ANSWERED | Fact.ServerRst | Fact.IcmpRefused)) return;
    t.setLater(row, Later.rstSeq, refusal);
    t.setLater(row, Later.rstAck, reporter);
    t.setLater(row, Later.rstPacket, number);
    t.setLaterTime(row, LaterTime.rst, ts);
    this.book.judge(row, Fact.IcmpRefused);
    this.#observer?.onRefused(ts, row);
  }

  /** The capture is over at `ts`. Rows still held are done with, in order of their first packets; they stay readable. */
  finish(ts: number): void {
    if (ts > this.endedAt) this.endedAt = ts;
    this.#keeper.finish(this.endedAt);
  }

  #onSyn(ts: number, packet: Readonly<Packet>, number: number): void {
    const t = this.handshakes;
    const seg = packet.seg;
    const { src, sport, seq } = seg;
    const newest = this.index.newest(seg);
    let row = newest < 0 ? -1 : this.index.withX(newest, src, sport, seq);
    // A SYN/ACK recorded first left a row under the X it acknowledged, which data on the SYN moves by its length.
    if (row < 0 && newest >= 0 && seg.len > 0) {
      row = this.index.withX(newest, src, sport, seqAdd(seq, seg.len));
      if (row >= 0 && t.isAttempt(row)) row = -1;
      if (row >= 0) this.index.rename(row, seq);
    }
    const ipId = ipIdOf(packet);
    if (row >= 0 && t.isAttempt(row)) {
      this.flows.copy(row, ts, packet);
      this.#onSynAgain(ts, row, ipId);
      return;
    }
    this.flows.attempt(number);
    const fastOpen = seg.tfoLen >= 0 ? Fact.FastOpen : 0;
    const ecn = (seg.flags & (ECE | CWR)) === (ECE | CWR) ? Fact.EcnSetup : 0;
    const facts = Fact.Syn | fastOpen | ecn | (seg.len > 0 ? Fact.DataOnSyn : 0);
    const print = this.prints.intern(seg);
    if (row < 0) {
      row = this.#keeper.openAttempt(newest, packet, ipId, print, facts, number, ts);
      if (newest >= 0 && crosses(t, newest, src, sport, ts)) {
        t.addFacts(newest, Fact.Crossed);
        t.addFacts(row, Fact.Crossed);
      }
      if (seg.len > 0) t.setLater(row, Later.synLen, seg.len);
      this.#observer?.onAttempt(ts, row, seg, packet.ttl, ipId);
      return;
    }
    this.flows.follow(row, ts, packet);
    if (t.has(row, Fact.SynAck)) {
      t.addFacts(row, Fact.SynAckFirst);
      this.book.synackWithoutSyn -= t.synacks(row) + t.later(row, Later.duplicates);
    }
    recallAck(this.book, row);
    recallReset(this.book, row);
    t.setSyn(row, number, ts);
    t.setSynHeader(row, packet.ttl, ipId, packet.direction, seg.wnd, print);
    if (seg.len > 0) t.setLater(row, Later.synLen, seg.len);
    this.book.judge(row, facts);
    this.#observer?.onAttempt(ts, row, seg, packet.ttl, ipId);
    const verdict = t.verdict(row);
    if (verdict === Verdict.Completed) this.#observer?.onCompleted(ts, row);
    else if (verdict === Verdict.Refused) this.#observer?.onRefused(ts, row);
  }

  /** A copy of a SYN: the same frame recorded again, or sent again. */
  #onSynAgain(ts: number, row: number, ipId: number): void {
    const t = this.handshakes;
    if (isSameFrame(this.book, row, ts, t.lastSynAt(row), ipId, t.synIpId(row))) return;
    const link = this.schedules.note(t.later(row, Later.synSchedule), ts - t.lastSynAt(row));
    t.setLater(row, Later.synSchedule, link);
    t.setLater(row, Later.synsAgain, t.later(row, Later.synsAgain) + 1);
    t.setLaterTime(row, LaterTime.lastSyn, ts);
    t.setSynIpId(row, ipId);
    t.touch(row, ts);
    this.book.synRetransmissions++;
    this.#observer?.onSynAgain(ts, row);
  }

  #onSynAck(ts: number, packet: Readonly<Packet>, number: number): void {
    const t = this.handshakes;
    const seg = packet.seg;
    this.fromServers++;
    const newest = this.index.newest(seg);
    let row = this.index.acknowledgedBy(newest, seg);
    if (row < 0) {
      row = this.#keeper.openReply(newest, seg, 0, number, ts);
    }
    const ipId = ipIdOf(packet);
    const attempt = t.isAttempt(row);
    this.flows.copy(row, ts, packet);
    if (!t.has(row, Fact.SynAck)) {
      this.book.answer(row, seg.seq, seg.ack, number, ts);
      this.#setSynackHeader(row, packet);
      t.setSynackIpId(row, ipId);
      if (seqDiff(seg.ack, t.x(row)) > 1) t.addFacts(row, Fact.SynDataTaken);
      if (attempt) {
        this.#observer?.onSynAck(ts, row, seg, false);
        if (t.has(row, Fact.ClientRst)) this.#observer?.onReset(ts, row, true);
      }
      if (takeEarlyAck(this.book, row) && attempt) this.#observer?.onCompleted(ts, row);
    } else {
      const same = t.y(row) === seg.seq;
      if (same && isSameFrame(this.book, row, ts, t.lastSynackAt(row), ipId, t.synackIpId(row))) {
        if (!attempt) this.book.synackWithoutSyn++;
        return;
      }
      if (!same) this.#onOtherSynAck(ts, row, packet, number);
      const link = this.schedules.note(t.later(row, Later.synackSchedule), ts - t.lastSynackAt(row));
      t.setLater(row, Later.synackSchedule, link);
      t.setLater(row, Later.synacksAgain, t.later(row, Later.synacksAgain) + 1);
      t.setLaterTime(row, LaterTime.lastSynack, ts);
      t.setSynackIpId(row, ipId);
      t.touch(row, ts);
      this.book.synackRetransmissions++;
      if (attempt) this.#observer?.onSynAck(ts, row, seg, true);
    }
    this.#onCrossed(ts, newest, seg, number);
    if (attempt) return;
    this.book.synackWithoutSyn++;
    if (!t.has(row, Fact.ClientSpoke | Fact.ServerSpoke)) this.#observer?.onUnsolicited(ts, row, seg, packet.ttl);
  }

  /** Another Y. Until one is acknowledged, the latest offer is the row's. */
  #onOtherSynAck(ts: number, row: number, packet: Readonly<Packet>, number: number): void {
    const t = this.handshakes;
    t.addFacts(row, Fact.SynAckChanged);
    if (t.has(row, Fact.Acked)) return;
    keepOffer(t, row);
    t.setAnswer(row, packet.seg.seq, packet.seg.ack, number, ts);
    this.#setSynackHeader(row, packet);
  }

  #setSynackHeader(row: number, packet: Readonly<Packet>): void {
    const seg = packet.seg;
    const ecn = (seg.flags & (ECE | CWR)) === ECE;
    this.handshakes.setSynackHeader(row, packet.ttl, ecn, seg.wnd, this.prints.intern(seg));
  }

  /** A segment without SYN and RST: the third of a handshake, or any later one. */
  #onOther(ts: number, packet: Readonly<Packet>, number: number): void {
    const t = this.handshakes;
    const seg = packet.seg;
    const newest = this.index.newest(seg);
    if (newest < 0) {
      const row = this.#keeper.openMidStream(seg, number, ts);
      this.flows.begin(row, ts, packet);
      this.#onMidStream(ts, row, packet);
      return;
    }
    const facts = t.facts(newest);
    // The common case first: a segment of a connection whose handshake is done.
    if ((facts & DONE) === DONE) {
      this.flows.follow(newest, ts, packet);
      this.#onLater(ts, newest, packet);
      return;
    }
    if ((facts & Fact.Syn) !== 0 && !t.isFromClient(newest, seg)) this.fromServers++;
    this.#onCrossed(ts, newest, seg, number);
    const row = this.#judgeOther(ts, newest, seg, number);
    this.flows.follow(row, ts, packet);
    if (t.isAttempt(row)) this.#onLater(ts, row, packet);
    else this.#onMidStream(ts, row, packet);
  }

  /** Finds what a segment says of attempts whose handshake is not done. The row it belongs to. */
  #judgeOther(ts: number, newest: number, seg: Readonly<Segment>, number: number): number {
    const t = this.handshakes;
    if ((seg.flags & ACK) === 0) return newest;
    let row = newest;
    for (let i = 0; i < WALK && row >= 0; i++, row = t.older(row)) {
      const facts = t.facts(row);
      const past = seqDiff(seg.seq, t.x(row));
      if (!t.isFromClient(row, seg)) {
        if ((facts & Fact.Acked) !== 0) return row;
        if ((facts & (Fact.Syn | Fact.SynAck)) !== Fact.Syn) continue;
        const acknowledged = seqDiff(seg.ack, t.x(row));
        if (acknowledged < 1 || acknowledged > MAX_WINDOW) continue;
        this.#goOn(ts, row, Fact.ServerWentOn);
        return row;
      }
      // Several attempts may have got one Y, so X counts too; of the newest, data may have followed.
      if ((facts & (Fact.SynAck | Fact.Acked | Fact.ClientRst)) === Fact.SynAck) {
        const goesOn = past > 0 && past < (row === newest ? MAX_LATE : MAX_WINDOW);
        if (goesOn) takeEarlierOffer(t, row, seg.ack);
        const ahead = goesOn ? seqDiff(seg.ack, t.y(row)) : 0;
        if (ahead === 1 || (row === newest && ahead > 1 && ahead < MAX_LATE)) {
          t.setAck(row, seg, number, ts);
          this.book.judge(row, Fact.Acked | (ahead === 1 ? 0 : Fact.LateAck) | (seg.len > 0 ? Fact.DataAck : 0));
          if ((facts & Fact.Syn) !== 0) this.#observer?.onCompleted(ts, row);
          return row;
        }
        if (past < 0 || past > MAX_WINDOW) continue;
        t.addFacts(row, Fact.WrongAck);
        return row;
      }
      if ((facts & Fact.Acked) !== 0) return row;
      // A client that gives up unanswered may send FIN, and its acknowledgment field is still 0.
      if ((facts & (Fact.Syn | Fact.SynAck)) === Fact.Syn && past >= 1 && past <= MAX_WINDOW && seg.ack !== 0) {
        if ((facts & Fact.AnswerNotCaptured) === 0) t.setAck(row, seg, number, ts);
        this.#goOn(ts, row, Fact.AnswerNotCaptured);
        return row;
      }
    }
    return newest;
  }

  /** One side goes on though no SYN/ACK was captured; if both do, the attempt has completed. */
  #goOn(ts: number, row: number, fact: number): void {
    const before = this.handshakes.verdict(row);
    this.book.judge(row, fact);
    if (before !== Verdict.Completed && this.handshakes.verdict(row) === Verdict.Completed) {
      this.#observer?.onCompleted(ts, row);
    }
  }

  #onCrossed(ts: number, newest: number, seg: Readonly<Segment>, number: number): void {
    const other = acknowledgeCrossed(this.book, newest, seg, number, ts);
    if (other < 0) return;
    this.#observer?.onCompleted(ts, newest);
    this.#observer?.onCompleted(ts, other);
  }

  #onReset(ts: number, packet: Readonly<Packet>, number: number): void {
    const t = this.handshakes;
    const seg = packet.seg;
    const newest = this.index.newest(seg);
    if (newest < 0) {
      const row = this.#keeper.openReply(-1, seg, Fact.LateRst, number, ts);
      this.fromServers++;
      this.#observer?.onUnsolicited(ts, row, seg, packet.ttl);
      return;
    }
    let fact: number = Fact.ServerRst;
    let row = (seg.flags & ACK) !== 0 ? this.index.acknowledgedBy(newest, seg) : -1;
    if (row < 0) {
      if (t.isFromClient(newest, seg)) {
        fact = Fact.ClientRst;
        row = this.index.withX(newest, seg.src, seg.sport, seqAdd(seg.seq, -1));
        const past = seqDiff(seg.seq, t.x(newest));
        if (row < 0 && past >= 0 && past <= MAX_WINDOW) row = newest;
      } else if (t.has(newest, Fact.SynAck)) {
        // The server takes its SYN/ACK back.
        const past = seqDiff(seg.seq, t.y(newest));
        if (past >= 0 && past <= MAX_WINDOW) row = newest;
      } else if ((seg.flags & ACK) === 0) {
        // RFC 9293 §3.10.7.3: in SYN-SENT a reset counts only if it acknowledges the SYN. It is a refusal all the same.
        row = newest;
        fact |= Fact.RstIgnored;
      }
    }
    if ((fact & Fact.ServerRst) !== 0 && row >= 0) this.fromServers++;
    this.flows.follow(row < 0 ? newest : row, ts, packet);
    if (row < 0) row = newest;
    else if (t.isAttempt(row) || t.has(row, Fact.SynAck)) {
      // After the handshake a reset is the end of a connection, not of an attempt.
      const over = Fact.Acked | Fact.AnswerNotCaptured | Fact.IcmpRefused | fact;
      if (!t.has(row, over)) this.#reset(ts, row, fact, seg, number);
    }
    if (t.has(row, Fact.Acked | Fact.AnswerNotCaptured) || !t.has(row, Fact.Syn | Fact.SynAck)) {
      t.addFacts(row, Fact.LateRst);
    }
    t.touch(row, ts);
    const stray = !t.has(row, Fact.Syn | Fact.ClientSpoke | Fact.ServerSpoke);
    if (stray && !t.isFromClient(row, seg)) this.#observer?.onUnsolicited(ts, row, seg, packet.ttl);
  }

  #reset(ts: number, row: number, fact: number, seg: Readonly<Segment>, number: number): void {
    const t = this.handshakes;
    t.setLater(row, Later.rstSeq, seg.seq);
    t.setLater(row, Later.rstAck, seg.ack);
    t.setLater(row, Later.rstHasAck, (seg.flags & ACK) !== 0 ? 1 : 0);
    t.setLater(row, Later.rstPacket, number);
    t.setLaterTime(row, LaterTime.rst, ts);
    this.book.judge(row, fact);
    if (!t.isAttempt(row)) return;
    if (t.has(row, Fact.SynAck)) this.#observer?.onReset(ts, row, fact === Fact.ClientRst);
    else if ((fact & Fact.ServerRst) !== 0) this.#observer?.onRefused(ts, row);
  }

  #onMidStream(ts: number, row: number, packet: Readonly<Packet>): void {
    const t = this.handshakes;
    const fromClient = t.isFromClient(row, packet.seg);
    t.addFacts(row, fromClient ? Fact.ClientSpoke : Fact.ServerSpoke);
    this.#observer?.onMidStream(ts, row, fromClient);
    this.#onLater(ts, row, packet);
  }

  /** Any segment without SYN and RST, on the row it belongs to. */
  #onLater(ts: number, row: number, packet: Readonly<Packet>): void {
    const t = this.handshakes;
    const seg = packet.seg;
    t.touch(row, ts);
    if ((seg.flags & FIN) === 0) return;
    if (!t.has(row, Fact.ClientFin | Fact.ServerFin)) this.#observer?.onFin(ts, row);
    t.addFacts(row, t.isFromClient(row, seg) ? Fact.ClientFin : Fact.ServerFin);
  }
}

/** A reset may come within one unscaled window. */
const MAX_WINDOW = 0xffff;
const DONE: number = Fact.Syn | Fact.Acked;
const ANSWERED: number = Fact.SynAck | Fact.Acked | Fact.AnswerNotCaptured;
