import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HalfOpen } from './half-open.ts';
import { SynQueue } from './syn-queue.ts';
import { SEC } from './types.ts';

const secret = Uint32Array.of(9, 8, 7, 6);
const queue = (): SynQueue => new SynQueue(80, 100, 101, 6, secret);

function entry(i: number, v6 = false): HalfOpen {
  const h = new HalfOpen();
  h.local = v6 ? 2 ** 32 : 0xc0000201;
  h.localPort = 80;
  h.remote = (v6 ? 2 ** 32 : 0) + i;
  h.remotePort = (i * 7 + 1) & 0xffff;
  h.iss = (0xfffffff0 + i) >>> 0;
  h.irs = (0x7ffffff0 + i) >>> 0;
  h.mss = 65535 - (i & 0xff);
  h.wnd = 65535;
  h.ws = (i % 16) - 1;
  h.sackPerm = i % 2 === 0;
  h.tsRecent = i % 3 === 0 ? -1 : (0xffffff00 + i) >>> 0;
  h.tsOffset = 0x80000000 + i;
  h.synackAt = i;
  return h;
}

describe('SynQueue', () => {
  test('a row gives back what went in, IPv4 and IPv6, values above 2^31 included', () => {
    const q = queue();
    const out = new HalfOpen();
    for (let i = 0; i < 100; i++) {
      for (const v6 of [false, true]) {
        const row = q.insert(entry(i, v6), 0x90000000 + i);
        q.arm(row, i + SEC);
        q.read(row, out);
        expect(out).toEqual(entry(i, v6));
        expect(q.tsFirst(row)).toBe(0x90000000 + i);
      }
    }
    // Same low word, other family: another connection.
    const a = entry(5);
    const b = entry(5, true);
    expect(q.find(a.local, a.remote, a.remotePort)).not.toBe(q.find(b.local, b.remote, b.remotePort));
    expect(q.find(a.local, b.remote + 1000, a.remotePort)).toBe(-1);
  });

  test('any order of inserting, re-arming and removing equals a Map and a sorted list', () => {
    const step = fc.record({ op: fc.integer({ min: 0, max: 3 }), id: fc.integer({ min: 0, max: 60 }), dt: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const q = queue();
        const model = new Map<number, { at: number; level: number }>();
        let now = 0;
        for (const { op, id, dt } of steps) {
          now += dt;
          const h = entry(id);
          const row = q.find(h.local, h.remote, h.remotePort);
          expect(row >= 0).toBe(model.has(id));
          if (row < 0) {
            q.arm(q.insert(h, 0), now + 10);
            model.set(id, { at: now + 10, level: 0 });
          } else if (op < 2) {
            q.remove(row);
            model.delete(id);
          } else {
            const level = op === 2 ? model.get(id)!.level : Math.min(5, model.get(id)!.level + 1);
            q.rearm(row, now, level, now + 10 * 2 ** level);
            model.delete(id);
            model.set(id, { at: now + 10 * 2 ** level, level });
          }
          expect(q.length).toBe(model.size);
          expect(q.nextTimer()).toBe(Math.min(Infinity, ...[...model.values()].map((m) => m.at)));
        }
        let seen = 0;
        for (let row = q.oldest(); row >= 0; row = q.newer(row)) seen++;
        expect(seen).toBe(model.size);
        const fired: number[] = [];
        for (let row = q.due(Infinity); row >= 0; row = q.due(Infinity)) {
          fired.push(q.firesAt(row));
          q.remove(row);
        }
        expect(fired).toEqual([...model.values()].map((m) => m.at).sort((x, y) => x - y));
        expect(q.nextTimer()).toBe(Infinity);
      }),
      { numRuns: 300 },
    );
  });

  test('timers stay sorted even when the clock goes back', () => {
    const q = queue();
    for (const [i, at] of [30, 10, 20, 10, 5].entries()) q.arm(q.insert(entry(i), 0), at);
    const order: number[] = [];
    const h = new HalfOpen();
    for (let row = q.due(100); row >= 0; row = q.due(100)) {
      q.read(row, h);
      order.push(h.remote);
      q.remove(row);
    }
    expect(order).toEqual([4, 1, 3, 2, 0]); // equal deadlines in the order armed
  });

  test('oldest is the first that came and is still there; rows are reused', () => {
    const q = queue();
    const rows = [0, 1, 2].map((i) => q.insert(entry(i), 0));
    for (const row of rows) q.arm(row, 1);
    expect(q.oldest()).toBe(rows[0]);
    q.remove(rows[0]!);
    expect(q.oldest()).toBe(rows[1]);
    expect(q.occupied(rows[0]!)).toBe(false);
    expect(q.insert(entry(3), 0)).toBe(rows[0]);
    expect(q.oldest()).toBe(rows[1]);
    expect(q.rows).toBe(3);
  });

  // holds: RFC 4987 R1, R4
  test('at most 96 bytes per entry, all in, at a million entries', () => {
    const q = queue();
    for (let i = 0; i < 1_000_000; i++) q.arm(q.insert(entry(i), 0), i);
    expect(q.length).toBe(1_000_000);
    expect(q.bytes / q.length).toBeLessThanOrEqual(96);
    expect(q.find(entry(777_777).local, 777_777, entry(777_777).remotePort)).toBeGreaterThanOrEqual(0);
  });
});
