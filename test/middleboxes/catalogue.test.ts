/** The catalogue is what scenario files, `--explain` and reports read: it must be true to the boxes it describes. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cpuOf, makeBox, parameterMistake } from '../../src/sim/middlebox/box-kind.ts';
import { ELSEWHERE, MIDDLEBOXES, middleboxNamed } from '../../src/sim/middlebox/catalogue.ts';
import { Segment } from '../../src/wire/segment.ts';
import { middleboxDocument } from './document.ts';
import { deps, swallowed, synFrom } from './rig.ts';
import { VARIANTS } from './variants.ts';

const TEXTS = [...MIDDLEBOXES, ...ELSEWHERE];
const port = { alloc: () => new Segment(), toServer: () => undefined, toNet: () => undefined };

describe.each(TEXTS)('$name', (kind) => {
  test('says in one sentence each what it does, buys and costs, and where that is from', () => {
    expect(kind.name).toMatch(/^[a-z][a-z-]+$/);
    expect(kind.describe).toMatch(/^[A-Z][^.]*\.$/);
    expect(kind.source).toMatch(/RFC|Linux/);
    for (const text of [kind.buys, kind.costs]) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  test('has parameters whose defaults they allow themselves', () => {
    const names = kind.parameters.map((parameter) => parameter.name);
    expect(new Set(names).size).toBe(names.length);
    for (const parameter of kind.parameters) {
      expect(parameterMistake(parameter, parameter.default), parameter.name).toBe(null);
      expect(parameter.says.length, parameter.name).toBeGreaterThan(10);
      if ('min' in parameter) expect(parameter.min, parameter.name).toBeLessThan(parameter.max);
    }
  });
});

describe.each(MIDDLEBOXES)('$name', (kind) => {
  test('is made from its defaults, and found by its name', () => {
    const box = makeBox(kind, {}, deps());
    expect(box.name).toBe(kind.name);
    expect(middleboxNamed(kind.name)).toBe(kind);
    expect(box.nextTimer()).toBe(Infinity);
    expect(swallowed(box.counters)).toBe(0);
  });

  test('is under the conformance suite', () => {
    expect(VARIANTS.some((variant) => variant.kind === kind)).toBe(true);
  });

  test('prices only acts that it counts, each segment among them', () => {
    const modes = VARIANTS.filter((variant) => variant.kind === kind);
    const counted = modes.flatMap((variant) => Object.keys(makeBox(kind, variant.params, deps()).counters));
    for (const act of Object.keys(kind.cost)) expect(counted).toContain(act);
    expect(kind.cost.seen).toBeGreaterThan(0);
  });

  test('refuses parameters it does not have, and values out of range', () => {
    expect(() => makeBox(kind, { nonsense: 1 }, deps())).toThrow(`${kind.name} has no parameter 'nonsense'`);
    for (const parameter of kind.parameters) {
      const wrong = parameter.kind === 'prefix-list' ? 3 : parameter.kind === 'choice' ? 'nonsense' : -2;
      expect(() => makeBox(kind, { [parameter.name]: wrong }, deps()), parameter.name).toThrow(parameter.name);
    }
  });
});

test('a cookie in the driver costs a tenth of one in the network stack', () => {
  const cpu = ['syn-proxy', 'xdp-syn-proxy'].map((name) => {
    const kind = middleboxNamed(name)!;
    const box = makeBox(kind, {}, deps());
    for (let i = 0; i < 1000; i++) box.fromNet(i, synFrom(0x0a000000 + i, 1024, i), port);
    return cpuOf(kind, box);
  });
  // 1000 × (100 + 900) and 1000 × (20 + 90) ns.
  expect(cpu).toEqual([1_000_000, 110_000]);
});

test('numbers that are none are told apart', () => {
  const [rate, share] = [
    { name: 'r', kind: 'rate', default: 1, min: 1, max: 9, says: '' },
    { name: 's', kind: 'share', default: 0, min: 0, max: 1, says: '' },
  ] as const;
  expect(parameterMistake(rate, 1.5)).toBe('a number from 1 to 9');
  expect(parameterMistake(rate, Number.NaN)).toBe('a number from 1 to 9');
  expect(parameterMistake(rate, '3')).toBe('a number from 1 to 9');
  expect(parameterMistake(rate, 9)).toBe(null);
  expect(parameterMistake(share, 0.25)).toBe(null);
  expect(parameterMistake(share, 1.01)).toBe('a number from 0 to 1');
});

test('docs/middleboxes.md says what the catalogue says', () => {
  expect(readFileSync(new URL('../../docs/middleboxes.md', import.meta.url), 'utf8'), 'npm run middleboxes').toBe(
    middleboxDocument(),
  );
});
