/**
 * Table F once more, now through whole flood runs: crowd, flood, road, server and report, as a scenario file would have
 * them. The replays beside this file drive the listener alone.
 */
import { describe, expect, test } from 'vitest';
import { runFlood } from '../../src/sim/flood-run.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';
import { FOLDER, GroundTruth, groupBy, type Row } from './ground-truth.ts';

const truth = new GroundTruth(FOLDER);
const summary = truth.table('F_summary.csv');
const clients = truth.table('F_clients.csv');
if (summary === null || clients === null) console.warn(`skipped: no table F in ${FOLDER}`);

/** Bars of the ground truth, section 6. */
const BARS = { first: 0.1, ever: 0.12, answered: 0.01 };
/** Phases of the jiffies; the kernel's own is not known for most runs. */
const PHASES = [0, 37, 74, 111, 148, 185, 222, 259];

const setting = (row: Row): string =>
  ['flood_rate_per_s', 'listen_backlog', 'tcp_max_syn_backlog', 'tcp_synack_retries', 'tcp_syncookies']
    .map((column) => row.text(column))
    .join('/');

describe.skipIf(summary === null || clients === null)('half-open load against clients (F), in whole runs', () => {
  const byRun = groupBy(clients ?? [], 'run');
  const groups = new Map<string, Row[]>();
  for (const row of summary ?? []) groups.set(setting(row), [...(groups.get(setting(row)) ?? []), row]);

  test.each([...groups])('R/B/M/retries/cookies %s', (_name, runs) => {
    const measured = mean(runs.map(measuredOf));
    const predicted = mean(
      runs.flatMap((run) => PHASES.map((phase) => predict(run, byRun.get(run.text('run')) ?? [], phase))),
    );
    expect(Math.abs(predicted.first - measured.first), 'answered at the first SYN').toBeLessThanOrEqual(BARS.first);
    expect(Math.abs(predicted.ever - measured.ever), 'answered ever').toBeLessThanOrEqual(BARS.ever);
    const off = Math.abs(predicted.answered - measured.answered) / measured.answered;
    expect(off, 'half-open SYNs answered').toBeLessThanOrEqual(BARS.answered);
  });
});

interface Fractions {
  readonly first: number;
  readonly ever: number;
  readonly answered: number;
}

function measuredOf(run: Row): Fractions {
  return {
    first: run.number('fraction_first_syn'),
    ever: run.number('fraction_ever'),
    answered: run.number('flood_syns_answered'),
  };
}

function predict(run: Row, of: readonly Row[], phase: number): Fractions {
  const rate = run.number('flood_rate_per_s');
  const seconds = run.number('flood_duration_s');
  const report = runFlood(
    floodScenario({
      until: seconds * SEC,
      backlog: run.number('listen_backlog'),
      settings: {
        somaxconn: run.number('somaxconn'),
        tcp_max_syn_backlog: run.number('tcp_max_syn_backlog'),
        tcp_syncookies: run.number('tcp_syncookies'),
        tcp_synack_retries: run.number('tcp_synack_retries'),
        jiffies: phase,
      },
      floods: [{ rate: { process: 'constant', rate }, shape: 'bare' }],
      clients: of.map((row, i) => ({
        from: `198.18.${i}.0/24`,
        arrivals: { process: 'times', at: [Math.round(row.number('first_syn_scheduled_s') * SEC)] },
        // The ACK comes so long after the SYN/ACK; the path itself has no delay.
        rtt: { shape: 'fixed', value: row.number('ack_delay_ms') * MS },
        os: { rfc6298: 1 },
        request: 0,
      })),
    }),
  );
  const all = report.clients.at(-1);
  const tries = all?.answeredAtTry ?? [];
  return {
    first: (tries[0] ?? 0) / of.length,
    ever: tries.reduce((a, b) => a + b, 0) / of.length,
    answered: report.floods[0]?.answered ?? 0,
  };
}

function mean(all: readonly Fractions[]): Fractions {
  const of = (pick: (f: Fractions) => number): number => all.reduce((sum, f) => sum + pick(f), 0) / all.length;
  return { first: of((f) => f.first), ever: of((f) => f.ever), answered: of((f) => f.answered) };
}
