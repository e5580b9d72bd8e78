/**
 * The flow of each row as Zeek and Wireshark count it. Most rows of a flood are a SYN, perhaps with its SYN/ACK and copies
 * of both: those need no flow, because the row knows all that happened. A flow is opened by the first segment after them.
 * No verdict depends on a flow, so those that nobody will ask for are not followed: it is a fifth of all work.
 */
import { isIpv6 } from '../wire/address.ts';
import type { Packet } from '../wire/packet.ts';
import { ACK, ECE, RST, Segment, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import type { FlowFacts } from './attempt.ts';
import { FlowTable } from './flow-table.ts';
import type { HandshakeTable } from './handshake-table.ts';
import { Later } from './handshake-words.ts';
import type { OptionPrints } from './option-prints.ts';
import { Fact } from './verdict.ts';

export class RowFlows {
  readonly flows: FlowTable = new FlowTable();
  readonly #table: HandshakeTable;
  readonly #prints: OptionPrints;
  readonly #first = new Segment();
  readonly #most: number;
  #attempts = 0;
  /** Rows that begin with a later packet are not followed. */
  #lastPacket: number;

  /** Flows are followed until the `most`th attempt has begun, from then on those that are there already. */
  constructor(table: HandshakeTable, prints: OptionPrints, most: number) {
    this.#table = table;
    this.#prints = prints;
    this.#most = most;
    this.#lastPacket = most === 0 ? -1 : Infinity;
  }

  /** An attempt has begun with packet `number`. */
  attempt(number: number): void {
    if (++this.#attempts === this.#most) this.#lastPacket = number;
  }

  /** Can it be read? */
  isFollowed(row: number): boolean {
    const t = this.#table;
    if (t.synPacket(row) <= this.#lastPacket) return true;
    // Of nearly all rows the SYN is the first packet; for others it is a word elsewhere, two steps away.
    return t.has(row, BEGAN_WITHOUT_SYN) && t.firstPacket(row) <= this.#lastPacket;
  }

  /** A row has begun with neither SYN nor SYN/ACK nor RST. */
  begin(row: number, ts: number, packet: Readonly<Packet>): void {
    if (!this.isFollowed(row)) return;
    const flow = this.flows.open(ts, packet.seg, packet.wireEnd - packet.ipOff);
    this.#table.setLater(row, Later.flow, flow + 1);
  }

  /** A copy of the SYN or a SYN/ACK: counted by the row itself as long as nothing else has come. */
  copy(row: number, ts: number, packet: Readonly<Packet>): void {
    if (this.#table.later(row, Later.flow) !== 0) this.follow(row, ts, packet);
  }

  /** Any other segment of the row. Call it before the row learns of it. */
  follow(row: number, ts: number, packet: Readonly<Packet>): void {
    if (!this.isFollowed(row)) return;
    const t = this.#table;
    let flow = t.later(row, Later.flow) - 1;
    if (flow < 0) {
      flow = this.#open(row);
      t.setLater(row, Later.flow, flow + 1);
    }
    const { seg } = packet;
    const fromOpener = t.isFromClient(row, seg) !== t.has(row, Fact.ServerFirst);
    if (packet.tcpChecksum === 'bad') this.flows.corrupt(flow, fromOpener, seg);
    else this.flows.packet(flow, fromOpener, ts, seg, packet.wireEnd - packet.ipOff);
  }

  /** What Zeek and Wireshark say of the row so far. Throws if it is not followed. */
  read(row: number): FlowFacts {
    if (!this.isFollowed(row)) throw new Error(`flow of row ${row}: not followed`);
    const t = this.#table;
    const kept = t.later(row, Later.flow) - 1;
    const flow = kept < 0 ? this.#open(row) : kept;
    const facts = this.flows.read(flow, t.has(row, Fact.ServerFirst) ? 'server' : 'client');
    if (kept < 0) this.flows.release(flow);
    return facts;
  }

  release(row: number): void {
    const flow = this.#table.later(row, Later.flow);
    if (flow !== 0) this.flows.release(flow - 1);
  }

  /** A flow with what the row has seen. */
  #open(row: number): number {
    const t = this.#table;
    if (!t.isAttempt(row)) return this.#openWithReply(row);
    // Whose copies the duplicates are is not known; the SYN's more often.
    const sent = t.syns(row) + t.later(row, Later.duplicates);
    const len = t.later(row, Later.synLen);
    const each = this.#ipBytes(row, t.synPrint(row)) + len;
    if (sent === 1 && len === 0 && this.#isPlainlyAnswered(row)) {
      const bytes = this.#ipBytes(row, t.synackPrint(row));
      return this.flows.openAnswered(t.synAt(row), t.synackAt(row), t.x(row), t.y(row), each, bytes);
    }
    const flow = this.flows.openWithSyn(
      t.synAt(row),
      t.lastSynAt(row),
      sent,
      t.x(row),
      len,
      sent * each,
      t.synWindow(row),
    );
    if (!t.has(row, Fact.SynAck)) return flow;
    const bytes = this.#ipBytes(row, t.synackPrint(row));
    const last = t.lastSynackAt(row);
    this.flows.answer(
      flow,
      t.synackAt(row),
      last,
      t.synacks(row),
      t.y(row),
      t.synackAck(row),
      bytes,
      t.synackWindow(row),
    );
    return flow;
  }

  /** Once, for the bare SYN, and with nothing odd about windows and numbers. */
  #isPlainlyAnswered(row: number): boolean {
    const t = this.#table;
    if (!t.has(row, Fact.SynAck) || t.synacks(row) !== 1 || t.synWindow(row) === 0 || t.synackWindow(row) === 0) {
      return false;
    }
    const x = t.x(row);
    return t.synackAck(row) === x + 1 && t.y(row) !== LAST_SEQ;
  }

  /** A row that began with a SYN/ACK or RST. */
  #openWithReply(row: number): number {
    const t = this.#table;
    const seg = this.#first;
    seg.src = t.server(row);
    seg.sport = t.serverPort(row);
    seg.dst = t.client(row);
    seg.dport = t.clientPort(row);
    seg.ack = seqAdd(t.x(row), 1);
    if (!t.has(row, Fact.SynAck)) {
      seg.flags = seg.ack === 0 ? RST : RST | ACK;
      seg.seq = t.firstNumber(row);
      seg.wnd = 0;
      return this.flows.open(t.synAt(row), seg, this.#ipBytes(row, 0));
    }
    seg.flags = SYN | ACK | (t.synackEcn(row) ? ECE : 0);
    seg.seq = t.y(row);
    seg.wnd = t.synackWindow(row);
    const bytes = this.#ipBytes(row, t.synackPrint(row));
    const flow = this.flows.open(t.synackAt(row), seg, bytes);
    const copies = t.synacks(row) - 1 + t.later(row, Later.duplicates);
    for (let i = 0; i < copies; i++) this.flows.packet(flow, true, t.lastSynackAt(row), seg, bytes);
    return flow;
  }

  /** IP and TCP header with these options. */
  #ipBytes(row: number, print: number): number {
    return (isIpv6(this.#table.client(row)) ? 40 : 20) + 20 + this.#prints.length(print);
  }
}

const LAST_SEQ = 0xffff_ffff;
const BEGAN_WITHOUT_SYN: number = Fact.ServerFirst | Fact.SynAckFirst | Fact.ClientSpoke | Fact.ServerSpoke;
