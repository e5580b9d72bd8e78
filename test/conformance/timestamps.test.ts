/** Window scale, timestamps and PAWS (RFC 7323), beside what `connection.test.ts` and the scripts hold. */
import { describe, expect, test } from 'vitest';
import { TcpStack } from '../../src/tcp/stack.ts';
import { MS, type Nanos, type Tx } from '../../src/tcp/types.ts';
import { ACK, FIN, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { PLAIN } from '../dialogue.ts';
import { keepSent } from '../support/keep-sent.ts';

const US = 0xc0000201;
const PEER = 0xcb007150;
const FULL = { ...PLAIN, rcvBuf: 100_000, windowScale: 3, timestamps: true };

/** A host and what it sends; the peer speaks in bare segments. */
class Host {
  readonly out: Segment[] = [];
  now: Nanos = 0;
  readonly tx: Tx = keepSent(this.out);
  readonly stack: TcpStack;
  constructor(config = FULL) {
    this.stack = new TcpStack({ addresses: [US], config, secret: Uint32Array.of(1, 2, 3, 4) });
    this.stack.listen(80, { backlog: 4 });
  }
  recv(fields: Partial<Segment>): void {
    const seg = Object.assign(new Segment(), { src: PEER, sport: 5000, dst: US, dport: 80, wnd: 1000 }, fields);
    seg.payload = new Uint8Array(seg.len);
    this.stack.onSegment(this.now, seg, this.tx);
  }
  /** Passive open with these options of the peer's SYN, ESTABLISHED. */
  accept(options: Partial<Segment>) {
    this.recv({ flags: SYN, seq: 100, ...options });
    const { seq, tsVal } = this.out.at(-1)!;
    const ts = tsVal < 0 ? {} : { tsVal: options.tsVal!, tsEcr: tsVal };
    this.recv({ flags: ACK, seq: 101, ack: seq + 1, ...ts });
    return this.stack.listener(80)!.accept()!;
  }
  /** Active open whose SYN/ACK has these options, ESTABLISHED. */
  connect(options: Partial<Segment>) {
    const c = this.stack.connect(0, PEER, 7, this.tx);
    this.recv({ sport: 7, dport: c.tcb.localPort, flags: SYN | ACK, seq: 9, ack: c.tcb.sndNxt, ...options });
    return c;
  }
}

describe('window scale', () => {
  // holds: RFC 7323 R1, R2
  test('is used only when both SYNs offer it, and the window of a SYN is never scaled', () => {
    const passive = new Host();
    expect(passive.accept({ ws: 5 }).tcb).toMatchObject({ sndScale: 5, rcvScale: 3 });
    expect(passive.out[0]).toMatchObject({ flags: SYN | ACK, ws: 3, wnd: 65535 });
    const without = new Host();
    expect(without.accept({}).tcb).toMatchObject({ sndScale: 0, rcvScale: 0 });
    expect(without.out[0]).toMatchObject({ ws: -1, wnd: 65535 });
    const active = new Host();
    const c = active.connect({ ws: 4, wnd: 500 });
    expect(active.out[0]).toMatchObject({ flags: SYN, ws: 3, wnd: 65535 });
    expect([c.tcb.sndScale, c.tcb.rcvScale, c.tcb.sndWnd]).toEqual([4, 3, 500]);
    const refused = new Host();
    expect(refused.connect({}).tcb).toMatchObject({ sndScale: 0, rcvScale: 0 });
    const unwilling = new Host({ ...FULL, windowScale: -1 });
    expect(unwilling.accept({ ws: 5 }).tcb).toMatchObject({ sndScale: 0, rcvScale: 0 });
    expect(unwilling.out[0]!.ws).toBe(-1);
  });

  // holds: RFC 7323 R4
  test('windows are shifted right when sent, left when received', () => {
    const host = new Host({ ...FULL, timestamps: false });
    const c = host.accept({ ws: 5 });
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndNxt, wnd: 1000 });
    expect(c.tcb.sndWnd).toBe(32_000);
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndNxt, len: 1000 });
    // 99,000 bytes are free: the field says 12,375 units of 8.
    expect(host.out.at(-1)!.wnd << 3).toBe(99_000);
  });
});

describe('timestamps', () => {
  // holds: RFC 7323 R6, R9
  test('are used only when both SYNs carry them; without ACK TSecr is zero', () => {
    const passive = new Host();
    expect(passive.accept({ tsVal: 7 }).tcb.tsOk).toBe(true);
    expect(passive.out[0]).toMatchObject({ flags: SYN | ACK, tsEcr: 7 });
    const without = new Host();
    expect(without.accept({}).tcb.tsOk).toBe(false);
    expect(without.out.every((s) => s.tsVal === -1)).toBe(true);
    const active = new Host();
    const c = active.connect({ tsVal: 3, tsEcr: 0 });
    expect([c.tcb.tsOk, active.out[0]!.tsEcr, active.out[1]!.tsEcr]).toEqual([true, 0, 3]);
    expect(active.out[0]!.tsVal).toBeGreaterThanOrEqual(0);
    expect(new Host().connect({}).tcb.tsOk).toBe(false);
  });

  // holds: RFC 7323 R7
  test('once agreed, every segment carries them: data, ACK, repetition, FIN', () => {
    const host = new Host();
    const c = host.accept({ tsVal: 7 });
    c.send(0, new Uint8Array(900), host.tx);
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndUna, len: 5, tsVal: 8, tsEcr: 0 });
    host.now = c.nextTimer();
    host.stack.onTimer(host.now, host.tx);
    c.close(host.now, host.tx);
    host.recv({ flags: ACK, seq: 106, ack: c.tcb.sndNxt, tsVal: 9, tsEcr: 0 });
    host.recv({ flags: ACK | FIN, seq: 106, ack: c.tcb.sndNxt, tsVal: 10, tsEcr: 0 });
    expect(host.out.length).toBeGreaterThan(5);
    expect(host.out.filter((s) => s.tsVal < 0)).toEqual([]);
    expect(host.out.at(-1)!.tsEcr).toBe(10);
  });

  // holds: RFC 7323 R8
  test('and one without is dropped in silence, unless it is a RST', () => {
    const host = new Host();
    const c = host.accept({ tsVal: 7 });
    host.out.length = 0;
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndNxt, len: 5 });
    expect([c.readable, host.out.length]).toEqual([0, 0]);
    host.recv({ flags: RST, seq: 101 });
    expect(c.closed).toBe('reset');
  });

  // holds: RFC 7323 R11
  test('TS.Recent comes from what begins at or before the last ACK sent and is no older', () => {
    const host = new Host();
    const c = host.accept({ tsVal: 100 });
    const ts = (seq: number, tsVal: number, len = 5): number => {
      host.recv({ flags: ACK, seq, ack: c.tcb.sndNxt, len, tsVal, tsEcr: 0 });
      return host.out.at(-1)!.tsEcr;
    };
    expect(ts(101, 110)).toBe(110);
    expect(ts(120, 120), 'beyond a gap: the time of the segment before it still counts').toBe(110);
    expect(ts(106, 105), 'older').toBe(110);
    expect(ts(106, 130, 14), 'fills the gap').toBe(130);
    expect(c.readable).toBe(24);
  });

  // holds: RFC 7323 R11
  test('of segments acknowledged together, the first one’s is echoed, so that the delay counts', () => {
    const host = new Host({ ...FULL, delayedAck: 100 * MS });
    const c = host.accept({ tsVal: 100 });
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndNxt, len: 5, tsVal: 110, tsEcr: 0 });
    host.recv({ flags: ACK, seq: 106, ack: c.tcb.sndNxt, len: 5, tsVal: 140, tsEcr: 0 });
    host.now = c.nextTimer();
    host.stack.onTimer(host.now, host.tx);
    expect(host.out.at(-1)).toMatchObject({ flags: ACK, ack: 111, tsEcr: 110 });
  });

  // holds: RFC 7323 R12
  test('PAWS: an older timestamp means an old duplicate: ACK and drop; a RST is spared', () => {
    const host = new Host();
    const c = host.accept({ tsVal: 100 });
    host.out.length = 0;
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndNxt, len: 5, tsVal: 99, tsEcr: 0 });
    expect([c.readable, host.out]).toMatchObject([0, [{ flags: ACK, ack: 101 }]]);
    host.recv({ flags: ACK, seq: 101, ack: c.tcb.sndNxt, len: 5, tsVal: 100, tsEcr: 0 });
    expect(c.readable, 'an equal one is no older').toBe(5);
    host.recv({ flags: RST, seq: 106, tsVal: 1, tsEcr: 0 });
    expect(c.closed).toBe('reset');
  });

  // holds: RFC 7323 R14
  test('the clock ticks once in a millisecond', () => {
    const host = new Host();
    const c = host.accept({ tsVal: 7 });
    const stamps = [0, 1, 2, 1000].map((ms) => {
      c.send(ms * MS, Uint8Array.of(1), host.tx);
      return host.out.at(-1)!.tsVal;
    });
    expect(stamps.map((stamp) => (stamp - stamps[0]!) >>> 0)).toEqual([0, 1, 2, 1000]);
  });

  // holds: RFC 7323 R10
  test('the echo dates even what was sent twice', () => {
    const host = new Host();
    const c = host.connect({ tsVal: 3, tsEcr: 0, wnd: 4000 });
    c.send(0, Uint8Array.of(1), host.tx);
    host.now = c.nextTimer();
    host.stack.onTimer(host.now, host.tx);
    const { tsVal } = host.out.at(-1)!;
    host.now += 40 * MS;
    host.recv({ sport: 7, dport: c.tcb.localPort, flags: ACK, seq: 10, ack: c.tcb.sndNxt, tsVal: 4, tsEcr: tsVal });
    // SRTT after the handshake's 0 ms and the 40 ms of the repetition.
    expect(c.tcb.rtt.srtt).toBe(5 * MS);
  });
});
