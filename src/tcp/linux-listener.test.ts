import { describe, expect, test } from 'vitest';
import { ACK, FIN, RST, Segment, SYN } from '../wire/segment.ts';
import { LINUX6 } from './config.ts';
import {
  LINUX_6_6,
  LINUX_6_18,
  LINUX_LISTEN,
  type LinuxListenSettings,
  linuxBacklog,
  linuxListener,
} from './linux-listener.ts';
import type { Listener } from './listener.ts';
import { PeerMetrics } from './peer-metrics.ts';
import { TcpStack } from './stack.ts';
import { MS, SEC, type Tx } from './types.ts';
import type { Rule, WhySink } from './why.ts';

const HOST = 0xc0000201; // 192.0.2.1
const PEER = 0xc6120001; // 198.18.0.1

/** A Linux host with one listener, and what each remote address has been sent. */
class Server {
  now = 0;
  readonly metrics = new PeerMetrics();
  readonly stack: TcpStack;
  readonly listener: Listener<ReturnType<TcpStack['connect']>>;
  readonly sent: Segment[] = [];
  readonly tx: Tx = { alloc: () => new Segment(), send: (s) => this.sent.push(s) };

  constructor(settings: Partial<LinuxListenSettings>) {
    const { metrics } = this;
    this.stack = new TcpStack({
      addresses: [HOST],
      config: LINUX6,
      secret: Uint32Array.of(1, 2, 3, 4),
      peerMetrics: metrics,
    });
    this.listener = this.stack.listen(
      80,
      linuxListener({ ...LINUX_LISTEN, tcp_syncookies: 0, ...settings }, (local, remote) =>
        metrics.proven(local, remote),
      ),
    );
  }

  recv(remote: number, fields: Partial<Segment>): Segment | undefined {
    const seg = Object.assign(new Segment(), { src: remote, sport: 1024, dst: HOST, dport: 80, wnd: 64240 }, fields);
    const before = this.sent.length;
    this.stack.onSegment(this.now, seg, this.tx);
    return this.sent[before];
  }

  syn(remote: number): Segment | undefined {
    return this.recv(remote, { flags: SYN, seq: 1000, mss: 1460 });
  }

  drive(until: number): void {
    for (let i = 0; i < 1e6 && this.stack.nextTimer() <= until; i++) {
      this.now = this.stack.nextTimer();
      this.stack.onTimer(this.now, this.tx);
    }
    this.now = until;
  }

  /** Opens and closes one connection in order, the server first to close or last. */
  orderly(remote: number): void {
    const iss = this.syn(remote)!.seq;
    this.now += MS;
    this.recv(remote, { flags: ACK, seq: 1001, ack: iss + 1 });
    const c = this.listener.accept()!;
    this.recv(remote, { flags: FIN | ACK, seq: 1001, ack: iss + 1 });
    c.close(this.now, this.tx);
    this.recv(remote, { flags: ACK, seq: 1002, ack: iss + 2 });
    expect(c.state).toBe('CLOSED');
  }
}

describe('pruning: a burst of N SYNs, B, five retries (D_prune_summary.csv)', () => {
  test.each([
    // B, N, entries removed after 3 SYN/ACKs, entries with all 6, TCPSynRetrans, TCPTimeouts: as measured
    [128, 32, 0, 32, 160, 192],
    [128, 64, 0, 64, 320, 384],
    [128, 65, 1, 64, 322, 387],
    [128, 77, 13, 64, 346, 423],
    [128, 115, 51, 64, 422, 537],
    [128, 129, 65, 64, 450, 579],
    [4, 4, 0, 4, 20, 24],
    [4, 5, 1, 4, 22, 27],
  ])('B %i, N %i', (backlog, n, early, late, synRetrans, timeouts) => {
    for (const phase of [0, 777 * MS, 1234 * MS]) {
      const server = new Server({ backlog, wheel: { hz: 250, phase } });
      for (let i = 0; i < n; i++) {
        server.now = i * 100_000;
        server.syn(PEER + i);
      }
      server.drive(100 * SEC);
      const perEntry = new Map<number, number>();
      for (const s of server.sent) perEntry.set(s.dst, (perEntry.get(s.dst) ?? 0) + 1);
      const counts = [...perEntry.values()];
      expect([counts.filter((c) => c === 3).length, counts.filter((c) => c === 6).length]).toEqual([early, late]);
      expect(server.listener.counters).toMatchObject({
        TCPSynRetrans: synRetrans,
        TCPTimeouts: timeouts,
        pruned: early,
        expired: n,
      });
    }
  });

  test('the limit is told with its numbers', () => {
    const server = new Server({ backlog: 4 });
    for (let i = 0; i < 5; i++) server.syn(PEER + i);
    const told: string[] = [];
    const sink: WhySink = {
      check: (rule: Rule, held, ...values) => told.push(`${rule.id} ${held} ${values}`),
      act: (rule: Rule, ...values) => told.push(`${rule.id} ${values}`),
      state: () => undefined,
    };
    server.drive(7 * SEC);
    server.stack.why = sink;
    server.drive(8 * SEC);
    // Five of five have timed out: 5 >= 0 at each step, down to the floor of two.
    expect(told.slice(0, 4)).toEqual([
      'prune-crowded true 5,8,0',
      'prune-limit 0,5,2',
      'syn-ack-expired false 2,2,0',
      'half-removed 0,0,0',
    ]);
    // Four of eight are no crowd: the others have all their retransmissions, and nothing is said of pruning.
    expect(told[4]).toBe('syn-ack-expired true 2,5,0');
  });
});

describe('proven peers (B_proven_peer.csv: M 64, B 128)', () => {
  test('the flood stops at 49, the next unproven SYN is dropped, a proven host fills up to 129', () => {
    const server = new Server({ backlog: 128, tcp_max_syn_backlog: 64 });
    server.orderly(PEER);
    for (let i = 1; i <= 60; i++) server.syn(PEER + i);
    expect(server.listener.synQueue.length).toBe(49);
    expect(server.syn(PEER + 100)).toBeUndefined();
    expect(server.listener.counters).toMatchObject({ TCPReqQFullDrop: 0, ListenDrops: 12 });
    // Per pair of addresses, not per port.
    for (let i = 0; i < 149; i++) {
      server.recv(PEER, { flags: SYN, seq: 1, mss: 1460, sport: 2000 + i });
    }
    expect(server.listener.synQueue.length).toBe(129);
    expect(server.listener.counters).toMatchObject({ TCPReqQFullDrop: 69, ListenDrops: 12 + 69 });
  });

  test('only a connection closed in order proves its peer, and one that measured nothing takes that away', () => {
    const server = new Server({ backlog: 4 });
    const iss = server.syn(PEER)!.seq;
    server.recv(PEER, { flags: ACK, seq: 1001, ack: iss + 1 });
    expect(server.metrics.proven(HOST, PEER)).toBe(false);
    server.recv(PEER, { flags: RST, seq: 1001 });
    expect(server.listener.accept()?.state).toBe('CLOSED');
    expect(server.metrics.proven(HOST, PEER)).toBe(false);
    server.now = SEC;
    server.orderly(PEER + 1);
    // The handshake took 1 ms, the FIN no time: 7/8 of the first (RFC 6298 §2.3).
    expect(server.metrics.rtt(HOST, PEER + 1)).toBe(0.875 * MS);
    server.metrics.note(HOST, PEER + 1, -1);
    expect([server.metrics.proven(HOST, PEER + 1), server.metrics.size]).toEqual([false, 0]);
  });

  test('a bound on what is remembered: the oldest goes first', () => {
    const metrics = new PeerMetrics(2);
    for (const peer of [1, 2, 1, 3]) metrics.note(HOST, peer, 5);
    expect([1, 2, 3].map((peer) => metrics.proven(HOST, peer))).toEqual([true, false, true]);
  });
});

describe('versions', () => {
  test('backlog 0 admits one entry since 2025 and none before', () => {
    expect(new Server({ backlog: 0, kernel: LINUX_6_18 }).syn(PEER)).toMatchObject({ flags: SYN | ACK });
    expect(new Server({ backlog: 0, kernel: LINUX_6_6 }).syn(PEER)).toBeUndefined();
  });

  test.each([
    // In the window, exact, with a right and a wrong ACK number, just outside.
    ['RST', RST, 1001 + 999, 0, 'challenged', 'removed'],
    ['RST', RST, 1001, 0, 'removed', 'removed'],
    ['RST/ACK', RST | ACK, 1001 + 999, 1, 'challenged', 'removed'],
    ['RST/ACK, wrong ACK', RST | ACK, 1001, 1000, 'removed', 'kept'],
    ['RST', RST, 1000, 0, 'kept', 'kept'],
  ])('%s (flags %i) with seq %i', (_name, flags, seq, ack, measured, before) => {
    for (const [kernel, expected] of [
      [LINUX_6_18, measured],
      [LINUX_6_6, before],
    ] as const) {
      const server = new Server({ backlog: 4, kernel });
      const iss = server.syn(PEER)!.seq;
      const answer = server.recv(PEER, { flags, seq, ack: ack === 0 ? 0 : (iss + ack) >>> 0 });
      const left = server.listener.synQueue.length === 1;
      expect(answer === undefined ? (left ? 'kept' : 'removed') : 'challenged').toBe(expected);
    }
  });

  test('listen(-1) means somaxconn', () => {
    expect([linuxBacklog(-1, 64), linuxBacklog(5, 64), linuxBacklog(5000, 64)]).toEqual([64, 5, 64]);
  });
});
