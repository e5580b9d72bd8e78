/**
 * The first record of each row of a tracker, as far as rows are made and found by it: two sockets, X, the packet and time
 * of the opening, and the row before on the same pair of sockets.
 */
import { IPV6_BASE } from '../wire/address.ts';
import type { Packet } from '../wire/packet.ts';
import type { Segment } from '../wire/segment.ts';
import type { RowSockets } from './detect/attempt-rows.ts';
import { Meta, Opening } from './handshake-words.ts';
import { ROW_MASK, ROW_SHIFT, RowChunks } from './row-chunks.ts';

export class OpeningTable {
  readonly openings: RowChunks = new RowChunks(Opening.words);

  /** Rows held now. */
  get held(): number {
    return this.openings.live;
  }

  /** Rows lie below this number; some of them may be free (`isHeld`). */
  get end(): number {
    return this.openings.used;
  }

  /** A new row between the sockets of `seg`, begun by it; its sender is the client, or with `turned` the server. */
  add(seg: Readonly<Segment>, turned: boolean, x: number, packet: number, ts: number): number {
    const row = this.openings.add();
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    ints[base + Opening.client] = turned ? seg.dst : seg.src;
    ints[base + Opening.server] = turned ? seg.src : seg.dst;
    ints[base + Opening.ports] = turned ? (seg.dport << 16) | seg.sport : (seg.sport << 16) | seg.dport;
    ints[base + Opening.x] = x;
    ints[base + Opening.packet] = packet;
    if (seg.src >= IPV6_BASE) ints[base + Opening.meta] = Meta.v6;
    this.openings.doubles[row >>> ROW_SHIFT]![(base + Opening.at) >>> 1] = ts;
    return row;
  }

  /** A new attempt with all that its SYN says, in one look at its row. Hot. */
  addAttempt(packet: Readonly<Packet>, ipId: number, print: number, facts: number, number: number, ts: number): number {
    const { seg } = packet;
    const row = this.openings.add();
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    ints[base + Opening.client] = seg.src;
    ints[base + Opening.server] = seg.dst;
    ints[base + Opening.ports] = (seg.sport << 16) | seg.dport;
    ints[base + Opening.x] = seg.seq;
    ints[base + Opening.packet] = number;
    ints[base + Opening.facts] = facts;
    ints[base + Opening.windowPrint] = (seg.wnd << 16) | print;
    const version = seg.src >= IPV6_BASE ? Meta.v6 : 0;
    const direction = packet.direction << Meta.directionShift;
    ints[base + Opening.meta] = (packet.ttl << 24) | direction | version | (ipId & 0xffff);
    this.openings.doubles[row >>> ROW_SHIFT]![(base + Opening.at) >>> 1] = ts;
    return row;
  }

  isHeld(row: number): boolean {
    return this.openings.word(row, Opening.packet) !== 0;
  }

  /** Address handles and ports. The client is the side that sent the SYN (or should have). */
  client(row: number): number {
    return this.address(row, Opening.client);
  }

  server(row: number): number {
    return this.address(row, Opening.server);
  }

  clientPort(row: number): number {
    return this.openings.word(row, Opening.ports) >>> 16;
  }

  serverPort(row: number): number {
    return this.openings.word(row, Opening.ports) & 0xffff;
  }

  isClient(row: number, address: number, port: number): boolean {
    return this.openings.word(row, Opening.ports) >>> 16 === port && this.address(row, Opening.client) === address;
  }

  /** Was `seg`, of the row's two sockets, sent by the client? */
  isFromClient(row: number, seg: Readonly<Segment>): boolean {
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    return ints[base + Opening.client] === (seg.src | 0) && ints[base + Opening.ports]! >>> 16 === seg.sport;
  }

  /** Does `seg` acknowledge just the SYN of the row, whose client it is sent to? */
  isAnsweredBy(row: number, seg: Readonly<Segment>): boolean {
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    const toClient = ints[base + Opening.client] === (seg.dst | 0) && ints[base + Opening.ports]! >>> 16 === seg.dport;
    return toClient && ints[base + Opening.x] === ((seg.ack - 1) | 0);
  }

  /** Is the row between the two sockets of `seg`, whichever is the client? Hot. */
  isOf(row: number, seg: Readonly<Segment>): boolean {
    const ints = this.openings.ints[row >>> ROW_SHIFT]!;
    const base = (row & ROW_MASK) * Opening.words;
    const client = ints[base + Opening.client]!;
    const server = ints[base + Opening.server]!;
    const ports = ints[base + Opening.ports]!;
    const src = seg.src | 0;
    const dst = seg.dst | 0;
    const same =
      (client === src && server === dst && ports === ((seg.sport << 16) | seg.dport)) ||
      (client === dst && server === src && ports === ((seg.dport << 16) | seg.sport));
    return same && ((ints[base + Opening.meta]! & Meta.v6) !== 0) === seg.src >= IPV6_BASE;
  }

  /** Are two rows between the same sockets, whichever is the client? */
  isOfSamePair(row: number, other: number): boolean {
    const o = this.openings;
    if (((o.word(row, Opening.meta) ^ o.word(other, Opening.meta)) & Meta.v6) !== 0) return false;
    const client = o.word(row, Opening.client);
    const server = o.word(row, Opening.server);
    const ports = o.word(row, Opening.ports);
    const itsClient = o.word(other, Opening.client);
    const itsServer = o.word(other, Opening.server);
    const itsPorts = o.word(other, Opening.ports);
    if (client === itsClient && server === itsServer && ports === itsPorts) return true;
    const turned = ((itsPorts << 16) | (itsPorts >>> 16)) >>> 0;
    return client === itsServer && server === itsClient && ports === turned;
  }

  /** Sequence number of the SYN; what it would have been where it was not captured. */
  x(row: number): number {
    return this.openings.word(row, Opening.x);
  }

  setX(row: number, x: number): void {
    this.openings.setWord(row, Opening.x, x);
  }

  /** Next older row of the same pair of sockets, or -1. */
  older(row: number): number {
    const o = this.openings;
    const older = o.word(row, Opening.older) - 1;
    // A row that was freed may have come back for other sockets.
    if (older < 0 || !this.isHeld(older) || older === row) return -1;
    return this.isOfSamePair(row, older) ? older : -1;
  }

  setOlder(row: number, older: number): void {
    this.openings.setWord(row, Opening.older, older + 1);
  }

  /** How many rows of the pair are older, counted up to 15. */
  depth(row: number): number {
    return (this.openings.word(row, Opening.meta) >>> Meta.depthShift) & 0xf;
  }

  setDepth(row: number, depth: number): void {
    const o = this.openings;
    o.setWord(row, Opening.meta, (o.word(row, Opening.meta) & ~(0xf << Meta.depthShift)) | (depth << Meta.depthShift));
  }

  /** Has the index an entry for this row by its X? */
  isByX(row: number): boolean {
    return (this.openings.word(row, Opening.meta) & Meta.byX) !== 0;
  }

  setByX(row: number): void {
    const o = this.openings;
    o.setWord(row, Opening.meta, o.word(row, Opening.meta) | Meta.byX);
  }

  /** Whose row it is, in one look at it. Hot. */
  readSockets(row: number, into: RowSockets): void {
    const chunk = row >>> ROW_SHIFT;
    const base = (row & ROW_MASK) * Opening.words;
    const words = this.openings.words[chunk]!;
    const version = (words[base + Opening.meta]! & Meta.v6) !== 0 ? IPV6_BASE : 0;
    into.client = words[base + Opening.client]! + version;
    into.server = words[base + Opening.server]! + version;
    into.serverPort = words[base + Opening.ports]! & 0xffff;
    into.synAt = this.openings.doubles[chunk]![(base + Opening.at) >>> 1]!;
  }

  /** The address that `field` of `Opening` holds. */
  address(row: number, field: number): number {
    return this.handleOf(row, this.openings.word(row, field));
  }

  /** The address handle of an address of the row's IP version that is kept as one word. */
  handleOf(row: number, word: number): number {
    return (this.openings.word(row, Opening.meta) & Meta.v6) !== 0 ? IPV6_BASE + word : word;
  }
}
