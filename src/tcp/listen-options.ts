/** How a port listens, and what the listener needs from the stack around it. */

import type { AddressTable } from '../wire/address.ts';
import type { Segment } from '../wire/segment.ts';
import type { Seq } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import type { FastOpenChild, FastOpenServer } from './fast-open-server.ts';
import type { HalfOpen } from './half-open.ts';
import { dropWhenFull } from './policy/drop-when-full.ts';
import type { ListenPolicy } from './policy/types.ts';
import type { WheelOptions } from './timer-wheel.ts';
import type { Nanos, TcpState, Tx } from './types.ts';

export interface ListenOptions {
  /** Configuration of the connections of this listener; the stack's when left out. */
  readonly config?: TcpConfig;
  /** B: for Linux, min(backlog of listen(), somaxconn). An integer >= 0; it limits both queues, each holds B + 1. */
  readonly backlog: number;
  /** The defence; `dropWhenFull` when left out. */
  readonly policy?: ListenPolicy;
  /** Linux tcp_max_syn_backlog for the default policy; see `DropWhenFullOptions`. */
  readonly maxSynBacklog?: number;
  /**
   * A final ACK that finds the accept queue full gets a RST (Linux tcp_abort_on_overflow), one with a cookie, too, with
   * `cookies-too` (FreeBSD net.inet.tcp.syncache.rst_on_sock_fail); else it is dropped.
   */
  readonly abortOnOverflow?: boolean | 'cookies-too';
  /** Half-open entries when full; `backlog+1` when left out. A number where the backlog has no say (FreeBSD). */
  readonly synQueueRoom?: QueueRoom | number;
  /** Connections waiting for accept() when full; `backlog+1` when left out. */
  readonly acceptQueueRoom?: QueueRoom;
  /**
   * How long each SYN/ACK is waited for, in ns, in turn; after the last the entry is given up. Left out: doubling from
   * `initialRto`, `synackRetries` times.
   */
  readonly synAckWaits?: readonly Nanos[];
  /**
   * A SYN that comes again for an entry starts its timer afresh: with its present wait (the default; measured on Linux),
   * or from the first wait on, its retransmissions forgotten, and whatever the SYN's number (FreeBSD syncache_add).
   */
  readonly repeatedSyn?: 'keeps-count' | 'restarts';
  /**
   * How cookies are made: as Linux does (the default), or as FreeBSD does: there they carry window scale and SACK without
   * timestamps, and where a policy takes cookies, every SYN/ACK's ISS is one.
   */
  readonly cookies?: 'linux' | 'freebsd';
  /**
   * A new SYN inside the window of a half-open entry: `listen` removes the entry silently (the default, RFC 9293
   * §3.10.7.4 fourth, "return this connection to the LISTEN state"); `reset` removes it and sends RST/ACK (Linux,
   * measured); `challenge` keeps it and sends a challenge ACK (RFC 5961 §4.2 read for this state too).
   */
  readonly synInWindow?: 'listen' | 'reset' | 'challenge';
  /** Fast Open (RFC 7413); off when left out. `Listener.setFastOpen` changes it later. */
  readonly fastOpen?: FastOpenServer;
  /**
   * An RST inside the window of a half-open entry but not at RCV.NXT: `challenge` answers with an ACK and keeps the entry
   * (the default, RFC 5961 §3.2; Linux since 2026), `remove` ends it as an exact one does (Linux before, RFC 793; there
   * an RST with a wrong ACK number does nothing).
   */
  readonly rstInWindow?: 'challenge' | 'remove';
  /** SYN/ACK timers fire as a kernel's timer wheel lets them; exactly when left out. */
  readonly timerWheel?: WheelOptions;
  /** Give old entries up early while the SYN queue is more than half full (Linux reqsk_timer_handler). */
  readonly pruneWhenHalfFull?: boolean;
  /** Drop SYNs that carry FIN in LISTEN (Linux); RFC 9293 takes the SYN and leaves the FIN unacknowledged. */
  readonly dropSynFin?: boolean;
}

/**
 * How many a queue with backlog B holds: `backlog+1` (Linux since 2025: full if q > B), `backlog` (before: q >= B),
 * `3/2` (BSD sonewconn: full if q > 3 B / 2, so one more than that, rounded down).
 */
export type QueueRoom = 'backlog+1' | 'backlog' | '3/2';

/** What `promote` makes: for the listener only something to queue. */
export interface AcceptedConnection {
  readonly state: TcpState;
  /** Not null while a Fast Open is not confirmed: accept() leaves a mark there. */
  readonly pendingOpen?: FastOpenChild | null;
}

/** What of it the timers need. */
export interface ListenerClock {
  /** `Listener.configure` replaces it. */
  config: TcpConfig;
  /** The host's four random words: they key cookies, timestamp offsets and the SYN queue's hash. */
  readonly secret: Uint32Array;
  /** The timestamp clock in ms, uint32, without any offset. */
  tsNow(now: Nanos): number;
}

export interface ListenerDeps<C extends AcceptedConnection> extends ListenerClock {
  isn(now: Nanos, local: number, localPort: number, remote: number, remotePort: number): Seq;
  /** Names IPv6 handles; null: none does. */
  readonly addresses?: AddressTable | null;
  /**
   * Creates the ESTABLISHED connection and feeds it `seg` (its data, its FIN). `half` is reused: copy what you keep.
   * With `pending` it is a Fast Open instead: `seg` is the SYN, the state SYN-RECEIVED, and the SYN/ACK is to be sent.
   */
  promote(
    now: Nanos,
    config: TcpConfig,
    half: Readonly<HalfOpen>,
    seg: Readonly<Segment>,
    tx: Tx,
    pending: FastOpenChild | null,
  ): C;
}

/** The defence that `options` ask for. */
export function policyOf({ policy, maxSynBacklog }: ListenOptions): ListenPolicy {
  return policy ?? dropWhenFull(maxSynBacklog === undefined ? {} : { maxSynBacklog });
}

/** `backlog` itself. Throws a RangeError when it is no integer >= 0. */
export function checkBacklog(port: number, backlog: number): number {
  if (Number.isInteger(backlog) && backlog >= 0) return backlog;
  throw new RangeError(`listen on port ${port}: backlog must be an integer >= 0, not ${backlog}`);
}

/** How many half-open entries a backlog of B admits. */
export function synQueueRoom(options: ListenOptions, backlog: number): number {
  const { synQueueRoom: room } = options;
  return typeof room === 'number' ? room : roomOf(room, backlog);
}

/** How many connections wait for accept() at most. */
export function acceptQueueRoom(options: ListenOptions, backlog: number): number {
  return roomOf(options.acceptQueueRoom, backlog);
}

function roomOf(room: QueueRoom | undefined, backlog: number): number {
  if (room === 'backlog') return backlog;
  return room === '3/2' ? Math.floor((3 * backlog) / 2) + 1 : backlog + 1;
}
