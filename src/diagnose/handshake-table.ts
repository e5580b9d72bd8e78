/**
 * The rows of a tracker: connection attempts, and flows whose SYN is not in the capture. A lone SYN is one record of 48
 * bytes; a SYN/ACK adds one of 32; everything that comes later lies in a third, made when the first of it is there. So a
 * flood of millions fits, and the few connections among it may be described at length.
 *
 * Packet numbers count from 1 as in Wireshark; 0 = none. What a record without the field would say is answered here, so
 * no caller has to know which records there are.
 */
import type { Segment } from '../wire/segment.ts';
import type { RowEnd } from './detect/attempt-rows.ts';
import { Answer, Later, LaterTime, Meta, Opening, Sequel } from './handshake-words.ts';
import { OpeningTable } from './opening-table.ts';
import { ROW_MASK, ROW_SHIFT, RowChunks } from './row-chunks.ts';
import { Fact, Verdict, verdictOf } from './verdict.ts';

export class HandshakeTable extends OpeningTable {
  readonly answers: RowChunks = new RowChunks(Answer.words);
  readonly sequels: RowChunks = new RowChunks(Sequel.words);

  /** Bytes held for rows. */
  get bytes(): number {
    return this.openings.bytes + this.answers.bytes + this.sequels.bytes;
  }

  free(row: number): void {
    const o = this.openings;
    const sequel = this.#sequelOf(row);
    if (sequel >= 0) this.sequels.release(sequel);
    if (this.has(row, Fact.SynAck)) this.answers.release(o.word(row, Opening.more) - 1);
    o.release(row);
    // A free row is told by it.
    o.setWord(row, Opening.packet, 0);
  }

  /** Bits of `Fact`. */
  facts(row: number): number {
    return this.openings.word(row, Opening.facts);
  }

  has(row: number, facts: number): boolean {
    return (this.openings.word(row, Opening.facts) & facts) !== 0;
  }

  addFacts(row: number, facts: number): void {
    const o = this.openings;
    o.setWord(row, Opening.facts, o.word(row, Opening.facts) | facts);
  }

  /** What became of the row. */
  verdict(row: number): Verdict {
    return verdictOf(this.facts(row));
  }

  /** Is this row an attempt, that is, was its SYN captured? */
  isAttempt(row: number): boolean {
    return this.has(row, Fact.Syn);
  }

  /** The SYN and its time; without one, what the row began with. */
  synPacket(row: number): number {
    return this.openings.word(row, Opening.packet);
  }

  synAt(row: number): number {
    return this.openings.double(row, Opening.at);
  }

  /** The SYN of a row that began with something else. What it began with is kept. */
  setSyn(row: number, packet: number, ts: number): void {
    const o = this.openings;
    const s = this.sequel(row);
    this.sequels.setWord(s, Sequel.firstPacket, o.word(row, Opening.packet));
    this.sequels.setDouble(s, Sequel.firstAt, o.double(row, Opening.at));
    o.setWord(row, Opening.packet, packet);
    o.setDouble(row, Opening.at, ts);
  }

  /** Of a row that began without a SYN: what its first segment acknowledged, or the number of the RST it was. */
  firstNumber(row: number): number {
    return this.openings.word(row, Opening.windowPrint);
  }

  setFirstNumber(row: number, value: number): void {
    this.openings.setWord(row, Opening.windowPrint, value);
  }

  firstPacket(row: number): number {
    const s = this.#sequelOf(row);
    const first = s < 0 ? 0 : this.sequels.word(s, Sequel.firstPacket);
    return first !== 0 ? first : this.synPacket(row);
  }

  firstAt(row: number): number {
    const s = this.#sequelOf(row);
    return s >= 0 && this.sequels.word(s, Sequel.firstPacket) !== 0
      ? this.sequels.double(s, Sequel.firstAt)
      : this.synAt(row);
  }

  /** TTL, IP identification (-1: none), window and options (`OptionPrints`) of the SYN. */
  synTtl(row: number): number {
    return this.openings.word(row, Opening.meta) >>> 24;
  }

  synIpId(row: number): number {
    const meta = this.openings.word(row, Opening.meta);
    return (meta & Meta.v6) !== 0 ? -1 : meta & 0xffff;
  }

  synWindow(row: number): number {
    return this.openings.word(row, Opening.windowPrint) >>> 16;
  }

  synPrint(row: number): number {
    return this.openings.word(row, Opening.windowPrint) & 0xffff;
  }

  /** `ipId` is -1 where there is none. */
  setSynHeader(row: number, ttl: number, ipId: number, direction: number, window: number, print: number): void {
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    const kept = ints[base + Opening.meta]! & ~(0xff00_ffff | (3 << Meta.directionShift));
    ints[base + Opening.meta] = kept | (ttl << 24) | (direction << Meta.directionShift) | (ipId & 0xffff);
    ints[base + Opening.windowPrint] = (window << 16) | print;
  }

  setSynIpId(row: number, ipId: number): void {
    const o = this.openings;
    o.setWord(row, Opening.meta, (o.word(row, Opening.meta) & 0xffff_0000) | (ipId & 0xffff));
  }

  /** 0 unknown, 1 towards the host that captured, 2 from it. */
  direction(row: number): number {
    return (this.openings.word(row, Opening.meta) >>> Meta.directionShift) & 3;
  }

  /** Sequence number of the SYN/ACK, what it acknowledges, its packet and time; 0 without one. */
  y(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.word(this.#answerOf(row), Answer.y) : 0;
  }

  synackAck(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.word(this.#answerOf(row), Answer.ack) : 0;
  }

  synackPacket(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.word(this.#answerOf(row), Answer.packet) : 0;
  }

  synackAt(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.double(this.#answerOf(row), Answer.at) : 0;
  }

  synackTtl(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.word(this.#answerOf(row), Answer.header) >>> 24 : 0;
  }

  synackIpId(row: number): number {
    if (!this.has(row, Fact.SynAck) || this.synIpId(row) < 0) return -1;
    return this.answers.word(this.#answerOf(row), Answer.header) & 0xffff;
  }

  synackEcn(row: number): boolean {
    return this.has(row, Fact.SynAck) && (this.answers.word(this.#answerOf(row), Answer.header) & Answer.ecn) !== 0;
  }

  synackWindow(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.word(this.#answerOf(row), Answer.windowPrint) >>> 16 : 0;
  }

  synackPrint(row: number): number {
    return this.has(row, Fact.SynAck) ? this.answers.word(this.#answerOf(row), Answer.windowPrint) & 0xffff : 0;
  }

  /** The SYN/ACK: the first, or one that takes the place of the one before. */
  setAnswer(row: number, y: number, ack: number, packet: number, ts: number): void {
    const a = this.answers;
    let answer = this.#answerOf(row);
    if (!this.has(row, Fact.SynAck)) {
      // The sequel, if there is one, moves behind the answer.
      const sequel = answer;
      answer = a.add();
      a.setWord(answer, Answer.sequel, sequel + 1);
      this.openings.setWord(row, Opening.more, answer + 1);
      this.addFacts(row, Fact.SynAck);
    }
    const ints = a.ints[answer >>> ROW_SHIFT]!;
    const base = (answer & ROW_MASK) * Answer.words;
    ints[base + Answer.y] = y;
    ints[base + Answer.ack] = ack;
    ints[base + Answer.packet] = packet;
    a.doubles[answer >>> ROW_SHIFT]![(base + Answer.at) >>> 1] = ts;
  }

  setSynackHeader(row: number, ttl: number, ecn: boolean, window: number, print: number): void {
    const answer = this.#answerOf(row);
    const ints = this.answers.ints[answer >>> ROW_SHIFT]!;
    const base = (answer & ROW_MASK) * Answer.words;
    ints[base + Answer.header] = (ints[base + Answer.header]! & 0xffff) | (ttl << 24) | (ecn ? Answer.ecn : 0);
    ints[base + Answer.windowPrint] = (window << 16) | print;
  }

  setSynackIpId(row: number, ipId: number): void {
    const a = this.answers;
    const answer = this.#answerOf(row);
    a.setWord(answer, Answer.header, (a.word(answer, Answer.header) & 0xffff_0000) | (ipId & 0xffff));
  }

  /** Number of the row's sequel, made if there is none. */
  sequel(row: number): number {
    const found = this.#sequelOf(row);
    if (found >= 0) return found;
    const made = this.sequels.add();
    if (this.has(row, Fact.SynAck)) this.answers.setWord(this.#answerOf(row), Answer.sequel, made + 1);
    else this.openings.setWord(row, Opening.more, made + 1);
    return made;
  }

  /** A number of the sequel, 0 without one. `field` is one of `Later`. */
  later(row: number, field: number): number {
    const s = this.#sequelOf(row);
    return s < 0 ? 0 : this.sequels.word(s, field);
  }

  setLater(row: number, field: number, value: number): void {
    this.sequels.setWord(this.sequel(row), field, value);
  }

  /** Address handle of who sent the ICMP error that refused the row. */
  reporter(row: number): number {
    return this.handleOf(row, this.later(row, Later.rstAck));
  }

  /** A time of the sequel in ns, 0 without one. `field` is one of `LaterTime`. */
  laterTime(row: number, field: number): number {
    const s = this.#sequelOf(row);
    return s < 0 ? 0 : this.sequels.double(s, field);
  }

  setLaterTime(row: number, field: number, ts: number): void {
    this.sequels.setDouble(this.sequel(row), field, ts);
  }

  /** Times of the SYN and SYN/ACK sent last; 0 without one. */
  lastSynAt(row: number): number {
    return this.later(row, Later.synsAgain) > 0 ? this.laterTime(row, LaterTime.lastSyn) : this.synAt(row);
  }

  lastSynackAt(row: number): number {
    return this.later(row, Later.synacksAgain) > 0 ? this.laterTime(row, LaterTime.lastSynack) : this.synackAt(row);
  }

  /** The segment that completed the handshake, or would. */
  setAck(row: number, seg: Readonly<Segment>, packet: number, ts: number): void {
    const s = this.sequel(row);
    const ints = this.sequels.ints[s >>> ROW_SHIFT]!;
    const base = (s & ROW_MASK) * Sequel.words;
    ints[base + Later.ackSeq] = seg.seq;
    ints[base + Later.ackAck] = seg.ack;
    ints[base + Later.ackPacket] = packet;
    this.sequels.doubles[s >>> ROW_SHIFT]![(base + LaterTime.ack) >>> 1] = ts;
  }

  /** A segment of the row came at `ts`. */
  touch(row: number, ts: number): void {
    const s = this.sequel(row);
    const doubles = this.sequels.doubles[s >>> ROW_SHIFT]!;
    const at = ((s & ROW_MASK) * Sequel.words + LaterTime.last) >>> 1;
    if (ts > doubles[at]!) doubles[at] = ts;
  }

  /** Time of the latest segment of the row. */
  lastAt(row: number): number {
    const s = this.#sequelOf(row);
    const last = this.has(row, Fact.SynAck) ? Math.max(this.synackAt(row), this.synAt(row)) : this.synAt(row);
    return s < 0 ? last : Math.max(last, this.sequels.double(s, LaterTime.last));
  }

  /** SYN frames sent, the first included, without those that were merely recorded twice. */
  syns(row: number): number {
    return (this.isAttempt(row) ? 1 : 0) + this.later(row, Later.synsAgain);
  }

  /** SYN/ACKs sent, likewise. */
  synacks(row: number): number {
    return (this.has(row, Fact.SynAck) ? 1 : 0) + this.later(row, Later.synacksAgain);
  }

  /** What became of the row, likewise. Hot. */
  readEnd(row: number, into: RowEnd): void {
    this.readSockets(row, into);
    const words = this.openings.words[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    const facts = words[base + Opening.facts]!;
    const attempt = (facts & Fact.Syn) !== 0 ? 1 : 0;
    const verdict = verdictOf(facts);
    into.verdict = verdict;
    into.synTtl = words[base + Opening.meta]! >>> 24;
    into.synPrint = words[base + Opening.windowPrint]! & 0xffff;
    into.silent = verdict === Verdict.HalfOpen && (facts & (Fact.ServerRst | Fact.WrongAck)) === 0;
    into.givenUp = (facts & Fact.ClientRst) !== 0;
    into.lastSynAt = into.synAt;
    into.syns = attempt;
    into.synacks = 0;
    // Of a lone SYN there is no more.
    if (words[base + Opening.more] === 0) return;
    into.syns = attempt + this.later(row, Later.synsAgain);
    into.synacks = this.synacks(row);
    into.lastSynAt = this.lastSynAt(row);
    into.lastSynackAt = this.lastSynackAt(row);
  }

  #answerOf(row: number): number {
    return this.openings.word(row, Opening.more) - 1;
  }

  #sequelOf(row: number): number {
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    const more = ints[base + Opening.more]! - 1;
    return more >= 0 && (ints[base + Opening.facts]! & Fact.SynAck) !== 0
      ? this.answers.word(more, Answer.sequel) - 1
      : more;
  }
}
