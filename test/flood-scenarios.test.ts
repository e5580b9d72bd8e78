/** Every shipped flood scenario ends as its file claims, whatever the seed, and every step of its lesson comes. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isFlood, parseAnyScenario } from '../src/scenario.ts';
import { unmetFloodExpectations } from '../src/sim/flood-outcome.ts';
import { runFlood } from '../src/sim/flood-run.ts';
import { lessonTold } from '../src/view/flood-explain.ts';

const folder = new URL('../scenarios/', import.meta.url);
const scenarios = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parseAnyScenario(readFileSync(new URL(name, folder), 'utf8'), name))
  .filter(isFlood);

test('there are some, each claims something, and their order has no ties', () => {
  expect(scenarios.length).toBeGreaterThan(0);
  for (const scenario of scenarios) expect(scenario.expect.length, scenario.id).toBeGreaterThan(0);
  expect(new Set(scenarios.map(({ order }) => order)).size).toBe(scenarios.length);
});

describe.each(scenarios)('$id', (scenario) => {
  test.each([scenario.seed, 0, 1, 0xffff_ffff])('ends as it expects with seed %i', (seed) => {
    const report = runFlood(scenario, { seed });
    expect(unmetFloodExpectations(scenario, report)).toEqual([]);
    expect(lessonTold(scenario.lesson, report).map(({ step }) => step.title)).toHaveLength(scenario.lesson.length);
  });
});
