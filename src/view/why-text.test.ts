import { expect, test } from 'vitest';
import { handshake, MS, RecordingBuilder, X, Y } from '../../test/support/recording-builder.ts';
import type { WhyNote } from '../sim/recording.ts';
import type { Rule } from '../tcp/why.ts';
import { Numbers } from './numbers.ts';
import { whyLine, whyMark } from './why-text.ts';

const ACK_NEW: Rule = {
  id: 'ack-new',
  ref: 'RFC 9293 §3.10.7.4',
  text: 'SND.UNA {0} < SEG.ACK {1} =< SND.NXT {2}',
  values: ['local', 'local', 'local'],
};
const ROOM: Rule = { id: 'room', ref: 'Linux', text: 'Room in the queue: {0} > {1}', values: ['n', 'n'] };
const ARMED: Rule = { id: 'armed', ref: 'RFC 6298 §5.1', text: 'timer armed for {0}', values: ['ns'] };
const BAD_RST: Rule = { id: 'rst', ref: 'RFC 5961 §3', text: 'RST in the window: challenge', values: [] };

const recording = handshake();
const ack = recording.flights[2]!.segment;
const symbolic = new Numbers(recording, 'symbolic');

function note(rule: Rule, held: boolean, values: WhyNote['values'], kind: WhyNote['kind'] = 'check'): WhyNote {
  return { kind, rule, held, values };
}

test('values filled in, with the mode of the page', () => {
  const held = note(ACK_NEW, true, [Y, Y + 1, Y + 1]);
  expect(whyLine(held, 1, symbolic, ack).text).toBe('SND.UNA Y < SEG.ACK Y+1 ≤ SND.NXT Y+1');
  const absolute = new Numbers(recording, 'absolute');
  expect(whyLine(held, 1, absolute, ack).text).toBe('SND.UNA 811402936 < SEG.ACK 811402937 ≤ SND.NXT 811402937');
});

test('a failed check is as visible as a passed one: cross and words', () => {
  // The lab design: "Room in the queue: 0 > 128 is false."
  const line = whyLine(note(ROOM, false, [0, 128, 0]), 1, symbolic);
  expect([whyMark(line), line.text]).toEqual(['✕', 'Room in the queue: 0 > 128 is false']);
  expect(whyLine(note(BAD_RST, false, [0, 0, 0]), 1, symbolic).text).toBe('RST in the window: challenge: no');
});

test('durations in words; an act has a mark of its own', () => {
  const line = whyLine(note(ARMED, true, [1_000_000_000, 0, 0], 'act'), 0, symbolic);
  expect([whyMark(line), line.text, line.ref]).toEqual(['→', 'timer armed for 1 s', 'RFC 6298 §5.1']);
});

test('parts keep the raw value for links between views', () => {
  const line = whyLine(note(ACK_NEW, true, [Y, X, 0]), 1, symbolic, ack);
  expect(line.parts[1]).toEqual({ text: 'Y', kind: 'local', value: Y });
});

test('the far edge of a window is counted from where its near edge is', () => {
  // RFC 9293 figure 9's numbers: 100 and, after a crash, 400 of the same port; a window of 65535 ends beyond both.
  const b = new RecordingBuilder();
  const first = b.flight(0, 1, 0, { seq: 100, flags: 0x02 });
  b.flight(0, 1, 500 * MS, { seq: 400, flags: 0x02 });
  const window: Rule = {
    id: 'seq-acceptable',
    ref: 'RFC 9293 §3.10.7.4',
    text: 'RCV.NXT {0} <= SEG.SEQ {1} < RCV.NXT + RCV.WND {2}',
    values: ['remote', 'remote', 'remote'],
  };
  const numbers = new Numbers(b.build({ x: 100, y: -1 }), 'symbolic');
  const line = whyLine(note(window, true, [101, 400, 101 + 65535]), 1, numbers, b.flights[first]!.segment);
  expect(line.text).toBe('RCV.NXT X+1 ≤ SEG.SEQ X2 < RCV.NXT + RCV.WND X+65536');
});
