/**
 * Keeps the rows of a tracker: opens them, and lets go of those that are done with, so that a capture of any length needs
 * memory for what goes on at one time only. While no more than `QUIET` rows are held none is let go: a small capture is
 * judged as if nothing were ever forgotten.
 *
 * Above that a clock hand looks at two rows for each that is opened. It lets go of (a) closed flows, by FIN of both sides, reset or
 * refusal, after `LINGER` without a segment; (b) what was never established, after `SILENCE`. Established connections
 * and flows that both sides use stay. When `maxAttempts` rows are held, the hand lets go of the next row that is not
 * established, so about the oldest of them; if `LOOK` in a row are, of the last it looked at. Each is judged as it stands,
 * given to who listens, and counted.
 */
import type { Packet } from '../wire/packet.ts';
import type { Segment } from '../wire/segment.ts';
import type { HandshakeIndex } from './handshake-index.ts';
import type { HandshakeObserver } from './handshake-observer.ts';
import type { HandshakeTable } from './handshake-table.ts';
import { Later } from './handshake-words.ts';
import type { RowFlows } from './row-flows.ts';
import type { ScheduleTable } from './schedule-table.ts';
import { Fact } from './verdict.ts';
import type { VerdictBook } from './verdict-book.ts';

export interface Limits {
  /** Rows held at most, from 1; beyond that they are evicted. Default 8,388,608. */
  readonly maxAttempts?: number | undefined;
  /** Rows held before any is let go after a silence. Default 65,536. */
  readonly quiet?: number | undefined;
  /** IPv6 addresses held before those nobody refers to any more are forgotten. Default 262,144. */
  readonly addresses?: number | undefined;
}

export class RowKeeper {
  /** Rows let go before the end: after a silence, and for room. */
  expired = 0;
  evicted = 0;
  readonly #table: HandshakeTable;
  readonly #index: HandshakeIndex;
  readonly #book: VerdictBook;
  readonly #flows: RowFlows;
  readonly #schedules: ScheduleTable;
  readonly #observer: HandshakeObserver | undefined;
  readonly #done: ((row: number) => void) | undefined;
  readonly #most: number;
  readonly #quiet: number;
  #hand = 0;
  /** Rows opened since the hand last moved. */
  #opened = 0;
  #finished = false;

  constructor(
    table: HandshakeTable,
    index: HandshakeIndex,
    book: VerdictBook,
    flows: RowFlows,
    schedules: ScheduleTable,
    limits: Limits,
    observer: HandshakeObserver | undefined,
    done: ((row: number) => void) | undefined,
  ) {
    this.#table = table;
    this.#index = index;
    this.#book = book;
    this.#flows = flows;
    this.#schedules = schedules;
    this.#observer = observer;
    this.#done = done;
    this.#most = limits.maxAttempts ?? MOST;
    this.#quiet = Math.min(limits.quiet ?? QUIET, this.#most);
  }

  /**
   * A row that begins with a SYN; `newest` is what the index has just found for its sockets, or -1. `facts` are all that is
   * known of it, and leave it unanswered.
   */
  openAttempt(
    newest: number,
    packet: Readonly<Packet>,
    ipId: number,
    print: number,
    facts: number,
    number: number,
    ts: number,
  ): number {
    const row = this.#table.addAttempt(packet, ipId, print, facts, number, ts);
    this.#makeFindable(newest, row);
    this.#book.openAttempt();
    return row;
  }

  /** A row that begins with a SYN/ACK or RST: who answers what is not in the capture is its server; so backscatter looks. */
  openReply(newest: number, seg: Readonly<Segment>, facts: number, packet: number, ts: number): number {
    const row = this.#add(newest, this.#table.add(seg, true, (seg.ack - 1) | 0, packet, ts));
    this.#table.setFirstNumber(row, seg.seq);
    this.#table.addFacts(row, facts | Fact.ServerFirst);
    return row;
  }

  /** A flow whose opening is not in the capture. Who sends is the client, unless only the sender's port is a server's. */
  openMidStream(seg: Readonly<Segment>, packet: number, ts: number): number {
    if (seg.sport < 1024 && seg.dport >= 1024) return this.openReply(-1, seg, 0, packet, ts);
    const row = this.#add(-1, this.#table.add(seg, false, (seg.seq - 1) | 0, packet, ts));
    this.#table.setFirstNumber(row, seg.ack);
    return row;
  }

  #add(newest: number, row: number): number {
    this.#makeFindable(newest, row);
    this.#book.open();
    return row;
  }

  #makeFindable(newest: number, row: number): void {
    if (newest < 0) this.#index.insertMissed(row);
    else this.#index.insert(row);
    this.#opened++;
  }

  /** Lets go of what is done with, and makes room for one row. Call it before a packet is looked at: rows may vanish. */
  makeRoom(now: number): void {
    if (this.#opened === 0) return;
    const steps = STEP * this.#opened;
    this.#opened = 0;
    const t = this.#table;
    if (t.held < this.#quiet) return;
    // Until the capture is as long as the shorter wait, nothing can be over.
    for (let i = 0; i < steps && now > LINGER; i++) {
      const row = this.#next();
      if (!t.isHeld(row) || !isOver(t, row, now)) continue;
      this.expired++;
      this.#letGo(row, now);
    }
    if (t.held < this.#most) return;
    let row = this.#next();
    for (let i = 0; i < LOOK && (!t.isHeld(row) || isEstablished(t.facts(row))); i++) row = this.#next();
    while (!t.isHeld(row)) row = this.#next();
    this.evicted++;
    this.#letGo(row, now);
  }

  /** The capture is over: rows still held are told of in order of their first packets, and stay readable. */
  finish(now: number): void {
    if (this.#finished) return;
    this.#finished = true;
    const t = this.#table;
    if (this.expired + this.evicted === 0) {
      for (let row = 0; row < t.end; row++) this.#tell(row, now);
      return;
    }
    // Slots have been used again. As one 64-bit number each, packet above row, they sort without a comparing function.
    const keys = new BigUint64Array(t.held);
    const words = new Uint32Array(keys.buffer);
    let at = 0;
    for (let row = 0; row < t.end; row++) {
      if (!t.isHeld(row)) continue;
      words[at++] = row;
      words[at++] = t.firstPacket(row);
    }
    keys.sort();
    for (at = 0; at < words.length; at += 2) this.#tell(words[at]!, now);
  }

  #next(): number {
    const row = this.#hand;
    this.#hand = row + 1 < this.#table.end ? row + 1 : 0;
    return row;
  }

  #letGo(row: number, now: number): void {
    this.#tell(row, now);
    this.#index.remove(row);
    this.#flows.release(row);
    this.#schedules.release(this.#table.later(row, Later.synSchedule));
    this.#schedules.release(this.#table.later(row, Later.synackSchedule));
    this.#table.free(row);
  }

  #tell(row: number, now: number): void {
    this.#done?.(row);
    this.#observer?.onRetired(now, row);
  }
}

/** Is nothing more to be expected of the row? */
function isOver(t: HandshakeTable, row: number, now: number): boolean {
  const facts = t.facts(row);
  const closed = isClosed(facts);
  if (!closed && isEstablished(facts)) return false;
  return now - t.lastAt(row) > (closed ? LINGER : SILENCE);
}

function isClosed(facts: number): boolean {
  if ((facts & (Fact.LateRst | Fact.ServerRst | Fact.ClientRst | Fact.IcmpRefused)) !== 0) return true;
  const fins = facts & (Fact.ClientFin | Fact.ServerFin);
  // Of a flow that only one side of is captured, the other FIN cannot be seen.
  return fins === (Fact.ClientFin | Fact.ServerFin) || (fins !== 0 && !isEstablished(facts));
}

function isEstablished(facts: number): boolean {
  if ((facts & Fact.Acked) !== 0) return true;
  const both = Fact.ClientSpoke | Fact.ServerSpoke;
  return (facts & both) === both || (facts & WENT_ON) === WENT_ON;
}

const WENT_ON: number = Fact.AnswerNotCaptured | Fact.ServerWentOn;
const MOST = 2 ** 23;
const QUIET = 65_536;
const STEP = 2;
const LOOK = 64;
/** 2 MSL as hosts have it: Linux stays in TIME-WAIT for 60 s (TCP_TIMEWAIT_LEN), and late segments come no later. */
const LINGER = 60_000_000_000;
/**
 * Linux sends a SYN at most 120 s after the copy before (TCP_RTO_MAX), however many retries are set; with the usual six
 * (tcp_syn_retries: 1, 2, 4, 8, 16, 32 s) the longest gap is 32 s, and for the five SYN/ACKs 16 s. Ten seconds more for
 * the way and for late timers.
 */
const SILENCE = 130_000_000_000;
