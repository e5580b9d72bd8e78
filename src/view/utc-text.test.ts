/** Dates against the language's own calendar, which engine layers may not use. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utcText } from './utc-text.ts';

test('is what Date says, over all years of four digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
      const sec = Math.floor(ms / 1000);
      expect(utcText(sec, (ms - sec * 1000) * 1e6, 3)).toBe(new Date(ms).toISOString());
    }),
  );
});

test('carries nanoseconds beyond a second, and keeps all nine digits', () => {
  expect(utcText(951_782_399, 1_000_000_001)).toBe('2000-02-29T00:00:00.000000001Z');
  expect(utcText(0, -1)).toBe('1969-12-31T23:59:59.999999999Z');
  expect(utcText(0, 0, 0)).toBe('1970-01-01T00:00:00Z');
});
