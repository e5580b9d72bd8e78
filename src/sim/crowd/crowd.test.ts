/** Clients that nobody answers: how long they go on. */
import { expect, test } from 'vitest';
import { floodScenario } from '../../../test/support/flood-scenario.ts';
import { MS, SEC } from '../../tcp/types.ts';
import { runFlood } from '../flood-run.ts';

function unanswered(until: number, patience: number): unknown {
  return runFlood(
    floodScenario({
      until,
      clients: [{ arrivals: { process: 'times', at: [0] }, patience }],
      boxes: [{ name: 'blackhole', params: { trigger: 'times', from: 0, to: 60 * SEC } }],
    }),
  ).clients[0];
}

test('who runs out of patience fails for that reason, at that moment', () => {
  expect(unanswered(5 * SEC - MS, 5 * SEC)).toMatchObject({ open: 1, failed: {} });
  expect(unanswered(5 * SEC + MS, 5 * SEC)).toMatchObject({ open: 0, failed: { patience: 1 } });
});

test.each(['linux', 'android', 'windows', 'macos', 'ios', 'freebsd', 'rfc6298'] as const)(
  '%s gives up by itself where nobody loses patience: a timeout',
  (os) => {
    const report = runFlood(
      floodScenario({
        until: 140 * SEC,
        clients: [{ arrivals: { process: 'times', at: [0] }, patience: Infinity, os: { [os]: 1 } }],
        boxes: [{ name: 'blackhole', params: { trigger: 'times', from: 0, to: 600 * SEC } }],
      }),
    );
    expect(report.clients[0]).toMatchObject({ open: 0, failed: { timeout: 1 } });
  },
);
