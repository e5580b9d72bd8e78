import { expect, test } from 'vitest';
import { BUFFER_LIMITED, BUSY, SendLimits, WINDOW_LIMITED } from './send-limits.ts';

/** busy, window, buffer */
function spent(limits: SendLimits, now: number): number[] {
  return [BUSY, WINDOW_LIMITED, BUFFER_LIMITED].map((kind) => limits.spent(kind as 1 | 2 | 3, now));
}

test('idle time is nobody’s', () => {
  const limits = new SendLimits();
  expect(spent(limits, 1000)).toEqual([0, 0, 0]);
  limits.start(BUSY, 1000);
  limits.stop(BUSY, true, 1500);
  expect(spent(limits, 9000)).toEqual([500, 0, 0]);
});

test('the window counts before being busy, our buffer before the window, and all of it is busy time', () => {
  const limits = new SendLimits();
  limits.start(BUSY, 0);
  limits.start(WINDOW_LIMITED, 100);
  limits.start(BUSY, 150); // already more than that
  limits.start(BUFFER_LIMITED, 200);
  expect(spent(limits, 250)).toEqual([250, 100, 50]);
});

test('when the most weighty condition ends, what is left is being busy', () => {
  const limits = new SendLimits();
  limits.start(BUSY, 0);
  limits.start(WINDOW_LIMITED, 100);
  limits.stop(BUFFER_LIMITED, false, 150); // was not what counted
  limits.stop(WINDOW_LIMITED, false, 300);
  expect(spent(limits, 400)).toEqual([400, 200, 0]);
  limits.stop(BUSY, true, 400);
  expect(spent(limits, 500)).toEqual([400, 200, 0]);
});
