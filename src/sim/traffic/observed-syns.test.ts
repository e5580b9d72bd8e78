/** Floods of a capture in whole runs. */
import { describe, expect, test } from 'vitest';
import { floodScenario } from '../../../test/support/flood-scenario.ts';
import { SEC } from '../../tcp/types.ts';
import { CWR, ECE, Segment, SYN } from '../../wire/segment.ts';
import { runFlood } from '../flood-run.ts';
import { type ObservedFlood, ObservedOption, ObservedSource, type ObservedSyns } from './observed-syns.ts';

/** One SYN each `step` ns from second 1 on, of another source each. */
function syns(count: number, step: number): ObservedSyns {
  return {
    at: Float64Array.from({ length: count }, (_, i) => SEC + i * step),
    source: Uint32Array.from({ length: count }, (_, i) => i),
    sourcePort: new Uint16Array(count).fill(40_000),
    seq: Uint32Array.from({ length: count }, (_, i) => i),
    window: new Uint16Array(count).fill(512),
    mss: new Int32Array(count).fill(-1),
    windowScale: new Int8Array(count).fill(-1),
    options: new Uint8Array(count),
  };
}

function flood(parts: Partial<ObservedFlood> = {}): ObservedFlood {
  return {
    name: 'seen',
    port: 80,
    syns: syns(1000, SEC / 100),
    prefix: '10.0.0.0/9',
    answer: 'none',
    forged: true,
    ...parts,
  };
}

describe('the SYNs of a capture', () => {
  test('fill the queue of a server as they came: 129 entries at 100 a second are full after 1.28 s', () => {
    const report = runFlood(floodScenario({ until: 20 * SEC }), { observed: [flood()] });
    expect(report.floods).toEqual([expect.objectContaining({ name: 'seen', syns: 1000, resets: 0 })]);
    expect(report.queue.peak).toBe(129);
    // The 129th SYN is sent at 1 s + 128 / 100 s, and reaches the server at once: a flood begins at the victim's edge.
    expect((report.queue.fullAt - SEC) / SEC).toBeCloseTo(1.28, 1);
  });

  test('whose sources answer with RST leave no entries behind', () => {
    const report = runFlood(floodScenario({ until: 20 * SEC }), { observed: [flood({ answer: 'reset' })] });
    expect(report.floods[0]?.resets).toBe(report.floods[0]?.answered);
    expect(report.queue.peak).toBeLessThan(40);
  });

  test('are stopped where filters let no forged source out, unless they are not forged', () => {
    const filtered = floodScenario({ until: 20 * SEC, ingress: { deployed: 1, mode: 'strict' } });
    expect(runFlood(filtered, { observed: [flood()] }).floods[0]).toMatchObject({ syns: 0, filtered: 1000 });
    expect(runFlood(filtered, { observed: [flood({ forged: false })] }).floods[0]).toMatchObject({ syns: 1000 });
  });
});

test('a SYN is written as it was seen, from an address of the range', () => {
  const one: ObservedSyns = {
    at: Float64Array.of(5),
    source: Uint32Array.of(300),
    sourcePort: Uint16Array.of(1234),
    seq: Uint32Array.of(0xffffffff),
    window: Uint16Array.of(65535),
    mss: Int32Array.of(1400),
    windowScale: Int8Array.of(7),
    options: Uint8Array.of(ObservedOption.Sack | ObservedOption.Ecn),
  };
  const source = new ObservedSource(flood({ syns: one, prefix: '10.1.1.0/24' }), 1, '192.0.2.1', 0);
  const seg = new Segment();
  expect([source.next, source.emit(seg), source.next]).toEqual([5, true, Infinity]);
  expect(seg).toMatchObject({ src: 0x0a01012c, sport: 1234, dst: 0xc0000201, dport: 80, seq: 0xffffffff, wnd: 65535 });
  expect(seg).toMatchObject({ flags: SYN | ECE | CWR, mss: 1400, ws: 7, sackPerm: true, tsVal: -1 });
});

test('a range or target that may belong to somebody is refused', () => {
  expect(() => new ObservedSource(flood({ prefix: '8.0.0.0/8' }), 1, '192.0.2.1', 0)).toThrow(/documentation/);
  expect(() => new ObservedSource(flood(), 1, '8.8.8.8', 0)).toThrow(/documentation/);
});
