/** Bot by bot and in sums: the same law, over many seeds, against each other and against closed forms. */
import { describe, expect, test } from 'vitest';
import { PartyLoop } from '../../../../test/support/party-loop.ts';
import { MS, SEC } from '../../../tcp/types.ts';
import type { BotnetSpec, DistributionSpec, OrderSpec } from '../../flood-model.ts';
import { makeBotnet } from './botnet.ts';

const SEEDS = 200;
const BOTS = 40;
const RTT = 40 * MS;
/** 99.9 % of a normal distribution lies within so many standard deviations. */
const Z = 3.29;

const ORDER: OrderSpec = {
  at: 6 * SEC,
  port: 80,
  rate: 5,
  duration: 8 * SEC,
  spoof: 'own',
  prefix: '',
  live: 0,
  shape: 'bare',
};

function botnet(
  as: 'each' | 'sum',
  over: Partial<BotnetSpec> = {},
  rtt: DistributionSpec = { shape: 'fixed', value: RTT },
): BotnetSpec {
  const kind = { prefix: '10.0.0.0/16', networkBits: 24, uplink: 1000, rtt } as const;
  const bots = [
    { ...kind, kind: 'pc', count: BOTS / 4 },
    { ...kind, kind: 'iot', count: (3 * BOTS) / 4, prefix: '10.1.0.0/16' },
  ] as const;
  return {
    name: 'b',
    bots,
    c2: '203.0.113.66',
    poll: 4 * SEC,
    joinWithin: 2 * SEC,
    orders: [ORDER],
    takeDown: null,
    as,
    ...over,
  };
}

interface Sample {
  readonly registered: number[];
  readonly informed: number[];
  readonly syns: number[];
  readonly polls: number[];
  readonly failed: number[];
  readonly rate: number[];
}

/** What there is at each of `times`, for each seed. */
function samples(spec: BotnetSpec, times: readonly number[]): Sample[] {
  const found = times.map((): Sample => ({ registered: [], informed: [], syns: [], polls: [], failed: [], rate: [] }));
  for (let seed = 0; seed < SEEDS; seed++) {
    const loop = new PartyLoop();
    const made = makeBotnet(spec, { seed, target: '203.0.113.80', ingress: { deployed: 0, mode: 'strict' } }, loop.tx);
    loop.join(made.ranges, made.parties, made.emitters);
    times.forEach((t, i) => {
      loop.runTo(t);
      const report = made.report(t);
      const at = found[i]!;
      at.registered.push(report.registered);
      at.informed.push(report.informed.reduce((a, b) => a + b));
      at.syns.push(report.syns);
      at.polls.push(report.polls);
      at.failed.push(report.pollsFailed);
      at.rate.push(made.view(t).rate);
    });
  }
  return found;
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1) };
}

/** Mean and variance of a sample are those expected; `fourth`: the fourth central moment. */
function expectMoments(values: readonly number[], mean: number, variance: number, fourth: number, what: string): void {
  const found = moments(values);
  expect(Math.abs(found.mean - mean), `${what}: mean ${found.mean}, expected ${mean}`).toBeLessThan(
    Z * Math.sqrt(variance / SEEDS),
  );
  const spread = Z * Math.sqrt((fourth - variance ** 2) / SEEDS);
  expect(Math.abs(found.variance - variance), `${what}: variance ${found.variance}, expected ${variance}`).toBeLessThan(
    spread,
  );
}

function expectBinomial(values: readonly number[], n: number, p: number, what: string): void {
  const variance = n * p * (1 - p);
  expectMoments(values, n * p, variance, variance * (1 + 3 * (n - 2) * p * (1 - p)), what);
}

/** Two samples have one mean and one variance, as far as their size tells. */
function expectAlike(a: readonly number[], b: readonly number[], what: string): void {
  const [x, y] = [moments(a), moments(b)];
  const both = x.variance + y.variance;
  expect(Math.abs(x.mean - y.mean), `${what}: means ${x.mean} and ${y.mean}`).toBeLessThanOrEqual(
    Z * Math.sqrt(both / SEEDS),
  );
  // Of nearly normal values a sample variance has the standard deviation σ² sqrt(2 / n).
  expect(Math.abs(x.variance - y.variance), `${what}: variances ${x.variance} and ${y.variance}`).toBeLessThanOrEqual(
    (Z * both * Math.sqrt(4 / SEEDS)) / 2,
  );
}

describe('one order to bots that have all joined', () => {
  const after = [0.5, 1, 2, 4, 7.5];
  const times = after.map((s) => ORDER.at + s * SEC);
  const each = samples(botnet('each'), times);
  const sum = samples(botnet('sum'), times);

  test.each([
    ['each', each],
    ['sum', sum],
  ] as const)('%s: informed(t) is binomial with 1 - e^(-t / poll), half a round trip later', (_as, found) => {
    after.forEach((s, i) => {
      expectBinomial(found[i]!.informed, BOTS, 1 - Math.exp(-(s - RTT / 2 / SEC) / 4), `after ${s} s`);
    });
  });

  test.each([
    ['each', each],
    ['sum', sum],
  ] as const)('%s: SYNs are those of bots that begin at such times, Poisson at 5 a second', (_as, found) => {
    after.forEach((s, i) => {
      // L, how long a bot has flooded after T: (T - E)+ with E exponential of mean p; SYNs of a bot: Poisson(5 L).
      const [T, p, rate] = [s - RTT / 2 / SEC, 4, 5];
      const q = 1 - Math.exp(-T / p);
      const L1 = T - p * q;
      const L2 = T * T - 2 * p * T + 2 * p * p * q;
      const variance = BOTS * (rate * L1 + rate * rate * (L2 - L1 * L1));
      // A sum over 40 bots: nearly normal, but for the few SYNs at first.
      const fourth = 3 * variance ** 2 * (1 + 4 / BOTS) + 10 * variance;
      expectMoments(found[i]!.syns, BOTS * rate * L1, variance, fourth, `after ${s} s`);
    });
  });

  test('and both agree with each other, polls included', () => {
    after.forEach((s, i) => {
      for (const what of ['informed', 'syns', 'polls', 'rate'] as const) {
        expectAlike(each[i]![what], sum[i]![what], `${what} after ${s} s`);
      }
    });
  });
});

describe('joining', () => {
  const times = [0.3, 1, 1.7].map((s) => s * SEC);

  test.each(['each', 'sum'] as const)('%s: uniform over the span, two round trips before it is known', (as) => {
    samples(botnet(as), times).forEach(({ registered }, i) => {
      expectBinomial(registered, BOTS, (times[i]! - 2 * RTT) / (2 * SEC), `at ${times[i]}`);
    });
  });
});

describe('orders while bots still join, one during another, at different distances', () => {
  const orders = [
    { ...ORDER, at: SEC },
    { ...ORDER, at: 3 * SEC, duration: 3 * SEC, rate: 11 },
    { ...ORDER, at: 4 * SEC, duration: 6 * SEC, rate: 3 },
  ];
  const times = [2, 3.5, 5, 7, 9, 11].map((s) => s * SEC);
  const rtt = { shape: 'uniform', least: 20 * MS, most: 200 * MS } as const;
  const over = { orders, joinWithin: 3 * SEC, poll: 3 * SEC };
  /** Less than the orders ask of a bot together, and than one of them does. */
  const slow = { ...over, bots: botnet('each').bots.map((kind) => ({ ...kind, uplink: 9, rtt })) };

  test('each and sum agree', () => {
    const each = samples(botnet('each', over, rtt), times);
    const sum = samples(botnet('sum', over, rtt), times);
    times.forEach((t, i) => {
      for (const what of ['registered', 'informed', 'syns', 'polls', 'rate'] as const) {
        expectAlike(each[i]![what], sum[i]![what], `${what} at ${t / SEC} s`);
      }
    });
  });

  test('and where the orders together are too much for the links of bots', () => {
    const each = samples(botnet('each', slow), times);
    const sum = samples(botnet('sum', slow), times);
    times.forEach((t, i) => {
      for (const what of ['syns', 'rate'] as const)
        expectAlike(each[i]![what], sum[i]![what], `${what} at ${t / SEC} s`);
    });
  });

  test.each(['sinkhole', 'edge-block', 'outage'] as const)('each and sum agree after %s', (how) => {
    const fallen = { ...over, takeDown: { how, at: 3.7 * SEC } };
    const each = samples(botnet('each', fallen, rtt), [3.9 * SEC, 6 * SEC, 12 * SEC]);
    const sum = samples(botnet('sum', fallen, rtt), [3.9 * SEC, 6 * SEC, 12 * SEC]);
    each.forEach((at, i) => {
      for (const what of ['informed', 'syns', 'rate', 'polls', 'failed'] as const) {
        expectAlike(at[what], sum[i]![what], `${what} ${i}`);
      }
    });
  });
});
