import { describe, expect, test } from 'vitest';
import { floodSeries } from '../../test/support/flood-report-builder.ts';
import { floodPlots, onOneAxis, type Plot, plotValue, sampleAt, sampleTime } from './plot-model.ts';

describe('plots of a flood', () => {
  test('are always the same four, on axes that start at 0 and end at a round number', () => {
    const plots = floodPlots(floodSeries(3, { halfOpen: [10, 129, 129] }), { capacity: 129 });
    expect(plots.map((plot) => plot.id)).toEqual(['occupancy', 'drops', 'success', 'connect-time']);
    for (const plot of plots) {
      expect(plot.ticks[0]).toBe(0);
      expect(plot.ticks.at(-1)).toBe(plot.top);
    }
    expect(plots[0]?.top).toBe(160);
    expect(plots[0]?.limit).toEqual({ value: 129, label: 'full: 129' });
  });

  test('count drops per second, whatever the distance of the samples', () => {
    const drops = plotNamed(floodSeries(2, { dropsSynQueue: [20, 30], dropsLink: [0, 5] }, 0.5e9), 'drops');
    expect(drops.lines.find((line) => line.id === 'dropsSynQueue')?.values).toEqual([40, 60]);
    // A stack: the axis must hold 60 + 10.
    expect(drops.top).toBe(80);
    expect(drops.unit).toBe('/s');
  });

  test('success is a share of the attempts that ended lately, and nothing while none did', () => {
    const series = floodSeries(4, {
      connected: [0, 3, 0, 0],
      connectedFirstTry: [0, 1, 0, 0],
      failed: [0, 1, 0, 0],
    });
    const plot = floodPlots(series, { capacity: 1, window: 2e9 })[2];
    expect(plot?.lines.map((line) => line.values)).toEqual([
      [Number.NaN, 75, 75, Number.NaN],
      [Number.NaN, 25, 25, Number.NaN],
    ]);
  });

  test('a sample in which nobody connected has no connect time', () => {
    const plot = plotNamed(floodSeries(3, { connectTimeMean: [0, 80e6, -1] }), 'connect-time');
    expect(plot.lines[0]?.values).toEqual([Number.NaN, 0.08, Number.NaN]);
    expect(plotValue(plot, 0.08)).toBe('0.08 s');
    expect(plotValue(plot, Number.NaN)).toBe('–');
  });

  test('two runs share the higher axis, and success always ends at 100 %', () => {
    const [left, right] = onOneAxis(
      floodPlots(floodSeries(1, { dropsSynQueue: [5] }), { capacity: 129 }),
      floodPlots(floodSeries(1, { dropsSynQueue: [5000] }), { capacity: 1025 }),
    );
    expect(left.map((plot) => plot.top)).toEqual(right.map((plot) => plot.top));
    expect(left[1]?.ticks).toEqual([0, 2500, 5000]);
    expect(left[2]?.top).toBe(100);
    expect(plotValue(left[1]!, 12345)).toBe('12,345/s');
  });

  test('sample i is known from its end on', () => {
    const series = floodSeries(3, {}, 0.5e9);
    expect([0, 0.4e9, 0.5e9, 1.2e9, 99e9].map((t) => sampleAt(series, t))).toEqual([-1, -1, 0, 1, 2]);
    expect(sampleTime(series, 0)).toBe(0.5e9);
  });
});

function plotNamed(series: ReturnType<typeof floodSeries>, id: Plot['id']): Plot {
  const plot = floodPlots(series, { capacity: 129 }).find((one) => one.id === id);
  if (plot === undefined) throw new Error(`no plot ${id}`);
  return plot;
}
