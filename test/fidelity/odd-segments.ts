/** G: segments that do not belong where they arrive. */
import type { Connection } from '../../src/tcp/connection.ts';
import { LINUX_LISTEN } from '../../src/tcp/linux-listener.ts';
import { MS, type Nanos } from '../../src/tcp/types.ts';
import { ACK, FIN, Segment, SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, groupBy, type Row } from './ground-truth.ts';
import { LinuxServer, PEER, PORT } from './linux-server.ts';
import { countersText, Nstat, parseCounters } from './nstat.ts';
import { answerText, type OddSegment, PEER_TS, parseAnswers, SEQ0, segmentsOf } from './odd-segment.ts';
import { attempt, type Check, equal, held, type Section, worstOfExact } from './section.ts';

/** An answer comes within this of the measured time; a timer of the wheel too, for one and the same phase. */
const NEAR = 35;
const PHASES: readonly Nanos[] = Array.from({ length: 64 }, (_, i) => i * 4 * MS);
/** How long each case is watched, and the cases with timers. */
const WATCH: Nanos = 700 * MS;
const WATCH_TIMERS: Nanos = 10_000 * MS;

interface Outcome {
  readonly before: string;
  readonly after: string;
  readonly answers: readonly { readonly at: number; readonly what: string }[];
  readonly counters: string;
}

export function oddSegments(truth: GroundTruth): Section | null {
  const cases = truth.table('G_odd_segments.csv');
  if (cases === null) return null;
  const checks: Check[] = [];
  const rows: string[][] = [];
  let worst = 0;
  for (const [group, of] of groupBy(cases, 'group')) {
    for (const row of of) {
      const name = `${group}: ${row.text('segment')}`;
      const near = attempt(name, checks, () => nearest(row));
      if (near === null) continue;
      const { outcome, off } = near;
      const answers = parseAnswers(row.text('response'));
      const mine = [
        equal(`${name}: state before`, row.text('state_before'), outcome.before),
        equal(`${name}: state after`, row.text('state_after'), outcome.after),
        equal(
          `${name}: answers`,
          answers.map((a) => a.what).join(' || '),
          outcome.answers.map((a) => a.what).join(' || '),
        ),
        equal(`${name}: counters`, countersText(parseCounters(row.text('counter_deltas'))), outcome.counters),
        { name: `${name}: when`, measured: row.text('response'), predicted: `${off} ms off`, ok: off <= NEAR },
      ];
      checks.push(...mine);
      worst = Math.max(worst, off);
      rows.push([
        group,
        row.text('segment'),
        row.text('response').replaceAll(' len=0', ''),
        outcome.answers.map(({ at, what }) => `+${at}ms ${what.replace(' len=0', '')}`).join(' || ') || '(none)',
        row.text('state_after'),
        outcome.after,
        held(mine),
      ]);
    }
  }
  return {
    letter: 'G',
    title: 'Odd segments',
    csv: ['G_odd_segments.csv'],
    replay:
      'Each case in its state on a server of its own. SEQ0 is the client’s initial sequence number, ISN the server’s. ' +
      'Where timers answer, their phase is the one that fits best. Not shown in answers: `len=0`.',
    tolerance: `States, answers and counters exactly; each answer within ${NEAR} ms of when it was measured.`,
    worst: `${worstOfExact(checks)} The worst answer is ${worst} ms off.`,
    head: ['state', 'segment', 'measured', 'predicted', 'state after', 'predicted', 'equal'],
    rows,
    checks,
  };
}

/** The outcome for the phase whose times lie nearest to the measured ones; only timers make a difference. */
function nearest(row: Row): { outcome: Outcome; off: number } {
  const measured = parseAnswers(row.text('response'));
  const phases = row.text('group').endsWith('timer') ? PHASES : [0];
  let best: { outcome: Outcome; off: number } | null = null;
  for (const phase of phases) {
    const outcome = new Case(row, phase).play();
    const off =
      outcome.answers.length === measured.length
        ? Math.max(0, ...measured.map((m, i) => Math.abs(m.at - outcome.answers[i]!.at)))
        : Infinity;
    if (best === null || off < best.off) best = { outcome, off };
  }
  return best!;
}

const SRC = PEER;
const CLOSED_PORT = PORT + 1;

/** One case on virtual time. */
class Case {
  readonly #row: Row;
  readonly #group: string;
  readonly #server: LinuxServer;
  readonly #got: { at: Nanos; seg: Segment }[] = [];
  #connection: Connection | undefined;
  #isn = -1;
  #tsEcr = 0;

  constructor(row: Row, phase: Nanos) {
    this.#row = row;
    this.#group = row.text('group');
    this.#server = new LinuxServer({ ...LINUX_LISTEN, backlog: 128, tcp_syncookies: 0 }, phase);
    this.#server.now = 1000 * MS;
    this.#server.onSent = (seg) => {
      if (this.#isn < 0 && seg.flags === (SYN | ACK)) this.#isn = seg.seq;
      this.#got.push({ at: this.#server.now, seg: Object.assign(new Segment(), seg) });
    };
  }

  play(): Outcome {
    const server = this.#server;
    this.#prepare();
    const before = this.#state();
    const nstat = new Nstat(server);
    const start = server.now;
    this.#got.length = 0;
    const timers = this.#group.endsWith('timer');
    if (this.#group === 'time_wait') this.#closeFirst();
    else {
      for (const odd of segmentsOf(this.#group, this.#row.text('segment'), this.#row.text('response'))) {
        server.plan(start + odd.at * MS, () => this.#send(odd));
      }
    }
    server.run(start + (timers ? WATCH_TIMERS : WATCH));
    const answers = this.#got.map(({ at, seg }) => ({
      at: Math.round((at - start) / MS),
      what: answerText(seg, this.#isn),
    }));
    return { before, after: this.#state(), answers, counters: countersText(nstat.changes()) };
  }

  /** Brings the server into the state that the group's name tells. */
  #prepare(): void {
    if (this.#group === 'closed_port' || this.#group === 'listen_no_halfopen') return;
    const server = this.#server;
    const timestamps = this.#row.text('segment').startsWith('timestamps');
    server.recv({ src: SRC, flags: SYN, seq: SEQ0, mss: 1460, ...(timestamps ? { tsVal: PEER_TS, tsEcr: 0 } : {}) });
    const synAck = this.#got[0]!.seg;
    this.#tsEcr = synAck.tsVal;
    server.run(server.now + 10 * MS);
    if (this.#group.startsWith('syn_recv')) return;
    server.recv({ src: SRC, flags: ACK, seq: SEQ0 + 1, ack: (this.#isn + 1) >>> 0 });
    this.#connection = server.listener.accept();
    server.run(server.now + 10 * MS);
  }

  /** The server closes, the client's FIN answers 10 ms later, and a new SYN 16 ms after that meets TIME-WAIT. */
  #closeFirst(): void {
    const server = this.#server;
    const start = server.now;
    const apart = /rcv_nxt ([+-]) (\d+)/.exec(this.#row.text('segment'));
    if (apart === null)
      throw new Error(`G_odd_segments.csv: found "${this.#row.text('segment')}", expected rcv_nxt + n`);
    const seq = SEQ0 + Number(`${apart[1]}${apart[2]}`);
    this.#connection?.close(start, server.tx);
    server.plan(start + 10 * MS, () => {
      server.recv({ src: SRC, flags: FIN | ACK, seq: SEQ0 + 1, ack: (this.#isn + 2) >>> 0 });
    });
    server.plan(start + 26 * MS, () => server.recv({ src: SRC, flags: SYN, seq, mss: 1460 }));
  }

  #send(odd: OddSegment): void {
    const ack = odd.ack === null ? 0 : 'isn' in odd.ack ? (this.#isn + odd.ack.isn) >>> 0 : odd.ack.absolute;
    this.#server.recv({
      src: SRC,
      dport: this.#group === 'closed_port' ? CLOSED_PORT : PORT,
      flags: odd.flags,
      seq: odd.seq,
      ack,
      payload: new Uint8Array(odd.len),
      len: odd.len,
      ...((odd.flags & SYN) === 0 ? {} : { mss: 1460 }),
      ...(odd.ts === null ? {} : { tsVal: odd.ts.val, tsEcr: (this.#tsEcr + odd.ts.ecr) >>> 0 }),
    });
  }

  /** As /proc/net/tcp names it. */
  #state(): string {
    for (const c of this.#server.stack.connections()) {
      if (c.tcb.remote === SRC) return PROC[c.state] ?? c.state;
    }
    return this.#server.listener.synQueue.length > 0 ? 'SYN_RECV' : 'none';
  }
}

const PROC: Readonly<Record<string, string>> = {
  ESTABLISHED: 'ESTABLISHED',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  'TIME-WAIT': 'TIME_WAIT',
  'FIN-WAIT-1': 'FIN_WAIT1',
  'FIN-WAIT-2': 'FIN_WAIT2',
  'LAST-ACK': 'LAST_ACK',
};
