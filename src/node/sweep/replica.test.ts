/** What becomes of a number on its way from a report into a table. */
import { describe, expect, test } from 'vitest';
import { measured } from './replica.ts';

const ask = (compare: '>=' | '<=' | '>' | '<' | '=' | '', than = 5) => ({ name: 'queue.fullAt', compare, than });

describe('measured', () => {
  test('a number is itself; what never happened, or a share of nothing, is none', () => {
    expect(measured(3.25, ask(''))).toBe(3.25);
    expect(measured(Infinity, ask(''))).toBe(null);
    expect(measured(Number.NaN, ask(''))).toBe(null);
    expect(Object.is(measured(-0, ask('')), 0)).toBe(true);
  });

  test.each([
    ['>=', [0, 1, 1]],
    ['<=', [1, 1, 0]],
    ['>', [0, 0, 1]],
    ['<', [1, 0, 0]],
    ['=', [0, 1, 0]],
  ] as const)('%s 5 of 4, 5 and 6', (compare, expected) => {
    expect([4, 5, 6].map((value) => measured(value, ask(compare)))).toEqual(expected);
  });

  test('never is later than any moment, and nothing is no answer', () => {
    expect(measured(Infinity, ask('<='))).toBe(0);
    expect(measured(Number.NaN, ask('<='))).toBe(null);
  });
});
