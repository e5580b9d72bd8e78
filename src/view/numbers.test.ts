import { describe, expect, test } from 'vitest';
import { handshake, MS, RecordingBuilder, X, Y } from '../../test/support/recording-builder.ts';
import { groupDigits, Numbers } from './numbers.ts';

const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

describe('the handshake of RFC 9293 figure 6', () => {
  const [syn, synAck, ack] = handshake().flights.map((f) => f.segment);

  test('symbolic: X, Y and X+1, X+1 and Y+1', () => {
    const n = new Numbers(handshake(), 'symbolic');
    expect(n.seq(syn!)).toBe('X');
    expect([n.seq(synAck!), n.ack(synAck!)]).toEqual(['Y', 'X+1']);
    expect([n.seq(ack!), n.ack(ack!)]).toEqual(['X+1', 'Y+1']);
  });

  test('relative: counted from each ISS, as Wireshark does', () => {
    const n = new Numbers(handshake(), 'relative');
    expect([n.seq(syn!), n.seq(synAck!), n.ack(synAck!), n.seq(ack!), n.ack(ack!)]).toEqual(['0', '0', '1', '1', '1']);
  });

  test('absolute: the numbers of the wire, grouped when asked', () => {
    expect(new Numbers(handshake(), 'absolute').ack(synAck!)).toBe('3257840113');
    expect(new Numbers(handshake(), 'absolute', { group: ' ' }).ack(synAck!)).toBe('3 257 840 113');
  });

  test('a value of a check: local is of the host, remote of its peer', () => {
    const n = new Numbers(handshake(), 'symbolic');
    expect(n.local(X + 1, 0, synAck)).toBe('X+1');
    expect(n.remote(Y, 0, synAck)).toBe('Y');
    expect(n.local(Y + 1, 1, ack)).toBe('Y+1');
    expect(n.remote(X + 1, 1, ack)).toBe('X+1');
    expect(n.remote(X + 1, 1)).toBe('X+1'); // without a segment at hand
  });

  test('rows of a control block: from a known ISS', () => {
    expect(new Numbers(handshake(), 'symbolic').from(X + 1, X)).toBe('X+1');
    expect(new Numbers(handshake(), 'relative').from(Y + 5, Y)).toBe('5');
  });
});

test('X at the top of the sequence space: X+1 is 0', () => {
  const b = new RecordingBuilder();
  b.flight(0, 1, 0, { seq: 0xffffffff, flags: SYN });
  b.flight(1, 0, 40 * MS, { seq: 7, ack: 0, flags: SYN | ACK });
  const n = new Numbers(b.build({ x: 0xffffffff, y: 7 }), 'symbolic');
  expect(n.ack(b.flights[1]!.segment)).toBe('X+1');
});

test('an old duplicate SYN has a numbering of its own, Z as in RFC 9293 figure 12', () => {
  // Figure 9: the old SYN has 90, the new one 100; both are of the same port.
  const b = new RecordingBuilder();
  b.flight(0, 1, 0, { seq: 100, flags: SYN });
  b.flight(0, 1, 0, { seq: 90, flags: SYN }, { scripted: true });
  b.flight(1, 0, 40 * MS, { seq: 300, ack: 91, flags: SYN | ACK });
  b.flight(0, 1, 80 * MS, { seq: 91, flags: RST });
  const n = new Numbers(b.build({ x: 100, y: 300 }), 'symbolic');
  const [fresh, old, answer, reset] = b.flights.map((f) => f.segment);
  expect([n.seq(fresh!), n.seq(old!), n.ack(answer!), n.seq(reset!)]).toEqual(['X', 'Z', 'Z+1', 'Z+1']);
});

test('simultaneous open: the second bare SYN is Y', () => {
  const b = new RecordingBuilder();
  b.flight(0, 1, 0, { seq: 100, flags: SYN });
  b.flight(1, 0, 0, { seq: 300, flags: SYN });
  const n = new Numbers(b.build({ x: 100, y: -1 }), 'symbolic');
  expect(b.flights.map((f) => n.seq(f.segment))).toEqual(['X', 'Y']);
});

test('a number that belongs to no numbering stays raw in every mode', () => {
  const b = new RecordingBuilder();
  b.flight(0, 1, 0, { seq: X, flags: SYN });
  b.flight(1, 0, 40 * MS, { seq: 0, ack: X + 1, flags: RST | ACK }); // RFC 9293 §3.10.7.1: SEQ=0
  for (const mode of ['symbolic', 'relative', 'absolute'] as const) {
    expect(new Numbers(b.build({ y: -1 }), mode).seq(b.flights[1]!.segment)).toBe('0');
  }
});

test('before its ISS a number is X−1, not X+4294967295', () => {
  const [, synAck] = handshake().flights.map((f) => f.segment);
  expect(new Numbers(handshake(), 'symbolic').local(X - 1, 0, synAck)).toBe('X−1');
});

test('groups of three', () => {
  expect([0, 999, 1000, 4294967295].map((n) => groupDigits(n, ' '))).toEqual(['0', '999', '1 000', '4 294 967 295']);
});
