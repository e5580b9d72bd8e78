import { describe, expect, test } from 'vitest';
import type { BotKindSpec, IngressSpec } from '../../flood-model.ts';
import { Population } from './population.ts';

const SPEC: BotKindSpec = {
  kind: 'pc',
  count: 1000,
  prefix: '10.20.0.0/16',
  networkBits: 24,
  uplink: 100,
  rtt: { shape: 'fixed', value: 1 },
};
const BASE = 0x0a14_0000;

function population(over: Partial<BotKindSpec> = {}, ingress: IngressSpec = { deployed: 0, mode: 'strict' }, seed = 1) {
  return new Population({ ...SPEC, ...over }, seed, ingress, 'botnet');
}

test('every bot has an address of its own in the prefix, scattered over its networks, and is found by it', () => {
  const bots = population();
  const networks = new Set<number>();
  const seen = new Set<number>();
  for (let i = 0; i < SPEC.count; i++) {
    const address = bots.addressOf(i);
    seen.add(address);
    networks.add(bots.networkOf(address));
    expect(bots.indexOf(address)).toBe(i);
  }
  expect(seen.size).toBe(1000);
  expect([...seen].every((a) => a >>> 16 === BASE >>> 16)).toBe(true);
  // 1000 balls in 256 boxes leave about five empty.
  expect(networks.size).toBeGreaterThan(240);
  const strangers = Array.from({ length: 65_536 }, (_, i) => bots.indexOf(BASE + i)).filter((i) => i < 0).length;
  expect(strangers).toBe(65_536 - 1000);
  expect([bots.indexOf(BASE - 1), bots.indexOf(BASE + 65_536)]).toEqual([-1, -1]);
});

test('a prefix may be full of bots, or be one', () => {
  const full = population({ count: 65_536 });
  expect(new Set(Array.from({ length: 65_536 }, (_, i) => full.addressOf(i))).size).toBe(65_536);
  const one = population({ count: 1, prefix: '10.20.0.9/32', networkBits: 32 });
  expect([one.addressOf(0), one.indexOf(BASE + 9), one.networkOf(BASE + 9), one.networkSize]).toEqual([
    BASE + 9,
    0,
    BASE + 9,
    1,
  ]);
});

describe('ingress filters', () => {
  const home = BASE + 0x0507;
  const away = 0xc612_0001;

  test('strict ones let out the sources of their own network and no other (RFC 2827 §3)', () => {
    const bots = population({}, { deployed: 1, mode: 'strict' });
    expect(bots.letsOut(home, home)).toBe(true);
    expect([bots.letsOut(home, BASE + 0x0500), bots.letsOut(home, BASE + 0x05ff)]).toEqual([true, true]);
    expect([bots.letsOut(home, BASE + 0x04ff), bots.letsOut(home, BASE + 0x0600)]).toEqual([false, false]);
    expect(bots.letsOut(home, away)).toBe(false);
  });

  test('without filters, or with loose ones, every source leaves (RFC 3704 §2.4)', () => {
    expect(population().letsOut(home, away)).toBe(true);
    expect(population({}, { deployed: 1, mode: 'loose' }).letsOut(home, away)).toBe(true);
  });

  test('a share of the networks filters, whole networks at a time, and the seed decides which', () => {
    const size = { prefix: '10.0.0.0/8' };
    const [bots, others] = [1, 2].map((seed) => population(size, { deployed: 0.3, mode: 'strict' }, seed));
    const n = 20_000;
    let filtering = 0;
    let both = 0;
    for (let i = 0; i < n; i++) {
      const network = 0x0a00_0000 + i * 256;
      const out = bots!.letsOut(network, away);
      expect(bots!.letsOut(network + 200, away)).toBe(out);
      if (!out) filtering++;
      if (!out && !others!.letsOut(network, away)) both++;
    }
    expect(Math.abs(filtering - 0.3 * n)).toBeLessThan(3.29 * Math.sqrt(n * 0.3 * 0.7));
    expect(Math.abs(both - 0.09 * n)).toBeLessThan(3.29 * Math.sqrt(n * 0.09 * 0.91));
  });
});
