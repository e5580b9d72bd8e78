import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packet } from '../wire/packet.ts';
import { ACK, FIN, RST, SYN } from '../wire/segment.ts';
import { HandshakeTracker } from './handshake-tracker.ts';
import type { Limits } from './row-keeper.ts';
import { VERDICT_NAMES } from './verdict.ts';

const SECOND = 1e9;
const SERVER = 9;

/** A tracker that notes every row it is done with, as 'client x verdict'. */
function bounded(limits: Limits) {
  const told: string[] = [];
  const packet = new Packet();
  packet.network = 4;
  let number = 0;
  const tracker: HandshakeTracker = new HandshakeTracker({
    limits,
    done: (row) => {
      const t = tracker.handshakes;
      told.push(`${t.client(row)} ${t.x(row)} ${VERDICT_NAMES[t.verdict(row)]}`);
    },
  });
  const self = {
    tracker,
    told,
    up(ts: number, client: number, flags: number, seq: number, ack = 0) {
      packet.ipId = ++number & 0xffff;
      Object.assign(packet.seg, { src: client, sport: 1024, dst: SERVER, dport: 80, flags, seq, ack, len: 0 });
      tracker.onSegment(ts, packet, number);
    },
    down(ts: number, client: number, flags: number, seq: number, ack: number) {
      packet.ipId = ++number & 0xffff;
      Object.assign(packet.seg, { src: SERVER, sport: 80, dst: client, dport: 1024, flags, seq, ack, len: 0 });
      tracker.onSegment(ts, packet, number);
    },
    connect(ts: number, client: number) {
      self.up(ts, client, SYN, 100);
      self.down(ts, client, SYN | ACK, 500, 101);
      self.up(ts, client, ACK, 101, 501);
    },
  };
  return self;
}

test('silent attempts go after the longest wait of Linux, closed ones after 2 MSL, established ones never', () => {
  const c = bounded({ quiet: 1 });
  c.connect(0, 1);
  c.connect(0, 2);
  c.up(SECOND, 2, FIN | ACK, 101, 501);
  c.down(SECOND, 2, FIN | ACK, 501, 102);
  c.up(SECOND, 3, SYN, 7);
  c.up(SECOND, 4, SYN, 8);
  c.down(SECOND, 4, RST | ACK, 0, 9);
  // Other hosts come; the hand looks at two rows for each.
  for (let i = 0; i < 20; i++) c.up((59 + i / 100) * SECOND, 100 + i, SYN, 1);
  expect(c.told).toEqual([]);
  for (let i = 0; i < 40; i++) c.up((62 + i / 100) * SECOND, 200 + i, SYN, 1);
  expect(c.told.sort()).toEqual(['2 100 completed', '4 8 refused']);
  for (let i = 0; i < 80; i++) c.up((132 + i / 100) * SECOND, 300 + i, SYN, 1);
  expect(c.told.sort()).toEqual(['2 100 completed', '3 7 unanswered', '4 8 refused']);
  expect([c.tracker.expired, c.tracker.evicted]).toEqual([3, 0]);
});

test('at the limit old attempts make room, connections do not', () => {
  const c = bounded({ maxAttempts: 16 });
  for (let i = 0; i < 8; i++) c.connect(i, i);
  for (let i = 0; i < 1000; i++) c.up(1000 + i, 1000 + i, SYN, i);
  expect(c.tracker.handshakes.held).toBe(16);
  expect(c.tracker.evicted).toBe(992);
  expect(c.told.every((line) => line.endsWith('unanswered'))).toBe(true);
  c.tracker.finish(SECOND);
  expect(c.told.filter((line) => line.endsWith('completed')).length).toBe(8);
});

test('every row is told of once, whatever the limits, and totals need no rows', () => {
  const step = fc.tuple(fc.nat(40), fc.constantFrom('syn', 'connect', 'reset', 'close'), fc.nat(20));
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.record({ maxAttempts: fc.integer({ min: 1, max: 20 }), quiet: fc.integer({ min: 1, max: 20 }) }),
      (steps, limits) => {
        const c = bounded(limits);
        let now = 0;
        for (const [client, what, wait] of steps) {
          now += wait * SECOND;
          if (what === 'syn') c.up(now, client, SYN, now / SECOND);
          if (what === 'connect') c.connect(now, client);
          if (what === 'reset') c.down(now, client, RST | ACK, 0, now / SECOND + 1);
          if (what === 'close') c.up(now, client, FIN | ACK, 101, 501);
          expect(c.tracker.handshakes.held).toBeLessThanOrEqual(limits.maxAttempts);
        }
        c.tracker.finish(now);
        const { byVerdict } = c.tracker.book;
        expect(c.told.length).toBe(byVerdict.reduce((sum, count) => sum + count, 0));
        VERDICT_NAMES.forEach((name, verdict) => {
          expect(c.told.filter((line) => line.endsWith(` ${name}`)).length).toBe(byVerdict[verdict]);
        });
        expect(c.tracker.expired + c.tracker.evicted + c.tracker.handshakes.held).toBe(c.told.length);
      },
    ),
    { numRuns: 200 },
  );
});

test('a hundred thousand attempts on one pair of sockets are each found again', () => {
  const c = bounded({});
  const many = 100_000;
  for (let i = 0; i < many; i++) c.up(i, 1, SYN, i * 40_000);
  for (let i = 0; i < many; i++) c.down(many + i, 1, SYN | ACK, 5, (i * 40_000 + 1) >>> 0);
  expect(c.tracker.handshakes.held).toBe(many);
  expect(c.tracker.book.byVerdict[1]).toBe(many);
});
