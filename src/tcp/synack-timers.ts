/**
 * SYN/ACK timers of one listener: when the SYN/ACK of a half-open entry goes again, and when the entry is given up
 * (RFC 9293 §3.8.3; Linux reqsk_timer_handler, with its wheel and its pruning as options).
 */
import type { HalfOpen } from './half-open.ts';
import type { ListenCounters } from './listen-counters.ts';
import type { ListenerClock, ListenOptions } from './listen-options.ts';
import type { ListenPolicy } from './policy/types.ts';
import * as rules from './rules-listen.ts';
import { ABANDONED } from './rules-policy.ts';
import { MAX_TIMEOUTS, SynQueue } from './syn-queue.ts';
import { sendSynAck, synAckTimeout, synAckTsVal } from './synack.ts';
import { TimerWheel } from './timer-wheel.ts';
import type { Nanos, Tx } from './types.ts';
import type { WhySink } from './why.ts';

export class SynAckTimers {
  readonly queue: SynQueue;
  readonly #deps: ListenerClock;
  readonly #counters: ListenCounters;
  readonly #maxTimeouts: number;
  readonly #wheel: TimerWheel | null;
  readonly #prunes: boolean;
  readonly #schedule: readonly Nanos[] | null;
  readonly #restarts: boolean;

  /** Makes the SYN queue too: how many lengths of timers there are shapes it. `capacity`: entries when full. */
  constructor(port: number, options: ListenOptions, capacity: number, deps: ListenerClock, counters: ListenCounters) {
    this.#deps = deps;
    this.#counters = counters;
    this.#schedule = checkSchedule(options.synAckWaits);
    this.#restarts = options.repeatedSyn === 'restarts';
    const retries = this.#schedule === null ? deps.config.synackRetries : this.#schedule.length - 1;
    this.#maxTimeouts = Math.min(retries, MAX_TIMEOUTS);
    this.#wheel = options.timerWheel === undefined ? null : new TimerWheel(options.timerWheel);
    this.#prunes = options.pruneWhenHalfFull === true;
    const waits = this.#waits();
    const levels = this.#wheel === null ? null : this.#levels(waits, this.#wheel);
    this.queue = new SynQueue(port, options.backlog, capacity, waits, deps.secret, levels);
  }

  /** An entry was just put into `row`: its SYN/ACK leaves now. */
  start(now: Nanos, row: number, why: WhySink | null): void {
    const rto = this.#wait(0);
    this.queue.arm(row, this.#fire(now, rto));
    if (why !== null) why.act(rules.SYNACK_TIMER, rto, 0, 0);
  }

  /** Sends the SYN/ACK of `row`, which stands in `half`, once more and starts its timer afresh. */
  repeat(now: Nanos, row: number, half: Readonly<HalfOpen>, timeouts: number, tx: Tx, why: WhySink | null): void {
    const { config } = this.#deps;
    const rto = this.#wait(timeouts);
    this.queue.rearm(row, now, timeouts, this.#fire(now, rto));
    this.#counters.TCPSynRetrans++;
    this.#counters.RetransSegs++;
    if (why !== null) {
      why.act(rules.SYNACK_AGAIN, half.iss, 0, 0);
      why.act(rules.SYNACK_TIMER, rto, 0, 0);
    }
    sendSynAck(half, config, synAckTsVal(this.#deps, now, half), tx);
  }

  /** Answers a SYN that came again for the entry in `row`, which stands in `half`. */
  answer(now: Nanos, row: number, half: Readonly<HalfOpen>, tx: Tx, why: WhySink | null): void {
    this.repeat(now, row, half, this.#restarts ? 0 : half.timeouts, tx, why);
  }

  /** Sends the SYN/ACKs that are due and removes entries that waited long enough. `half` is overwritten. */
  run(now: Nanos, half: HalfOpen, policy: ListenPolicy, tx: Tx, why: WhySink | null): void {
    const { queue } = this;
    const counters = this.#counters;
    for (let row = queue.due(now); row >= 0; row = queue.due(now)) {
      if (policy.abandon !== undefined && this.#abandon(now, row, policy, half, why)) continue;
      queue.read(row, half);
      counters.TCPTimeouts++;
      const most = this.#prunes ? this.#pruned(why) : this.#maxTimeouts;
      const more = half.timeouts < most;
      if (why !== null) why.check(rules.SYNACK_EXPIRED, more, half.timeouts, most, 0);
      if (more) {
        this.repeat(now, row, half, half.timeouts + 1, tx, why);
        continue;
      }
      counters.expired++;
      if (half.timeouts < this.#maxTimeouts) counters.pruned++;
      queue.remove(row);
      if (why === null) continue;
      why.act(rules.HALF_REMOVED, 0, 0, 0);
      why.state('SYN-RECEIVED', 'CLOSED');
    }
  }

  /**
   * Retransmissions allowed now (reqsk_timer_handler): fewer while the queue is more than half full and mostly old, never
   * below two. Old entries go until half the queue is left, so that young ones find room.
   */
  #pruned(why: WhySink | null): number {
    const { length, limit, young } = this.queue;
    let most = this.#maxTimeouts;
    if (2 * length <= Math.max(8, limit)) return most;
    if (why !== null) why.check(rules.PRUNE_CROWDED, true, length, Math.max(8, limit), 0);
    for (let least = 2 * young; most > 2 && length >= least; least *= 2) most--;
    if (why !== null) why.act(rules.PRUNE_LIMIT, young, length, most);
    return most;
  }

  /** Forgets what the policy no longer wants to keep. False when it keeps all. */
  #abandon(now: Nanos, due: number, policy: ListenPolicy, half: HalfOpen, why: WhySink | null): boolean {
    let row = policy.abandon?.(now, due) ?? -1;
    if (row < 0) return false;
    for (; row >= 0; row = policy.abandon?.(now, due) ?? -1) {
      this.#counters.evicted++;
      if (why !== null) {
        this.queue.read(row, half);
        why.act(ABANDONED, half.iss, 0, 0);
        why.state('SYN-RECEIVED', 'CLOSED');
      }
      this.queue.remove(row);
    }
    return true;
  }

  #fire(now: Nanos, wait: Nanos): Nanos {
    return this.#wheel === null ? now + wait : this.#wheel.fire(now, wait);
  }

  #wait(timeouts: number): Nanos {
    return this.#schedule === null ? synAckTimeout(this.#deps.config, timeouts) : this.#schedule[timeouts]!;
  }

  /** How many different waits an entry can see: from some timeout on the bound makes them equal. */
  #waits(): number {
    if (this.#schedule !== null) return this.#schedule.length;
    const { config } = this.#deps;
    let waits = 1;
    while (waits <= this.#maxTimeouts && synAckTimeout(config, waits - 1) < config.maxRto) waits++;
    return waits;
  }

  #levels(waits: number, wheel: TimerWheel): Uint8Array {
    return Uint8Array.from({ length: waits }, (_, i) => wheel.level(this.#wait(i)));
  }
}

/** A list of waits as the options give it, or null. Throws a RangeError for one that is none. */
function checkSchedule(waits: readonly Nanos[] | undefined): readonly Nanos[] | null {
  if (waits === undefined) return null;
  if (waits.length >= 1 && waits.length <= MAX_TIMEOUTS && waits.every((wait) => wait > 0 && wait < Infinity))
    return waits;
  throw new RangeError(`synAckWaits must be 1 to ${MAX_TIMEOUTS} positive times, not [${waits.join(', ')}]`);
}
