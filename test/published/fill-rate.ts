/** L5: the smallest flood that fills a queue without defence. */
import { runFlood } from '../../src/sim/flood-run.ts';
import { SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { floodOf, plainQueue, SILENT } from './plain-queue.ts';
import { type Check, count, type Section, yesNo } from './section.ts';
import { entryLife, fillRate } from './theory.ts';

const ROOMS = [128, 256, 512, 1024, 4096];
const RETRIES = [1, 2, 3, 4, 5];
/** A flood so much below and above the table's number. */
const MARGIN = 0.001;
/** How long each flood lasts, in lives of an entry. */
const LIVES = 3;

export function fillRates(): Section {
  const results = ROOMS.flatMap((room) => RETRIES.map((retries) => fill(room, retries)));
  return {
    id: 'L5',
    title: 'The smallest flood that fills a queue',
    source:
      'No paper: Little’s law. A queue of B entries, each of which lives for T, is filled by R* = B / T. T is 2^(n+1) − 1 s for n repeated SYN/ACKs (1, 2, 4 … s apart, RFC 6298 §5.5; the kernel’s ip-sysctl.rst gives 63 s for n = 5).',
    setup: `Each cell is two floods of evenly spaced SYNs from silent addresses against a queue of exactly B entries (exact timers, no pruning, no cookies), ${LIVES} T long: one ${100 * MARGIN} % below R*, one ${100 * MARGIN} % above. No randomness, hence no interval.`,
    tolerance: `${100 * MARGIN} % of R*: below it not one SYN may be refused, above it at least one in each T after the first, and the queue must have become full within the first.`,
    tables: [
      {
        caption: 'R* in SYNs per second, each held by simulation from both sides:',
        head: ['B', ...RETRIES.map((n) => `T = ${entryLife(n)} s (${n} ${n === 1 ? 'retry' : 'retries'})`)],
        rows: ROOMS.map((room) => [
          count(room),
          ...results.filter((r) => r.room === room).map((r) => `${rateText(r.rate)}${r.ok ? '' : ' **not held**'}`),
        ]),
      },
      {
        caption: 'What the floods beside R* did, for T = 63 s, what Linux has by default:',
        head: ['B', 'R*', 'SYNs below R*', 'refused', 'SYNs above R*', 'refused', 'full after', 'as predicted'],
        rows: results
          .filter((r) => r.retries === 5)
          .map((r) => [
            count(r.room),
            rateText(r.rate),
            count(r.below.syns),
            count(r.below.refused),
            count(r.above.syns),
            count(r.above.refused),
            `${r.above.fullAfter.toFixed(2)} s`,
            yesNo(r.ok),
          ]),
      },
    ],
    checks: results.map(
      (r): Check => ({
        name: `B = ${r.room}, ${r.retries} retries`,
        theory: `fills above ${rateText(r.rate)}/s only`,
        simulated: `${r.below.refused} refused below, ${r.above.refused} above`,
        ok: r.ok,
      }),
    ),
    meaning:
      'A default backlog of 128 with Linux’ default of five retries falls to two SYNs per second, less than the slowest modem can send. Making the queue larger or the wait shorter helps in proportion and no more: both together, 4,096 entries and one retry, still fall to 1,365 per second. Linux 6 admits one entry more than B, and gives old entries up early once the queue is half full, so there R* is a lower bound (fidelity.md, D).',
  };
}

interface Fill {
  readonly room: number;
  readonly retries: number;
  /** R*. */
  readonly rate: number;
  readonly below: Outcome;
  readonly above: Outcome;
  readonly ok: boolean;
}

interface Outcome {
  readonly syns: number;
  readonly refused: number;
  /** Seconds; -1 = it never was. */
  readonly fullAfter: number;
}

function fill(room: number, retries: number): Fill {
  const life = entryLife(retries);
  const rate = fillRate(room, life);
  const below = flood(room, retries, rate * (1 - MARGIN));
  const above = flood(room, retries, rate * (1 + MARGIN));
  const ok = below.refused === 0 && above.refused >= LIVES - 1 && above.fullAfter >= 0 && above.fullAfter <= life;
  return { room, retries, rate, below, above, ok };
}

function flood(room: number, retries: number, rate: number): Outcome {
  const until = LIVES * entryLife(retries) * SEC;
  const report = runFlood(
    floodScenario({
      ...plainQueue(room, retries),
      until,
      sampleEvery: until,
      floods: [{ name: 'flood', rate: { process: 'constant', rate }, spoof: SILENT }],
    }),
  );
  const { syns, answered } = floodOf(report, 'flood');
  return { syns, refused: syns - answered, fullAfter: report.queue.fullAt < 0 ? -1 : report.queue.fullAt / SEC };
}

function rateText(rate: number): string {
  return rate < 100 ? rate.toFixed(2) : rate.toFixed(0);
}
