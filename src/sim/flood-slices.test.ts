/** A run cut after so many events, as whoever must stay interruptible cuts it. */
import { describe, expect, test } from 'vitest';
import { floodScenario } from '../../test/support/flood-scenario.ts';
import { MS, SEC } from '../tcp/types.ts';
import { FloodRun, runFlood } from './flood-run.ts';

describe('a run that leaves off after so many events', () => {
  const scenario = floodScenario({
    until: 10 * SEC,
    clients: [{ arrivals: { process: 'poisson', rate: 20, from: 0, to: Infinity } }],
    followed: { at: SEC },
    floods: [{ rate: { process: 'burst', size: 70_000, every: 3 * SEC } }],
    access: { delay: MS, rate: 10_000_000 },
    boxes: [{ name: 'first-syn-drop', params: {} }],
  });

  test('goes on where it was, and ends as a whole one does', () => {
    const run = new FloodRun(scenario);
    let slices = 0;
    for (; !run.done; slices++) run.runTo(scenario.until, 1000);
    expect(run.report()).toEqual(runFlood(scenario));
    // Each SYN of the four bursts is one event at the least; one burst makes up to 65,536 at a time.
    expect(slices).toBeGreaterThan(8);
  });

  test('is not done while something of its last moment is left', () => {
    const last = floodScenario({
      until: SEC,
      floods: [{ rate: { process: 'burst', size: 70_000, every: SEC }, from: SEC - 1, to: 2 * SEC }],
    });
    const run = new FloodRun({ ...last, until: SEC - 1 });
    run.runTo(SEC, 10);
    expect({ now: run.now, done: run.done }).toEqual({ now: SEC - 1, done: false });
    run.runTo(SEC);
    expect({ done: run.done, syns: run.report().floods[0]?.syns }).toEqual({ done: true, syns: 70_000 });
  });
});
