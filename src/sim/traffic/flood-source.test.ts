import { describe, expect, test } from 'vitest';
import { SEC } from '../../tcp/types.ts';
import { HalfopenError } from '../../wire/error.ts';
import { resetSegment, Segment } from '../../wire/segment.ts';
import type { FloodSpec, IngressSpec } from '../flood-model.ts';
import { type FloodSource, floodSources } from './flood-source.ts';

const SPEC: FloodSpec = {
  name: 'a',
  port: 80,
  rate: { process: 'poisson', rate: 1000 },
  from: SEC,
  to: 11 * SEC,
  spoof: { mode: 'random', prefix: '10.0.0.0/8', live: 0 },
  shape: 'bare',
  retries: 0,
  data: 0,
};
const OPEN: IngressSpec = { deployed: 0, mode: 'strict' };

function sources(spec: Partial<FloodSpec>, { seed = 1, ingress = OPEN, target = '203.0.113.80' } = {}): FloodSource[] {
  return floodSources({ ...SPEC, ...spec }, { seed, ingress, target });
}

/** Everything that leaves: time and what makes a SYN itself. */
function emitted(source: FloodSource): string[] {
  const seg = new Segment();
  const all: string[] = [];
  while (source.next < Infinity) {
    const t = source.next;
    resetSegment(seg);
    if (source.emit(seg)) all.push(`${t} ${seg.src}:${seg.sport} > ${seg.dst}:${seg.dport} ${seg.seq}`);
  }
  return all;
}

describe('a flood source', () => {
  test('sends SYNs to the target alone, within its time, and counts them', () => {
    const [source] = sources({});
    const all = emitted(source!);
    expect(Math.abs(all.length - 10_000)).toBeLessThan(3.29 * 100);
    expect(source!.syns).toBe(all.length);
    expect(all.every((line) => / > 3405803856:80 /.test(line))).toBe(true); // 203.0.113.80
    const times = all.map((line) => Number(line.split(' ')[0]));
    expect(times.every((t, i) => t >= (times[i - 1] ?? SEC) && t < 11 * SEC)).toBe(true);
  });

  test('the same seed gives the same SYNs; another seed or name gives others', () => {
    const of = (spec: Partial<FloodSpec>, seed = 1) => emitted(sources(spec, { seed })[0]!).slice(0, 3).join();
    expect(of({})).toBe(of({}));
    expect(new Set([of({}), of({}, 2), of({ name: 'b' })]).size).toBe(3);
    // Ports, shapes and rates of others move nothing: what comes when is drawn apart from what it is.
    const fields = (lines: string[]) => lines.slice(0, 50).map((line) => line.slice(line.indexOf(' ')));
    expect(fields(emitted(sources({ rate: { process: 'constant', rate: 10 } })[0]!))).toEqual(
      fields(emitted(sources({})[0]!)),
    );
  });

  test('retries repeat each SYN 1, 3 and 7 s later, until the flood ends', () => {
    const [first, ...again] = sources({ retries: 3 }).map(emitted);
    expect(again).toHaveLength(3);
    again.forEach((lines, i) => {
      const later = [1, 3, 7][i]! * SEC;
      const expected = first!
        .map((line) => [Number(line.split(' ')[0]) + later, line.slice(line.indexOf(' '))] as const)
        .filter(([t]) => t < 11 * SEC)
        .map(([t, rest]) => `${t}${rest}`);
      expect(lines).toEqual(expected);
      expect(lines.length).toBeGreaterThan(2500);
    });
  });
});

describe('ingress filters (RFC 2827)', () => {
  const run = (spec: Partial<FloodSpec>, ingress: IngressSpec) => {
    const [source] = sources(spec, { ingress });
    const left = emitted(source!);
    return { left, filtered: source!.filtered };
  };

  test('strict ones stop their share of forged SYNs and change none of the others', () => {
    const all = emitted(sources({})[0]!);
    const { left, filtered } = run({}, { deployed: 0.3, mode: 'strict' });
    expect(left.length + filtered).toBe(all.length);
    const expected = 0.3 * all.length;
    expect(Math.abs(filtered - expected)).toBeLessThan(3.29 * Math.sqrt(expected * 0.7));
    const known = new Set(all);
    expect(left.filter((line) => !known.has(line))).toEqual([]);
    expect(run({}, { deployed: 1, mode: 'strict' }).left).toEqual([]);
  });

  test('true sources pass, and loose filters let every routed source pass (RFC 3704 §2.4)', () => {
    const own = { spoof: { mode: 'own', prefix: '10.0.0.0/8', count: 9 } } as const;
    expect(run(own, { deployed: 1, mode: 'strict' }).filtered).toBe(0);
    expect(run({}, { deployed: 1, mode: 'loose' }).filtered).toBe(0);
  });
});

test.each([
  ['a source', { spoof: { mode: 'silent', prefix: '1.2.3.0/24' } as const }, '203.0.113.80'],
  ['a target', {}, '1.1.1.1'],
])('%s that may belong to somebody is refused', (_what, spec, target) => {
  expect(() => sources(spec, { target })).toThrow(HalfopenError);
  expect(() => sources(spec, { target })).toThrow(/^flood 'a': found .*, expected addresses within 192\.0\.2\.0\/24/);
});
