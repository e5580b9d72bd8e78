/** When acknowledgments go (RFC 9293 §3.8.6.3, §3.10.7.4; RFC 5681 §4.2). */
import { describe, expect, test } from 'vitest';
import { LINUX6, RFC9293 } from '../../src/tcp/config.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { ACK, established, FIN, IRS, ISS, PLAIN, PSH } from '../dialogue.ts';

const u32 = (n: number): number => n >>> 0;
const DELAYED = { ...PLAIN, delayedAck: 200 * MS, rcvBuf: 20_000 };
const FULL = 'x'.repeat(536);

// holds: RFC 9293 SHLD-18, MUST-40
test.each([
  ['rfc9293', RFC9293],
  ['linux-6', LINUX6],
])('%s: a lone segment is acknowledged later, but within half a second', (_name, profile) => {
  const d = established({ ...PLAIN, delayedAck: profile.delayedAck });
  d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'x' });
  expect(d.take()).toEqual([]);
  d.wait(SEC / 2 - 1);
  expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 2) }]);
});

// holds: RFC 9293 SHLD-19
test('every second full-sized segment is acknowledged at once', () => {
  const d = established(DELAYED);
  let acks = 0;
  for (let i = 0; i < 10; i++) {
    d.recv({ flags: ACK, seq: IRS + 1 + i * 536, ack: ISS + 1, data: FULL });
    const now = d.take();
    if (i % 2 === 1) expect(now).toMatchObject([{ ack: u32(IRS + 1 + (i + 1) * 536) }]);
    acks += now.length;
  }
  expect(acks).toBe(5);
});

describe('one ACK for many', () => {
  // holds: RFC 9293 MUST-58
  test('an acknowledgment rides on data that goes anyway, and text with FIN gets one', () => {
    const d = established(DELAYED);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'question' });
    d.say('answer');
    expect(d.take()).toMatchObject([{ flags: ACK | PSH, ack: u32(IRS + 9), data: 'answer' }]);
    d.wait(SEC / 2);
    expect(d.take(), 'nothing is owed any more but the repetition').toEqual([]);
    d.recv({ flags: ACK | FIN, seq: IRS + 9, ack: ISS + 7, data: 'bye' });
    expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 13) }]);
  });

  // holds: RFC 9293 MUST-59, MUST-58
  test('segments held beyond a gap are all processed before the one ACK that its filling brings', () => {
    const d = established(DELAYED);
    for (let i = 5; i >= 1; i--) d.recv({ flags: ACK, seq: IRS + 1 + i * 536, ack: ISS + 1, data: FULL });
    d.take();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: FULL });
    expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 1 + 6 * 536) }]);
  });
});

describe('out of order', () => {
  // holds: RFC 9293 SHLD-31
  test('segments beyond a gap are held and delivered when it is filled', () => {
    const d = established(DELAYED);
    d.recv({ flags: ACK, seq: IRS + 7, ack: ISS + 1, data: 'ghi' });
    d.recv({ flags: ACK, seq: IRS + 4, ack: ISS + 1, data: 'def' });
    expect(d.read()).toBe('');
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'abc' });
    expect(d.read()).toBe('abcdefghi');
  });

  // holds: RFC 9293 MAY-13
  test('and each is acknowledged at once, with the number that is still missing', () => {
    const d = established(DELAYED);
    for (const at of [3, 9, 6]) {
      d.recv({ flags: ACK, seq: IRS + 1 + at, ack: ISS + 1, data: 'xyz' });
      expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 1) }]);
    }
  });
});
