/** The road's own numbers. */
import { expect, test } from 'vitest';
import { floodScenario } from '../../../test/support/flood-scenario.ts';
import { MS } from '../../tcp/types.ts';
import { runFlood } from '../flood-run.ts';

test('a box that keeps a fixed number of entries has had them from the start', () => {
  const boxes = [{ name: 'block-list', params: { sources: ['10.0.0.0/8'] } }];
  expect(runFlood(floodScenario({ until: MS, boxes })).boxes[0]).toMatchObject({ entries: 1, peakEntries: 1 });
});
