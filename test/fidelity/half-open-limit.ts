/** B: how many half-open entries a listener holds, which SYN is the first without an answer, and what is counted. */
import { linuxBacklog } from '../../src/tcp/linux-listener.ts';
import { MS, US } from '../../src/tcp/types.ts';
import { ACK, FIN, SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, type Row, settingsOf } from './ground-truth.ts';
import { LinuxServer, PEER } from './linux-server.ts';
import { type Check, equal, held, type Section, worstOfExact } from './section.ts';

/** Columns that are compared, in the table's words. */
type Counted = Readonly<Record<string, number | string>>;

export function halfOpenLimit(truth: GroundTruth): Section | null {
  const limits = truth.table('B_halfopen_limit.csv');
  const semantics = truth.table('B_listen_backlog_semantics.csv');
  const proven = truth.table('B_proven_peer.csv');
  if (limits === null && semantics === null && proven === null) return null;
  const checks: Check[] = [];
  const rows: string[][] = [];
  for (const row of limits ?? []) {
    const s = settingsOf(row);
    const name = `backlog ${s.backlog}, somaxconn ${s.somaxconn}, M ${s.tcp_max_syn_backlog}, cookies ${s.tcp_syncookies}`;
    add(rows, checks, name, row, flood(row), ['syn_recv_count', 'first_unanswered_syn_index_1based']);
  }
  const calls = semantics === null ? [] : backlogs(semantics);
  for (const [i, row] of (semantics ?? []).entries()) {
    const name = `${row.text('action')}, somaxconn ${row.text('somaxconn_at_call')}`;
    add(rows, checks, name, row, { ss_sendq_effective_backlog: calls[i]! }, ['ss_sendq_effective_backlog']);
  }
  for (const row of proven ?? []) {
    const predicted = provenPeer(row);
    const name = `proven peer: backlog ${row.text('listen_backlog')}, M ${row.text('tcp_max_syn_backlog')}`;
    add(
      rows,
      checks,
      name,
      row,
      predicted,
      Object.keys(predicted).filter((c) => c.startsWith('syn_recv')),
    );
  }
  return {
    letter: 'B',
    title: 'How many half-open entries',
    csv: ['B_halfopen_limit.csv', 'B_listen_backlog_semantics.csv', 'B_proven_peer.csv'],
    replay:
      'As many SYNs as were sent, each from an address of its own, none answered. A row compares all counters of its ' +
      'table; shown are the half-open entries and the first SYN without an answer, or what listen() made of the backlog. ' +
      'How many SYNs the flood before the proven peer had is not in the table: as many as the drops tell that are not its own.',
    tolerance: 'Exactly, every column.',
    worst: worstOfExact(checks),
    head: ['setting', 'measured', 'predicted', 'columns equal'],
    rows,
    checks,
  };
}

/** Compares every predicted column, and makes one line of it: values of `shown`, and how many columns are equal. */
function add(
  rows: string[][],
  checks: Check[],
  name: string,
  row: Row,
  predicted: Counted,
  shown: readonly string[],
): void {
  const mine = Object.entries(predicted).map(([column, value]) => equal(`${name}: ${column}`, row.text(column), value));
  checks.push(...mine);
  const measured = shown.map((column) => row.text(column)).filter((text) => text !== '');
  const ours = shown.map((column) => `${predicted[column]}`).filter((text) => text !== '');
  rows.push([name, measured.join(', '), ours.join(', '), held(mine)]);
}

function flood(row: Row): Counted {
  const server = new LinuxServer(settingsOf(row));
  const answered = new Set<number>();
  let synAcks = 0;
  server.onSent = (seg) => {
    if (seg.flags !== (SYN | ACK)) return;
    synAcks++;
    answered.add(seg.dst - PEER);
  };
  const n = row.number('syns_sent');
  // All within half a second, so that no timer comes between.
  const gap = Math.min(1 * MS, Math.floor((500 * MS) / n));
  for (let i = 0; i < n; i++)
    server.plan(i * gap, () => server.recv({ src: PEER + i, flags: SYN, seq: 1000, mss: 1460 }));
  server.run(600 * MS);
  const { counters, synQueue, acceptQueue, backlog } = server.listener;
  const silent = Array.from({ length: n }, (_, i) => i).find((i) => !answered.has(i));
  return {
    synacks_sent: synAcks,
    first_unanswered_syn_index_1based: silent === undefined ? '' : silent + 1,
    syn_recv_count: synQueue.length,
    ss_recvq: acceptQueue.length,
    ss_sendq_effective_backlog: backlog,
    TCPReqQFullDrop: counters.TCPReqQFullDrop,
    TCPReqQFullDoCookies: counters.TCPReqQFullDoCookies,
    SyncookiesSent: counters.SyncookiesSent,
    ListenOverflows: counters.ListenOverflows,
    ListenDrops: counters.ListenDrops,
  };
}

/** The backlog in force after each row: only listen() reads somaxconn. */
function backlogs(rows: readonly Row[]): number[] {
  let server: LinuxServer | null = null;
  return rows.map((row) => {
    const call = /^listen\((-?\d+)\)/.exec(row.text('action'));
    if (call !== null) {
      const somaxconn = row.number('somaxconn_at_call');
      const backlog = Number(call[1]);
      if (server === null) server = new LinuxServer({ ...settingsOf(row), backlog, somaxconn });
      else server.listener.setBacklog(linuxBacklog(backlog, somaxconn));
    }
    return server?.listener.backlog ?? -1;
  });
}

function provenPeer(row: Row): Counted {
  const [more] = row.columns(/^syn_recv_when_proven_host_sent_\d+_more$/);
  if (more === undefined) throw new Error(`${row.csv}: found no column syn_recv_when_proven_host_sent_<n>_more`);
  const server = new LinuxServer(settingsOf(row));
  const peer = PEER + 0x8000;
  orderlyConnection(server, peer);
  let answers = 0;
  server.onSent = () => {
    answers++;
  };
  const syn = (src: number, sport: number): number => {
    const before = answers;
    server.now += 100 * US;
    server.recv({ src, sport, flags: SYN, seq: 1000, mss: 1460 });
    return answers - before;
  };
  const unprovenDrops = row.number('ListenDrops') - row.number('TCPReqQFullDrop');
  const lone = 1 - row.number('unproven_next_syn_answered');
  const flooding = row.number('syn_recv_after_flood') + unprovenDrops - lone;
  for (let i = 0; i < flooding; i++) syn(PEER + i, 1024);
  const afterFlood = server.listener.synQueue.length;
  const unproven = syn(PEER + 0x7000, 1024);
  const known = syn(peer, 2000);
  for (let i = 1; i <= Number(/\d+/.exec(more)![0]); i++) syn(peer, 2000 + i);
  const { counters, synQueue } = server.listener;
  return {
    syn_recv_after_flood: afterFlood,
    unproven_next_syn_answered: unproven,
    proven_next_syn_answered: known,
    [more]: synQueue.length,
    TCPReqQFullDrop: counters.TCPReqQFullDrop,
    ListenDrops: counters.ListenDrops,
  };
}

/** One connection that the peer closes first: it leaves its round trip behind. */
function orderlyConnection(server: LinuxServer, src: number): void {
  let iss = 0;
  server.onSent = (seg) => {
    if ((seg.flags & SYN) !== 0) iss = seg.seq;
  };
  server.recv({ src, flags: SYN, seq: 1000, mss: 1460 });
  server.now += MS;
  server.recv({ src, flags: ACK, seq: 1001, ack: (iss + 1) >>> 0 });
  const connection = server.listener.accept();
  server.recv({ src, flags: FIN | ACK, seq: 1001, ack: (iss + 1) >>> 0 });
  connection?.close(server.now, server.tx);
  server.recv({ src, flags: ACK, seq: 1002, ack: (iss + 2) >>> 0 });
}
