import { describe, expect, test } from 'vitest';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../wire/segment.ts';
import { LINUX6, type TcpConfig } from './config.ts';
import type { HalfOpen } from './half-open.ts';
import type { AcceptedConnection, ListenOptions } from './listen-options.ts';
import { Listener } from './listener.ts';
import { dropWhenFull } from './policy/drop-when-full.ts';
import { synCookies } from './policy/syn-cookies.ts';
import type { ListenPolicy } from './policy/types.ts';
import { MS, SEC, type Tx } from './types.ts';
import type { Rule, WhySink } from './why.ts';

const HOST = 0xc0000201; // 192.0.2.1
const PEER = 0xc6120001; // 198.18.0.1
const ISS = 0xfffffff0; // near the top on purpose: the final ACK's numbers wrap soon after
const IRS = 0xffffffff; // and RCV.NXT is 0
const NXT = 0;

/** Ground truth runs: plain clients offer an MSS only. */
const PLAIN: TcpConfig = { ...LINUX6, timestamps: false, sack: false, windowScale: -1 };

type Sent = Partial<Record<'seq' | 'ack' | 'flags' | 'wnd' | 'mss' | 'ws' | 'tsVal' | 'tsEcr' | 'dport', number>>;
interface Child extends AcceptedConnection {
  readonly half: HalfOpen;
  readonly len: number;
  readonly flags: number;
}

/** A listener on port 80 with one remote host that talks to it: each call is one line of a dialogue. */
class Dialogue {
  now = 0;
  out: Segment[] = [];
  readonly listener: Listener<Child>;
  readonly tx: Tx = { alloc: () => new Segment(), send: (s) => this.out.push(s) };

  constructor(options: Partial<ListenOptions> = {}, config: TcpConfig = PLAIN) {
    this.listener = new Listener<Child>(
      80,
      { backlog: 128, ...options },
      {
        config,
        secret: Uint32Array.of(1, 2, 3, 4),
        isn: () => ISS,
        tsNow: (now) => (1_000_000 + now / MS) >>> 0,
        promote: (_now, _config, half, seg) => ({
          state: 'ESTABLISHED',
          half: { ...half },
          len: seg.len,
          flags: seg.flags,
        }),
      },
    );
  }

  recv(fields: Partial<Segment>): boolean {
    const seg = Object.assign(new Segment(), { src: PEER, sport: 1024, dst: HOST, dport: 80, wnd: 64240 }, fields);
    return this.listener.onSegment(this.now, seg, this.tx);
  }

  /** SYN number `i`, each from an address of its own. */
  syn(i = 0, fields: Partial<Segment> = {}): boolean {
    return this.recv({ src: PEER + i, flags: SYN, seq: IRS, mss: 1460, ...fields });
  }

  ack(i = 0, fields: Partial<Segment> = {}): boolean {
    return this.recv({ src: PEER + i, flags: ACK, seq: NXT, ack: ISS + 1, ...fields });
  }

  synReceived(fields: Partial<Segment> = {}): this {
    this.syn(0, fields);
    this.out = [];
    return this;
  }

  /** The next segment sent, compared in the fields given. */
  sent(want: Sent): void {
    const s = this.out.shift();
    expect(s, 'a segment').toBeDefined();
    expect(s).toMatchObject(want);
  }

  silent(): void {
    expect(this.out).toEqual([]);
  }

  /** Runs timers up to `until`; returns the times at which something was sent, in seconds. */
  drive(until: number): number[] {
    const times: number[] = [];
    for (let i = 0; i < 1000 && this.listener.nextTimer() <= until; i++) {
      this.now = this.listener.nextTimer();
      this.listener.onTimer(this.now, this.tx);
      for (; this.out.length > 0; this.out.pop()) times.push(this.now / SEC);
    }
    this.now = until;
    return times;
  }

  get half(): number {
    return this.listener.synQueue.length;
  }
}

describe('LISTEN', () => {
  test('SYN: one SYN/ACK with seq ISS, ack IRS+1, our MSS and window, and an entry', () => {
    const d = new Dialogue();
    expect(d.syn()).toBe(true);
    d.sent({ flags: SYN | ACK, seq: ISS, ack: NXT, wnd: 64240, mss: 1460, ws: -1, tsVal: -1, dport: 1024 });
    d.silent();
    expect(d.half).toBe(1);
  });

  test('SYN with data: the data is not acknowledged (ground truth G)', () => {
    const d = new Dialogue();
    d.syn(0, { len: 10 });
    d.sent({ flags: SYN | ACK, seq: ISS, ack: NXT });
  });

  test('options are answered only when offered and wanted; the window of a SYN/ACK is not scaled', () => {
    const d = new Dialogue({}, LINUX6);
    d.syn(0, { ws: 15, sackPerm: true, tsVal: 77 });
    // Ground truth C, row "queued,mss+sack+ts+ws7".
    expect(d.out[0]).toMatchObject({ ws: 10, sackPerm: true, tsEcr: 77, wnd: 65160 });
    d.listener.entries((h) => expect(h).toMatchObject({ ws: 14, sackPerm: true, tsRecent: 77, mss: 1460 }));
  });

  test.each([
    ['ACK', ACK],
    ['SYN/ACK', SYN | ACK],
    ['FIN/ACK', FIN | ACK],
    ['RST', RST],
    ['SYN|RST', SYN | RST],
    ['FIN', FIN],
    ['no flags', 0],
  ])('%s is left to the rule of LISTEN', (_name, flags) => {
    const d = new Dialogue();
    expect(d.recv({ flags, seq: 5, ack: 9 })).toBe(false);
    d.silent();
    expect(d.half).toBe(0);
  });

  test('SYN|FIN: the SYN counts (RFC 9293); dropSynFin drops it (Linux)', () => {
    const d = new Dialogue();
    d.syn(0, { flags: SYN | FIN });
    d.sent({ flags: SYN | ACK, ack: NXT });
    const linux = new Dialogue({ dropSynFin: true });
    expect(linux.syn(0, { flags: SYN | FIN })).toBe(true);
    linux.silent();
    expect(linux.listener.counters.synFinDropped).toBe(1);
  });

  test('a backlog that is no whole number is refused', () => {
    expect(() => new Dialogue({ backlog: -1 })).toThrow(/backlog must be an integer >= 0, not -1/);
  });
});

describe('SYN-RECEIVED, against G_odd_segments.csv (SEQ0 = IRS, window 64240)', () => {
  test('same SYN three times within 100 ms: one SYN/ACK, two suppressed', () => {
    const d = new Dialogue().synReceived();
    for (const t of [10, 60, 110]) {
      d.now = t * MS;
      d.syn();
    }
    d.sent({ flags: SYN | ACK, seq: ISS, ack: NXT });
    d.silent();
    expect(d.listener.counters).toMatchObject({ TCPACKSkippedSynRecv: 2, TCPSynRetrans: 1, RetransSegs: 1 });
  });

  test('same SYN twice, 600 ms apart: two SYN/ACKs', () => {
    const d = new Dialogue().synReceived();
    for (const t of [10, 610]) {
      d.now = t * MS;
      d.syn();
      d.sent({ flags: SYN | ACK, seq: ISS });
    }
  });

  test.each([
    ['below', -1000],
    ['above', 10_000_000],
  ])('SYN %s the window: ACK seq ISN+1 ack SEQ0+1, entry stays', (_name, by) => {
    const d = new Dialogue().synReceived();
    d.recv({ flags: SYN, seq: (IRS + by) >>> 0 });
    d.sent({ flags: ACK, seq: ISS + 1, ack: NXT });
    d.silent();
    expect(d.half).toBe(1);
  });

  // holds: RFC 9293 MUST-11
  test('SYN in the window: back to LISTEN silently (RFC 9293), RST/ACK (Linux) or a challenge ACK (RFC 5961)', () => {
    const rfc = new Dialogue().synReceived();
    rfc.recv({ flags: SYN, seq: 999 });
    rfc.silent();
    expect(rfc.half).toBe(0);

    const linux = new Dialogue({ synInWindow: 'reset' }).synReceived();
    linux.recv({ flags: SYN, seq: 999 });
    linux.sent({ flags: RST | ACK, seq: 0, ack: 1000 });
    expect(linux.half).toBe(0);
    expect(linux.listener.counters).toMatchObject({ EmbryonicRsts: 1, OutRsts: 1 });

    const challenge = new Dialogue({ synInWindow: 'challenge' }).synReceived();
    challenge.recv({ flags: SYN, seq: 999 });
    challenge.sent({ flags: ACK, seq: ISS + 1, ack: NXT });
    expect(challenge.half).toBe(1);
  });

  test.each([
    ['RST', RST, 0],
    ['RST/ACK', RST | ACK, ISS + 1],
    ['RST/ACK with a wrong ACK number', RST | ACK, ISS + 9],
  ])('%s at exactly RCV.NXT: entry removed, no answer', (_name, flags, ack) => {
    const d = new Dialogue().synReceived();
    d.recv({ flags, seq: NXT, ack });
    d.silent();
    expect(d.half).toBe(0);
    expect(d.listener.counters.EmbryonicRsts).toBe(1);
    expect(d.listener.nextTimer()).toBe(Infinity);
  });

  // holds: RFC 5961 R3
  test.each([1, 999, 64239])('RST in the window, RCV.NXT + %i: challenge ACK, entry stays', (by) => {
    const d = new Dialogue().synReceived();
    d.recv({ flags: RST, seq: NXT + by });
    d.sent({ flags: ACK, seq: ISS + 1, ack: NXT });
    expect(d.half).toBe(1);
    expect(d.listener.counters.TCPChallengeACK).toBe(1);
  });

  // holds: RFC 5961 R7
  test('RSTs in the window are challenged at most once per interval, text on them or not', () => {
    const d = new Dialogue().synReceived();
    for (const len of [0, 1, 1000]) d.recv({ flags: RST, seq: NXT + 1, len });
    d.sent({ flags: ACK, seq: ISS + 1, ack: NXT });
    d.silent();
  });

  // holds: RFC 5961 R2
  test.each([-1, -1000, 64241, 10_000_000])('RST outside the window, RCV.NXT + %i: nothing', (by) => {
    const d = new Dialogue().synReceived();
    d.recv({ flags: RST, seq: (NXT + by) >>> 0 });
    d.silent();
    expect(d.half).toBe(1);
    expect(d.listener.counters.rstOutOfWindow).toBe(1);
  });

  test.each([-1, 1, 12345])('wrong ACK number, ISS + 1 + %i: RST seq = SEG.ACK; the right one still works', (by) => {
    const d = new Dialogue().synReceived();
    const ack = (ISS + 1 + by) >>> 0;
    d.ack(0, { ack, len: 5 });
    d.sent({ flags: RST, seq: ack, ack: 0 });
    expect(d.half).toBe(1);
    d.ack();
    d.silent();
    expect(d.listener.accept()?.state).toBe('ESTABLISHED');
    expect(d.listener.counters.PassiveOpens).toBe(1);
  });

  test.each([-1000, 10_000_000])('right ACK outside the window, %i: ACK, entry stays', (by) => {
    const d = new Dialogue().synReceived();
    d.ack(0, { seq: (NXT + by) >>> 0 });
    d.sent({ flags: ACK, seq: ISS + 1, ack: NXT });
    expect(d.half).toBe(1);
  });

  test.each([
    ['alone', { flags: ACK, len: 0, seq: NXT }],
    ['in a gap', { flags: ACK, len: 0, seq: 100 }],
    ['with data', { flags: ACK | PSH, len: 5, seq: NXT }],
    ['with FIN', { flags: ACK | FIN, len: 0, seq: NXT }],
  ])('right ACK %s: promoted with its segment', (_name, seg) => {
    const d = new Dialogue().synReceived();
    d.ack(0, seg);
    d.silent();
    const c = d.listener.accept()!;
    expect(c).toMatchObject({ len: seg.len, flags: seg.flags });
    expect(c.half).toMatchObject({ iss: ISS, irs: IRS, remote: PEER, remotePort: 1024, localPort: 80, mss: 1460 });
    expect(d.half).toBe(0);
  });

  test.each([
    ['FIN', FIN, 0],
    ['data', 0, 5],
    ['no flags', 0, 0],
  ])('%s without ACK: dropped', (_name, flags, len) => {
    const d = new Dialogue().synReceived();
    d.recv({ flags, seq: NXT, len });
    d.silent();
    expect(d.half).toBe(1);
    expect(d.listener.counters.noAckFlag).toBe(1);
  });

  test('crossed SYN/ACK with the same seq: ACK. SYN|FIN: SYN/ACK again. SYN|RST: nothing', () => {
    const d = new Dialogue().synReceived();
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    d.sent({ flags: ACK, seq: ISS + 1, ack: NXT });
    d.now = 600 * MS;
    d.recv({ flags: SYN | FIN, seq: IRS });
    d.sent({ flags: SYN | ACK, seq: ISS, ack: NXT });
    d.recv({ flags: SYN | RST, seq: IRS });
    d.silent();
    expect(d.half).toBe(1);
  });

  describe('with timestamps', () => {
    const synReceived = (): { d: Dialogue; tsVal: number } => {
      const d = new Dialogue({}, LINUX6);
      d.syn(0, { tsVal: 5000, ws: 7, sackPerm: true });
      return { d, tsVal: d.out.shift()!.tsVal };
    };

    test('ACK that echoes what was sent, or without the option: promoted', () => {
      const a = synReceived();
      a.d.ack(0, { tsVal: 5001, tsEcr: a.tsVal });
      expect(a.d.listener.accept()?.half).toMatchObject({ tsRecent: 5000, ws: 7, sackPerm: true });
      const b = synReceived();
      b.d.ack();
      expect(b.d.listener.accept()).toBeDefined();
    });

    test('TSecr that was never sent, or an old TSval (PAWS): ACK, entry stays', () => {
      const { d, tsVal } = synReceived();
      d.ack(0, { tsVal: 5001, tsEcr: (tsVal + 100_000) >>> 0 });
      d.sent({ flags: ACK, seq: ISS + 1, ack: NXT, wnd: 65160 >> 10, tsEcr: 5000 });
      d.now = 600 * MS;
      d.ack(0, { tsVal: 4999, tsEcr: tsVal });
      d.sent({ flags: ACK });
      expect(d.half).toBe(1);
      expect(d.listener.counters).toMatchObject({ TSEcrRejected: 1, PAWSEstab: 1 });
    });
  });
});

describe('SYN/ACK timer (ground truth A: ideal times)', () => {
  // holds: RFC 4987 R2; RFC 6298 R11
  test.each([
    [0, [], 1],
    [1, [1], 3],
    [2, [1, 3], 7],
    [3, [1, 3, 7], 15],
    [5, [1, 3, 7, 15, 31], 63],
  ])('%i retries: SYN/ACKs again at %j s, entry removed at %i s without a segment', (synackRetries, times, end) => {
    const d = new Dialogue({}, { ...PLAIN, synackRetries }).synReceived();
    expect(d.drive((end - 0.001) * SEC)).toEqual(times);
    expect(d.half).toBe(1);
    expect(d.listener.nextTimer()).toBe(end * SEC);
    expect(d.drive(200 * SEC)).toEqual([]);
    expect(d.half).toBe(0);
    expect(d.listener.counters).toMatchObject({
      TCPTimeouts: synackRetries + 1,
      TCPSynRetrans: synackRetries,
      RetransSegs: synackRetries,
      expired: 1,
    });
  });

  // Version trap 2 of the ground truth: measured 0, 0.8, 1.82, 3.84, 7.97 and 0, 0.99, 1.5, 3.52, 7.58 s.
  test.each([
    [0.8, [1.8, 3.8, 7.8]],
    [1.5, [1, 3.5, 7.5]],
  ])('a repeated SYN at %f s starts the timer again with its present timeout', (at, times) => {
    const d = new Dialogue({}, { ...PLAIN, synackRetries: 3 }).synReceived();
    const before = d.drive(at * SEC);
    d.syn();
    d.sent({ flags: SYN | ACK });
    expect([...before, ...d.drive(8 * SEC)]).toEqual(times);
  });

  test('a spurious onTimer is a no-op', () => {
    const d = new Dialogue().synReceived();
    d.listener.onTimer(999 * MS, d.tx);
    d.silent();
    expect(d.listener.nextTimer()).toBe(1 * SEC);
  });

  // holds: RFC 9293 MUST-18; RFC 6298 R6
  test('Karn: only a SYN/ACK sent once dates the handshake', () => {
    const d = new Dialogue().synReceived();
    d.now = 10 * MS;
    d.syn();
    d.ack();
    expect(d.listener.accept()?.half.synackAt).toBe(-1);
  });
});

describe('admission (ground truth B and C)', () => {
  // B_halfopen_limit.csv, syncookies = 0: backlog, M, SYN_RECV count, which counter the 60 drops had besides ListenDrops.
  test.each([
    [0, 4096, 1, 60],
    [1, 4096, 2, 60],
    [16, 4096, 17, 60],
    [128, 4096, 129, 60],
    [511, 4096, 512, 60],
    [1024, 4096, 1025, 60],
    [1024, 1, 2, 0],
    [1024, 3, 4, 0],
    [1024, 4, 4, 0],
    [1024, 6, 6, 0],
    [1024, 7, 7, 0],
    [128, 8, 7, 0],
    [1024, 64, 49, 0],
    [1024, 100, 76, 0],
    [128, 128, 97, 0],
    [1024, 256, 193, 0],
    [1024, 1024, 769, 0],
    [128, 168, 127, 0],
    [128, 170, 129, 60],
    [1024, 1366, 1025, 60],
  ])('backlog %i, M %i: %i half-open, then 60 SYNs dropped', (backlog, maxSynBacklog, count, reqQFull) => {
    const d = new Dialogue({ backlog, maxSynBacklog });
    for (let i = 0; i < count + 60; i++) d.syn(i);
    expect(d.half).toBe(count);
    expect(d.out.length).toBe(count);
    const { counters } = d.listener;
    expect(counters).toMatchObject({ ListenDrops: 60, TCPReqQFullDrop: reqQFull, ListenOverflows: 0 });
  });

  test('before 2025 the queue held B, and backlog 0 admitted nobody (ground truth 2.1)', () => {
    for (const backlog of [0, 16]) {
      const d = new Dialogue({ backlog, synQueueRoom: 'backlog' });
      for (let i = 0; i < 30; i++) d.syn(i);
      expect(d.half).toBe(backlog);
    }
  });

  // tcp_syncookies = 1 and 2: backlog, entries, cookies.
  // holds: RFC 4987 R5, R7
  test.each([
    ['when-full', 128, 129, 60],
    ['when-full', 0, 1, 60],
    ['always', 128, 0, 60],
  ] as const)('cookies %s, backlog %i: %i entries, %i cookies', (mode, backlog, entries, cookies) => {
    const d = new Dialogue({ backlog, policy: synCookies(mode) });
    for (let i = 0; i < entries + cookies; i++) d.syn(i);
    expect(d.half).toBe(entries);
    expect(d.out.length).toBe(entries + cookies);
    expect(d.listener.counters).toMatchObject({
      TCPReqQFullDoCookies: cookies,
      SyncookiesSent: cookies,
      ListenDrops: 0,
    });
  });

  test('a client already queued gets its old SYN/ACK even when the queue is full', () => {
    const d = new Dialogue({ backlog: 0, policy: synCookies('when-full') }).synReceived();
    d.syn();
    d.sent({ flags: SYN | ACK, seq: ISS });
    expect(d.listener.counters.SyncookiesSent).toBe(0);
  });

  // holds: RFC 4987 R3
  test('a policy may evict: the oldest entry goes, the newcomer is queued', () => {
    const evictOldest: ListenPolicy = {
      name: 'evict-oldest',
      cookies: false,
      onSyn: (_now, _syn, q) => (q.length >= q.capacity ? 'evict' : 'queue'),
      victim: (_now, q) => q.oldest(),
    };
    const d = new Dialogue({ backlog: 1, policy: evictOldest });
    for (let i = 0; i < 5; i++) d.syn(i);
    const left: number[] = [];
    d.listener.entries((h) => left.push(h.remote - PEER));
    expect(left).toEqual([3, 4]);
    expect(d.listener.counters).toMatchObject({ evicted: 3, ListenDrops: 0 });
  });
});

describe('accept queue (ground truth E)', () => {
  // holds: RFC 4987 R1
  test.each([0, 1, 4, 16, 128])('never accepted, backlog %i: B+1 established, then SYNs are dropped', (backlog) => {
    for (const policy of [dropWhenFull(), synCookies('when-full'), synCookies('always')]) {
      const d = new Dialogue({ backlog, policy });
      for (let i = 0; i < backlog + 4; i++) {
        d.syn(i);
        const synAck = d.out.pop();
        if (synAck !== undefined) d.ack(i, { ack: (synAck.seq + 1) >>> 0 });
      }
      expect(d.listener.acceptQueue.length).toBe(backlog + 1);
      expect(d.listener.counters).toMatchObject({ ListenOverflows: 3, ListenDrops: 3, PassiveOpens: backlog + 1 });
    }
  });

  /** E: B = 4, three established at once, five half-open entries whose ACKs come late: two fit, three overflow. */
  const overflowing = (options: Partial<ListenOptions> = {}): Dialogue => {
    const d = new Dialogue({ backlog: 4, ...options }, { ...PLAIN, synackRetries: 2 });
    for (let i = 0; i < 3; i++) {
      d.syn(i);
      d.ack(i);
    }
    for (let i = 3; i < 8; i++) d.syn(i);
    d.out = [];
    d.now = 200 * MS;
    for (let i = 3; i < 8; i++) d.ack(i);
    return d;
  };

  test('final ACK dropped, entries stay, SYN/ACK again at 1 and 3 s, removed at 7 s without RST', () => {
    const d = overflowing();
    d.silent();
    expect(d.half).toBe(3);
    expect(d.listener.counters).toMatchObject({ ListenOverflows: 3, ListenDrops: 3, OutRsts: 0, PassiveOpens: 5 });
    for (let i = 5; i < 8; i++) d.ack(i, { flags: ACK | PSH, len: 5 }); // their data is dropped too
    expect(d.listener.counters.ListenOverflows).toBe(6);
    expect(d.drive(8 * SEC)).toEqual([1, 1, 1, 3, 3, 3]);
    expect(d.half).toBe(0);
    expect(d.listener.counters.TCPSynRetrans).toBe(6);
  });

  test('accepting at 2 s: clients that answer the SYN/ACK of 3 s are established', () => {
    const d = overflowing();
    d.drive(2 * SEC);
    for (let i = 0; i < 5; i++) expect(d.listener.accept()).toBeDefined();
    expect(d.listener.accept()).toBeUndefined();
    d.drive(3 * SEC);
    for (let i = 5; i < 8; i++) d.ack(i);
    expect(d.listener.counters.PassiveOpens).toBe(8);
    expect(d.half).toBe(0);
  });

  test('abortOnOverflow: RST with seq ISN+1 and no ACK flag, entry removed', () => {
    const d = overflowing({ abortOnOverflow: true });
    for (let i = 0; i < 3; i++) d.sent({ flags: RST, seq: ISS + 1, ack: 0 });
    d.silent();
    expect(d.half).toBe(0);
    const want = { ListenOverflows: 3, ListenDrops: 3, OutRsts: 3, EmbryonicRsts: 3, PassiveOpens: 5 };
    expect(d.listener.counters).toMatchObject(want);
  });
});

describe('cookie connections (ground truth C)', () => {
  const cookied = (config: TcpConfig, fields: Partial<Segment> = {}): { d: Dialogue; synAck: Segment } => {
    const d = new Dialogue({ policy: synCookies('always') }, config);
    d.syn(0, fields);
    return { d, synAck: d.out.shift()! };
  };

  // holds: RFC 4987 R5
  test('without timestamps the SYN/ACK carries the MSS only; nothing is kept, nothing is repeated', () => {
    const { d, synAck } = cookied(LINUX6, { ws: 7, sackPerm: true });
    expect(synAck).toMatchObject({ flags: SYN | ACK, mss: 1460, ws: -1, sackPerm: false, tsVal: -1, ack: NXT });
    expect(d.half).toBe(0);
    expect(d.listener.nextTimer()).toBe(Infinity);
  });

  test.each([
    [7, true],
    [0, true],
    [14, true],
    [-1, true],
    [-1, false],
  ])('with timestamps, scale %i and SACK %s come back in the echo', (ws, sackPerm) => {
    const { d, synAck } = cookied(LINUX6, { ws, sackPerm, tsVal: 900, mss: 1400 });
    expect(synAck).toMatchObject({ ws: ws < 0 ? -1 : 10, sackPerm, tsEcr: 900 });
    d.now = 20 * MS;
    expect(d.ack(0, { ack: (synAck.seq + 1) >>> 0, tsVal: 920, tsEcr: synAck.tsVal })).toBe(true);
    const half = d.listener.accept()?.half;
    expect(half).toMatchObject({ mss: 1300, ws, sackPerm, tsRecent: 920, iss: synAck.seq, irs: IRS, synackAt: -1 });
    expect(d.listener.counters).toMatchObject({ SyncookiesSent: 1, SyncookiesRecv: 1, PassiveOpens: 1 });
  });

  test('bare ACK lost: data starting at SEQ0+1 establishes, a later segment does not', () => {
    const { d, synAck } = cookied(PLAIN);
    const ack = (synAck.seq + 1) >>> 0;
    expect(d.ack(0, { ack, seq: NXT + 5, len: 5 })).toBe(false);
    expect(d.listener.counters.SyncookiesFailed).toBe(1);
    expect(d.ack(0, { ack, len: 5 })).toBe(true);
    expect(d.listener.accept()?.len).toBe(5);
  });

  test('wrong ACK number: left to LISTEN (RST), SyncookiesFailed; ACK|RST: ignored', () => {
    const { d, synAck } = cookied(PLAIN);
    expect(d.ack(0, { ack: (synAck.seq + 100) >>> 0 })).toBe(false);
    expect(d.ack(0, { ack: (synAck.seq + 1) >>> 0, flags: ACK | RST })).toBe(false);
    expect(d.listener.counters).toMatchObject({ SyncookiesFailed: 1, SyncookiesRecv: 0 });
  });

  // holds: RFC 4987 R6
  test('no cookie sent within 120 s: cookies are not looked at, nothing is counted', () => {
    const { d, synAck } = cookied(PLAIN);
    d.now = 121 * SEC;
    expect(d.ack(0, { ack: (synAck.seq + 1) >>> 0 })).toBe(false);
    expect(d.listener.counters.SyncookiesFailed).toBe(0);
  });

  test('a valid cookie that finds the accept queue full is dropped silently even with abortOnOverflow', () => {
    const d = new Dialogue({ backlog: 0, abortOnOverflow: true, policy: synCookies('always') });
    const acks = [0, 1].map((i) => {
      d.syn(i);
      return (d.out.pop()!.seq + 1) >>> 0;
    });
    for (const [i, ack] of acks.entries()) expect(d.ack(i, { ack })).toBe(true);
    d.silent();
    const want = { SyncookiesRecv: 2, ListenOverflows: 1, ListenDrops: 1, PassiveOpens: 1, OutRsts: 0 };
    expect(d.listener.counters).toMatchObject(want);
  });
});

describe('reasons and closing', () => {
  test('each check is reported in order with its values, then the state change', () => {
    const d = new Dialogue({ backlog: 4, maxSynBacklog: 64 });
    const told: string[] = [];
    const fill = (rule: Rule, values: number[]): string =>
      rule.text.replace(/\{(\d)\}/g, (_m, i: string) => String(values[Number(i)]));
    const sink: WhySink = {
      check: (rule, held, ...values) => told.push(`${held} ${fill(rule, values)}`),
      act: (rule, ...values) => told.push(fill(rule, values)),
      state: (from, to) => told.push(`${from} -> ${to}`),
    };
    d.listener.why = sink;
    d.syn();
    expect(told).toEqual([
      `true SYN: IRS = ${IRS}, RCV.NXT = 0`,
      'true room in the SYN queue: 0 half-open < 5 (backlog 4)',
      'true room in the accept queue: 0 waiting < 5 (backlog 4)',
      'true the last quarter is for known peers: 64 - 0 half-open >= 16',
      `keep a half-open entry, choose ISS = ${ISS}, send SYN/ACK; 1 half-open now`,
      'SYN/ACK timer armed for 1000000000',
      'LISTEN -> SYN-RECEIVED',
    ]);
    told.length = 0;
    d.ack();
    expect(told).toEqual([
      'true RCV.NXT 0 <= SEG.SEQ 0 < RCV.NXT + RCV.WND 64240',
      `true SND.UNA ${ISS} < SEG.ACK ${ISS + 1} <= SND.NXT ${ISS + 1}`,
      'true room in the accept queue: 0 waiting < 5 (backlog 4)',
      'the handshake is complete: 1 waiting for accept()',
      'SYN-RECEIVED -> ESTABLISHED',
    ]);
  });

  test('close forgets half-open entries silently; what waits for accept stays for the caller to abort', () => {
    const d = new Dialogue().synReceived();
    d.syn(1);
    d.ack(1);
    d.out = [];
    d.listener.close();
    d.silent();
    expect([d.half, d.listener.nextTimer()]).toEqual([0, Infinity]);
    expect(d.ack()).toBe(false);
    expect(d.syn(2)).toBe(false);
    expect(d.listener.accept()).toBeDefined();
  });
});
