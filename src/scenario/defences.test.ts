import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { measuresOf } from '../sim/flood-measures.ts';
import { runFlood } from '../sim/flood-run.ts';
import { DEFENCES, defencesOf, USUAL_DEFENCES, withDefences } from './defences.ts';
import { parseFloodScenario } from './parse.ts';

const flood = (text: string) => parseFloodScenario(`kind: flood\ntitle: t\nsummary: s\n${text}`, 't.yaml');

const SMALL = flood(`server: { backlog: 16, settings: { tcp_syncookies: 1 } }
clients: { rate: 20, rtt: 100ms }
floods: { rate: { process: constant, rate: 400 }, from: 1s }
boxes: [syn-proxy]
ingress: 0.5
until: 5s
`);

describe('a defence is a change to the bare scenario', () => {
  test('none takes away what the scenario has; as-is leaves it alone', () => {
    const none = withDefences(SMALL, 'none');
    expect(none.boxes).toEqual([]);
    expect(none.ingress.deployed).toBe(0);
    expect(none.server.settings.tcp_syncookies).toBe(0);
    expect(none.server.listen[0]?.policy).toBe('drop-when-full');
    expect(withDefences(SMALL, 'as-is')).toBe(SMALL);
  });

  test('several are composed, boxes in the order of their names', () => {
    const both = withDefences(SMALL, 'rate-limit+backlog-x4+first-syn-drop+ingress-25');
    expect(both.server.listen[0]?.backlog).toBe(64);
    expect(both.boxes.map(({ name }) => name)).toEqual(['rate-limit', 'first-syn-drop']);
    expect(both.ingress.deployed).toBe(0.25);
    // Four times the 20 clients a second.
    expect(both.boxes[0]?.params).toEqual({ rate: 80, burst: 80 });
    expect(defencesOf('rate-limit+backlog-x7').map(({ rfc4987 }) => rfc4987)).toEqual(['', '3.2']);
  });

  test('a larger backlog is allowed by the system-wide limits as well', () => {
    const { server } = withDefences(flood('server: { backlog: 4000 }\n'), 'backlog-x4');
    expect(server.listen[0]?.backlog).toBe(16_000);
    expect(server.settings).toMatchObject({ somaxconn: 16_000, tcp_max_syn_backlog: 32_000 });
  });

  test('each profile has its own shorter timer', () => {
    const shorter = (profile: string) =>
      withDefences(flood(`server: { profile: ${profile} }\n`), 'short-timer').server.settings;
    expect(shorter('linux-6')).toMatchObject({ tcp_synack_retries: 1 });
    expect(shorter('freebsd-14')).toEqual({ syncookies: 0, syncache_rexmtlimit: 1 });
    expect(shorter('rfc9293')).toEqual({ synack_retries: 1 });
    expect(shorter('bsd-1996')).toEqual({ tcp_keepinit: 10 });
  });

  test.each([
    ['syn-cookie', 'no defence is called "syn-cookie"; did you mean \'syn-cookies\'?'],
    ['none+', 'no defence is called ""'],
    ['ingress-101', 'no defence is called "ingress-101"'],
    ['syn-cookies+oldest-drop', "syn-cookies and oldest-drop each choose the listener's policy"],
    ['as-is+none', 'no defence is called "as-is"'],
  ])('%s is told', (name, message) => {
    expect(() => withDefences(SMALL, name)).toThrow(message);
  });

  test('all of the usual choice have names in the catalogue', () => {
    const names = DEFENCES.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...USUAL_DEFENCES]));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('what the papers say of them holds in a run', () => {
  const run = (name: string) => measuresOf(runFlood(withDefences(SMALL, name)));
  const served = (name: string) => run(name)['clients.all.servedShare'] ?? Number.NaN;

  test('oldest-drop: nobody whose round trip is longer than capacity / rate (RFC 4987 §3.4)', () => {
    // 17 entries at 420 SYNs a second live 40 ms, the round trip is 100 ms: only the first second serves.
    expect(served('oldest-drop')).toBeLessThan(0.3);
    // 1,025 entries live 2.4 s.
    expect(served('oldest-drop+backlog-x64')).toBeGreaterThan(0.95);
  });

  test('cookies serve everybody, a blackhole nobody', () => {
    expect(served('syn-cookies')).toBeGreaterThan(0.95);
    expect(served('cookies-always')).toBeGreaterThan(0.95);
    expect(run('cookies-always')['queue.peak']).toBe(0);
    expect(served('blackhole')).toBe(0);
  });

  // Linux: without timestamps there is no room for them in a cookie (RFC 4987 §3.6; ground truth C).
  test('cookies cost window scale and SACK where the client has no timestamps', () => {
    const lost = (os: string) => {
      const scenario = { ...SMALL, clients: SMALL.clients.map((group) => ({ ...group, os: { [os]: 1 } })) };
      const numbers = measuresOf(runFlood(withDefences(scenario, 'cookies-always')));
      return (numbers['clients.all.optionsLost'] ?? Number.NaN) / (numbers['clients.all.connected'] ?? Number.NaN);
    };
    expect([lost('linux'), lost('windows')]).toEqual([0, 1]);
  });

  test('ingress filtering everywhere leaves no forged SYN', () => {
    const all = run('ingress-100');
    // 400 a second for four seconds, and none of them got out of its network.
    expect([all['floods.all.filtered'], all['floods.all.syns']]).toEqual([1600, 0]);
    expect(all['clients.all.ever']).toBe(1);
  });

  test('reserve: regulars get in where strangers lose (Linux tcp_peer_is_proven)', () => {
    const scenario = flood(`server: { backlog: 64 }
clients:
  - { name: regulars, prefix: 198.18.0.0/24, rate: 5, process: constant, people: 20, patience: 5s }
  - { name: strangers, prefix: 198.18.4.0/22, rate: 5, process: constant, patience: 5s }
floods: { rate: 200, from: 5s, spoof: silent }
until: 30s
`);
    const shares = (name: string) => {
      const numbers = measuresOf(runFlood(withDefences(scenario, name)));
      return ['regulars', 'strangers'].map((who) => numbers[`clients.${who}.servedShare`] ?? Number.NaN);
    };
    // Five of thirty seconds are without a flood; nobody is told from the others.
    for (const share of shares('none')) expect(share).toBeLessThan(0.4);
    const [regulars = 0, strangers = 1] = shares('reserve');
    expect(regulars).toBeGreaterThan(0.99 - 1 / 150);
    expect(strangers).toBeLessThan(0.4);
  });

  test('fast-open-limit: a flood with cookies no longer gets the workers, and SYN cookies do the rest', () => {
    const text = readFileSync(new URL('../../scenarios/fast-open-limit.yaml', import.meta.url), 'utf8');
    const scenario = parseFloodScenario(text, 'fast-open-limit.yaml');
    const numbers = (name: string) => measuresOf(runFlood({ ...withDefences(scenario, name), until: 40e9 }));
    // The same flood with SYN cookies alone: connections in SYN-RECEIVED fill the accept queue, where no cookie helps.
    const alone = numbers('syn-cookies');
    expect(alone['queue.peakAccept']).toBe(129);
    expect(alone['clients.all.servedShare']).toBeLessThan(0.6);
    const both = numbers('fast-open-limit+syn-cookies');
    expect(both['queue.peakAccept']).toBeLessThanOrEqual(16);
    expect(both['clients.all.servedShare']).toBeGreaterThan(0.98);
    // The limit alone makes an ordinary flood of it: 129 half-open entries and nobody served.
    const limit = numbers('fast-open-limit');
    expect(limit['queue.peak']).toBe(129);
    expect(limit['clients.all.servedShare']).toBeLessThan(0.6);
  });

  test('first-SYN drop costs each client its first timeout, a second (RFC 6298)', () => {
    expect(run('first-syn-drop')['clients.all.connectTime.p50']).toBeCloseTo(1.1, 3);
  });
});

test.each(DEFENCES.map(({ name }) => name))('%s can be run on every profile', (name) => {
  for (const profile of ['linux-6', 'freebsd-14', 'rfc9293', 'bsd-1996']) {
    const scenario = flood(
      `server: { profile: ${profile} }\nclients: { rate: 5 }\nfloods: { rate: 50, from: 0 }\nuntil: 300ms\n`,
    );
    expect(runFlood(withDefences(scenario, name)).ranTo).toBe(300e6);
  }
});

test('the shipped flood has a usual choice that differs', () => {
  const scenario = parseFloodScenario(
    readFileSync(new URL('../../scenarios/syn-flood.yaml', import.meta.url), 'utf8'),
    'syn-flood.yaml',
  );
  const patched = USUAL_DEFENCES.map((name) => JSON.stringify(withDefences(scenario, name)));
  expect(new Set(patched).size).toBe(USUAL_DEFENCES.length);
});
