import { describe, expect, test } from 'vitest';
import {
  CLIENT,
  handshake,
  lostSyn,
  MS,
  RecordingBuilder,
  SERVER,
  X,
  Y,
} from '../../test/support/recording-builder.ts';
import { type LadderTextOptions, ladderLines } from './ladder-text.ts';
import { plainText } from './text-line.ts';

const SYN = 0x02;
const ACK = 0x10;

function draw(recording: ReturnType<typeof handshake>, options: LadderTextOptions = {}): string {
  return `\n${plainText(ladderLines(recording, { numbers: 'symbolic', ...options }))}\n`;
}

// Reviewed by eye against RFC 9293 figures 6 and 7: change them only with a reason.
describe('golden ladders', () => {
  test('the handshake', () => {
    expect(draw(handshake())).toBe(`
sent            Client                                 Server        arrives
    198.51.100.7:49812                                 203.0.113.80:80
0.000 s                │                      listen ┊ LISTEN
0.000 s       SYN-SENT ╏── SYN seq=X ───────────────▶╏ SYN-RECEIVED  0.040 s
0.040 s    ESTABLISHED ┃◀─── SYN/ACK seq=Y ack=X+1 ──╏               0.080 s
0.080 s                ┃── ACK seq=X+1 ack=Y+1 ─────▶┃ ESTABLISHED   0.120 s
`);
  });

  test('the first SYN is lost: cut, silence compressed, sent again', () => {
    expect(draw(lostSyn(), { options: true })).toBe(`
sent            Client                                 Server        arrives
    198.51.100.7:49812                                 203.0.113.80:80
0.000 s                │                      listen ┊ LISTEN
0.000 s       SYN-SENT ╏── SYN seq=X ───✕┈┈┈┈┈┈┈┈┈┈┈┈┊               lost at 0.023 s
                       ╏   MSS 1460 · SACK · WS 7    ┊
                       ╏  ≈ 0.96 s, nothing sent ≈   ┊
1.000 s                ╏── SYN seq=X again ─────────▶╏ SYN-RECEIVED  1.040 s
                       ╏   MSS 1460 · SACK · WS 7    ╏
1.040 s    ESTABLISHED ┃◀─── SYN/ACK seq=Y ack=X+1 ──╏               1.080 s
                       ┃    MSS 1460 · SACK · WS 7   ╏
1.080 s                ┃── ACK seq=X+1 ack=Y+1 ─────▶┃ ESTABLISHED   1.120 s
`);
  });

  test('after a step, what is on its way has no end yet', () => {
    expect(draw(lostSyn(), { step: 4 })).toContain('1.040 s                ╏… ◁─ SYN/ACK seq=Y ack=X+1 ──╏');
  });

  test('simultaneous open: crossing segments are broken by an ellipsis, as in figure 7', () => {
    const b = new RecordingBuilder();
    const one = b.flight(0, 1, 0, { seq: X, flags: SYN });
    b.step(0, { label: 'connect', host: 0, states: { 0: 'SYN-SENT' }, sent: [one] });
    const two = b.flight(1, 0, 10 * MS, { seq: Y, flags: SYN });
    b.step(10 * MS, { label: 'connect', host: 1, states: { 1: 'SYN-SENT' }, sent: [two] });
    const three = b.flight(1, 0, 40 * MS, { seq: Y, ack: X + 1, flags: SYN | ACK });
    b.step(40 * MS, { kind: 'arrive', host: 1, flight: one, states: { 1: 'SYN-RECEIVED' }, sent: [three] });
    const four = b.flight(0, 1, 50 * MS, { seq: X, ack: Y + 1, flags: SYN | ACK });
    b.step(50 * MS, { kind: 'arrive', host: 0, flight: two, states: { 0: 'SYN-RECEIVED' }, sent: [four] });
    b.step(80 * MS, { kind: 'arrive', host: 0, flight: three, states: { 0: 'ESTABLISHED' } });
    b.step(90 * MS, { kind: 'arrive', host: 1, flight: four, states: { 1: 'ESTABLISHED' } });
    expect(draw(b.build())).toBe(`
sent            Client                                 Server        arrives
    198.51.100.7:49812                                 203.0.113.80:80
0.000 s       SYN-SENT ╏── SYN seq=X ─────────────▷ …│
0.010 s                ╏… ◁───────────── SYN seq=Y ──╏ SYN-SENT
                       ╏…─ SYN seq=X ───────────────▶╏ SYN-RECEIVED  0.040 s
0.040 s                ╏… ◁─ SYN/ACK seq=Y ack=X+1 ──╏
          SYN-RECEIVED ╏◀─────────────── SYN seq=Y ─…╏               0.050 s
0.050 s                ╏── SYN/ACK seq=X ack=Y+1 ─▷ …╏
           ESTABLISHED ┃◀─── SYN/ACK seq=Y ack=X+1 ─…╏               0.080 s
                       ┃…─ SYN/ACK seq=X ack=Y+1 ───▶┃ ESTABLISHED   0.090 s
`);
  });

  test('three hosts: a segment passes by the lifeline between', () => {
    const b = new RecordingBuilder([CLIENT, { ...SERVER, name: 'router' }, { ...SERVER, address: '203.0.113.81' }]);
    const syn = b.flight(0, 2, 0, { seq: X, flags: SYN });
    b.step(0, { label: 'connect', host: 0, states: { 0: 'SYN-SENT' }, sent: [syn] });
    b.step(20 * MS, { label: 'listen', host: 1, states: { 1: 'LISTEN' } });
    b.step(40 * MS, { kind: 'arrive', host: 2, flight: syn });
    expect(draw(b.build())).toBe(`
sent            Client                                 Router                        Server        arrives
    198.51.100.7:49812                                 203.0.113.80:80               203.0.113.81:80
0.000 s       SYN-SENT ╏── SYN seq=X ────────────────┼────────────────────────────▶│               0.040 s
0.020 s                ╏                             ┊ listen                      │
                       ╏                             ┊ LISTEN                      │
`);
  });
});

test('no line is longer than the ladder is wide, and none ends in blanks', () => {
  for (const line of draw(lostSyn(), { numbers: 'absolute' }).split('\n')) {
    expect(line.length).toBeLessThanOrEqual(110);
    expect(line).toBe(line.trimEnd());
  }
});
