/** Adaptive cookies: on above a quarter, off below 12 % counting cookies that are out, looked at each 15 s (pf). */
import { describe, expect, test } from 'vitest';
import { adaptiveCookies } from '../../src/tcp/policy/adaptive-cookies.ts';
import { SEC } from '../../src/tcp/types.ts';
import { Bout } from './bout.ts';

/** Capacity 100: on above 25, off below 12. */
const bouts = (): Bout => new Bout({ backlog: 99, policy: adaptiveCookies() });

/** Whether a SYN of a new client gets a cookie now. The client disappears again. */
function cookieNow(bout: Bout, i: number): boolean {
  const { counters } = bout.listener;
  const sent = counters.SyncookiesSent;
  bout.syn(i);
  if (counters.SyncookiesSent > sent) return true;
  bout.rst(i);
  return false;
}

describe('hysteresis', () => {
  test('begins with the SYN that finds more than a quarter of the table taken', () => {
    const bout = bouts();
    bout.flood(0, 26);
    expect(bout.listener.counters.SyncookiesSent).toBe(0);
    expect(cookieNow(bout, 100)).toBe(true);
    expect(bout.half).toBe(26);
  });

  test('does not end before the next look, however empty the table', () => {
    const bout = bouts();
    bout.flood(0, 27);
    for (let i = 0; i < 26; i++) bout.rst(i);
    expect(bout.half).toBe(0);
    bout.now = 15 * SEC - 1;
    expect(cookieNow(bout, 100)).toBe(true);
    bout.now = 15 * SEC;
    expect(cookieNow(bout, 101)).toBe(false);
  });

  test.each([
    [12, true],
    [11, false],
  ])('with %i of 100 entries left the flood goes on: %s', (left, cookie) => {
    const bout = bouts();
    bout.flood(0, 26);
    bout.syn(26);
    expect(bout.ack(26)).toBe(true); // no cookie is out
    for (let i = left; i < 26; i++) bout.rst(i);
    bout.now = 15 * SEC;
    expect(cookieNow(bout, 100)).toBe(cookie);
  });

  test('cookies that are out count as half-open, until two periods have passed or they come back', () => {
    const bout = bouts();
    bout.flood(0, 26);
    for (let i = 100; i < 120; i++) expect(cookieNow(bout, i)).toBe(true);
    for (let i = 0; i < 26; i++) bout.rst(i);
    bout.now = 15 * SEC;
    expect(cookieNow(bout, 200)).toBe(true); // 20 out
    bout.now = 30 * SEC;
    expect(cookieNow(bout, 201)).toBe(true); // 20 of the key before, and one
    bout.now = 45 * SEC;
    expect(cookieNow(bout, 202)).toBe(false);

    const answered = bouts();
    answered.flood(0, 26);
    for (let i = 100; i < 120; i++) cookieNow(answered, i);
    for (let i = 0; i < 26; i++) answered.rst(i);
    for (let i = 100; i < 120; i++) expect(answered.ack(i)).toBe(true);
    answered.now = 15 * SEC;
    expect(cookieNow(answered, 200)).toBe(false);
  });

  test.each([
    [0.2, 0.3],
    [1.1, 0.1],
    [0.5, -0.1],
  ])('start %f and end %f are refused', (start, end) => {
    expect(() => adaptiveCookies({ start, end })).toThrow(/0 <= end <= start <= 1/);
  });
});
