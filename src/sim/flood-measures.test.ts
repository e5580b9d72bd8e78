import { expect, test } from 'vitest';
import { floodReport } from '../../test/support/flood-report-builder.ts';
import { SMALL_FLOOD } from '../../test/support/small-flood.ts';
import { measureOf, measureProblem, measuresOf } from './flood-measures.ts';
import type { FloodScenario } from './flood-model.ts';

test('numbers of the small flood by name', () => {
  const of = (name: string) => measureOf(SMALL_FLOOD, name);
  expect(of('clients.all.firstTry')).toBe(0.4);
  expect(of('clients.clients.ever')).toBe(0.5);
  expect(of('clients.all.tries.2')).toBe(1);
  expect(of('clients.all.tries.3')).toBe(0);
  expect(of('clients.all.failed.timeout')).toBe(3);
  expect(of('clients.all.failed')).toBe(3);
  expect(of('clients.all.connectTime.p99')).toBe(1.05);
  expect(of('floods.all.answered')).toBe(65);
  expect(of('counters.80.ListenDrops')).toBe(255);
  expect(of('counters.all.ListenDrops')).toBe(255);
  expect(of('queue.peak')).toBe(65);
  expect(of('queue.timeToExhaustion')).toBe(1.625);
  expect(of('series.dropsSynQueue.sum')).toBe(255);
  expect(of('series.halfOpen.last')).toBe(65);
  // Five samples in which somebody connected: four of 50 ms and one of 1.05 s.
  expect(of('series.connectTimeMean.max')).toBe(1.05);
  expect(of('series.connectTimeMean.mean')).toBeCloseTo(0.25, 12);
  expect(of('no.such')).toBeUndefined();
  expect(of('toString')).toBeUndefined();
});

test('never is Infinity, a share of nothing is no number', () => {
  expect(measureOf(SMALL_FLOOD, 'queue.timeToRecovery')).toBe(Infinity);
  expect(measureOf(floodReport(), 'queue.fullAt')).toBe(Infinity);
  expect(measureOf(floodReport(), 'clients.all.firstTry')).toBeNaN();
  expect(measureOf(floodReport(), 'clients.all.connectTime.p50')).toBeNaN();
});

test('boxes are found by place and by name, the first of it', () => {
  const box = (entries: number) => ({ name: 'rate-limit', entries, peakEntries: 9, counters: { seen: 4 }, cpu: 5e9 });
  const report = floodReport({ boxes: [box(1), box(2)] });
  expect(measureOf(report, 'boxes.rate-limit.entries')).toBe(1);
  expect(measureOf(report, 'boxes.1.entries')).toBe(2);
  expect(measureOf(report, 'boxes.1.seen')).toBe(4);
  // 5 s of 10.
  expect(measureOf(report, 'boxes.0.cpuShare')).toBe(0.5);
});

test('a name that no run of the scenario can have is told before the run', () => {
  // Only what the names depend on.
  const scenario = {
    server: { listen: [{ port: 80 }] },
    clients: [{ name: 'clients' }],
    floods: [{ name: 'flood' }],
    botnets: [],
    boxes: [{ name: 'rate-limit' }],
  } as unknown as FloodScenario;
  for (const name of Object.keys(measuresOf(SMALL_FLOOD))) expect(measureProblem(scenario, name), name).toBe('');
  expect(measureProblem(scenario, 'clients.all.fristTry')).toBe("did you mean 'clients.all.firstTry'?");
  expect(measureProblem(scenario, 'counters.81.ListenDrops')).toContain('did you mean');
  expect(measureProblem(scenario, 'weather')).toBe('docs/floods.md lists the names');
  expect(measureProblem(scenario, 'boxes.rate-limit.seen')).toBe('');
  expect(measureProblem(scenario, 'boxes.5.seen')).toBe('the boxes are rate-limit');
});
