/** Times as people read them. */
import { expect, test } from 'vitest';
import { lengthText, momentText } from './time-text.ts';

const SEC = 1e9;

test.each([
  [0, '0 s'],
  [250_000, '250.000 µs'],
  [50e6, '50.000 ms'],
  [3.05 * SEC, '3.050 s'],
  [SEC - 1, '1.000 s'],
  [119.9999 * SEC, '2 min 0.000 s'],
  [123.456 * SEC, '2 min 3.456 s'],
  [3603.4561 * SEC, '1 h 0 min 3.456 s'],
  [90_000 * SEC, '25 h 0 min 0.000 s'],
  [-1e6, '-1.000 ms'],
])('the moment %d ns is %s', (ns, text) => {
  expect(momentText(ns)).toBe(text);
});

test.each([
  [0, '0 s'],
  [40e6, '40 ms'],
  [12.3456 * SEC, '12.3 s'],
  [119.4 * SEC, '119 s'],
  [119.7 * SEC, '2 min'],
  [125 * SEC, '2 min 5 s'],
  [3600 * SEC, '1 h'],
  [3720 * SEC, '1 h 2 min'],
  [273_600 * SEC, '3 d 4 h'],
])('%d ns last %s', (ns, text) => {
  expect(lengthText(ns)).toBe(text);
});
