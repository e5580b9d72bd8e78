/** What stands in TCP and IP headers (RFC 9293 §3.1, §3.2, §3.7.1, §3.9.2): options, MSS, checksums, Diffserv, TTL. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TcpStack } from '../../src/tcp/stack.ts';
import type { Tx } from '../../src/tcp/types.ts';
import { AddressTable } from '../../src/wire/address.ts';
import { decodeIp, encodeIpPacket, Packet } from '../../src/wire/packet.ts';
import { ACK, FIN, PSH, Segment, SYN } from '../../src/wire/segment.ts';
import { DecodeStatus } from '../../src/wire/status.ts';
import { decodeTcp, encodeTcp, tcpHeaderLength } from '../../src/wire/tcp-header.ts';
import { PLAIN } from '../dialogue.ts';
import { keepSent } from '../support/keep-sent.ts';

const table = new AddressTable();
const US = table.parse('192.0.2.1');
const PEER = table.parse('203.0.113.80');
const US6 = table.parse('2001:db8::1');
const PEER6 = table.parse('2001:db8::80');
const RICH = { ...PLAIN, mss: 1460, rcvBuf: 64240, windowScale: 7, sack: true, timestamps: true };

/** A segment whose option bytes are just these, as a peer might send them; the header is padded with zeros. */
function withOptions(bytes: number[], fields: Partial<Segment>): { seg: Segment; status: DecodeStatus } {
  const padded = [...bytes, ...new Array<number>((4 - (bytes.length % 4)) % 4).fill(0)];
  const raw = Object.assign(new Segment(), fields);
  raw.rawOpt = Uint8Array.from(padded);
  raw.rawOptLen = padded.length;
  const out = new Uint8Array(2000);
  const n = encodeTcp(raw, out, 0);
  const seg = new Segment();
  const status = decodeTcp(out, new DataView(out.buffer), 0, n, seg);
  Object.assign(seg, { src: raw.src, dst: raw.dst });
  return { seg, status };
}

class Server {
  readonly out: Segment[] = [];
  readonly tx: Tx = keepSent(this.out);
  readonly stack: TcpStack;
  constructor(config = RICH) {
    this.stack = new TcpStack({ addresses: [US, US6], config, secret: Uint32Array.of(1, 2, 3, 4) });
    this.stack.listen(80, { backlog: 8 });
  }
  get listener() {
    return this.stack.listener(80)!;
  }
  /** Gives a segment with these option bytes. */
  recv(options: number[], fields: Partial<Segment>): DecodeStatus {
    const own = { src: PEER, sport: 5000, dst: US, dport: 80, wnd: 60000, ...fields };
    const { seg, status } = withOptions(options, own);
    this.stack.onSegment(0, seg, this.tx);
    return status;
  }
  /** The connection that a SYN with these options leads to. */
  accept(options: number[], fields: Partial<Segment> = {}) {
    this.recv(options, { flags: SYN, seq: 100, ...fields });
    const synAck = this.out.at(-1)!;
    this.recv([], { flags: ACK, seq: 101, ack: (synAck.seq + 1) >>> 0, ...fields });
    return this.listener.accept()!;
  }
}

describe('options in general', () => {
  // holds: RFC 9293 MUST-4
  test('end of list, no-operation and MSS are understood, and what follows the end is not', () => {
    expect(withOptions([1, 1, 2, 4, 5, 0xb4, 0, 2, 4, 0, 0], { flags: SYN }).seg.mss).toBe(1460);
    expect(withOptions([0, 2, 4, 5, 0xb4], { flags: SYN }).seg.mss).toBe(-1);
  });

  // holds: RFC 9293 MUST-5, MUST-6
  test('options come in any segment and unknown ones are skipped: with data, with FIN, in any number', () => {
    const unknown = [253, 6, 0xde, 0xad, 0xbe, 0xef, 70, 2, 99, 3, 7];
    const server = new Server(PLAIN);
    const c = server.accept([...unknown, 2, 4, 2, 0]);
    expect(c.tcb.sndMss).toBe(512);
    server.recv(unknown, { flags: ACK, seq: 101, ack: c.tcb.sndNxt, len: 3, payload: Uint8Array.of(1, 2, 3) });
    server.recv([2, 4, 0, 99, ...unknown], { flags: ACK | FIN, seq: 104, ack: c.tcb.sndNxt });
    expect([c.readable, c.state, c.tcb.sndMss]).toEqual([3, 'CLOSE-WAIT', 512]);
  });

  // holds: RFC 9293 MUST-7
  test.each([
    ['zero', [2, 0]],
    ['one', [8, 1]],
    ['beyond the header', [253, 40]],
    ['missing', [2]],
  ])('an option length that is %s ends the reading; the options before it count, nothing breaks', (_what, bad) => {
    const { seg, status } = withOptions([2, 4, 2, 0, ...bad, 1, 1].slice(0, 4 + bad.length), { flags: SYN });
    expect(seg.mss).toBe(512);
    // A lone kind is padded with zero, which reads as its length.
    expect(status).toBe(DecodeStatus.BadOptionLength);
  });

  // holds: RFC 9293 MUST-64
  test('options are read at any offset, aligned or not', () => {
    for (let nops = 0; nops < 12; nops++) {
      const bytes = [...new Array<number>(nops).fill(1), 8, 10, 0, 0, 1, 2, 0, 0, 3, 4, 3, 3, 7, 2, 4, 5, 0xb4];
      const { seg, status } = withOptions(bytes, { flags: SYN });
      expect([status, seg.tsVal, seg.tsEcr, seg.ws, seg.mss]).toEqual([DecodeStatus.Ok, 0x102, 0x304, 7, 1460]);
    }
  });

  // holds: RFC 9293 MUST-68, MUST-69
  test('every option we send but EOL and NOP has its length, and the header ends at a multiple of four', () => {
    const options = fc.record({
      mss: fc.constantFrom(-1, 536, 1460),
      ws: fc.constantFrom(-1, 0, 14),
      sackPerm: fc.boolean(),
      tsVal: fc.constantFrom(-1, 0, 0xffffffff),
      tfoLen: fc.constantFrom(-1, 0, 8),
    });
    fc.assert(
      fc.property(options, (fields) => {
        const seg = Object.assign(new Segment(), { flags: SYN, ...fields });
        if (seg.tsVal >= 0) seg.tsEcr = 7;
        const header = tcpHeaderLength(seg);
        expect(header % 4).toBe(0);
        const out = new Uint8Array(100).fill(0xee);
        encodeTcp(seg, out, 0);
        expect(out[header], 'nothing is written behind the header').toBe(0xee);
        let at = 20;
        while (at < header && out[at] !== 0) {
          if (out[at] === 1) at++;
          else {
            expect(out[at + 1]).toBeGreaterThanOrEqual(2);
            at += out[at + 1]!;
          }
        }
        // From an end of list on there are zeros only.
        expect([...out.slice(at, header)].every((byte) => byte === 0)).toBe(true);
        expect(at).toBeLessThanOrEqual(header);
      }),
    );
  });
});

describe('maximum segment size', () => {
  // holds: RFC 9293 MUST-14, SHLD-5, MAY-3
  test('is sent in every SYN and SYN/ACK, and received', () => {
    const server = new Server(PLAIN);
    const c = server.accept([2, 4, 3, 0]);
    expect(server.out[0]).toMatchObject({ flags: SYN | ACK, mss: 1000 });
    expect(c.tcb.sndMss).toBe(768);
    server.stack.connect(0, PEER, 7, server.tx);
    expect(server.out.at(-1)).toMatchObject({ flags: SYN, mss: 1000 });
    server.stack.onTimer(1e9, server.tx);
    expect(server.out.at(-1), 'repeated too').toMatchObject({ flags: SYN, mss: 1000 });
  });

  // holds: RFC 9293 MUST-15
  test.each([
    ['IPv4', { src: PEER, dst: US }, 536],
    ['IPv6', { src: PEER6, dst: US6 }, 1220],
  ])('without the option %s takes its default', (_version, addresses, mss) => {
    const config = { ...PLAIN, mss: 8960, rcvBuf: 60000 };
    const server = new Server(config);
    const c = server.accept([], addresses);
    c.send(0, new Uint8Array(5000), server.tx);
    expect(Math.max(...server.out.map((s) => s.len))).toBe(mss);
    const client = new Server(config);
    const own = client.stack.connect(0, addresses.src, 80, client.tx);
    client.recv([], {
      ...addresses,
      sport: 80,
      dport: own.tcb.localPort,
      flags: SYN | ACK,
      seq: 9,
      ack: own.tcb.sndNxt,
    });
    own.send(0, new Uint8Array(5000), client.tx);
    expect(Math.max(...client.out.map((s) => s.len))).toBe(mss);
  });

  // holds: RFC 9293 MUST-16
  test('segments hold no more than the smaller of both sides’ sizes, less the options they carry', () => {
    const mssOf = (mss: number): number[] => [2, 4, mss >>> 8, mss & 0xff];
    const TS = [8, 10, 0, 0, 0, 1, 0, 0, 0, 0];
    for (const [peer, options, most] of [
      [1000, [], 1000],
      [9000, [], 1460],
      [1000, TS, 988],
      [9000, TS, 1448],
    ] as const) {
      const server = new Server({ ...RICH, sndBuf: 60000 });
      const c = server.accept([...mssOf(peer), ...options]);
      c.send(0, new Uint8Array(10_000), server.tx);
      const data = server.out.filter((s) => s.len > 0);
      expect(Math.max(...data.map((s) => s.len))).toBe(most);
      for (const s of data) expect(s.len + tcpHeaderLength(s) - 20).toBeLessThanOrEqual(Math.min(peer, 1460));
    }
  });

  // holds: RFC 9293 MUST-65
  test('is sent with SYN only', () => {
    const server = new Server(PLAIN);
    const c = server.accept([2, 4, 2, 0]);
    c.send(0, new Uint8Array(2000), server.tx);
    c.close(0, server.tx);
    server.stack.onTimer(1e9, server.tx);
    c.abort(2e9, server.tx);
    const others = server.out.filter((s) => (s.flags & SYN) === 0);
    expect(others.length).toBeGreaterThan(5);
    expect(new Set(others.map((s) => s.mss))).toEqual(new Set([-1]));
  });

  // holds: RFC 9293 MUST-67
  test('leaves room for the fixed headers: a peer’s full segment fits into the MTU of 1500', () => {
    const server = new Server();
    for (const addresses of [
      { src: PEER, dst: US },
      { src: PEER6, dst: US6 },
    ]) {
      server.recv([], { ...addresses, flags: SYN, seq: 1 });
      const { mss } = server.out.at(-1)!;
      const full = Object.assign(new Segment(), { ...addresses, flags: ACK | PSH, len: mss });
      const out = new Uint8Array(2000);
      expect(encodeIpPacket(full, table, out, 0)).toBe(1500);
    }
  });
});

describe('checksums', () => {
  const out = new Uint8Array(2000);
  const packet = new Packet();
  const decode = (n: number): string => {
    decodeIp(out, new DataView(out.buffer), 0, n, table, packet);
    return packet.tcpChecksum;
  };
  const segments = fc.record({
    v6: fc.boolean(),
    seq: fc.nat(0xffffffff),
    ack: fc.nat(0xffffffff),
    flags: fc.nat(0x1ff),
    wnd: fc.nat(0xffff),
    data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  });
  function encode({ v6, data, ...fields }: { v6: boolean; data: Uint8Array }): number {
    const seg = Object.assign(new Segment(), fields, { src: v6 ? US6 : US, dst: v6 ? PEER6 : PEER });
    Object.assign(seg, { payload: data, len: data.length });
    return encodeIpPacket(seg, table, out, 0);
  }

  // holds: RFC 9293 MUST-2
  test('every segment sent has the right one: the words of pseudo-header and segment add up to ffff', () => {
    fc.assert(
      fc.property(segments, (fields) => {
        const n = encode(fields);
        const ip = fields.v6 ? 40 : 20;
        const [from, to] = fields.v6 ? [8, 40] : [12, 20];
        let sum = 6 + (n - ip);
        for (let i = from; i < to; i += 2) sum += (out[i]! << 8) | out[i + 1]!;
        for (let i = ip; i < n; i++) sum += (i - ip) % 2 === 0 ? out[i]! << 8 : out[i]!;
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
        expect(sum).toBe(0xffff);
      }),
    );
  });

  // holds: RFC 9293 MUST-3
  test('every segment received is judged: any changed bit of addresses or segment is noticed', () => {
    fc.assert(
      fc.property(segments, fc.nat(), fc.nat(7), (fields, where, bit) => {
        const n = encode(fields);
        expect(decode(n)).toBe('ok');
        const from = fields.v6 ? 8 : 12;
        const at = from + (where % (n - from));
        out[at] = out[at]! ^ (1 << bit);
        expect(decode(n)).not.toBe('ok');
      }),
    );
  });
});

describe('what IP is told', () => {
  const seg = Object.assign(new Segment(), { src: US, dst: PEER, flags: ACK });
  const seg6 = Object.assign(new Segment(), { src: US6, dst: PEER6, flags: ACK });
  const out = new Uint8Array(100);
  function roundTrip(s: Segment, options: { ttl?: number; tos?: number }): Packet {
    const packet = new Packet();
    const n = encodeIpPacket(s, table, out, 0, options);
    decodeIp(out, new DataView(out.buffer), 0, n, table, packet);
    return packet;
  }

  // holds: RFC 9293 MUST-49
  test('the time to live is whatever the caller says', () => {
    for (const s of [seg, seg6]) {
      expect(roundTrip(s, {}).ttl).toBe(64);
      for (const ttl of [1, 7, 255]) expect(roundTrip(s, { ttl }).ttl).toBe(ttl);
    }
  });

  // holds: RFC 9293 MUST-48, SHLD-21, SHLD-22, MAY-9
  test('so is the Diffserv field, from one packet to the next, and a receiver sees it unchanged', () => {
    for (const s of [seg, seg6]) for (const tos of [0, 0xb8, 0x28, 0xff]) expect(roundTrip(s, { tos }).tos).toBe(tos);
  });

  // holds: RFC 9293 MUST-50
  test('IP options and IPv6 extension headers are ignored: the segment behind them is the same', () => {
    const whole = Object.assign(new Segment(), {
      src: US,
      sport: 7,
      dst: PEER,
      dport: 9,
      seq: 77,
      flags: SYN,
      mss: 1460,
    });
    const plain = new Uint8Array(100);
    const n = encodeIpPacket(whole, table, plain, 0);
    // Record route, timestamp, loose source route, then an unknown option: 24 bytes behind the fixed header.
    const options = [7, 7, 4, 0, 0, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0, 131, 3, 4, 94, 4, 1, 2, 1, 0];
    const longer = new Uint8Array([...plain.slice(0, 20), ...options, ...plain.slice(20, n)]);
    longer[0] = 0x45 + options.length / 4;
    longer[3] = longer.length;
    const packet = new Packet();
    decodeIp(longer, new DataView(longer.buffer), 0, longer.length, table, packet);
    expect([packet.status, packet.tcpChecksum]).toEqual([DecodeStatus.Ok, 'ok']);
    expect(packet.seg).toMatchObject({ src: US, sport: 7, dst: PEER, dport: 9, seq: 77, flags: SYN, mss: 1460 });
  });
});
