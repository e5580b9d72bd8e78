import { expect, test } from 'vitest';
import { packetsOf } from './export.ts';
import { unmetExpectations } from './outcome.ts';
import { record } from './record.ts';
import type { Intervention, Recording } from './recording.ts';
import type { Scenario } from './scenario-model.ts';

const PLAIN: Scenario = {
  id: 'plain',
  title: 'Plain',
  summary: 'A handshake, 1000 bytes, a close.',
  order: 0,
  profile: 'rfc9293',
  seed: 7,
  until: 20e9,
  maxSteps: 2000,
  hosts: [
    {
      name: 'client',
      role: 'client',
      address: '198.51.100.7',
      port: 49812,
      iss: [],
      read: 'auto',
      tcp: {},
      actions: [
        { on: 'start', after: 0, what: { do: 'connect', to: 1, port: 80, bytes: 0 } },
        { on: 'established', after: 10e6, what: { do: 'send', bytes: 1000 } },
        { on: 'established', after: 500e6, what: { do: 'close' } },
      ],
    },
    {
      name: 'server',
      role: 'server',
      address: '203.0.113.80',
      port: 0,
      iss: [],
      read: 'auto',
      tcp: {},
      actions: [
        {
          on: 'start',
          after: 0,
          what: { do: 'listen', port: 80, backlog: 4, policy: 'drop-when-full', accept: 'auto' },
        },
        { on: 'peer-closed', after: 5e6, what: { do: 'close' } },
      ],
    },
  ],
  link: { delay: 40e6, jitter: 0, loss: 0, rate: 0, queue: 100 },
  path: [],
  inject: [],
  expect: {},
  story: [],
};

const rough = (over: Partial<Scenario['link']>, more: Partial<Scenario> = {}): Scenario => ({
  ...PLAIN,
  ...more,
  link: { ...PLAIN.link, ...over },
});

/** Everything up to `t`, exclusive, as comparable data; flights only as far as they were visible then. */
function before(r: Recording, t: number): unknown {
  const steps = r.steps.filter((s) => s.t < t);
  const flights = r.flights
    .filter((f) => f.sentAt < t)
    .map((f) => ({ i: f.index, sentAt: f.sentAt, from: f.from, bytes: [...f.segment.bytes], again: f.again }));
  return { steps, flights };
}

test('a whole life: open, data, close by both sides', () => {
  const r = record(PLAIN);
  const end = r.steps.at(-1);
  expect(end?.hosts.map((h) => h.state)).toEqual(['TIME-WAIT', 'LISTEN']);
  expect(end?.hosts[1]).toMatchObject({ appRead: 1000, appWritten: 0 });
  expect(end?.hosts[0]).toMatchObject({ appRead: 0, appWritten: 1000 });
  expect(r.steps.slice(0, 3).map((s) => [s.kind, s.label, s.host])).toEqual([
    ['app', 'listen', 1],
    ['app', 'connect', 0],
    ['arrive', '', 1],
  ]);
  expect(r.hosts).toEqual([
    { name: 'client', role: 'client', address: '198.51.100.7', port: 49812 },
    { name: 'server', role: 'server', address: '203.0.113.80', port: 80 },
  ]);
});

test('steps are in order, flights know their steps, and every step shows all hosts', () => {
  const r = record(rough({ loss: 0.2, jitter: 30e6 }));
  r.steps.forEach((s, i) => {
    expect(s.index).toBe(i);
    expect(s.t).toBeGreaterThanOrEqual(r.steps[i - 1]?.t ?? 0);
    expect(s.hosts).toHaveLength(2);
    for (const f of s.sent) expect(r.flights[f]?.sentAt).toBe(s.t);
    if (s.kind === 'arrive')
      expect(r.flights[s.flight]).toMatchObject({ fate: 'delivered', arrivesAt: s.t, to: s.host });
    if (s.kind === 'lost') expect(r.flights[s.flight]).toMatchObject({ lostAt: s.t, from: s.host, fate: 'lost' });
  });
  r.flights.forEach((f, i) => {
    expect(f.index).toBe(i);
    expect(f.lostAt === Infinity).toBe(f.fate === 'delivered' || f.fate === 'in-flight');
  });
});

test('same scenario and seed, same recording; another seed, another', () => {
  const s = rough({ loss: 0.3, jitter: 50e6 });
  const a = record(s);
  expect(record(s)).toEqual(a);
  expect(record(s, { seed: 8 }).hash).not.toBe(a.hash);
  expect(a.hash).toMatch(/^[0-9a-f]{16}$/);
});

test('dropping a flight changes nothing before that moment, and the engine really recovers', () => {
  const base = record(PLAIN);
  for (const flight of base.flights) {
    const at = flight.sentAt + 10e6;
    const r = record(PLAIN, { interventions: [{ flight: flight.index, action: 'drop', at, by: 0 }] });
    expect(before(r, at)).toEqual(before(base, at));
    expect(r.flights[flight.index]).toMatchObject({ fate: 'user', lostAt: at });
    expect(r.steps.some((s) => s.kind === 'lost' && s.flight === flight.index && s.t === at)).toBe(true);
    expect(r.steps.at(-1)?.hosts[1]?.appRead).toBe(1000);
    expect(r.hash).not.toBe(base.hash);
  }
});

test('delaying and duplicating keep the past as well, and act as they say', () => {
  const base = record(rough({ jitter: 5e6 }));
  for (const flight of base.flights) {
    const at = flight.sentAt + 1e6;
    const late = record(rough({ jitter: 5e6 }), {
      interventions: [{ flight: flight.index, action: 'delay', at, by: 25e6 }],
    });
    expect(before(late, at)).toEqual(before(base, at));
    expect(late.flights[flight.index]?.arrivesAt).toBe(flight.arrivesAt + 25e6);

    const twice = record(rough({ jitter: 5e6 }), {
      interventions: [{ flight: flight.index, action: 'duplicate', at, by: 3e6 }],
    });
    expect(before(twice, at)).toEqual(before(base, at));
    const copy = twice.flights.find((f) => f.copyOf === flight.index);
    expect(copy).toMatchObject({ sentAt: at, arrivesAt: flight.arrivesAt + 3e6, fate: 'delivered', from: flight.from });
    expect(copy?.segment.bytes).toEqual(flight.segment.bytes);
    expect(twice.steps.find((s) => s.flight === copy?.index)).toMatchObject({
      kind: 'inject',
      label: 'duplicate',
      t: at,
    });
    expect(twice.steps.at(-1)?.hosts[1]?.appRead).toBe(1000);
  }
});

test('interventions one after the other: each acts on the run that the earlier ones made', () => {
  const first: Intervention = { flight: 0, action: 'drop', at: 20e6, by: 0 };
  const one = record(PLAIN, { interventions: [first] });
  const again = one.flights[1];
  expect(again).toMatchObject({ again: true, sentAt: 1e9 });
  const two = record(PLAIN, { interventions: [first, { flight: 1, action: 'drop', at: 1.02e9, by: 0 }] });
  expect(before(two, 1.02e9)).toEqual(before(one, 1.02e9));
  expect(two.flights[2]?.sentAt).toBe(3e9); // 1 s, then 2 s
  // an intervention on a flight that was over by then does nothing
  expect(record(PLAIN, { interventions: [{ flight: 0, action: 'drop', at: 2e9, by: 0 }] }).hash).toBe(
    record(PLAIN).hash,
  );
});

test('a host more on the path moves no numbers of the others', () => {
  const third = { ...PLAIN.hosts[0]!, name: 'other', address: '192.0.2.9', actions: [] };
  const s = rough({ loss: 0.2, jitter: 9e6 });
  expect(record({ ...s, hosts: [...s.hosts, third] }).hash).toBe(record(s).hash);
});

test('whatever the link does, a run ends and the bytes arrive once and whole', () => {
  for (let seed = 0; seed < 40; seed++) {
    const s = rough({ loss: 0.15, jitter: 60e6 }, { seed, until: 300e9 });
    const r = record(s);
    expect(r.steps.length).toBeLessThan(s.maxSteps);
    expect(r.steps.at(-1)?.hosts[1]?.appRead, `seed ${seed}`).toBe(1000);
  }
});

test('a run never outlives its bounds', () => {
  const cut = record({ ...PLAIN, until: 100e6 });
  expect(cut.steps.at(-1)?.t).toBeLessThanOrEqual(100e6);
  expect(cut.flights.at(-1)).toMatchObject({ fate: 'in-flight', lostAt: Infinity });
  expect(record({ ...PLAIN, maxSteps: 3 }).steps).toHaveLength(3);
});

test('a slow link with a short queue overflows, and says so', () => {
  const actions = [
    PLAIN.hosts[0]!.actions[0]!,
    { on: 'established', after: 0, what: { do: 'send', bytes: 60_000 } } as const,
  ];
  const s = rough({ rate: 1e6, queue: 3 }, { hosts: [{ ...PLAIN.hosts[0]!, actions }, PLAIN.hosts[1]!], until: 60e9 });
  const r = record(s);
  expect(r.flights.some((f) => f.fate === 'overflow')).toBe(true);
  expect(r.steps.at(-1)?.hosts[1]?.appRead).toBe(60_000);
});

test('IPv6 hosts talk too', () => {
  const [a, b] = PLAIN.hosts as [Scenario['hosts'][0], Scenario['hosts'][0]];
  const r = record({
    ...PLAIN,
    hosts: [
      { ...a, address: '2001:db8::7' },
      { ...b, address: '2001:db8::80' },
    ],
  });
  expect(r.steps.at(-1)?.hosts[1]?.appRead).toBe(1000);
  expect(r.flights[0]?.segment).toMatchObject({ src: '2001:db8::7', tcpOff: 40 });
  expect(r.steps.at(-1)?.hosts[0]?.tcbs[0]?.remote).toBe('[2001:db8::80]:80');
});

test('packets come out as a capture would hold them', () => {
  const r = record(rough({ loss: 0.2 }));
  const all = [...packetsOf(r)];
  expect(all).toHaveLength(r.flights.length);
  expect(all.every((p, i) => i === 0 || p.t >= (all[i - 1]?.t ?? 0))).toBe(true);
  const atServer = [...packetsOf(r, 1)];
  const delivered = r.flights.filter((f) => f.to === 1 && f.fate === 'delivered').length;
  expect(atServer).toHaveLength(r.flights.filter((f) => f.from === 1).length + delivered);
});

test('expectations that are not met are told in sentences', () => {
  const s: Scenario = {
    ...PLAIN,
    expect: {
      states: new Map([[0, 'LISTEN']]),
      closed: new Map([[0, 'reset']]),
      read: new Map([[1, 1001]]),
      resets: [1],
      passes: new Map([[1, ['LISTEN']]]),
      dialogue: [],
    },
  };
  const told = unmetExpectations(s, record(s));
  expect(told).toHaveLength(6);
  expect(told[0]).toBe('client ends in TIME-WAIT, expected LISTEN');
  expect(told[2]).toBe('server has read 1000 bytes, expected 1001');
  expect(told).toContain('server sent no RST, expected one');
});

test('what an application cannot do is one sentence with host and time', () => {
  const actions = [{ on: 'start', after: 5e6, what: { do: 'send', bytes: 1 } } as const];
  const s = { ...PLAIN, hosts: [{ ...PLAIN.hosts[0]!, actions }, PLAIN.hosts[1]!] };
  expect(() => record(s)).toThrow('client cannot send at 0.005 s: it has no connection yet');
});
