import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReceiveBuffer } from './receive-buffer.ts';

/** Slow oracle: a Map from absolute position (BigInt) to byte. */
test('any order of overlapping pieces reassembles like a map of positions, across the wrap', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0n, 0x7fffff80n, 0xffffff80n),
      fc.array(fc.record({ at: fc.nat(300), len: fc.integer({ min: 1, max: 60 }), read: fc.nat(80) }), {
        maxLength: 60,
      }),
      (start, pieces) => {
        const buffer = new ReceiveBuffer();
        const known = new Map<bigint, number>();
        let next = start; // oracle's RCV.NXT, never wrapped
        let consumed = start;
        const byteAt = (position: bigint): number => Number((position * 131n) % 256n);
        for (const piece of pieces) {
          const at = start + BigInt(piece.at);
          for (let i = 0n; i < BigInt(piece.len); i++) known.set(at + i, byteAt(at + i));
          const skip = next > at ? next - at : 0n;
          if (BigInt(piece.len) > skip) {
            const bytes = Uint8Array.from({ length: piece.len }, (_, i) => byteAt(at + BigInt(i)));
            const seq = Number(BigInt.asUintN(32, at + skip));
            const advance = buffer.insert(
              Number(BigInt.asUintN(32, next)),
              seq,
              bytes,
              Number(skip),
              piece.len - Number(skip),
            );
            const before = next;
            while (known.has(next)) next++;
            expect(BigInt(advance)).toBe(next - before);
          }
          const into = new Uint8Array(piece.read);
          const n = buffer.read(into);
          expect(BigInt(n)).toBe(next - consumed < BigInt(piece.read) ? next - consumed : BigInt(piece.read));
          for (let i = 0; i < n; i++) expect(into[i]).toBe(byteAt(consumed + BigInt(i)));
          consumed += BigInt(n);
          expect(BigInt(buffer.readable)).toBe(next - consumed);
        }
        // What SACK would report: maximal runs of known positions beyond the gap.
        const blocks = new Uint32Array(8);
        const count = buffer.sackBlocks(blocks, 4);
        const runs: string[] = [];
        const ahead = [...known.keys()].filter((p) => p > next).sort((a, b) => (a < b ? -1 : 1));
        for (let i = 0; i < ahead.length; ) {
          let j = i;
          while (j + 1 < ahead.length && ahead[j + 1] === ahead[j]! + 1n) j++;
          runs.push(`${BigInt.asUintN(32, ahead[i]!)}-${BigInt.asUintN(32, ahead[j]! + 1n)}`);
          i = j + 1;
        }
        expect(count).toBe(Math.min(4, runs.length));
        for (let i = 0; i < count; i++) expect(runs).toContain(`${blocks[2 * i]}-${blocks[2 * i + 1]}`);
      },
    ),
    { numRuns: 500 },
  );
});

test('the block that changed last is reported first (RFC 2018 §4)', () => {
  const buffer = new ReceiveBuffer();
  const byte = new Uint8Array(1);
  for (const at of [10, 20, 30]) buffer.insert(0, at, byte, 0, 1);
  buffer.insert(0, 21, byte, 0, 1);
  const blocks = new Uint32Array(8);
  expect(buffer.sackBlocks(blocks, 3)).toBe(3);
  expect([...blocks.subarray(0, 2)]).toEqual([20, 22]);
});

test('of what was held already the first run is told (RFC 2883 §4)', () => {
  const buffer = new ReceiveBuffer();
  const text = new Uint8Array(100);
  const again = (): number[] => [buffer.againLeft, buffer.againRight];
  buffer.insert(0, 20, text, 0, 10);
  buffer.insert(0, 40, text, 0, 10);
  expect(again()[0]).toBe(again()[1]);
  buffer.insert(0, 25, text, 0, 10);
  expect(again(), 'the end of one').toEqual([25, 30]);
  buffer.insert(0, 35, text, 0, 10);
  expect(again(), 'next to one and into another').toEqual([40, 45]);
  buffer.insert(0, 60, text, 0, 10);
  buffer.insert(0, 55, text, 0, 20);
  expect(again(), 'all of one').toEqual([60, 70]);
  expect(buffer.insert(0, 0, text, 0, 30)).toBe(50);
  expect(again(), 'in order').toEqual([20, 30]);
  expect(buffer.insert(50, 50, text, 0, 5)).toBe(25);
  expect(again()[0], 'none').toBe(again()[1]);
});
