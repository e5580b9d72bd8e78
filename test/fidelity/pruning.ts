/** D: which half-open entries a crowded SYN queue gives up early. */
import type { LinuxListenSettings } from '../../src/tcp/linux-listener.ts';
import { TimerWheel } from '../../src/tcp/timer-wheel.ts';
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, groupBy, type Row, settingsOf } from './ground-truth.ts';
import { HZ, LinuxServer, PEER } from './linux-server.ts';
import { type Check, equal, type Section } from './section.ts';

/** Where the first SYN may stand on the coarsest grid of the timers, which has 512 jiffies of 4 ms. */
const PHASES: readonly Nanos[] = Array.from({ length: 512 }, (_, i) => i * 4 * MS);
const FEW_PHASES: readonly Nanos[] = PHASES.filter((_, i) => i % 37 === 0);
/** Steady load is compared from here on. */
const SETTLED = 40;
const COUNTERS = ['TCPReqQFullDrop', 'TCPSynRetrans', 'TCPTimeouts'] as const;

interface Run {
  /** SYN/ACKs of each entry, the first included. */
  readonly synAcks: readonly number[];
  /** Half-open entries at the sampled times. */
  readonly occupancy: readonly number[];
  readonly counters: Readonly<Record<(typeof COUNTERS)[number], number>>;
}

export function pruning(truth: GroundTruth): Section | null {
  const summary = truth.table('D_prune_summary.csv');
  if (summary === null) return null;
  const entries = groupBy(truth.table('D_prune_entries.csv') ?? [], 'scenario');
  const occupancy = groupBy(truth.table('D_prune_occupancy.csv') ?? [], 'scenario');
  const checks: Check[] = [];
  const rows: string[][] = [];
  let worst = 0;
  for (const row of summary) {
    const name = row.text('scenario');
    const mine = entries.get(name) ?? [];
    const sent = sentAt(row, mine);
    const samples = (occupancy.get(name) ?? []).filter((o) => o.number('t_s') >= SETTLED);
    const phase = likeliestPhase(mine, sent);
    const replayed = (at: Nanos): Run =>
      replay(
        settingsOf(row),
        sent,
        row.number('duration_s'),
        at,
        samples.map((o) => o.number('t_s')),
      );
    const run = replayed(phase);
    const steady = row.text('workload') !== 'burst';
    if (steady) {
      checks.push(...steadyChecks(row, summary, run, samples));
      worst = Math.max(worst, ...farthest(row, summary, run));
    } else {
      for (const at of [phase, ...FEW_PHASES]) checks.push(...burstChecks(row, at, replayed(at)));
    }
    const same = mine.filter((e, i) => e.number('synacks_total') === run.synAcks[i]).length;
    rows.push([
      name,
      measuredCounts(row).join(' '),
      predictedCounts(row, run).join(' '),
      COUNTERS.map((c) => row.text(c)).join(' '),
      COUNTERS.map((c) => run.counters[c]).join(' '),
      steady && samples.length > 0 ? spread(samples.map((o) => o.number('syn_recv_count'))) : '',
      steady && samples.length > 0 ? spread(run.occupancy) : '',
      mine.length === 0 ? '' : `${same} of ${mine.length}`,
    ]);
  }
  return {
    letter: 'D',
    title: 'Old entries given up early',
    csv: ['D_prune_summary.csv', 'D_prune_entries.csv', 'D_prune_occupancy.csv'],
    replay:
      'Each SYN at the time at which it was sent. The jiffy of the first one, which no table tells, is the one that ' +
      'explains the measured times of SYN/ACKs best; bursts are replayed for 15 jiffies in all. Counts: entries with 0, ' +
      '1, … 6 SYN/ACKs. Counters: TCPReqQFullDrop, TCPSynRetrans, TCPTimeouts. Occupancy: least, mean and most from ' +
      `${SETTLED} s on. "Same": entries that got as many SYN/ACKs as measured, one by one; a run that was not pinned to ` +
      'one CPU has the timer wheels of two, and which entries go then depends on where each was armed.',
    tolerance:
      'Bursts: all counts and counters exactly, for each jiffy. Steady load: counts and counters within the range of the ' +
      'runs of the same setting, widened by 1 % of the entries (6 % where there was one run), since two CPUs share the timers; mean ' +
      'occupancy within 0.5 and its bounds within 2.',
    worst: `Counts of steady runs lie at most ${worst} outside the range measured.`,
    head: ['scenario', 'measured', 'predicted', 'counters', 'predicted', 'occupancy', 'predicted', 'same'],
    rows,
    checks,
  };
}

/** Scheduled times, where the table of entries lacks the scenario. */
function sentAt(row: Row, entries: readonly Row[]): number[] {
  if (entries.length > 0) return entries.map((e) => e.number('syn_sent_s'));
  const gap = row.text('workload') === 'burst' ? 0.001 : 1 / row.number('burst_size_or_rate_per_s');
  return Array.from({ length: row.number('syns') }, (_, i) => i * gap);
}

/** The phase for which chains of timers from each SYN lie nearest to the measured ones. Outliers count 0.3 s at most. */
function likeliestPhase(entries: readonly Row[], sent: readonly number[]): Nanos {
  const chains = entries.map((e) => {
    const text = e.text('retransmit_offsets_s');
    return text === '' ? [] : text.split(';').map(Number);
  });
  let best = 0;
  let least = Infinity;
  for (const phase of PHASES) {
    const wheel = new TimerWheel({ hz: HZ, phase });
    let error = 0;
    for (const [i, offsets] of chains.entries()) {
      const start = Math.round(sent[i]! * SEC);
      let at = start;
      for (const [k, offset] of offsets.entries()) {
        at = wheel.fire(at, 2 ** k * SEC);
        error += Math.min(0.3, Math.abs(offset - (at - start) / SEC));
      }
    }
    if (error < least) {
      least = error;
      best = phase;
    }
  }
  return best;
}

function replay(
  settings: LinuxListenSettings,
  sent: readonly number[],
  duration: number,
  phase: Nanos,
  samples: readonly number[],
): Run {
  const server = new LinuxServer(settings, phase);
  const synAcks = sent.map(() => 0);
  server.onSent = (seg) => {
    synAcks[seg.dst - PEER]!++;
  };
  for (const [i, at] of sent.entries()) {
    server.plan(Math.round(at * SEC), () => server.recv({ src: PEER + i, flags: SYN, seq: 1, mss: 1460 }));
  }
  const occupancy: number[] = [];
  for (const at of samples) {
    server.plan(Math.round(at * SEC), () => occupancy.push(server.listener.synQueue.length));
  }
  server.run(duration * SEC);
  const { TCPReqQFullDrop, TCPSynRetrans, TCPTimeouts } = server.listener.counters;
  return { synAcks, occupancy, counters: { TCPReqQFullDrop, TCPSynRetrans, TCPTimeouts } };
}

function burstChecks(row: Row, phase: Nanos, run: Run): Check[] {
  const name = `${row.text('scenario')}, phase ${phase / MS} ms`;
  return [
    equal(`${name}: entries by SYN/ACKs`, measuredCounts(row).join(' '), predictedCounts(row, run).join(' ')),
    ...COUNTERS.map((c) => equal(`${name}: ${c}`, row.number(c), run.counters[c])),
  ];
}

function steadyChecks(row: Row, summary: readonly Row[], run: Run, samples: readonly Row[]): Check[] {
  const name = row.text('scenario');
  const kin = kinOf(row, summary);
  const slack = Math.ceil(row.number('syns') * (kin.length === 1 ? 0.06 : 0.01));
  const within = (what: string, measured: readonly number[], predicted: number, room: number): Check => ({
    name: `${name}: ${what}`,
    measured: `${Math.min(...measured)}..${Math.max(...measured)} in ${kin.length} runs, ± ${room}`,
    predicted: `${predicted}`,
    ok: predicted >= Math.min(...measured) - room && predicted <= Math.max(...measured) + room,
  });
  const counts = predictedCounts(row, run);
  const checks = counts.map((n, k) => {
    return within(
      `entries with ${k} SYN/ACKs`,
      kin.map((r) => measuredCounts(r)[k]!),
      n,
      slack,
    );
  });
  for (const c of COUNTERS)
    checks.push(
      within(
        c,
        kin.map((r) => r.number(c)),
        run.counters[c],
        slack,
      ),
    );
  if (samples.length === 0) return checks;
  const measured = samples.map((o) => o.number('syn_recv_count'));
  const bounds = [Math.min(...measured), Math.max(...measured)];
  checks.push(within('least half-open entries', bounds, Math.min(...run.occupancy), 2));
  checks.push(within('most half-open entries', bounds, Math.max(...run.occupancy), 2));
  checks.push(within('mean of half-open entries', [mean(measured)], mean(run.occupancy), 0.5));
  return checks;
}

/** How many entries each count lies outside the measured range. */
function farthest(row: Row, summary: readonly Row[], run: Run): number[] {
  return predictedCounts(row, run).map((n, k) => {
    const measured = kinOf(row, summary).map((r) => measuredCounts(r)[k]!);
    return Math.max(0, Math.min(...measured) - n, n - Math.max(...measured));
  });
}

/** The runs of the same setting. */
function kinOf(row: Row, summary: readonly Row[]): Row[] {
  const key = (r: Row): string =>
    ['backlog', 'tcp_synack_retries', 'workload', 'burst_size_or_rate_per_s', 'duration_s']
      .map((c) => r.text(c))
      .join();
  return summary.filter((r) => key(r) === key(row));
}

function measuredCounts(row: Row): number[] {
  return row.columns(/^entries_with_\d+_synacks$/).map((column) => row.number(column));
}

function predictedCounts(row: Row, run: Run): number[] {
  return measuredCounts(row).map((_, k) => run.synAcks.filter((n) => n === k).length);
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values)} / ${mean(values).toFixed(1)} / ${Math.max(...values)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
