/** The short run of the capture fuzzer; `npm run fuzz -- --target captures --seconds 600` is the long one. */
import { describe, expect, test } from 'vitest';
import { captureOf, examine, runCapture } from './fuzz/captures.ts';
import { Dice } from './fuzz/dice.ts';

const SEEDS = 600;
/** Bytes that are damaged one after the other: headers of the file and of several packets, with all that repeats. */
const FIRST_BYTES = 600;

test('damaged captures give verdicts or a message, and what is counted adds up', () => {
  for (let seed = 1; seed <= SEEDS; seed++) runCapture(seed);
});

describe('a sound capture', () => {
  test.each([1, 2, 3, 4])('cut at every byte (%i)', (seed) => {
    const file = captureOf(new Dice(seed));
    for (let length = 0; length < Math.min(file.length, FIRST_BYTES); length++) {
      examine(file.subarray(0, length), new Dice(length));
    }
  });

  test.each([1, 2, 3, 4])('with an absurd number at every word (%i)', (seed) => {
    const file = captureOf(new Dice(seed));
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    for (let at = 0; at + 4 <= Math.min(file.length, FIRST_BYTES); at += 4) {
      const before = view.getUint32(at);
      for (const absurd of [0, 0x0700_0000, 0xffff_fffc]) {
        view.setUint32(at, absurd);
        examine(file, new Dice(at));
      }
      view.setUint32(at, before);
    }
  });
});

test('a 4 GiB block length is a message, not memory', () => {
  const file = captureOf(new Dice(1));
  const held = process.memoryUsage().arrayBuffers;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  view.setUint32(4, 0xffff_fffc, true);
  view.setUint32(8, 0xffff_fffc, true);
  const examiner = examine(file, new Dice(1));
  expect(examiner.counts.packets).toBeLessThan(100);
  expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(64 << 20);
});
