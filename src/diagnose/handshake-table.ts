/**
 * All connection attempts of a capture as columns: about 130 bytes a row, no object per attempt, so that a flood of
 * millions fits. Rows keep the order of their first packet. Packet numbers count from 1 as in Wireshark; 0 = none.
 */
import { Fact, type Verdict, verdictOf } from './verdict.ts';

export class HandshakeTable {
  /** Rows in use. */
  count = 0;

  /** Address handles and ports. The client is the side that sent the SYN (or should have). */
  client: Float64Array = new Float64Array(0);
  server: Float64Array = new Float64Array(0);
  clientPort: Uint16Array = new Uint16Array(0);
  serverPort: Uint16Array = new Uint16Array(0);
  /** X: sequence number of the SYN. Y: that of the SYN/ACK, once there is one. */
  x: Uint32Array = new Uint32Array(0);
  y: Uint32Array = new Uint32Array(0);
  /** Bytes of data on the SYN. */
  synLen: Uint32Array = new Uint32Array(0);
  /** Acknowledgment numbers of the SYN/ACK, and of the segment that completed the handshake or RST that refused it. */
  synackAck: Uint32Array = new Uint32Array(0);
  ackAck: Uint32Array = new Uint32Array(0);
  rstAck: Uint32Array = new Uint32Array(0);
  /** The packets the verdict rests on. */
  synPacket: Uint32Array = new Uint32Array(0);
  synackPacket: Uint32Array = new Uint32Array(0);
  ackPacket: Uint32Array = new Uint32Array(0);
  rstPacket: Uint32Array = new Uint32Array(0);
  /** Their times in ns, and the times of the last copies. */
  synAt: Float64Array = new Float64Array(0);
  synackAt: Float64Array = new Float64Array(0);
  ackAt: Float64Array = new Float64Array(0);
  rstAt: Float64Array = new Float64Array(0);
  lastSynAt: Float64Array = new Float64Array(0);
  lastSynackAt: Float64Array = new Float64Array(0);
  /** SYNs and SYN/ACKs sent, the first included; and frames recorded more than once, which are not among them. */
  syns: Uint32Array = new Uint32Array(0);
  synacks: Uint32Array = new Uint32Array(0);
  duplicates: Uint32Array = new Uint32Array(0);
  /** IP identification of the last SYN and SYN/ACK, or -1: tells a frame recorded twice from one sent twice. */
  synIpId: Int32Array = new Int32Array(0);
  synackIpId: Int32Array = new Int32Array(0);
  /** Bits of `Fact`. */
  facts: Uint16Array = new Uint16Array(0);
  /** Next older row of the same pair of sockets, or -1. */
  older: Int32Array = new Int32Array(0);

  /** What became of attempt `row`. */
  verdict(row: number): Verdict {
    return verdictOf(this.facts[row]!);
  }

  /** Is this row an attempt, that is, was its SYN captured? */
  isAttempt(row: number): boolean {
    return (this.facts[row]! & Fact.Syn) !== 0;
  }

  /** SYN retransmissions of the row: copies sent, without frames that were merely recorded twice. */
  synRetransmissions(row: number): number {
    return Math.max(0, this.syns[row]! - 1);
  }

  /** SYN/ACK retransmissions, likewise. */
  synackRetransmissions(row: number): number {
    return Math.max(0, this.synacks[row]! - 1);
  }

  /** A new empty row for these sockets. */
  add(client: number, clientPort: number, server: number, serverPort: number, x: number): number {
    if (this.count === this.x.length) this.#grow(Math.max(64, 2 * this.count));
    const row = this.count++;
    this.client[row] = client;
    this.clientPort[row] = clientPort;
    this.server[row] = server;
    this.serverPort[row] = serverPort;
    this.x[row] = x;
    this.older[row] = -1;
    return row;
  }

  #grow(size: number): void {
    this.client = larger(this.client, new Float64Array(size));
    this.server = larger(this.server, new Float64Array(size));
    this.clientPort = larger(this.clientPort, new Uint16Array(size));
    this.serverPort = larger(this.serverPort, new Uint16Array(size));
    this.x = larger(this.x, new Uint32Array(size));
    this.y = larger(this.y, new Uint32Array(size));
    this.synLen = larger(this.synLen, new Uint32Array(size));
    this.synackAck = larger(this.synackAck, new Uint32Array(size));
    this.ackAck = larger(this.ackAck, new Uint32Array(size));
    this.rstAck = larger(this.rstAck, new Uint32Array(size));
    this.synPacket = larger(this.synPacket, new Uint32Array(size));
    this.synackPacket = larger(this.synackPacket, new Uint32Array(size));
    this.ackPacket = larger(this.ackPacket, new Uint32Array(size));
    this.rstPacket = larger(this.rstPacket, new Uint32Array(size));
    this.synAt = larger(this.synAt, new Float64Array(size));
    this.synackAt = larger(this.synackAt, new Float64Array(size));
    this.ackAt = larger(this.ackAt, new Float64Array(size));
    this.rstAt = larger(this.rstAt, new Float64Array(size));
    this.lastSynAt = larger(this.lastSynAt, new Float64Array(size));
    this.lastSynackAt = larger(this.lastSynackAt, new Float64Array(size));
    this.syns = larger(this.syns, new Uint32Array(size));
    this.synacks = larger(this.synacks, new Uint32Array(size));
    this.duplicates = larger(this.duplicates, new Uint32Array(size));
    this.synIpId = larger(this.synIpId, new Int32Array(size));
    this.synackIpId = larger(this.synackIpId, new Int32Array(size));
    this.facts = larger(this.facts, new Uint16Array(size));
    this.older = larger(this.older, new Int32Array(size));
  }
}

function larger<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
