import { describe, expect, test } from 'vitest';
import { ACK, Segment, SYN } from '../wire/segment.ts';
import { RFC9293 } from './config.ts';
import { Connection } from './connection.ts';
import { MS, SEC } from './types.ts';

const ISS = 0xfffff000; // the numbers wrap inside the first flight
const IRS = 0x7fffffff;
const MSS = 1000;

/** A sender with SACK, ten segments of initial window and 20,000 bytes to send: ten of them are under way. */
class Sender {
  now = 0;
  readonly connection: Connection;
  readonly #sent: Segment[] = [];
  readonly #tx = { alloc: () => new Segment(), send: (s: Segment) => void this.#sent.push(s) };

  constructor(sack = true) {
    const config = { ...RFC9293, mss: MSS, sack, timestamps: false, windowScale: -1 };
    this.connection = Connection.connect(config, 1, 5000, 2, 80, ISS);
    this.connection.open(0, this.#tx);
    this.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, mss: MSS, sackPerm: sack });
    this.#sent.length = 0;
    this.connection.send(0, new Uint8Array(20 * MSS), this.#tx);
  }

  /** An ACK of the first `acked` segments that reports segments from .. to - 1 for each pair. */
  ack(acked: number, ...blocks: [from: number, to: number][]): void {
    const seg = { flags: ACK, seq: IRS + 1, ack: at(acked), sackCount: blocks.length };
    const sack = new Uint32Array(8);
    blocks.forEach(([from, to], i) => {
      sack.set([at(from), at(to)], 2 * i);
    });
    this.recv({ ...seg, sack });
  }

  recv(fields: Partial<Segment>): void {
    const seg = Object.assign(new Segment(), { src: 2, sport: 80, dst: 1, dport: 5000, wnd: 65535 }, fields);
    seg.ack >>>= 0;
    this.connection.onSegment(this.now, seg, this.#tx);
  }

  wait(t: number): void {
    this.now += t;
    this.connection.onTimer(this.now, this.#tx);
  }

  /** Which segments were sent since the last look, counted from 0. */
  sent(): number[] {
    return this.#sent.splice(0).map((s) => ((s.seq - at(0)) >>> 0) / MSS);
  }

  get cwnd(): number {
    return this.connection.tcb.cwnd / MSS;
  }

  get ssthresh(): number {
    return this.connection.tcb.ssthresh / MSS;
  }
}

function at(segment: number): number {
  return (ISS + 1 + segment * MSS) >>> 0;
}

describe('entering recovery (RFC 6675 §5, RFC 5681 §3.2)', () => {
  test('one ACK that reports three segments above a hole is loss enough: step (2), IsLost (HighACK + 1)', () => {
    const s = new Sender();
    expect(s.sent()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    s.ack(0, [1, 4]);
    expect(s.sent()[0]).toBe(0);
  });

  test('two segments above it are not: "more than (DupThresh - 1) * SMSS bytes"', () => {
    const s = new Sender();
    s.sent();
    s.ack(0, [1, 3]);
    // Limited transmit, no retransmission.
    expect(s.sent()).not.toContain(0);
  });

  test('three separate ranges above a hole are, small as they may be', () => {
    const s = new Sender();
    s.sent();
    s.ack(0, [1, 1.1], [3, 3.1]);
    expect(s.sent()).not.toContain(0);
    s.ack(0, [5, 5.1], [3, 3.1], [1, 1.1]);
    expect(s.sent()).toContain(0);
  });

  test('an ACK that moves forward and reports new text beyond is a duplicate, too (RFC 6675 §2)', () => {
    const s = new Sender();
    s.sent();
    s.ack(2, [3, 6]);
    expect(s.sent()).toContain(2);
  });

  test('with SACK an ACK that reports nothing new is none: segments that the network doubled mean no loss', () => {
    const s = new Sender();
    s.ack(2);
    s.sent();
    for (let i = 0; i < 4; i++) s.ack(2, [0, 1]); // D-SACK (RFC 2883)
    expect(s.sent()).toEqual([]);
  });

  test('FlightSize is what is not acknowledged, SACKed or not: ten segments give ssthresh = 5', () => {
    const s = new Sender();
    s.ack(0, [1, 4]);
    expect([s.ssthresh, s.cwnd]).toEqual([5, 5]);
  });

  test('what limited transmit sent is not counted in it', () => {
    const s = new Sender(false);
    s.sent();
    s.ack(0);
    s.ack(0);
    expect(s.sent()).toEqual([10, 11]);
    s.ack(0);
    expect(s.sent()).toEqual([0]);
    expect(s.ssthresh).toBe(5);
  });

  test('a timeout halves the same FlightSize', () => {
    const s = new Sender();
    s.ack(0, [1, 3]);
    s.sent();
    s.wait(1 * SEC);
    expect(s.sent()).toEqual([0]);
    expect([s.ssthresh, s.cwnd]).toEqual([5, 1]);
  });
});

describe('leaving recovery (RFC 6675 §5)', () => {
  test('cwnd stays what recovery made it, also when one ACK covers all that was sent', () => {
    const s = new Sender();
    s.sent();
    s.ack(0, [1, 10]);
    // Nine segments have left the network: cwnd 5 takes the hole and four new ones.
    expect(s.sent()).toEqual([0, 10, 11, 12, 13]);
    s.ack(14);
    expect(s.cwnd).toBe(5);
    expect(s.sent()).toEqual([14, 15, 16, 17, 18]);
  });
});

describe('congestion avoidance (RFC 5681 §3.1)', () => {
  test('one segment more for each cwnd of bytes acknowledged, however few ACKs say so', () => {
    const s = new Sender();
    s.ack(0, [1, 10]);
    s.ack(14);
    expect(s.cwnd).toBe(5);
    s.now += 10 * MS;
    // 5 segments in two ACKs: an ACK for every second segment must not halve the growth.
    s.ack(16);
    expect(s.cwnd).toBe(5);
    s.ack(19);
    expect(s.cwnd).toBe(6);
  });
});
