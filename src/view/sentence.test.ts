import { describe, expect, test } from 'vitest';
import { handshake, lostSyn, MS, RecordingBuilder, X } from '../../test/support/recording-builder.ts';
import { Numbers } from './numbers.ts';
import { stepSentence } from './sentence.ts';

const RST = 0x04;
const ACK = 0x10;

function sentences(recording: ReturnType<typeof handshake>, mode: 'absolute' | 'symbolic' = 'symbolic'): string[] {
  const numbers = new Numbers(recording, mode);
  return recording.steps.map((step) => stepSentence(recording, step, numbers));
}

test("the lab design's own sentence", () => {
  const receives = sentences(lostSyn(), 'absolute')[4]!;
  // The design writes it for the second SYN, without saying so.
  expect(receives.replace('SYN again', 'SYN')).toBe(
    '1.040 s. Server receives SYN, enters SYN-RECEIVED and sends SYN/ACK, sequence 811402936, acknowledgment 3257840113.',
  );
});

test('the handshake of the lesson', () => {
  expect(sentences(handshake())).toEqual([
    '0.000 s. Server listens on port 80 and enters LISTEN.',
    '0.000 s. Client opens a connection, enters SYN-SENT and sends SYN, sequence X.',
    '0.040 s. Server receives SYN, enters SYN-RECEIVED and sends SYN/ACK, sequence Y, acknowledgment X+1.',
    '0.080 s. Client receives SYN/ACK, enters ESTABLISHED and sends ACK, sequence X+1, acknowledgment Y+1.',
    '0.120 s. Server receives ACK, sequence X+1, acknowledgment Y+1, and enters ESTABLISHED.',
  ]);
});

test('loss and timer', () => {
  const [, , lost, timer] = sentences(lostSyn());
  expect(lost).toBe('0.023 s. SYN from Client is lost on the way. Nobody is told.');
  expect(timer).toBe("1.000 s. Client's retransmission timer expires: it sends SYN again, sequence X.");
});

describe('other endings', () => {
  test('refused', () => {
    const b = new RecordingBuilder();
    const syn = b.flight(0, 1, 0, { seq: X, flags: 0x02 });
    b.step(0, { label: 'connect', states: { 0: 'SYN-SENT' }, sent: [syn] });
    const reset = b.flight(1, 0, 40 * MS, { seq: 0, ack: X + 1, flags: RST | ACK });
    b.step(40 * MS, { kind: 'arrive', host: 1, flight: syn, sent: [reset] });
    b.step(80 * MS, { kind: 'arrive', host: 0, flight: reset, states: { 0: 'CLOSED' } });
    expect(sentences(b.build({ y: -1 }))).toEqual([
      '0.000 s. Client opens a connection, enters SYN-SENT and sends SYN, sequence X.',
      '0.040 s. Server receives SYN and sends RST/ACK, sequence 0, acknowledgment X+1.',
      '0.080 s. Client receives RST/ACK, sequence 0, acknowledgment X+1, and returns to CLOSED.',
    ]);
  });

  test('an arrival without any effect says so', () => {
    const b = new RecordingBuilder();
    const reset = b.flight(0, 1, 0, { seq: X, flags: RST });
    b.step(40 * MS, { kind: 'arrive', host: 1, flight: reset });
    expect(sentences(b.build({ y: -1 }))).toEqual(['0.040 s. Server receives RST, sequence X, and changes nothing.']);
  });

  test('a copy made on the way, and a segment out of nowhere', () => {
    const b = new RecordingBuilder();
    const syn = b.flight(0, 1, 0, { seq: X, flags: 0x02 });
    const copy = b.flight(0, 1, 10 * MS, { seq: X, flags: 0x02 }, { copyOf: syn });
    const old = b.flight(0, 1, 20 * MS, { seq: 90, flags: 0x02 }, { scripted: true });
    b.step(10 * MS, { kind: 'inject', flight: copy }).step(20 * MS, { kind: 'inject', flight: old });
    expect(sentences(b.build({ y: -1 }))).toEqual([
      '0.010 s. A second SYN of Client, made on the way, is bound for Server.',
      "0.020 s. A segment in Client's name that Client did not send now is on its way to Server: SYN, sequence Z.",
    ]);
  });

  test('what somebody dropped, and what a filter ate', () => {
    const b = new RecordingBuilder();
    const mine = b.flight(0, 1, 0, { seq: X, flags: 0x02 }, { fate: 'user', lostAt: 10 * MS });
    const theirs = b.flight(0, 1, 0, { seq: X, flags: 0x02 }, { fate: 'filtered', lostAt: 40 * MS, again: true });
    b.step(10 * MS, { kind: 'lost', flight: mine });
    b.step(40 * MS, { kind: 'lost', flight: theirs });
    expect(sentences(b.build())).toEqual([
      '0.010 s. SYN from Client is dropped by you. Nobody is told.',
      '0.040 s. SYN again from Client is discarded by a filter. Nobody is told.',
    ]);
  });
});

test('times closer than a millisecond get more decimals', () => {
  const times = (apart: number): string[] => {
    const b = new RecordingBuilder();
    b.step(1_000_000, { label: 'accept', host: 1 }).step(1_000_000 + apart, { label: 'close', host: 1 });
    return sentences(b.build()).map((s) => s.split('. ')[0]!);
  };
  expect(times(2_000_000)).toEqual(['0.001 s', '0.003 s']);
  expect(times(4_000)).toEqual(['0.001000 s', '0.001004 s']);
  expect(times(400)).toEqual(['0.001000000 s', '0.001000400 s']);
});
