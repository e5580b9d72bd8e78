/** Any scenario the model can express ends within its bounds, repeatably, with nothing thrown but sentences for people. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HalfopenError } from '../wire/error.ts';
import { record } from './record.ts';
import type { Recording } from './recording.ts';
import type { Action, AppCall, HostSpec, Injection, Match, PathRule, Scenario, SeqExpr } from './scenario-model.ts';

const time = fc.integer({ min: 0, max: 3_000 }).map((ms) => ms * 1e6);
const port = fc.constantFrom(80, 81);
const host = fc.constantFrom(0, 1);
const call: fc.Arbitrary<AppCall> = fc.oneof(
  fc.record({ do: fc.constant('connect' as const), to: host, port, bytes: fc.constantFrom(0, 0, 10) }),
  fc.record({ do: fc.constant('send' as const), bytes: fc.constantFrom(1, 1000, 100_000) }),
  fc.constantFrom<AppCall>({ do: 'read' }, { do: 'accept' }, { do: 'close' }, { do: 'abort' }, { do: 'crash' }),
  fc.record({
    do: fc.constant('listen' as const),
    port,
    backlog: fc.constantFrom(0, 1, 8),
    policy: fc.constantFrom('drop-when-full' as const, 'syn-cookies' as const, 'cookies-when-full' as const),
    accept: fc.constantFrom('auto' as const, 'never' as const),
  }),
);
const action: fc.Arbitrary<Action> = fc.record({
  on: fc.constantFrom(
    'start' as const,
    'start' as const,
    'established' as const,
    'peer-closed' as const,
    'closed' as const,
  ),
  after: time,
  what: call,
});
const match: fc.Arbitrary<Match> = fc.record({
  from: fc.constantFrom(-1, 0, 1),
  to: fc.constant(-1),
  port: fc.constant(0),
  flags: fc.constantFrom(-1, 2, 0x12, 0x10, 4),
  data: fc.constantFrom(undefined, true, false),
  nth: fc.constantFrom([], [1], [2, 3]),
});
const rule: fc.Arbitrary<PathRule> = fc.oneof(
  fc.record({ do: fc.constant('lose' as const), match, where: fc.constantFrom(0, 0.5, 1) }),
  fc.record({ do: fc.constant('delay' as const), match, by: time }),
  fc.record({ do: fc.constant('duplicate' as const), match, by: time }),
);
const seq: fc.Arbitrary<SeqExpr> = fc.record({
  base: fc.constantFrom('X' as const, 'Y' as const, '' as const),
  plus: fc.constantFrom(0, 1, 2, 1000),
});
const injection: fc.Arbitrary<Injection> = fc
  .record({
    at: time,
    from: host,
    sport: fc.constantFrom(0, 80),
    dport: fc.constantFrom(0, 80),
    flags: fc.nat(63),
    seq,
    ack: seq,
  })
  .map((i) => ({ ...i, to: 1 - i.from, wnd: 1000, bytes: i.flags % 3 }));
const hostSpec = (index: number): fc.Arbitrary<HostSpec> =>
  fc
    .record({ actions: fc.array(action, { maxLength: 5 }), read: fc.constantFrom('auto' as const, 'never' as const) })
    .map((h) => ({
      ...h,
      name: index === 0 ? 'client' : 'server',
      role: index === 0 ? ('client' as const) : ('server' as const),
      address: `192.0.2.${index + 1}`,
      port: 0,
      iss: index === 0 ? [0xffff_fff0] : [],
      tcp: {},
      actions: [...start(index), ...h.actions],
    }));
const start = (index: number): Action[] =>
  index === 0
    ? [{ on: 'start', after: 0, what: { do: 'connect', to: 1, port: 80, bytes: 0 } }]
    : [
        {
          on: 'start',
          after: 0,
          what: { do: 'listen', port: 80, backlog: 1, policy: 'drop-when-full', accept: 'auto' },
        },
      ];

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    hosts: fc.tuple(hostSpec(0), hostSpec(1)),
    path: fc.array(rule, { maxLength: 3 }),
    inject: fc.array(injection, { maxLength: 3 }),
    loss: fc.constantFrom(0, 0.2),
    jitter: fc.constantFrom(0, 30e6),
    rate: fc.constantFrom(0, 2e6),
    seed: fc.nat(),
    profile: fc.constantFrom('rfc9293' as const, 'linux-6' as const),
  })
  .map(({ loss, jitter, rate, ...rest }) => ({
    ...rest,
    id: 'fuzz',
    title: '',
    summary: '',
    order: 0,
    until: 60e9,
    maxSteps: 600,
    link: { delay: 20e6, jitter, loss, rate, queue: 4 },
    expect: {},
    story: [],
  }));

function attempt(s: Scenario): Recording | string {
  try {
    return record(s);
  } catch (error) {
    if (error instanceof HalfopenError) return error.message;
    throw error;
  }
}

test('random scenarios', () => {
  let ran = 0;
  fc.assert(
    fc.property(scenario, (s) => {
      const r = attempt(s);
      expect(attempt(s)).toEqual(r);
      if (typeof r === 'string') return;
      ran++;
      expect(r.steps.length).toBeLessThanOrEqual(s.maxSteps);
      let t = 0;
      for (const step of r.steps) {
        expect(step.t).toBeGreaterThanOrEqual(t);
        t = step.t;
      }
      // nothing is read that was not written, whatever arrived twice, late or forged (forged data can only add)
      const forged = s.inject.some((i) => i.bytes > 0);
      const last = r.steps.at(-1)?.hosts;
      const crash = s.hosts.some((h) => h.actions.some((a) => a.what.do === 'crash'));
      if (!forged && !crash && last) {
        expect(last[1]?.appRead ?? 0).toBeLessThanOrEqual((last[0]?.appWritten ?? 0) + (last[1]?.appWritten ?? 0));
      }
    }),
    { numRuns: 120, seed: 9293 },
  );
  expect(ran).toBeGreaterThan(50);
});
