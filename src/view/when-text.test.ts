import { expect, test } from 'vitest';
import { endText, firstAndLastText, onsetText, whenText } from './when-text.ts';

const SEC = 1e9;
/** From somewhere in second 4 to somewhere in second 23. */
const TO_THE_SECOND = { onset: 4 * SEC, onsetWithin: SEC, end: 24 * SEC, endWithin: SEC };

test('to the packet, to the second, and to what a step of a long capture allows', () => {
  expect(whenText({ ...TO_THE_SECOND, onset: 4.365 * SEC, onsetWithin: 0 }, 60 * SEC)).toBe(
    'from 4.365 s to second 23 (about 20 s)',
  );
  expect(whenText(TO_THE_SECOND, 60 * SEC)).toBe('from second 4 to second 23 (about 20 s)');
  const scan = { onset: 0.25 * SEC, onsetWithin: 0, end: 2.75 * SEC, endWithin: 0 };
  expect(whenText(scan, 60 * SEC)).toBe('from 250.000 ms to 2.750 s (2.5 s)');
  const long = { onset: 128 * SEC, onsetWithin: 8 * SEC, end: 1024 * SEC, endWithin: 8 * SEC };
  expect(whenText(long, 4000 * SEC)).toBe(
    'from about 2 min 8 s to about 17 min 4 s (about 14 min 56 s, give or take 8 s)',
  );
});

test('what still goes on has no end that could be vague', () => {
  const when = { ...TO_THE_SECOND, end: -1 };
  expect(whenText(when, 9.5 * SEC)).toBe('from second 4, still going on at the end of the capture (about 6 s)');
  expect(whenText({ ...when, onsetWithin: 0 }, 9.5 * SEC)).toBe(
    'from 4.000 s, still going on at the end of the capture (5.5 s)',
  );
});

test('what was above a threshold was so first and last, and in a second where no more is known', () => {
  expect(firstAndLastText(TO_THE_SECOND)).toBe('first in second 4, last in second 23');
  expect(firstAndLastText({ onset: 0, onsetWithin: 0, end: 2.75 * SEC, endWithin: 0 })).toBe(
    'first at 0 s, last at 2.750 s',
  );
  const blocks = { onset: 0, onsetWithin: 10 * SEC, end: 130 * SEC, endWithin: 10 * SEC };
  expect(firstAndLastText(blocks)).toBe('first at about 0 s, last at about 2 min 10 s, give or take 10 s');
});

test('the first second is second 0', () => {
  const when = { onset: 0, onsetWithin: SEC, end: SEC, endWithin: SEC };
  expect([onsetText(when), endText(when)]).toEqual(['second 0', 'second 0']);
});
