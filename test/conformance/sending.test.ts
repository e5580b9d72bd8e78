/** Cutting data into segments (RFC 9293 §3.7.4, §3.8.6.2.1, §3.9.1.2): PSH, full segments, Nagle, silly windows. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEC } from '../../src/tcp/types.ts';
import { ACK, established, IRS, ISS, PLAIN, PSH } from '../dialogue.ts';

const u32 = (n: number): number => n >>> 0;
const NAGLE = { ...PLAIN, nagle: true };

describe('PSH', () => {
  // holds: RFC 9293 MUST-61
  test('the last segment of what was handed over has it, the others do not', () => {
    const d = established();
    d.say('a'.repeat(536 * 2 + 10));
    expect(d.take().map((s) => s.flags)).toEqual([ACK, ACK, ACK | PSH]);
    d.say('b'.repeat(536));
    expect(d.take().map((s) => s.flags)).toEqual([ACK | PSH]);
  });

  // holds: RFC 9293 MUST-60
  test('nothing is held back for ever: what Nagle or a small window delays leaves without the application’s help', () => {
    const d = established(NAGLE);
    d.say('a');
    d.say('b');
    expect(d.take().map((s) => s.data)).toEqual(['a']);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2, wnd: 4000 });
    expect(d.take()).toMatchObject([{ data: 'b', flags: ACK | PSH }]);
    const small = established();
    small.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 100 });
    small.say('x'.repeat(300));
    expect(small.take()).toEqual([]);
    small.wait(SEC);
    expect(small.take().map((s) => s.len)).toEqual([100]);
  });

  // holds: RFC 9293 SHLD-27, SHLD-28, MAY-16
  test('many small sends become full segments when they leave together', () => {
    const d = established(NAGLE);
    d.say('!');
    for (let i = 0; i < 134; i++) d.say('0123456789');
    // 1340 bytes wait behind the first: full segments go, the rest is no full one.
    expect(d.take().map((s) => s.len)).toEqual([1, 536, 536]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: u32(ISS + 1 + 1 + 2 * 536), wnd: 4000 });
    expect(d.take()).toMatchObject([{ flags: ACK | PSH, len: 1340 - 2 * 536 }]);
  });
});

describe('Nagle', () => {
  // holds: RFC 9293 SHLD-7
  test('a small segment waits while data is unacknowledged, a full one does not', () => {
    const d = established(NAGLE);
    d.say('one');
    d.say('two');
    d.say('three');
    expect(d.take().map((s) => s.data)).toEqual(['one']);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 4 });
    expect(d.take().map((s) => s.data)).toEqual(['twothree']);
    d.say('x'.repeat(536));
    expect(d.take().map((s) => s.len)).toEqual([536]);
  });

  // holds: RFC 9293 MUST-17
  test('can be switched off for a connection, also while it lasts', () => {
    const d = established(PLAIN);
    for (const text of ['one', 'two', 'three']) d.say(text);
    expect(d.take().map((s) => s.data)).toEqual(['one', 'two', 'three']);
    const later = established(NAGLE);
    later.say('one');
    later.connection.configure({ ...NAGLE, nagle: false }, later.now);
    later.say('two');
    expect(later.take().map((s) => s.data)).toEqual(['one', 'two']);
  });

  test('what was queued when it was switched off goes, and nothing of that lasts beyond the next write', () => {
    const d = established(NAGLE);
    d.say('one');
    d.say('two');
    d.connection.noDelay(true, d.now, d.tx);
    d.connection.noDelay(false, d.now, d.tx);
    expect(d.take().map((s) => s.data)).toEqual(['one', 'two']);
    d.say('three');
    expect(d.take(), 'Nagle is back').toEqual([]);
    const corked = established(NAGLE);
    corked.connection.noDelay(true, corked.now, corked.tx);
    corked.connection.cork(true, corked.now, corked.tx);
    corked.say('held');
    expect(corked.take()).toEqual([]);
    corked.connection.cork(false, corked.now, corked.tx);
    expect(corked.take().map((s) => s.data)).toEqual(['held']);
  });
});

describe('silly windows', () => {
  // holds: RFC 9293 MUST-38
  test('a small piece of window is not filled until it is half of the largest, or the override timeout passes', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 400 });
    d.say('x'.repeat(3000));
    expect(d.take(), '400 is neither a segment nor half of 4000').toEqual([]);
    d.wait(SEC - 1);
    expect(d.take()).toEqual([]);
    d.wait(1);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 400 }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 401, wnd: 536 });
    expect(d.take().map((s) => s.len)).toEqual([536]);
  });

  // holds: RFC 9293 MUST-38, SHLD-28
  test('whatever windows the peer offers, small segments are the exception', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 5, maxLength: 40 }), (windows) => {
        const d = established({ ...PLAIN, sndBuf: 200_000 });
        d.say('x'.repeat(100_000));
        for (const wnd of windows) {
          const sent = d.take();
          for (const s of sent) expect(s.len! === 536 || s.len! >= 2000).toBe(true);
          d.recv({ flags: ACK, seq: IRS + 1, ack: d.connection.tcb.sndNxt, wnd: wnd + 536 });
        }
      }),
      { numRuns: 50 },
    );
  });
});
