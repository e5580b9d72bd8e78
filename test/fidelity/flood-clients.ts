/** F: half-open load against legitimate clients: who is answered, and when. */
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { ACK, SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, groupBy, type Row, settingsOf } from './ground-truth.ts';
import { LinuxServer, PEER } from './linux-server.ts';
import type { Check, Section } from './section.ts';

/** Tolerances the ground truth itself asks for (section 6). */
const FIRST = 0.1;
const EVER = 0.12;
const ANSWERED = 0.01;
/** When a client without an answer repeats its SYN, after the first one. */
const RETRIES: readonly Nanos[] = [1 * SEC, 3 * SEC, 7 * SEC];
/** Half-open entries: their mean within this share, their most within one. */
const OCCUPANCY = 0.03;
/** Where on the grids of the timers the load may have begun, where the table does not tell: an odd step meets them all. */
const PHASES: readonly Nanos[] = Array.from({ length: 16 }, (_, i) => 37 * i * 4 * MS + 2 * MS);
/** Every jiffy of the grid of 4 to 16 s timers, for runs so short that all can be tried. */
const ALL_PHASES: readonly Nanos[] = Array.from({ length: 64 }, (_, i) => i * 4 * MS + 2 * MS);
const SHORT = 400;
const CLIENTS = PEER + 0x8000;

interface Outcome {
  readonly first: number;
  readonly ever: number;
  readonly accepted: number;
  readonly wait: number;
  readonly flood: number;
  readonly drops: number;
  readonly cookies: number;
  /** Half-open entries at the sampled times. */
  readonly held: number;
  readonly most: number;
}

interface Replayed extends Outcome {
  /** Which half-open SYNs were answered: 1. */
  readonly answered: Uint8Array;
}

/** What the tables say about one run. */
interface Run {
  readonly row: Row;
  readonly clients: readonly Row[];
  readonly samples: readonly Row[];
  /** Null where the table of answered SYNs lacks the run. */
  readonly answered: Uint8Array | null;
}

interface Compared {
  readonly measured: Outcome;
  readonly predicted: Outcome;
  /** Share of the half-open SYNs that met the measured fate, one by one, for the likeliest phase; -1: not told. */
  readonly alike: number;
}

export function floodClients(truth: GroundTruth): Section | null {
  const summary = truth.table('F_summary.csv');
  const clients = truth.table('F_clients.csv');
  if (summary === null || clients === null) return null;
  const runOf = runsOf(truth, clients);
  const checks: Check[] = [];
  const rows: string[][] = [];
  const worst = { first: 0, ever: 0, flood: 0 };
  for (const [name, runs] of settingGroups(summary)) {
    const compared = runs.map((run) => compare(runOf(run)));
    const measured = average(compared.map((c) => c.measured));
    const predicted = average(compared.map((c) => c.predicted));
    const off = {
      first: Math.abs(measured.first - predicted.first),
      ever: Math.abs(measured.ever - predicted.ever),
      flood: Math.abs(measured.flood - predicted.flood) / Math.max(1, measured.flood),
    };
    worst.first = Math.max(worst.first, off.first);
    worst.ever = Math.max(worst.ever, off.ever);
    worst.flood = Math.max(worst.flood, off.flood);
    const check = (what: string, m: number, p: number, ok: boolean): number =>
      checks.push({ name: `${name}: ${what}`, measured: m.toFixed(3), predicted: p.toFixed(3), ok });
    check('answered at the first SYN', measured.first, predicted.first, off.first <= FIRST);
    check('answered ever', measured.ever, predicted.ever, off.ever <= EVER);
    check('half-open SYNs answered', measured.flood, predicted.flood, off.flood <= ANSWERED);
    check(
      'SYN cookies sent',
      measured.cookies,
      predicted.cookies,
      measured.cookies === 0 ? predicted.cookies === 0 : true,
    );
    const heldOff = Math.abs(measured.held - predicted.held);
    check(
      'mean of half-open entries',
      measured.held,
      predicted.held,
      heldOff <= Math.max(0.5, OCCUPANCY * measured.held),
    );
    check('most half-open entries', measured.most, predicted.most, Math.abs(measured.most - predicted.most) <= 1);
    rows.push(
      [
        name,
        `${runs.length}`,
        pair(measured.first, predicted.first, 2),
        pair(measured.ever, predicted.ever, 2),
        pair(measured.wait, predicted.wait, 2),
        pair(measured.flood, predicted.flood, 0),
        pair(measured.drops, predicted.drops, 0),
        pair(measured.held, predicted.held, 1),
        worstRun(compared),
        alike(compared),
      ].flat(),
    );
  }
  return {
    letter: 'F',
    title: 'Half-open load against legitimate clients',
    csv: ['F_summary.csv', 'F_clients.csv', 'F_occupancy.csv', 'F_flood_answered.csv'],
    replay:
      'Half-open SYN i at i/R s from an address of its own, never answered; each client sends its first SYN at the time ' +
      'the table gives, answers a SYN/ACK after its own delay, repeats an unanswered SYN after 1, 3 and 7 s and then ' +
      'gives up. The server accepts at once. Predictions are means over 16 phases of the jiffies, or for the one phase ' +
      'where the table tells it; each pair of columns is measured, predicted. Farthest run: the one whose fraction ' +
      'answered ever is farthest off, measured and predicted. Alike: half-open SYNs with the measured fate (answered or ' +
      'not) one by one, for the likeliest of the phases tried, in the run where fewest and in that where most have it.',
    tolerance:
      `Means over the runs of a setting: answered at the first SYN within ${FIRST.toFixed(2)}, ever within ${EVER.toFixed(2)}, ` +
      `half-open SYNs answered within ${ANSWERED * 100} %; half-open entries: their mean within ${OCCUPANCY * 100} % or 0.5, ` +
      'their most within 1.',
    worst:
      `Worst: ${worst.first.toFixed(3)} of the first SYNs, ${worst.ever.toFixed(3)} ever, ` +
      `${(worst.flood * 100).toFixed(2)} % of the half-open SYNs.`,
    head: [
      'setting',
      'runs',
      'first SYN',
      '',
      'ever',
      '',
      'wait, s',
      '',
      'half-open',
      '',
      'dropped',
      '',
      'mean held',
      '',
      'farthest run',
      'alike',
    ],
    rows,
    checks,
  };
}

/** Runs of one setting, whatever their number, under a name that tells it. */
function settingGroups(summary: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of summary) {
    const s = settingsOf(row);
    const name =
      `R=${row.text('flood_rate_per_s')} B=${Math.min(s.backlog, s.somaxconn)} M=${s.tcp_max_syn_backlog} ` +
      `retries=${s.tcp_synack_retries} cookies=${s.tcp_syncookies}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

/** Finds what the tables say about a run. */
function runsOf(truth: GroundTruth, clients: readonly Row[]): (row: Row) => Run {
  const byRun = groupBy(clients, 'run');
  const samples = groupBy(truth.table('F_occupancy.csv') ?? [], 'run');
  const answered = groupBy(truth.table('F_flood_answered.csv') ?? [], 'run');
  return (row) => {
    const name = row.text('run');
    const ranges = answered.get(name)?.[0]?.text('answered_indices_0based_ranges');
    return {
      row,
      clients: byRun.get(name) ?? [],
      samples: samples.get(name) ?? [],
      answered: ranges === undefined ? null : flagsOf(ranges, row.number('flood_syns')),
    };
  };
}

/** `0-16;37` as one flag a SYN. */
function flagsOf(ranges: string, n: number): Uint8Array {
  const flags = new Uint8Array(n);
  for (const range of ranges.split(';').filter((text) => text !== '')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    flags.fill(1, first, last + 1);
  }
  return flags;
}

function compare(run: Run): Compared {
  const { row, clients, samples, answered } = run;
  const n = clients.length;
  const told = row.numberOr('t0_jiffies_mod_512', null);
  const phases = told === null ? PHASES : [Math.round(told * 4 * MS)];
  const replayed = phases.map((phase) => replay(run, phase));
  const held = samples.map((sample) => sample.number('syn_recv_count'));
  const more = answered !== null && told === null && answered.length <= SHORT ? ALL_PHASES : [];
  const fates = [...replayed, ...more.map((phase) => replay(run, phase))];
  return {
    measured: {
      first: row.number('legit_answered_first_syn') / n,
      ever: row.number('legit_answered_ever') / n,
      accepted: row.number('legit_accepted_by_server') / n,
      wait: row.numberOr('mean_time_to_synack_s', 0),
      flood: row.number('flood_syns_answered'),
      drops: row.number('ListenDrops'),
      cookies: row.number('SyncookiesSent'),
      held: mean(held),
      most: Math.max(0, ...held),
    },
    predicted: average(replayed),
    alike: answered === null ? -1 : Math.max(...fates.map((fate) => sameShare(fate.answered, answered))),
  };
}

function sameShare(a: Uint8Array, b: Uint8Array): number {
  return a.filter((flag, i) => flag === b[i]).length / a.length;
}

function replay({ row, clients, samples }: Run, phase: Nanos): Replayed {
  const server = new LinuxServer(settingsOf(row), phase);
  const rate = row.number('flood_rate_per_s');
  const flood = row.number('flood_syns');
  const firsts = clients.map((client) => Math.round(client.number('first_syn_scheduled_s') * SEC));
  const delays = clients.map((client) => client.number('ack_delay_ms') * MS);
  const answeredBy = clients.map(() => 0);
  const waits: number[] = [];
  let floodAnswered = 0;
  let accepted = 0;
  const answered = new Uint8Array(flood);
  const occupancy: number[] = [];
  server.onSent = (seg) => {
    if (seg.flags !== (SYN | ACK)) return;
    if (seg.dst < CLIENTS) {
      if (answered[seg.dst - PEER] === 0) floodAnswered++;
      answered[seg.dst - PEER] = 1;
      return;
    }
    const j = seg.dst - CLIENTS;
    if (answeredBy[j] !== 0) return;
    answeredBy[j] = tries[j]!;
    waits.push((server.now - firsts[j]!) / SEC);
    const ack = (seg.seq + 1) >>> 0;
    server.plan(server.now + delays[j]!, () => {
      server.recv({ src: CLIENTS + j, flags: ACK, seq: 1001, ack });
      while (server.listener.accept() !== undefined) accepted++;
    });
  };
  const tries = clients.map(() => 0);
  for (let i = 0; i < flood; i++) {
    server.plan(Math.round((i * SEC) / rate), () => server.recv({ src: PEER + i, flags: SYN, seq: 1000, mss: 1460 }));
  }
  for (const [j, start] of firsts.entries()) {
    for (const after of [0, ...RETRIES]) {
      server.plan(start + after, () => {
        if (answeredBy[j] !== 0) return;
        tries[j]!++;
        server.recv({ src: CLIENTS + j, flags: SYN, seq: 1000, mss: 1460 });
      });
    }
  }
  for (const sample of samples) {
    server.plan(Math.round(sample.number('t_s') * SEC), () => occupancy.push(server.listener.synQueue.length));
  }
  const last = Math.max(row.number('flood_duration_s'), ...samples.map((sample) => sample.number('t_s')));
  server.run(last * SEC);
  const n = clients.length;
  const ever = answeredBy.filter((by) => by > 0).length;
  const { ListenDrops, SyncookiesSent } = server.listener.counters;
  return {
    first: answeredBy.filter((by) => by === 1).length / n,
    ever: ever / n,
    accepted: accepted / n,
    wait: ever === 0 ? 0 : waits.reduce((a, b) => a + b, 0) / ever,
    flood: floodAnswered,
    drops: ListenDrops,
    cookies: SyncookiesSent,
    held: mean(occupancy),
    most: Math.max(0, ...occupancy),
    answered,
  };
}

function average(outcomes: readonly Outcome[]): Outcome {
  const over = (pick: (o: Outcome) => number): number => mean(outcomes.map(pick));
  return {
    first: over((o) => o.first),
    ever: over((o) => o.ever),
    accepted: over((o) => o.accepted),
    wait: over((o) => o.wait),
    flood: over((o) => o.flood),
    drops: over((o) => o.drops),
    cookies: over((o) => o.cookies),
    held: over((o) => o.held),
    most: over((o) => o.most),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

/** Least and most of the runs. */
function alike(compared: readonly Compared[]): string {
  const shares = compared.map((c) => c.alike).filter((share) => share >= 0);
  if (shares.length === 0) return '';
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => `${(share * 100).toFixed(1)} %`);
  return least === most ? least! : `${least} to ${most}`;
}

function worstRun(compared: readonly Compared[]): string {
  const off = (c: Compared): number => Math.abs(c.measured.ever - c.predicted.ever);
  const far = compared.reduce((a, b) => (off(b) > off(a) ? b : a));
  return `${far.measured.ever.toFixed(2)} ${far.predicted.ever.toFixed(2)}`;
}

function pair(measured: number, predicted: number, digits: number): string[] {
  return [measured.toFixed(digits), predicted.toFixed(digits)];
}
