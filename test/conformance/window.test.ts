/** Windows (RFC 9293 §3.8.6): unsigned, never taken back, survived when the peer takes its own back, probed when closed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MS, SEC } from '../../src/tcp/types.ts';
import { seqDiff, seqGe } from '../../src/wire/seq.ts';
import { ACK, established, IRS, ISS, PLAIN, SYN, synSent } from '../dialogue.ts';

const u32 = (n: number): number => n >>> 0;

describe('large windows', () => {
  // holds: RFC 9293 MUST-1
  test('a window field of 40000 and more is no negative number', () => {
    for (const wnd of [32768, 40000, 65535]) {
      const d = established({ ...PLAIN, sndBuf: 100_000, initialWindow: 1000 });
      d.connection.tcb.cwnd = 100_000;
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd });
      d.say('x'.repeat(70_000));
      const sent = d.take().reduce((sum, s) => sum + s.len!, 0);
      expect(sent).toBeGreaterThan(wnd - 536);
      expect(sent).toBeLessThanOrEqual(wnd);
    }
  });

  // holds: RFC 9293 REC-1, MUST-1; RFC 7323 R3, R4
  test('a gigabyte of window is kept and used in full: 65535 shifted by 14, which is also what a larger shift means', () => {
    for (const ws of [14, 15, 255]) {
      const d = synSent({ ...PLAIN, windowScale: 3, sndBuf: 200_000 });
      d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, ws });
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 65535 });
      expect(d.connection.tcb.sndWnd).toBe(1_073_725_440);
      d.connection.tcb.cwnd = 1 << 29;
      d.take();
      d.say('x'.repeat(150_000));
      expect(d.take().reduce((sum, s) => sum + s.len!, 0)).toBe(150_000);
    }
  });
});

describe('the receiver', () => {
  // holds: RFC 9293 SHLD-14; RFC 7323 R5
  test('never moves its right edge to the left, whatever comes and whenever the application reads', () => {
    const steps = fc.array(fc.record({ read: fc.boolean(), size: fc.integer({ min: 1, max: 900 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, fc.constantFrom(-1, 3, 7), fc.constantFrom(700, 4000, 64240), (all, windowScale, rcvBuf) => {
        const d = synSent({ ...PLAIN, windowScale, rcvBuf });
        d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, ...(windowScale >= 0 && { ws: 0 }) });
        const shift = Math.max(0, windowScale);
        let edge = u32(IRS + 1);
        for (const { read, size } of all) {
          const t = d.connection.tcb;
          if (read) d.connection.read(d.now, new Uint8Array(size), d.tx);
          else if (d.connection.rcvWnd > 0) {
            d.recv({ flags: ACK, seq: t.rcvNxt, ack: ISS + 1, data: 'x'.repeat(Math.min(size, d.connection.rcvWnd)) });
          }
          expect(seqGe(t.rcvAdv, edge)).toBe(true);
          edge = t.rcvAdv;
          for (const s of d.take()) {
            const right = u32(s.ack! + (s.wnd! << shift));
            // What rounding cannot say stays acceptable all the same.
            expect(seqDiff(edge, right)).toBeLessThan(1 << shift);
            expect(seqDiff(right, u32(t.rcvNxt - d.connection.readable))).toBeLessThanOrEqual(rcvBuf + (1 << shift));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  // holds: RFC 9293 MAY-8
  test('may stay closed for days: each probe is answered with a window of zero', () => {
    const d = established({ ...PLAIN, rcvBuf: 100 });
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'x'.repeat(100) });
    d.take();
    for (let day = 1; day <= 5; day++) {
      d.wait(24 * 3600 * SEC);
      d.recv({ flags: ACK, seq: IRS + 101, ack: ISS + 1, data: 'p' });
      expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 101), wnd: 0 }]);
    }
    expect([d.state, d.connection.readable]).toEqual(['ESTABLISHED', 100]);
  });

  // holds: RFC 9293 MUST-39
  test('tells of an opened window only when it is worth a segment or half the buffer', () => {
    const d = established();
    for (let i = 0; i < 4; i++) d.recv({ flags: ACK, seq: IRS + 1 + i * 1000, ack: ISS + 1, data: 'x'.repeat(1000) });
    expect(d.take().at(-1)).toMatchObject({ wnd: 0 });
    const read = (n: number): number => d.connection.read(d.now, new Uint8Array(n), d.tx);
    read(100);
    read(400);
    expect(d.take(), '500 bytes are less than a segment of 536').toEqual([]);
    d.recv({ flags: ACK, seq: IRS + 4001, ack: ISS + 1, data: 'p' });
    expect(d.take(), 'nor does a probe get to know of them').toMatchObject([{ ack: u32(IRS + 4001), wnd: 0 }]);
    read(36);
    expect(d.take()).toMatchObject([{ ack: u32(IRS + 4001), wnd: 536 }]);
    const small = established({ ...PLAIN, rcvBuf: 600 });
    small.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'x'.repeat(600) });
    small.take();
    small.connection.read(0, new Uint8Array(299), small.tx);
    expect(small.take()).toEqual([]);
    small.connection.read(0, new Uint8Array(1), small.tx);
    expect(small.take(), 'half of the buffer').toMatchObject([{ wnd: 300 }]);
  });
});

describe('a peer that shrinks its window', () => {
  /** Three full segments are under way; then the window is said to end after `wnd` bytes. */
  function shrunk(wnd: number) {
    const d = established();
    d.say('a'.repeat(536 * 3));
    expect(d.take().map((s) => s.len)).toEqual([536, 536, 536]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd });
    return d;
  }

  // holds: RFC 9293 MUST-34, SHLD-15, SHLD-16
  test('the usable window is negative: nothing new goes, old data inside it is sent again', () => {
    const d = shrunk(600);
    d.say('b'.repeat(536));
    expect(d.take()).toEqual([]);
    d.wait(SEC);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 536 }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + 536, wnd: 4000 });
    const rest = d.take();
    expect(rest[0]).toMatchObject({ seq: u32(ISS + 1 + 536) });
    for (let i = 0; i < 10 && d.connection.tcb.sndUna !== u32(ISS + 1 + 4 * 536); i++) {
      d.recv({ flags: ACK, seq: IRS + 1, ack: d.connection.tcb.sndNxt, wnd: 4000 });
    }
    expect(d.connection.tcb.sndUna, 'all of it arrives in the end').toBe(u32(ISS + 1 + 4 * 536));
  });

  // holds: RFC 9293 MUST-35, SHLD-17, MUST-37
  test('to zero: it is probed, and for as long as probes are answered nothing times out', () => {
    const d = shrunk(0);
    for (let i = 0; i < 60; i++) {
      d.wait(d.connection.nextTimer() - d.now);
      const sent = d.take();
      expect(sent.map((s) => [s.seq, s.len])).toEqual([[u32(ISS + 1), 1]]);
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    }
    expect(d.now).toBeGreaterThan(3000 * SEC);
    expect(d.state).toBe('ESTABLISHED');
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 4000 });
    expect(d.take()[0]).toMatchObject({ seq: u32(ISS + 1), len: 536 });
  });
});

describe('zero-window probes', () => {
  // holds: RFC 9293 MUST-36, SHLD-29, SHLD-30
  test('the first after one RTO, then at waits that double up to the bound', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    d.say('waiting');
    const at: number[] = [];
    const start = d.now;
    for (let i = 0; i < 9; i++) {
      const before = d.take().length;
      expect(before).toBe(0);
      d.wait(d.connection.nextTimer() - d.now);
      expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), data: 'w' }]);
      at.push((d.now - start) / SEC);
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    }
    expect(at).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  // holds: RFC 9293 MUST-37, SHLD-17
  test('answered probes keep the connection open for half a day and longer; unanswered ones end it', () => {
    const d = established({ ...PLAIN, dataRetries: 4 });
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    d.say('x');
    for (let i = 0; i < 3000; i++) {
      d.wait(d.connection.nextTimer() - d.now);
      d.take();
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    }
    expect([d.state, d.now > 12 * 3600 * SEC]).toEqual(['ESTABLISHED', true]);
    d.wait(3600 * SEC);
    expect(d.connection.closed).toBe('timeout');
  });

  // holds: RFC 9293 MUST-66
  test('RST counts although the receive window is zero', () => {
    const d = established({ ...PLAIN, rcvBuf: 4, delayedAck: 200 * MS });
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'full' });
    d.recv({ flags: 4, seq: IRS + 5 });
    expect(d.connection.closed).toBe('reset');
  });
});
