/**
 * SYN/ACK timers of one listener: when the SYN/ACK of a half-open entry goes again, and when the entry is given up
 * (RFC 9293 §3.8.3; Linux reqsk_timer_handler, with its wheel and its pruning as options).
 */
import type { HalfOpen } from './half-open.ts';
import type { ListenCounters } from './listen-counters.ts';
import type { ListenerClock, ListenOptions } from './listen-options.ts';
import * as rules from './rules-listen.ts';
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

  /** Makes the SYN queue too: how many lengths of timers there are shapes it. `capacity`: entries when full. */
  constructor(port: number, options: ListenOptions, capacity: number, deps: ListenerClock, counters: ListenCounters) {
    this.#deps = deps;
    this.#counters = counters;
    this.#maxTimeouts = Math.min(deps.config.synackRetries, MAX_TIMEOUTS);
    this.#wheel = options.timerWheel === undefined ? null : new TimerWheel(options.timerWheel);
    this.#prunes = options.pruneWhenHalfFull === true;
    const waits = this.#waits();
    const levels = this.#wheel === null ? null : this.#levels(waits, this.#wheel);
    this.queue = new SynQueue(port, options.backlog, capacity, waits, deps.secret, levels);
  }

  /** An entry was just put into `row`: its SYN/ACK leaves now. */
  start(now: Nanos, row: number, why: WhySink | null): void {
    const rto = synAckTimeout(this.#deps.config, 0);
    this.queue.arm(row, this.#fire(now, rto));
    if (why !== null) why.act(rules.SYNACK_TIMER, rto, 0, 0);
  }

  /** Sends the SYN/ACK of `row`, which stands in `half`, once more and starts its timer afresh. */
  repeat(now: Nanos, row: number, half: Readonly<HalfOpen>, timeouts: number, tx: Tx, why: WhySink | null): void {
    const { config } = this.#deps;
    const rto = synAckTimeout(config, timeouts);
    this.queue.rearm(row, now, timeouts, this.#fire(now, rto));
    this.#counters.TCPSynRetrans++;
    this.#counters.RetransSegs++;
    if (why !== null) {
      why.act(rules.SYNACK_AGAIN, half.iss, 0, 0);
      why.act(rules.SYNACK_TIMER, rto, 0, 0);
    }
    sendSynAck(half, config, synAckTsVal(this.#deps, now, half), tx);
  }

  /** Sends the SYN/ACKs that are due and removes entries that waited long enough. `half` is overwritten. */
  run(now: Nanos, half: HalfOpen, tx: Tx, why: WhySink | null): void {
    const { queue } = this;
    const counters = this.#counters;
    for (let row = queue.due(now); row >= 0; row = queue.due(now)) {
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
    const crowded = 2 * length > Math.max(8, limit);
    if (why !== null) why.check(rules.PRUNE_CROWDED, crowded, length, Math.max(8, limit), 0);
    if (!crowded) return most;
    for (let least = 2 * young; most > 2 && length >= least; least *= 2) most--;
    if (why !== null) why.act(rules.PRUNE_LIMIT, young, length, most);
    return most;
  }

  #fire(now: Nanos, wait: Nanos): Nanos {
    return this.#wheel === null ? now + wait : this.#wheel.fire(now, wait);
  }

  /** How many different waits an entry can see: from some timeout on the bound makes them equal. */
  #waits(): number {
    const { config } = this.#deps;
    let waits = 1;
    while (waits <= this.#maxTimeouts && synAckTimeout(config, waits - 1) < config.maxRto) waits++;
    return waits;
  }

  #levels(waits: number, wheel: TimerWheel): Uint8Array {
    return Uint8Array.from({ length: waits }, (_, i) => wheel.level(synAckTimeout(this.#deps.config, i)));
  }
}
