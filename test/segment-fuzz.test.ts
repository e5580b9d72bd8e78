/** Random segments near the interesting sequence numbers, thrown at a connection in each state and at a listener. */
import { describe, expect, test } from 'vitest';
import { LINUX6, type TcpConfig } from '../src/tcp/config.ts';
import type { Connection } from '../src/tcp/connection.ts';
import { TcpStack } from '../src/tcp/stack.ts';
import { type Endpoint, MS, type Nanos, SEC, type TcpState } from '../src/tcp/types.ts';
import type { WhySink } from '../src/tcp/why.ts';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../src/wire/segment.ts';
import * as fixtures from './dialogue.ts';

const LOCAL = 0xc6336407;
const REMOTE = 0xcb007150;
const BYTES = new Uint8Array(3000).fill(7);
/** Short timers, and the options that have code of their own. */
const RICH: TcpConfig = { ...LINUX6, mss: 500, rcvBuf: 4000, sndBuf: 6000, windowScale: 3, dataRetries: 4 };
const CONFIGS: readonly [string, TcpConfig][] = [
  ['plain', fixtures.PLAIN],
  ['rich', RICH],
  ['keep-alive, Nagle, tiny buffer', { ...RICH, rcvBuf: 5, windowScale: 0, keepAliveIdle: 20 * SEC, synRetries: 2 }],
];

const STATES: Readonly<Record<string, (config: TcpConfig) => fixtures.Dialogue>> = {
  'SYN-SENT': fixtures.synSent,
  'SYN-RECEIVED': fixtures.synReceived,
  ESTABLISHED: fixtures.established,
  'FIN-WAIT-1': fixtures.finWait1,
  'FIN-WAIT-2': fixtures.finWait2,
  'CLOSE-WAIT': fixtures.closeWait,
  CLOSING: fixtures.closing,
  'LAST-ACK': fixtures.lastAck,
  'TIME-WAIT': fixtures.timeWait,
};

/** RFC 9293 figure 5 for one connection object; CLOSED can follow any state. */
const EDGES: Readonly<Record<TcpState, readonly TcpState[]>> = {
  CLOSED: ['SYN-SENT'],
  LISTEN: ['SYN-RECEIVED'],
  'SYN-SENT': ['SYN-RECEIVED', 'ESTABLISHED'],
  'SYN-RECEIVED': ['ESTABLISHED', 'LISTEN', 'FIN-WAIT-1'],
  ESTABLISHED: ['FIN-WAIT-1', 'CLOSE-WAIT'],
  'FIN-WAIT-1': ['FIN-WAIT-2', 'CLOSING'],
  'FIN-WAIT-2': ['TIME-WAIT'],
  'CLOSE-WAIT': ['LAST-ACK'],
  CLOSING: ['TIME-WAIT'],
  'LAST-ACK': [],
  'TIME-WAIT': [],
};

const figure5: WhySink = {
  check: () => undefined,
  act: () => undefined,
  state: (from, to) => {
    if (to !== 'CLOSED' && !EDGES[from].includes(to)) throw new Error(`illegal state change ${from} -> ${to}`);
  },
};

/** xorshift32: the test's own dice. */
class Dice {
  #x: number;
  constructor(seed: number) {
    this.#x = Math.imul(seed, 2654435761) | 1;
  }
  below(n: number): number {
    this.#x ^= this.#x << 13;
    this.#x ^= this.#x >>> 17;
    this.#x ^= this.#x << 5;
    return (this.#x >>> 0) % n;
  }
  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
}

const FLAGS = [ACK, ACK, ACK, ACK, ACK | PSH, ACK | FIN, FIN, SYN, SYN | ACK, RST, RST | ACK, SYN | FIN, 0, 0x3f];
const LENGTHS = [0, 0, 0, 1, 1, 10, 500, 1460, 3000];
const NEAR = [0, 0, 0, 0, 1, -1, 2, 500, -500, 4000, 0x7fffffff, 0x80000000];

/** A segment of the peer whose numbers lie near what `c` (null: nothing yet) holds to be interesting. */
function segment(dice: Dice, c: Connection | null, now: Nanos): Segment {
  const t = c?.tcb;
  const seg = new Segment();
  seg.src = REMOTE;
  seg.sport = 80;
  seg.dst = LOCAL;
  seg.dport = 5000;
  const seqs =
    t === undefined ? [1000] : [t.rcvNxt, t.rcvNxt, t.rcvAdv, t.irs, t.finAhead, (t.rcvNxt + dice.below(4000)) >>> 0];
  const acks =
    t === undefined ? [0] : [t.sndNxt, t.sndNxt, t.sndUna, t.iss, t.loss?.next ?? t.sndUna, t.loss?.recover ?? t.iss];
  seg.flags = dice.of(FLAGS);
  seg.seq = (dice.of(seqs) + dice.of(NEAR)) >>> 0;
  seg.ack = (dice.of(acks) + dice.of(NEAR)) >>> 0;
  seg.wnd = dice.of([0, 1, 100, 4000, 65535]);
  seg.len = dice.of(LENGTHS);
  seg.payload = BYTES;
  if ((seg.flags & SYN) !== 0) {
    seg.mss = dice.of([-1, 0, 1, 536, 65535]);
    seg.ws = dice.of([-1, 0, 14, 255]);
    seg.sackPerm = dice.below(2) === 0;
  }
  if (dice.below(3) > 0) {
    seg.tsVal = ((t?.tsRecent ?? 0) + dice.of([0, 0, 1, 1, -1, 0x7fffffff])) >>> 0;
    seg.tsEcr = (Math.floor(now / MS) + dice.of([0, -1, 5, 0x80000000])) >>> 0;
  }
  if (t !== undefined && dice.below(3) === 0) {
    seg.sackCount = 1 + dice.below(4);
    for (let i = 0; i < 2 * seg.sackCount; i++) seg.sack[i] = (t.sndUna + dice.below(5000) - 100) >>> 0;
  }
  return seg;
}

class Run {
  readonly sent: { flags: number; len: number }[] = [];
  now: Nanos;
  readonly tx = {
    alloc: (): Segment => new Segment(),
    send: (s: Segment): void => {
      if (s.payloadOff + s.len > s.payload.length || s.len < 0) throw new Error('payload beyond its array');
      this.sent.push({ flags: s.flags, len: s.len });
    },
  };
  readonly #end: Endpoint;
  readonly #what: string;

  constructor(end: Endpoint, now: Nanos, what: string) {
    this.#end = end;
    this.now = now;
    this.#what = what;
  }

  check(): void {
    const next = this.#end.nextTimer();
    if (!(next >= this.now)) throw new Error(`${this.#what}: timer at ${next}, now ${this.now}`);
  }

  /** Gives `seg`. A RST gets a challenge ACK at most (RFC 5961 §3.2); anything else at most one answer that carries neither text nor FIN to anything else. */
  give(seg: Segment): void {
    const before = this.sent.length;
    this.#end.onSegment(this.now, seg, this.tx);
    const out = this.sent.slice(before);
    if ((seg.flags & RST) !== 0 && out.some((s) => s.flags !== ACK || s.len > 0)) {
      throw new Error(`${this.#what}: RST was answered by more than a challenge ACK`);
    }
    const bare = out.filter((s) => s.len === 0 && (s.flags & FIN) === 0).length;
    if (bare > 1) throw new Error(`${this.#what}: ${bare} answers to one segment`);
    this.check();
  }

  /** Lets time pass until `until`, or until no timer runs; more than `most` timers is a livelock. */
  wait(until: Nanos, most: number): void {
    for (let n = 0; ; n++) {
      const next = this.#end.nextTimer();
      if (next === Infinity || next > until) break;
      if (n >= most) throw new Error(`${this.#what}: more than ${most} timers`);
      this.now = next;
      this.#end.onTimer(next, this.tx);
      this.check();
    }
    this.now = until === Infinity ? this.now : until;
  }
}

/** What the application may do at any moment. */
function act(dice: Dice, c: Connection, run: Run): void {
  const what = dice.below(12);
  if (what < 3) c.send(run.now, BYTES.subarray(0, dice.of([1, 100, 3000])), run.tx);
  else if (what < 6) c.read(run.now, new Uint8Array(dice.of([1, 100, 8000])), run.tx);
  else if (what === 6 && dice.below(4) === 0) c.close(run.now, run.tx);
  run.check();
}

function bounded(c: Connection, config: TcpConfig, what: string): void {
  const t = c.tcb;
  // One unit of the scale, and one segment that may hang over the edge of the window (habits.edgesAcceptable).
  const unit = 2 ** t.rcvScale + (config.habits.edgesAcceptable ? Math.max(...LENGTHS) : 0);
  if (c.readable > config.rcvBuf + unit) throw new Error(`${what}: ${c.readable} bytes held`);
  if (c.rcvWnd > config.rcvBuf + unit) throw new Error(`${what}: window of ${c.rcvWnd}`);
  if ((t.sendBuffer?.length ?? 0) > config.sndBuf) throw new Error(`${what}: send buffer`);
  if (!(t.cwnd >= 0) || !(t.sndMss > 0)) throw new Error(`${what}: cwnd ${t.cwnd}, MSS ${t.sndMss}`);
  if ((t.sndNxt - t.sndUna) >>> 0 > config.sndBuf + 2) throw new Error(`${what}: SND.NXT ran away`);
}

/** Segments that a connection may send to a peer that has fallen silent. */
const MOST_TO_SILENCE = 200;

describe.each(CONFIGS)('%s', (_name, config) => {
  test.each(Object.keys(STATES))('%s survives random segments, and then silence', (state) => {
    for (let seed = 1; seed <= 400; seed++) {
      const what = `${state}, seed ${seed}`;
      const dice = new Dice(seed);
      const d = STATES[state]!(config);
      const c = d.connection;
      if (c.state !== state) throw new Error(`fixture made ${c.state}`);
      c.why = figure5;
      const run = new Run(c, d.now, what);
      let closed = 0;
      for (let i = 0; i < 60; i++) {
        if (dice.below(4) === 0) act(dice, c, run);
        if (dice.below(4) === 0) run.wait(run.now + dice.of([0, MS, 50 * MS, SEC, 30 * SEC]), 500);
        run.give(segment(dice, c, run.now));
        bounded(c, config, what);
        for (let e = c.pollEvent(); e !== undefined; e = c.pollEvent()) if (e.type === 'closed') closed++;
      }
      run.sent.length = 0;
      run.wait(run.now + 3600 * SEC, 1000);
      if (run.sent.length > MOST_TO_SILENCE) throw new Error(`${what}: ${run.sent.length} segments into silence`);
      // Nobody answers: what is still open has nothing to say and waits without a timer, or for its keep-alive.
      if (c.state !== 'CLOSED' && c.nextTimer() !== Infinity) throw new Error(`${what}: still busy in ${c.state}`);
      for (let e = c.pollEvent(); e !== undefined; e = c.pollEvent()) if (e.type === 'closed') closed++;
      expect(closed, what).toBe(c.state === 'CLOSED' ? 1 : 0);
    }
  });

  test('a listening stack survives random segments, and then silence', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const what = `stack, seed ${seed}`;
      const dice = new Dice(seed + 7000);
      const stack = new TcpStack({ addresses: [LOCAL], config, secret: Uint32Array.of(seed, 2, 3, 4) });
      stack.why = figure5;
      const listener = stack.listen(5000, { backlog: 2 });
      const run = new Run(stack, 0, what);
      const all: Connection[] = [];
      for (let i = 0; i < 100; i++) {
        const c = [...stack.connections()].find((each) => each.tcb.remotePort === 80) ?? null;
        const seg = segment(dice, c, run.now);
        // Half of what reaches a listener opens or completes; the rest is noise, some of it from other ports.
        if (c === null && dice.below(2) === 0) listener.entries((half) => complete(seg, half));
        if (dice.below(8) === 0) seg.sport = 81;
        run.give(seg);
        const accepted = listener.accept();
        if (accepted !== undefined) all.push(accepted);
        for (const each of all) {
          if (dice.below(4) === 0) act(dice, each, run);
          bounded(each, config, what);
        }
        if (dice.below(4) === 0) run.wait(run.now + dice.of([0, MS, SEC, 30 * SEC]), 500);
      }
      run.sent.length = 0;
      run.wait(run.now + 3600 * SEC, 2000);
      if (run.sent.length > 4 * MOST_TO_SILENCE) throw new Error(`${what}: ${run.sent.length} segments into silence`);
      expect(stack.nextTimer(), what).toBe(Infinity);
      expect(listener.synQueue.length, what).toBe(0);
      for (const each of stack.connections()) expect(each.state, what).not.toBe('CLOSED');
    }
  });
});

function complete(seg: Segment, half: { irs: number; iss: number; tsRecent: number; remotePort: number }): void {
  seg.flags = ACK;
  seg.sport = half.remotePort;
  seg.seq = (half.irs + 1) >>> 0;
  seg.ack = (half.iss + 1) >>> 0;
  seg.tsVal = half.tsRecent;
  seg.tsEcr = half.tsRecent < 0 ? -1 : 0;
}

test('one-byte segments with gaps between them are held in bounded time and space', () => {
  const d = fixtures.established({ ...fixtures.PLAIN, rcvBuf: 65535 });
  const run = new Run(d.connection, d.now, 'gaps');
  for (let i = 0; i < 30_000; i++) {
    const seg = new Segment();
    seg.flags = ACK;
    seg.seq = (d.connection.tcb.rcvNxt + 1 + 2 * ((i * 7919) % 30_000)) >>> 0;
    seg.ack = d.connection.tcb.sndNxt;
    seg.len = 1;
    seg.payload = BYTES;
    run.give(seg);
  }
  expect(d.connection.readable).toBe(0);
});
