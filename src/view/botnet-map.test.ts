import { expect, test } from 'vitest';
import { parseFloodScenario } from '../scenario/parse.ts';
import type { BotsView } from '../sim/flood-frame.ts';
import type { FloodScenario } from '../sim/flood-model.ts';
import { botnetLayout, MOST_FLOW } from './botnet-layout.ts';
import { type BotnetMap, botnetMap, mapSentence, mapTable, shortCount } from './botnet-map.ts';

const scenario = parseFloodScenario(
  `kind: flood
title: T
summary: S
botnets:
  poll: 2s
  bots: [{ kind: pc, count: 10, prefix: 172.16.0.0/16 }, { kind: iot, count: 20, prefix: 172.17.0.0/16 }, { kind: iot, count: 10, prefix: 172.18.0.0/16, uplink: 3 }]
  orders: [{ at: 10s, rate: 4, duration: 20s, spoof: random }, { at: 50s, rate: 1, duration: 5s, spoof: own }]
  takeDown: { how: edge-block, at: 40s }
ingress: { deployed: 0.25 }
until: 60s
`,
  't.yaml',
);

const QUIET: BotsView = {
  name: 'botnet',
  bots: 40,
  registered: 38,
  flooding: 0,
  rate: 0,
  takenDown: false,
  kinds: [
    { kind: 'pc', bots: 10, registered: 10, flooding: 0, rate: 0 },
    { kind: 'iot', bots: 20, registered: 18, flooding: 0, rate: 0 },
    { kind: 'iot', bots: 10, registered: 10, flooding: 0, rate: 0 },
  ],
  letOut: 0,
  stopped: 0,
};
const FLOODING: BotsView = {
  ...QUIET,
  flooding: 14,
  rate: 50,
  kinds: [
    { kind: 'pc', bots: 10, registered: 10, flooding: 5, rate: 20 },
    { kind: 'iot', bots: 20, registered: 18, flooding: 3, rate: 12 },
    { kind: 'iot', bots: 10, registered: 10, flooding: 6, rate: 18 },
  ],
  letOut: 60,
  stopped: 40,
};

test('before any order: bots poll, the edge filters, nothing flows', () => {
  const map = mapOf(QUIET, 5);
  // 38 bots that poll every 2 s.
  expect([map.polls, map.mostPolls, map.rate, map.arriving]).toEqual([19, 20, 0, 0]);
  expect(map.command).toMatchObject({ state: 'up', orders: 'no', polled: 'answered', says: ['no order'] });
  expect(map.filters).toEqual({ deployed: 0.25, stopped: 0, passes: 1 });
  expect(mapSentence(map)).toBe(
    'Botnet: 38 of 40 bots are registered and ask for orders 19 times a second. The command host answers. None floods. 25.0 % of the networks filter forged sources.',
  );
  const { kinds } = botnetLayout(map, 340);
  expect(kinds.map(({ flow, stopped, onward }) => flow + stopped + onward)).toEqual(['', '']);
});

test('ranges of one kind are one place; what the edge lets through goes on to the target', () => {
  const map = mapOf(FLOODING, 20);
  expect(map.kinds).toEqual([
    { kind: 'pc', label: 'PC', bots: 10, registered: 10, flooding: 5, polls: 5, rate: 20 },
    { kind: 'iot', label: 'IoT', bots: 30, registered: 28, flooding: 9, polls: 14, rate: 30 },
  ]);
  // 60 of 100 SYNs left; all bots together could send 10 × 4 + 20 × 4 + 10 × 3.
  expect([map.arriving, map.mostRate]).toEqual([30, 150]);
  expect([map.sources, map.command.orders, map.command.says]).toEqual(['silent', 'yes', ['order:', '4 SYN/s', 'each']]);
  expect(mapSentence(map)).toContain(
    '14 bots flood with 50 SYN/s. 25.0 % of the networks filter forged sources; they have stopped 40 SYNs of this flood, and 30 SYN/s go on to 203.0.113.80:80.',
  );
  expect(mapTable(map).rows).toEqual([
    ['PC', '10', '10', '5', '5', '20'],
    ['IoT', '30', '28', '14', '9', '30'],
  ]);
});

test.each([280, 340, 358, 560])(
  'flows at %i px: widths are rates, bands end side by side at the target, all inside',
  (width) => {
    const map = mapOf(FLOODING, 20);
    const layout = botnetLayout(map, width);
    const bands = layout.kinds.map(({ flow, stopped, onward }) => [flow, stopped, onward].map(ends));
    const perSyn = MOST_FLOW / 150;
    bands.forEach(([flow, stopped, onward], i) => {
      const { rate } = map.kinds[i]!;
      expect(flow!.from[1] - flow!.from[0]).toBeCloseTo(rate * perSyn, 0);
      expect(stopped!.from[1] - stopped!.from[0]).toBeCloseTo(rate * 0.4 * perSyn, 0);
      expect(onward!.to[1] - onward!.to[0]).toBeCloseTo(rate * 0.6 * perSyn, 0);
      // What arrives at the edge is what is stopped and what goes on.
      expect(stopped!.from[0]).toBe(flow!.from[0]);
      expect(onward!.from[1]).toBeCloseTo(flow!.from[1], 0);
      for (const band of [flow!, stopped!, onward!]) {
        expect(Math.min(band.from[0], band.to[0])).toBeGreaterThanOrEqual(0);
        expect(Math.max(band.from[1], band.to[1])).toBeLessThanOrEqual(width);
      }
    });
    expect(bands[1]![2]!.to[0]).toBeCloseTo(bands[0]![2]!.to[1], 0);
    const { command, target, kinds } = layout;
    for (const box of [command, target, ...kinds.map(({ box }) => box)]) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
    }
  },
);

test('a take-down is said and cuts the orders, of which one would hold', () => {
  const map = mapOf({ ...QUIET, takenDown: true }, 52);
  expect(map.command).toMatchObject({ state: 'edge-block', orders: 'no', polled: 'in vain' });
  expect(map.sources).toBe('bot');
  expect(mapSentence(map)).toContain('The command host is taken down: its packets die at the edge of its network.');
});

test('a scenario without that botnet has no map', () => {
  expect(botnetMap({ ...QUIET, name: 'other' }, scenario, 0)).toBeNull();
});

test('counts that must fit into a box', () => {
  expect([950, 99_999, 250_400, 1_240_000].map(shortCount)).toEqual(['950', '99,999', '250 k', '1.2 M']);
});

function mapOf(net: BotsView, seconds: number, of: FloodScenario = scenario): BotnetMap {
  const map = botnetMap(net, of, seconds * 1e9);
  if (map === null) throw new Error('no map');
  return map;
}

/** Left and right of a band at its two ends: `Ma y0C… d y1Hc C… b y0Z`. */
function ends(d: string): { from: [number, number]; to: [number, number] } {
  const [, a, rest] = /^M([\d.]+) \S+?C(.*)$/.exec(d) ?? [];
  const numbers = (rest ?? '').match(/[\d.]+/g)?.map(Number) ?? [];
  return { from: [Number(a), numbers.at(-2) ?? -1], to: [numbers[4] ?? -1, numbers[6] ?? -1] };
}
