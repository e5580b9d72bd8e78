/** A: when SYN/ACKs go again and entries end, with the kernel's timer wheel. */
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { ACK, SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, groupBy, type Row, settingsOf } from './ground-truth.ts';
import { LinuxServer, PEER } from './linux-server.ts';
import type { Check, Section } from './section.ts';

/** The coarsest grid of a 32 s timer is 512 jiffies; which of them the SYN arrives in decides all times. */
const JIFFY: Nanos = 4 * MS;
const PHASES: readonly Nanos[] = Array.from({ length: 512 }, (_, i) => i * JIFFY + JIFFY / 2);

/** Timestamps carry some ms of scheduling noise, now and then 10, and removals were seen by a poll every 13 ms or so (ground truth, section 1). */
const NOISE = 0.02;
const POLL = 0.013;
/** A poll, and the time it takes. */
const POLLING = 0.025;

/** SYN/ACK times in seconds after the SYN, then the time of removal. */
interface Predicted {
  readonly synAcks: readonly number[];
  readonly removed: number;
}

export function synAckTimes(truth: GroundTruth): Section | null {
  const summary = truth.table('A_synack_summary.csv');
  const entries = truth.table('A_synack_times.csv');
  if (summary === null) return null;
  const checks: Check[] = [];
  const rows: string[][] = [];
  let worstFit = 0;
  for (const [retries, group] of groupBy(summary, 'tcp_synack_retries')) {
    const predicted = PHASES.map((phase) => predict(group[0]!, phase));
    const inside = predicted.filter((p) => group.every((row) => isInside(row, pick(row, p))));
    for (const row of group) {
      const all = predicted.map((p) => pick(row, p));
      const mean = all.reduce((a, b) => a + b, 0) / all.length;
      const [least, most] = [Math.min(...all), Math.max(...all)];
      const removal = row.text('event') !== 'synack';
      const what = removal ? 'removed' : `SYN/ACK ${row.text('index')}`;
      const [min, max] = [row.number('min_s'), row.number('max_s')];
      const slack = removal ? POLLING : NOISE;
      checks.push({
        name: `retries ${retries}, ${what}: the measured mean within the predicted range, noise of ${slack * 1000} ms aside`,
        measured: row.text('mean_s'),
        predicted: range(least, most),
        ok: row.number('mean_s') >= least - NOISE && row.number('mean_s') <= most + slack,
      });
      rows.push([
        retries,
        what,
        range(min, max),
        row.number('mean_s').toFixed(3),
        range(least, most),
        mean.toFixed(3),
        `${Math.round((100 * predicted.filter((p) => isInside(row, pick(row, p))).length) / predicted.length)} %`,
      ]);
    }
    checks.push({
      name: `retries ${retries}: phases with every predicted time inside the measured minimum and maximum`,
      measured: `${group[0]!.number('n')} entries`,
      predicted: `${inside.length} of ${PHASES.length}`,
      ok: inside.length >= leastInside(group) * PHASES.length,
    });
    const fits = (entries ?? [])
      .filter((e) => e.text('tcp_synack_retries') === retries)
      .map((e) => bestFit(e, predicted));
    if (fits.length === 0) continue;
    worstFit = Math.max(worstFit, ...fits);
    const near = fits.filter((fit) => fit <= NOISE).length;
    checks.push({
      name: `retries ${retries}: entries whose times are all those of one phase, within ${NOISE * 1000} ms`,
      measured: `${fits.length}`,
      predicted: `${near}`,
      ok: near >= 0.9 * fits.length,
    });
  }
  return {
    letter: 'A',
    title: 'SYN/ACKs sent again, and entries given up',
    csv: ['A_synack_summary.csv', 'A_synack_times.csv'],
    replay:
      'One SYN that is never answered, once for each of the 512 jiffies in which it may arrive on the coarsest grid of ' +
      'the timer wheel (HZ 250). Times are seconds after the SYN.',
    tolerance:
      `The measured mean lies within the predicted range but for noise (${NOISE * 1000} ms; ${POLLING * 1000} ms for removals, ` +
      'which were polled); nine of ten entries or more agree with one single phase in all their times, as near; and the ' +
      'predicted times lie inside the measured minimum and maximum (removals a poll of 13 ms before it) for as many phases as a sample of ' +
      'that size lets expect.',
    worst: `The worst time of any entry is ${(worstFit * 1000).toFixed(1)} ms from the prediction for its phase, polling aside.`,
    head: ['retries', 'event', 'measured', 'mean', 'predicted', 'mean', 'phases inside'],
    rows,
    checks,
  };
}

/** A range of n samples leaves out 2/(n + 1) of what it is drawn from; half as much again is granted, for each grid. */
function leastInside(group: readonly Row[]): number {
  const grids = group.length - 1;
  return Math.max(0, 1 - (grids * 3) / (group[0]!.number('n') + 1));
}

function predict(row: Row, phase: Nanos): Predicted {
  const server = new LinuxServer({ ...settingsOf(row), backlog: 4096 }, phase);
  const synAcks: number[] = [];
  server.onSent = (seg) => {
    if (seg.flags === (SYN | ACK)) synAcks.push(server.now / SEC);
  };
  server.recv({ src: PEER, flags: SYN, seq: 1, mss: 1460 });
  let removed = 0;
  while (server.listener.synQueue.length > 0) {
    removed = server.stack.nextTimer();
    server.run(removed);
  }
  return { synAcks, removed: removed / SEC };
}

function pick(row: Row, p: Predicted): number {
  return row.text('event') === 'synack' ? (p.synAcks[row.number('index')] ?? Number.NaN) : p.removed;
}

function isInside(row: Row, at: number): boolean {
  const early = row.text('event') === 'synack' ? 0 : POLL;
  return at >= row.number('min_s') - early && at <= row.number('max_s');
}

/** The phase that explains an entry best: its largest deviation. Polling makes removals late, never early. */
function bestFit(entry: Row, predicted: readonly Predicted[]): number {
  const columns = entry.columns(/^synack\d+_s$/).filter((name) => entry.text(name) !== '');
  const removed = entry.numberOr('syn_recv_removed_s', null);
  let best = Infinity;
  for (const p of predicted) {
    const late = removed === null ? 0 : removed - p.removed;
    let worst = late < 0 ? -late : Math.max(0, late - POLLING);
    for (const name of columns) {
      const at = p.synAcks[Number(/\d+/.exec(name)![0])] ?? Infinity;
      worst = Math.max(worst, Math.abs(entry.number(name) - at));
    }
    best = Math.min(best, worst);
  }
  return best;
}

function range(least: number, most: number): string {
  return least.toFixed(3) === most.toFixed(3) ? least.toFixed(3) : `${least.toFixed(3)}-${most.toFixed(3)}`;
}
