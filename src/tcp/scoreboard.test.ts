import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Scoreboard } from './scoreboard.ts';

/** Oracle: a set of positions. `base` puts the ranges across the wrap. */
test('behaves like a set of positions', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0x7fffff80, 0xffffff80),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 40 })), { maxLength: 40 }),
      fc.integer({ min: 0, max: 200 }),
      (base, ranges, una) => {
        const board = new Scoreboard();
        const held = new Set<number>();
        const seq = (p: number): number => (base + p) >>> 0;
        for (const [left, len] of ranges) {
          let news = false;
          for (let p = left; p < left + len; p++) {
            if (!held.has(p)) news = true;
            held.add(p);
          }
          expect(board.add(seq(left), seq(left + len))).toBe(news);
        }
        expect(board.bytes()).toBe(held.size);
        board.prune(seq(una));
        for (const p of [...held]) if (p < una) held.delete(p);
        expect(board.bytes()).toBe(held.size);
        expect(board.empty).toBe(held.size === 0);
        let hole = una;
        while (held.has(hole)) hole++;
        expect(board.nextHole(seq(una))).toBe(seq(hole));
        let length = 0;
        while (length < 50 && !held.has(hole + length)) length++;
        expect(board.holeLength(seq(hole), 50)).toBe(length);
        let missing = 0;
        for (let p = una; p < 260; p++) if (!held.has(p)) missing++;
        expect(board.missing(seq(una), seq(Math.max(una, 260)))).toBe(missing);
      },
    ),
    { numRuns: 500 },
  );
});
