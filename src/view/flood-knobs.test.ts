import { describe, expect, test } from 'vitest';
import { parseFloodScenario } from '../scenario/parse.ts';
import { runFlood } from '../sim/flood-run.ts';
import { LISTEN_POLICIES } from '../sim/listen-policies.ts';
import { middleboxNamed } from '../sim/middlebox/catalogue.ts';
import { settingsOf } from '../sim/server-profiles.ts';
import { DEFENCES } from './flood-defences.ts';
import {
  applyKnobs,
  backlogChoices,
  knobsText,
  nominalRate,
  ownSpoof,
  parseKnobs,
  rateStops,
  turnedKnobs,
  UNTURNED,
} from './flood-knobs.ts';

const SCENARIO = parseFloodScenario(
  `kind: flood
title: A flood
summary: Two floods and a botnet.
server: { backlog: 128 }
clients: { rate: 5 }
floods:
  - { rate: 100, spoof: { mode: random, live: 0.2 } }
  - { name: burst, rate: { process: burst, size: 50, every: 500ms }, spoof: { mode: silent, prefix: 172.20.0.0/16 } }
botnets: { bots: 20, orders: { at: 20s, rate: 10, spoof: random, prefix: 172.24.0.0/16 } }
until: 60s
`,
  'knobs.yaml',
);

test('a knob that is not turned changes nothing', () => {
  expect(applyKnobs(SCENARIO, UNTURNED)).toEqual(SCENARIO);
});

describe('rate', () => {
  test('is the sum of all floods: 100 + 50 per half second + 20 bots with 10 each', () => {
    expect(nominalRate(SCENARIO)).toBe(400);
    expect(rateStops(SCENARIO)).toContain(400);
    expect(rateStops(SCENARIO).at(-1)).toBe(100_000);
  });

  test('scales each by the same factor', () => {
    const turned = applyKnobs(SCENARIO, { ...UNTURNED, rate: 800 });
    expect(turned.floods.map((flood) => flood.rate)).toEqual([
      { process: 'poisson', rate: 200 },
      { process: 'burst', size: 100, every: 500e6 },
    ]);
    expect(turned.botnets[0]?.orders[0]?.rate).toBe(20);
    expect(nominalRate(turned)).toBe(800);
  });
});

describe('spoofing', () => {
  test('keeps each flood in its own prefix', () => {
    expect(applyKnobs(SCENARIO, { ...UNTURNED, spoof: 'live' }).floods.map((flood) => flood.spoof)).toEqual([
      { mode: 'live', prefix: SCENARIO.floods[0]?.spoof.prefix },
      { mode: 'live', prefix: '172.20.0.0/16' },
    ]);
    expect(applyKnobs(SCENARIO, { ...UNTURNED, spoof: 'own' }).floods[1]?.spoof).toEqual({
      mode: 'own',
      prefix: '172.20.0.0/16',
      count: 50,
    });
  });

  test('the live share is for random addresses only', () => {
    const turned = applyKnobs(SCENARIO, { ...UNTURNED, live: 0.5 });
    expect(turned.floods.map((flood) => flood.spoof)).toMatchObject([{ live: 0.5 }, { mode: 'silent' }]);
    expect(ownSpoof(SCENARIO)).toEqual({ mode: 'random', live: 0.2 });
  });

  test('bots are told the same', () => {
    const order = (spoof: 'live' | 'silent' | 'own') =>
      applyKnobs(SCENARIO, { ...UNTURNED, spoof }).botnets[0]?.orders[0];
    expect(order('live')).toMatchObject({ spoof: 'random', live: 1 });
    expect(order('silent')).toMatchObject({ spoof: 'random', live: 0 });
    expect(order('own')).toMatchObject({ spoof: 'own' });
  });
});

test('a backlog beyond what the system grants raises its limits as well', () => {
  expect(applyKnobs(SCENARIO, { ...UNTURNED, backlog: 64 }).server).toMatchObject({
    listen: [{ backlog: 64 }],
    settings: {},
  });
  expect(applyKnobs(SCENARIO, { ...UNTURNED, backlog: 16_384 }).server.settings).toEqual({
    somaxconn: 16_384,
    tcp_max_syn_backlog: 24_576,
  });
  expect(backlogChoices(SCENARIO)).toContain(128);
});

describe('defences', () => {
  test('each stands in the catalogue under its name', () => {
    expect(new Set(DEFENCES.map(({ id }) => id)).size).toBe(DEFENCES.length);
    for (const { policy, boxes, settings } of DEFENCES) {
      if (policy !== '') expect(Object.keys(LISTEN_POLICIES)).toContain(policy);
      for (const { name } of boxes) expect(middleboxNamed(name)?.name).toBe(name);
      for (const [profile, changed] of Object.entries(settings)) {
        expect(Object.keys(settingsOf(profile, {}))).toEqual(expect.arrayContaining(Object.keys(changed)));
      }
    }
  });

  test.each(DEFENCES.map(({ id }) => id))('%s runs', (id) => {
    const turned = applyKnobs({ ...SCENARIO, until: 8e9 }, { ...UNTURNED, defence: id });
    const report = runFlood(turned);
    expect(report.ranTo).toBe(8e9);
    expect(report.clients.at(-1)?.attempts).toBeGreaterThan(10);
  });

  test('a defence in the network leaves the listener alone, one in the server the road', () => {
    const proxy = applyKnobs(SCENARIO, { ...UNTURNED, defence: 'syn-proxy' });
    expect(proxy.boxes).toEqual([{ name: 'syn-proxy', params: {} }]);
    expect(proxy.server).toEqual(SCENARIO.server);
    expect(applyKnobs(SCENARIO, { ...UNTURNED, defence: 'short-wait' }).server.settings).toEqual({
      tcp_synack_retries: 1,
    });
    expect(applyKnobs(SCENARIO, { ...UNTURNED, defence: 'ingress' }).ingress.deployed).toBe(1);
  });

  test('replace the policy of every listener', () => {
    const turned = applyKnobs(SCENARIO, { ...UNTURNED, defence: 'syn-cookies' });
    expect(turned.server.listen.map((spec) => spec.policy)).toEqual(['syn-cookies']);
    expect(applyKnobs(SCENARIO, { ...UNTURNED, defence: 'no-such' })).toEqual(SCENARIO);
  });
});

test('forging and the live share are one knob', () => {
  expect(turnedKnobs(UNTURNED)).toEqual([]);
  expect(turnedKnobs({ ...UNTURNED, live: 0.5 })).toEqual(['spoof']);
  expect(turnedKnobs({ ...UNTURNED, spoof: 'own', rate: 5 })).toEqual(['rate', 'spoof']);
});

test('a link carries the knobs, and a mangled one leaves them unturned', () => {
  const knobs = { rate: 200, spoof: 'own', live: 0.25, backlog: 64, defence: 'oldest-drop' } as const;
  expect(knobsText(knobs)).toBe('rate.200_spoof.own_live.25_backlog.64_defence.oldest-drop');
  expect(parseKnobs(knobsText(knobs))).toEqual(knobs);
  expect(knobsText(UNTURNED)).toBe('');
  expect(parseKnobs('')).toEqual(UNTURNED);
  expect(parseKnobs('rate.-1_spoof.me_live.101_backlog.x_defence.<b>')).toEqual(UNTURNED);
});
