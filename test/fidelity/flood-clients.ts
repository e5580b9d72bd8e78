/** F: half-open load against legitimate clients: who is answered, and when. */
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { ACK, SYN } from '../../src/wire/segment.ts';
import { groupBy, type Row, settingsOf, table } from './ground-truth.ts';
import { LinuxServer, PEER } from './linux-server.ts';
import type { Check, Section } from './section.ts';

/** Tolerances the ground truth itself asks for (section 6). */
const FIRST = 0.1;
const EVER = 0.12;
const ANSWERED = 0.01;
/** When a client without an answer repeats its SYN, after the first one. */
const RETRIES: readonly Nanos[] = [1 * SEC, 3 * SEC, 7 * SEC];
/** Jiffies on the coarsest grid in which the load may have begun, where the table does not tell. */
const PHASES: readonly Nanos[] = Array.from({ length: 16 }, (_, i) => (32 * i + 13) * 4 * MS + 2 * MS);
const CLIENTS = PEER + 0x8000;

interface Outcome {
  readonly first: number;
  readonly ever: number;
  readonly accepted: number;
  readonly wait: number;
  readonly flood: number;
  readonly drops: number;
  readonly cookies: number;
}

interface Compared {
  readonly measured: Outcome;
  readonly predicted: Outcome;
}

export function floodClients(): Section | null {
  const summary = table('F_summary.csv');
  const clients = table('F_clients.csv');
  if (summary === null || clients === null) return null;
  const byRun = groupBy(clients, 'run');
  const checks: Check[] = [];
  const rows: string[][] = [];
  const worst = { first: 0, ever: 0, flood: 0 };
  for (const [name, runs] of settingGroups(summary)) {
    const compared = runs.map((run) => compare(run, byRun.get(run.text('run')) ?? []));
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
    rows.push(
      [
        name,
        `${runs.length}`,
        pair(measured.first, predicted.first, 2),
        pair(measured.ever, predicted.ever, 2),
        pair(measured.wait, predicted.wait, 2),
        pair(measured.flood, predicted.flood, 0),
        pair(measured.drops, predicted.drops, 0),
        worstRun(compared),
      ].flat(),
    );
  }
  return {
    letter: 'F',
    title: 'Half-open load against legitimate clients',
    csv: ['F_summary.csv', 'F_clients.csv'],
    replay:
      'Half-open SYN i at i/R s from an address of its own, never answered; each client sends its first SYN at the time ' +
      'the table gives, answers a SYN/ACK after its own delay, repeats an unanswered SYN after 1, 3 and 7 s and then ' +
      'gives up. The server accepts at once. Predictions are means over 16 phases of the jiffies, or for the one phase ' +
      'where the table tells it; each pair of columns is measured, predicted. The last column is the run farthest off in ' +
      'the fraction answered ever: measured, predicted (range over the phases of all its like).',
    tolerance:
      `Means over the runs of a setting: answered at the first SYN within ${FIRST.toFixed(2)}, ever within ${EVER.toFixed(2)}, ` +
      `half-open SYNs answered within ${ANSWERED * 100} %.`,
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
      'farthest run',
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

function compare(run: Row, clients: readonly Row[]): Compared {
  const n = clients.length;
  const told = run.numberOr('t0_jiffies_mod_512', null);
  const phases = told === null ? PHASES : [Math.round(told * 4 * MS)];
  const cookies = run.number('SyncookiesSent');
  return {
    measured: {
      first: run.number('legit_answered_first_syn') / n,
      ever: run.number('legit_answered_ever') / n,
      accepted: run.number('legit_accepted_by_server') / n,
      wait: run.numberOr('mean_time_to_synack_s', 0),
      flood: run.number('flood_syns_answered'),
      drops: run.number('ListenDrops'),
      cookies,
    },
    predicted: average(phases.map((phase) => replay(run, clients, phase))),
  };
}

function replay(run: Row, clients: readonly Row[], phase: Nanos): Outcome {
  const server = new LinuxServer(settingsOf(run), phase);
  const rate = run.number('flood_rate_per_s');
  const flood = run.number('flood_syns');
  const firsts = clients.map((client) => Math.round(client.number('first_syn_scheduled_s') * SEC));
  const delays = clients.map((client) => client.number('ack_delay_ms') * MS);
  const answeredBy = clients.map(() => 0);
  const waits: number[] = [];
  let floodAnswered = 0;
  let accepted = 0;
  const lastAnswer = new Int8Array(flood);
  server.onSent = (seg) => {
    if (seg.flags !== (SYN | ACK)) return;
    if (seg.dst < CLIENTS) {
      if (lastAnswer[seg.dst - PEER] === 0) floodAnswered++;
      lastAnswer[seg.dst - PEER] = 1;
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
  server.run(run.number('flood_duration_s') * SEC);
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
  };
}

function average(outcomes: readonly Outcome[]): Outcome {
  const mean = (pick: (o: Outcome) => number): number =>
    outcomes.reduce((sum, o) => sum + pick(o), 0) / outcomes.length;
  return {
    first: mean((o) => o.first),
    ever: mean((o) => o.ever),
    accepted: mean((o) => o.accepted),
    wait: mean((o) => o.wait),
    flood: mean((o) => o.flood),
    drops: mean((o) => o.drops),
    cookies: mean((o) => o.cookies),
  };
}

function worstRun(compared: readonly Compared[]): string {
  const off = (c: Compared): number => Math.abs(c.measured.ever - c.predicted.ever);
  const far = compared.reduce((a, b) => (off(b) > off(a) ? b : a));
  return `${far.measured.ever.toFixed(2)} ${far.predicted.ever.toFixed(2)}`;
}

function pair(measured: number, predicted: number, digits: number): string[] {
  return [measured.toFixed(digits), predicted.toFixed(digits)];
}
