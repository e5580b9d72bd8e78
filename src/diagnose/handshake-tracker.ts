/**
 * Follows every connection attempt of a capture in one pass and says what became of it. It judges from segments alone
 * (RFC 9293 §3.5) and knows no engine, so that it can judge real captures and the simulator alike.
 */
import { ACK, CWR, ECE, RST, type Segment, SYN } from '../wire/segment.ts';
import { seqAdd, seqDiff } from '../wire/seq.ts';
import { HandshakeIndex } from './handshake-index.ts';
import { HandshakeTable } from './handshake-table.ts';
import { Fact } from './verdict.ts';

export class HandshakeTracker {
  readonly handshakes: HandshakeTable = new HandshakeTable();
  /** Latest time seen, or that of `finish`. */
  endedAt = 0;
  /** Segments sent by the server side of some attempt. 0 with attempts: the capture shows one direction only. */
  fromServers = 0;
  readonly #index: HandshakeIndex;

  /** `seed` stirs the hash table; results do not depend on it. */
  constructor(seed = 0) {
    this.#index = new HandshakeIndex(this.handshakes, seed);
  }

  /**
   * Looks at one segment. `ts` in ns since the capture began, `packet` its number from 1, `ipId` the IP identification
   * or -1 where there is none: it tells a frame that was recorded twice from a retransmission.
   */
  onSegment(ts: number, seg: Readonly<Segment>, packet: number, ipId = -1): void {
    if (ts > this.endedAt) this.endedAt = ts;
    const flags = seg.flags;
    // RST beside SYN resets whatever the other flags say (RFC 9293 §3.10.7: the RST bit is checked first).
    if ((flags & RST) !== 0) this.#onReset(ts, seg, packet);
    else if ((flags & SYN) === 0) this.#onOther(ts, seg, packet);
    else if ((flags & ACK) === 0) this.#onSyn(ts, seg, packet, ipId);
    else this.#onSynAck(ts, seg, packet, ipId);
  }

  /** The capture is over at `ts`. */
  finish(ts: number): void {
    if (ts > this.endedAt) this.endedAt = ts;
  }

  #onSyn(ts: number, seg: Readonly<Segment>, packet: number, ipId: number): void {
    const t = this.handshakes;
    const { src, sport, dst, dport, seq } = seg;
    let row = this.#index.exact(src, sport, dst, dport, seq);
    // A SYN/ACK recorded first left a row under the X it acknowledged, which data on the SYN moves by its length.
    if (row < 0 && seg.len > 0) {
      row = this.#index.exact(src, sport, dst, dport, seqAdd(seq, seg.len));
      if (row >= 0 && t.isAttempt(row)) row = -1;
      if (row >= 0) this.#index.rename(row, seq);
    }
    if (row < 0) {
      const before = this.#index.newest(src, sport, dst, dport);
      row = this.#add(src, sport, dst, dport, seq);
      if (before >= 0 && this.#crosses(before, src, sport, ts)) {
        t.facts[before]! |= Fact.Crossed;
        t.facts[row]! |= Fact.Crossed;
      }
    }
    if (!t.isAttempt(row)) {
      const first = (t.facts[row]! & Fact.SynAck) !== 0 ? Fact.SynAckFirst : 0;
      const fastOpen = seg.tfoLen >= 0 ? Fact.FastOpen : 0;
      const ecn = (seg.flags & (ECE | CWR)) === (ECE | CWR) ? Fact.EcnSetup : 0;
      t.facts[row]! |= Fact.Syn | first | fastOpen | ecn | (seg.len > 0 ? Fact.DataOnSyn : 0);
      t.synLen[row] = seg.len;
      t.synPacket[row] = packet;
      t.synAt[row] = ts;
      t.syns[row] = 1;
    } else if (sameFrame(ts, t.lastSynAt[row]!, ipId, t.synIpId[row]!)) {
      t.duplicates[row]!++;
      return;
    } else {
      t.syns[row]!++;
    }
    t.lastSynAt[row] = ts;
    t.synIpId[row] = ipId;
  }

  #onSynAck(ts: number, seg: Readonly<Segment>, packet: number, ipId: number): void {
    const t = this.handshakes;
    this.fromServers++;
    this.#onCrossAck(ts, seg, packet);
    let row = this.#acknowledgedBy(seg);
    if (row < 0) row = this.#add(seg.dst, seg.dport, seg.src, seg.sport, seqAdd(seg.ack, -1));
    if ((t.facts[row]! & Fact.SynAck) === 0) {
      t.facts[row]! |= Fact.SynAck;
      t.y[row] = seg.seq;
      t.synackAck[row] = seg.ack;
      t.synackPacket[row] = packet;
      t.synackAt[row] = ts;
      t.synacks[row] = 1;
    } else if (t.y[row] === seg.seq && sameFrame(ts, t.lastSynackAt[row]!, ipId, t.synackIpId[row]!)) {
      t.duplicates[row]!++;
      return;
    } else {
      t.synacks[row]!++;
      if (t.y[row] !== seg.seq) {
        t.facts[row]! |= Fact.SynAckChanged;
        // Until one is acknowledged, the latest offer is the one the client may take.
        if ((t.facts[row]! & Fact.Acked) === 0) {
          t.y[row] = seg.seq;
          t.synackAck[row] = seg.ack;
          t.synackPacket[row] = packet;
          t.synackAt[row] = ts;
        }
      }
    }
    t.lastSynackAt[row] = ts;
    t.synackIpId[row] = ipId;
  }

  /** A segment without SYN and RST: the third of a handshake, or any later one. */
  #onOther(ts: number, seg: Readonly<Segment>, packet: number): void {
    if ((seg.flags & ACK) === 0) return;
    const t = this.handshakes;
    const newest = this.#index.newest(seg.src, seg.sport, seg.dst, seg.dport);
    // The common case first: a segment of a connection whose handshake is done.
    if (newest < 0 || (t.facts[newest]! & Fact.Acked) !== 0) return;
    if (t.client[newest] !== seg.src || t.clientPort[newest] !== seg.sport) this.fromServers++;
    this.#onCrossAck(ts, seg, packet);
    let row = newest;
    for (let i = 0; i < MAX_CHAIN && row >= 0; i++, row = t.older[row]!) {
      if (t.client[row] !== seg.src || t.clientPort[row] !== seg.sport) continue;
      const facts = t.facts[row]!;
      // The ACK for a Y that is not first in the chain must be exact; for the newest attempt, data may have followed.
      const ahead = seqDiff(seg.ack, t.y[row]!);
      const past = seqDiff(seg.seq, t.x[row]!);
      if ((facts & (Fact.SynAck | Fact.Acked | Fact.ClientRst)) === Fact.SynAck) {
        if (ahead !== 1 && !(row === newest && ahead > 1 && ahead < MAX_LATE && past > 0 && past < MAX_LATE)) continue;
        t.facts[row]! |= Fact.Acked | (ahead === 1 ? 0 : Fact.LateAck);
        t.ackAck[row] = seg.ack;
        t.ackPacket[row] = packet;
        t.ackAt[row] = ts;
        return;
      }
      if ((facts & Fact.SynAck) === 0 && past >= 1 && past <= 1 + t.synLen[row]!) {
        t.facts[row]! |= Fact.AnswerNotCaptured;
        return;
      }
    }
  }

  #onReset(ts: number, seg: Readonly<Segment>, packet: number): void {
    const t = this.handshakes;
    let fact: number = Fact.ServerRst;
    let row = (seg.flags & ACK) !== 0 ? this.#acknowledgedBy(seg) : -1;
    if (row < 0) {
      const newest = this.#index.newest(seg.src, seg.sport, seg.dst, seg.dport);
      if (newest < 0) return;
      const fromClient = t.client[newest] === seg.src && t.clientPort[newest] === seg.sport;
      if (fromClient) {
        fact = Fact.ClientRst;
        row = this.#index.exact(seg.src, seg.sport, seg.dst, seg.dport, seqAdd(seg.seq, -1));
        const past = seqDiff(seg.seq, t.x[newest]!);
        if (row < 0 && past >= 0 && past <= MAX_WINDOW) row = newest;
      } else if ((t.facts[newest]! & Fact.SynAck) !== 0) {
        // The server takes its SYN/ACK back.
        const past = seqDiff(seg.seq, t.y[newest]!);
        if (past >= 0 && past <= MAX_WINDOW) row = newest;
      } else if ((seg.flags & ACK) === 0) {
        // RFC 9293 §3.10.7.3: in SYN-SENT a reset counts only if it acknowledges the SYN. It is a refusal all the same.
        row = newest;
        fact |= Fact.RstIgnored;
      }
      if (row < 0) return;
    }
    if ((fact & Fact.ServerRst) !== 0) this.fromServers++;
    // After the handshake a reset is the end of a connection, not of an attempt.
    if ((t.facts[row]! & (Fact.Acked | fact)) !== 0) return;
    t.facts[row]! |= fact;
    t.rstAck[row] = seg.ack;
    t.rstPacket[row] = packet;
    t.rstAt[row] = ts;
  }

  /** The attempt of `seg.dst` whose SYN the acknowledgment number covers: X+1, or up to X+1+len with data on the SYN. */
  #acknowledgedBy(seg: Readonly<Segment>): number {
    const t = this.handshakes;
    const found = this.#index.exact(seg.dst, seg.dport, seg.src, seg.sport, seqAdd(seg.ack, -1));
    if (found >= 0) return found;
    let row = this.#index.newest(seg.dst, seg.dport, seg.src, seg.sport);
    for (let i = 0; i < MAX_CHAIN && row >= 0; i++, row = t.older[row]!) {
      if (t.client[row] !== seg.dst || t.clientPort[row] !== seg.dport) continue;
      const past = seqDiff(seg.ack, t.x[row]!);
      if (t.synLen[row]! > 0 && past >= 1 && past <= 1 + t.synLen[row]!) return row;
    }
    return -1;
  }

  /** Two SYNs have crossed: each attempt is complete once both SYNs have been acknowledged. */
  #onCrossAck(ts: number, seg: Readonly<Segment>, packet: number): void {
    const t = this.handshakes;
    const newest = this.#index.newest(seg.src, seg.sport, seg.dst, seg.dport);
    if (newest < 0 || (t.facts[newest]! & Fact.Crossed) === 0) return;
    const other = t.older[newest]!;
    if (other < 0 || (t.facts[other]! & Fact.Crossed) === 0) return;
    for (const row of [newest, other]) {
      const mine = t.client[row] === seg.dst && t.clientPort[row] === seg.dport;
      const past = seqDiff(seg.ack, t.x[row]!);
      if (!mine || past < 1 || past > 1 + t.synLen[row]! || (t.facts[row]! & Fact.CrossAcked) !== 0) continue;
      t.facts[row]! |= Fact.CrossAcked;
      t.ackAck[row] = seg.ack;
      t.ackPacket[row] = packet;
      t.ackAt[row] = ts;
    }
    if ((t.facts[newest]! & t.facts[other]! & Fact.CrossAcked) === 0) return;
    t.facts[newest]! |= Fact.Acked;
    t.facts[other]! |= Fact.Acked;
    t.y[newest] = t.x[other]!;
    t.y[other] = t.x[newest]!;
  }

  /** Does a SYN from `src` cross the attempt `row`: opposite direction, not answered, and still young? */
  #crosses(row: number, src: number, sport: number, ts: number): boolean {
    const t = this.handshakes;
    if (t.client[row] === src && t.clientPort[row] === sport) return false;
    return (t.facts[row]! & ~PLAIN_SYN) === 0 && t.isAttempt(row) && ts - t.synAt[row]! < CROSS_WITHIN;
  }

  #add(client: number, clientPort: number, server: number, serverPort: number, x: number): number {
    const row = this.handshakes.add(client, clientPort, server, serverPort, x);
    this.#index.insert(row);
    return row;
  }
}

/**
 * Was one frame recorded twice? At the same instant always; within a millisecond if the IP identification agrees.
 * The quickest real retransmission of a SYN or SYN/ACK comes after a second (RFC 6298 §2), but tools that flood may
 * send copies back to back: their identifications differ.
 */
function sameFrame(ts: number, before: number, ipId: number, ipIdBefore: number): boolean {
  if (ts === before) return ipId === ipIdBefore;
  return ipId > 0 && ipId === ipIdBefore && Math.abs(ts - before) < 1_000_000;
}

/** How many attempts of one pair of sockets are looked at when the numbers alone do not name one. */
const MAX_CHAIN = 16;
/** A completing segment may come this far after the handshake (2^30 bytes), a reset within one unscaled window. */
const MAX_LATE = 0x4000_0000;
const MAX_WINDOW = 0xffff;
/** SYNs that cross are at most a few round trips apart; later ones are attempts of their own. */
const CROSS_WITHIN = 10_000_000_000;
const PLAIN_SYN: number = Fact.Syn | Fact.DataOnSyn | Fact.FastOpen | Fact.EcnSetup | Fact.Crossed;
