/**
 * The fuzzer's cases: a connection in each state, a listening stack, and a client that opens again and again. A case is
 * named `state/configuration/seed`, and its name says all about it.
 */
import { LINUX6, RFC9293, type TcpConfig } from '../../src/tcp/config.ts';
import type { Connection } from '../../src/tcp/connection.ts';
import type { ListenOptions } from '../../src/tcp/listen-options.ts';
import { synCookies } from '../../src/tcp/policy/syn-cookies.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import { MS, SEC, type TcpState } from '../../src/tcp/types.ts';
import { ACK, type Segment } from '../../src/wire/segment.ts';
import * as fixtures from '../dialogue.ts';
import { Dice } from './dice.ts';
import { icmpNear, LOCAL, LOCAL_PORT, REMOTE, REMOTE_PORT, STREAM, segmentNear } from './segments.ts';
import { checkBounds, figure5, Reader, Watch, Writer } from './watch.ts';

/** Short timers, and the options that have code of their own. */
const RICH: TcpConfig = { ...LINUX6, mss: 500, rcvBuf: 4000, sndBuf: 6000, windowScale: 3, dataRetries: 4 };

export const CONFIGS: Readonly<Record<string, TcpConfig>> = {
  plain: fixtures.PLAIN,
  linux: RICH,
  rfc: { ...RFC9293, mss: 500, rcvBuf: 4000, sndBuf: 6000, windowScale: 3, dataRetries: 4 },
  tiny: { ...RICH, rcvBuf: 5, windowScale: 0, keepAliveIdle: 20 * SEC, synRetries: 2 },
};

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

export const KINDS: readonly string[] = [...Object.keys(STATES), 'LISTEN', 'client'];

/** Segments that a connection may send to a peer that has fallen silent, and timers on the way. */
const MOST_TO_SILENCE = 200;
const MOST_TIMERS = 2000;

/** Throws an Error whose message names the case and what went wrong. */
export function runCase(kind: string, configName: string, seed: number): void {
  const config = CONFIGS[configName];
  if (config === undefined || !KINDS.includes(kind)) throw new Error(`there is no case ${kind}/${configName}`);
  try {
    if (kind === 'LISTEN') listenCase(config, seed);
    else if (kind === 'client') clientCase(config, seed);
    else connectionCase(kind as TcpState, config, seed);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${kind}/${configName}/${seed}: ${message}`, { cause: error });
  }
}

/** One connection in `state`: random segments, errors, calls and times, then silence, in which it must come to rest. */
function connectionCase(state: TcpState, config: TcpConfig, seed: number): void {
  const dice = new Dice(seed);
  const d = STATES[state]!(config);
  const c = d.connection;
  if (c.state !== state) throw new Error(`the fixture made ${c.state}`);
  c.why = figure5;
  const watch = new Watch(c, d.now, config, () => [c]);
  const reader = new Reader(c);
  const writer = new Writer(c);
  let closed = 0;
  for (let i = 0; i < 60; i++) {
    if (dice.oneIn(4)) watch.do((now) => use(dice, c, reader, writer, now, watch));
    if (dice.oneIn(4)) watch.wait(watch.now + dice.of([0, MS, 50 * MS, SEC, 30 * SEC]), 500);
    if (dice.oneIn(12)) watch.do((now) => c.onIcmp(now, icmpNear(dice, c), watch.tx));
    watch.give(segmentNear(dice, c, watch.now, watch.cookies));
    checkBounds(c, config);
    closed += closings(c);
  }
  silence(watch, MOST_TO_SILENCE);
  // Nobody answers: what is still open has nothing to say and waits without a timer.
  if (c.state !== 'CLOSED' && c.nextTimer() !== Infinity) throw new Error(`still busy in ${c.state}`);
  closed += closings(c);
  if (closed !== (c.state === 'CLOSED' ? 1 : 0)) throw new Error(`told ${closed} times of the end, in ${c.state}`);
}

/** A listening stack, with cookies and Fast Open for some, and an application that accepts late. */
function listenCase(config: TcpConfig, seed: number): void {
  const dice = new Dice(seed);
  const stack = new TcpStack({ addresses: [LOCAL], config, secret: Uint32Array.of(seed, 2, 3, 4) });
  stack.why = figure5;
  const options: ListenOptions = {
    backlog: 2,
    ...(dice.oneIn(3) && { policy: synCookies(dice.of(['always', 'when-full'])) }),
    ...(dice.oneIn(2) && { fastOpen: { maxPending: dice.below(4), cookies: dice.of(['required', 'any']) } }),
    synInWindow: dice.of(['listen', 'reset', 'challenge']),
    dropSynFin: dice.oneIn(2),
    abortOnOverflow: dice.oneIn(2),
  };
  const listener = stack.listen(LOCAL_PORT, options);
  const watch = new Watch(stack, 0, config, () => stack.connections());
  const held: { c: Connection; reader: Reader; writer: Writer }[] = [];
  for (let i = 0; i < 100; i++) {
    const all = [...stack.connections()];
    const c = all.length > 0 && !dice.oneIn(3) ? dice.of(all) : null;
    const seg = segmentNear(dice, c, watch.now, watch.cookies);
    if (c === null) {
      seg.sport = REMOTE_PORT + dice.below(3);
      // Half of what reaches a listener opens or completes; the rest is noise.
      if (dice.oneIn(2)) listener.entries((half) => complete(seg, half));
    }
    watch.give(seg);
    if (c !== null && dice.oneIn(12)) watch.do((now) => stack.onIcmp(now, icmpNear(dice, c), watch.tx));
    if (dice.oneIn(2)) {
      const accepted = listener.accept();
      if (accepted !== undefined) {
        held.push({ c: accepted, reader: new Reader(accepted), writer: new Writer(accepted) });
      }
    }
    for (const { c: each, reader, writer } of held) {
      if (dice.oneIn(4)) watch.do((now) => use(dice, each, reader, writer, now, watch));
      checkBounds(each, config);
    }
    if (dice.oneIn(4)) watch.wait(watch.now + dice.of([0, MS, SEC, 30 * SEC]), 500);
    if (listener.synQueue.length > 3) throw new Error(`${listener.synQueue.length} half-open entries, backlog 2`);
    if (listener.acceptQueue.length > 3) throw new Error(`${listener.acceptQueue.length} wait for accept, backlog 2`);
    if ([...stack.connections()].length > 3) throw new Error('more connections than remote ports');
  }
  silence(watch, 4 * MOST_TO_SILENCE);
  if (listener.synQueue.length > 0) throw new Error(`${listener.synQueue.length} half-open entries stay for ever`);
  for (const c of stack.connections()) if (c.state === 'CLOSED') throw new Error('a closed connection is still known');
  if (stack.nextTimer() !== Infinity) throw new Error('still busy');
}

/** A client that opens, with and without Fast Open, to a server that answers at random. */
function clientCase(config: TcpConfig, seed: number): void {
  const dice = new Dice(seed);
  const stack = new TcpStack({ addresses: [LOCAL], config, secret: Uint32Array.of(seed, 2, 3, 4) });
  stack.fastOpen.blackholeTimeout = dice.of([0, 10 * SEC]);
  stack.why = figure5;
  const watch = new Watch(stack, 0, config, () => stack.connections());
  for (let n = 0; n < 4; n++) {
    const data = STREAM.subarray(0, dice.of([0, 1, 100, 2000]));
    const mode = dice.of(['cookie', 'cookie', 'free', undefined] as const);
    const c = stack.connect(watch.now, REMOTE, REMOTE_PORT, watch.tx, {
      ...(data.length > 0 && { data }),
      ...(mode !== undefined && { fastOpen: mode }),
    });
    const taken = c.unacknowledged;
    const reader = new Reader(c);
    const writer = new Writer(c, taken);
    for (let i = 0; i < 15; i++) {
      if (dice.oneIn(4)) watch.do((now) => use(dice, c, reader, writer, now, watch));
      if (dice.oneIn(4)) watch.wait(watch.now + dice.of([0, MS, SEC, 30 * SEC]), 500);
      if (dice.oneIn(10)) watch.do((now) => stack.onIcmp(now, icmpNear(dice, c), watch.tx));
      watch.give(segmentNear(dice, c, watch.now, watch.cookies));
      checkBounds(c, config);
    }
    watch.do((now) => c.abort(now, watch.tx));
  }
  silence(watch, 4 * MOST_TO_SILENCE);
  if ([...stack.connections()].length > 0) throw new Error('an aborted connection is still known');
  if (stack.nextTimer() !== Infinity) throw new Error('still busy');
}

/** What an application may do at any moment. */
function use(dice: Dice, c: Connection, reader: Reader, writer: Writer, now: number, watch: Watch): void {
  const what = dice.below(16);
  if (what < 4) writer.write(now, dice.of([1, 100, 3000]), dice.oneIn(6), watch);
  else if (what < 9) reader.read(now, dice.of([1, 100, 8000]), watch);
  else if (what === 9 && dice.oneIn(3)) c.close(now, watch.tx);
  else if (what === 10 && dice.oneIn(4)) c.closeSocket(now, watch.tx);
  else if (what === 11 && dice.oneIn(4)) c.shutdownReceive();
  else if (what === 12 && dice.oneIn(8)) c.abort(now, watch.tx);
  else if (what === 13) c.cork(dice.oneIn(2), now, watch.tx);
  else if (what === 14) c.noDelay(dice.oneIn(2), now, watch.tx);
}

/** How often the connection told of its end since the last look. */
function closings(c: Connection): number {
  let n = 0;
  for (let e = c.pollEvent(); e !== undefined; e = c.pollEvent()) if (e.type === 'closed') n++;
  return n;
}

function silence(watch: Watch, most: number): void {
  watch.sent.length = 0;
  watch.wait(watch.now + 7200 * SEC, MOST_TIMERS);
  if (watch.sent.length > most) throw new Error(`${watch.sent.length} segments into silence`);
}

/** Makes `seg` the ACK that completes a half-open entry. */
function complete(seg: Segment, half: { irs: number; iss: number; tsRecent: number; remotePort: number }): void {
  seg.flags = ACK;
  seg.sport = half.remotePort;
  seg.seq = (half.irs + 1) >>> 0;
  seg.payloadOff = seg.seq & 0xff;
  seg.ack = (half.iss + 1) >>> 0;
  seg.tsVal = half.tsRecent;
  seg.tsEcr = half.tsRecent < 0 ? -1 : 0;
}
