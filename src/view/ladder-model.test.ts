import { describe, expect, test } from 'vitest';
import { handshake, lostSyn, MS, SERVER } from '../../test/support/recording-builder.ts';
import { endpointText, ladderModel } from './ladder-model.ts';
import { timeAt, timeScale, yOf } from './time-scale.ts';

describe('what shows at a step', () => {
  test('before the first step: lanes, nothing sent', () => {
    const model = ladderModel(handshake(), { step: -1 });
    expect(model.lanes.map((l) => `${l.name} ${l.address}`)).toEqual([
      'Client 198.51.100.7:49812',
      'Server 203.0.113.80:80',
    ]);
    expect(model.arrows).toEqual([]);
    expect(model.spans.map((s) => s.presence)).toEqual(['none', 'none']);
  });

  test('a segment that will be lost still flies until it is', () => {
    const [arrow] = ladderModel(lostSyn(), { step: 1, now: 10 * MS }).arrows;
    expect(arrow).toMatchObject({ state: 'in-flight', fate: 'in-flight', cut: -1 });
    expect(arrow!.tip).toBeCloseTo(0.25, 9);
    const [after] = ladderModel(lostSyn(), { step: 2 }).arrows;
    expect(after).toMatchObject({ state: 'lost', fate: 'lost', cut: 0.575, tip: 0.575 }); // 23 of 40 ms
  });

  test('lifelines: listening, half-open, established', () => {
    const spans = ladderModel(handshake()).spans.filter((s) => s.lane === 1);
    expect(spans.map((s) => [s.presence, s.t0 / MS, s.t1 / MS])).toEqual([
      ['listening', 0, 40],
      ['half-open', 40, 120],
      ['established', 120, 120],
    ]);
  });

  test('timer bars: fired, then running to where it will fire, then stopped', () => {
    expect(ladderModel(lostSyn(), { step: 3, now: 1020 * MS }).timers).toMatchObject([
      { name: 'retransmit', armedAt: 0, outcome: 'fired', endedAt: 1000 * MS },
      { armedAt: 1000 * MS, firesAt: 3000 * MS, outcome: 'running' },
    ]);
    expect(ladderModel(lostSyn()).timers.map((t) => t.outcome)).toEqual(['fired', 'stopped']);
  });

  test('ticks: events so far and certain timers, nothing else of the future', () => {
    const ticks = ladderModel(lostSyn(), { step: 1 }).ticks.map((tick) => tick.t / MS);
    expect(ticks).toEqual([0, 1000]);
  });
});

describe('time to height', () => {
  test('to scale: equal times, equal heights', () => {
    const scale = timeScale(lostSyn(), 'to-scale');
    const at = (ms: number): number => yOf(scale, ms * MS);
    expect(at(1040) - at(1000)).toBeCloseTo(at(40) - at(0), 9);
    expect(at(500)).toBeCloseTo(at(1000) / 2, 9);
    expect(scale.silences).toEqual([]);
  });

  test('compressed: silence is short, the slope of prompt arrows stays the same', () => {
    const scale = timeScale(lostSyn(), 'compressed');
    const at = (ms: number): number => yOf(scale, ms * MS);
    expect(at(1040) - at(1000)).toBeCloseTo(at(40) - at(0), 9);
    expect(at(1000) - at(40)).toBeLessThanOrEqual(at(40));
    expect(scale.silences[0]).toMatchObject({ t0: 40 * MS, t1: 1000 * MS, quiet: true });
  });

  test('heights do not move while stepping', () => {
    const heights = [0, 2, 4].map((step) => ladderModel(lostSyn(), { step }).scale.ys);
    expect(heights[1]).toEqual(heights[0]);
    expect(heights[2]).toEqual(heights[0]);
  });

  test('timeAt is the inverse of yOf', () => {
    const scale = timeScale(lostSyn(), 'compressed');
    for (const t of [0, 7 * MS, 40 * MS, 600 * MS, 1100 * MS]) expect(timeAt(scale, yOf(scale, t))).toBe(t);
    expect(timeAt(scale, -5)).toBe(0);
    expect(timeAt(scale, 1e9)).toBe(3000 * MS);
  });
});

test('addresses with their ports; IPv6 in brackets (RFC 5952 §6)', () => {
  expect(endpointText(SERVER)).toBe('203.0.113.80:80');
  expect(endpointText({ ...SERVER, address: '2001:db8::80' })).toBe('[2001:db8::80]:80');
  expect(endpointText({ ...SERVER, port: 0 })).toBe('203.0.113.80');
});
