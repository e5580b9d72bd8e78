/** The targets of one scope that are watched: as many as there is room for, then the busiest. */
import type { TargetScope } from './target-profile.ts';
import { EVENTS, Event, type TargetTable } from './target-table.ts';
import { TargetWatch } from './target-watch.ts';

export class WatchList {
  /** Watched targets that gave way to busier ones. */
  forgotten = 0;
  readonly all: TargetWatch[] = [];
  readonly #scope: TargetScope;
  readonly #most: number;
  readonly #targets: TargetTable;
  readonly #now: Float64Array;
  /** Where the last search for an idle one ended. */
  #hand = 0;

  constructor(scope: TargetScope, most: number, targets: TargetTable, now: Float64Array) {
    this.#now = now;
    this.#scope = scope;
    this.#most = most;
    this.#targets = targets;
  }

  /** What watches this row, if anything does. Hot. */
  of(row: number): TargetWatch | undefined {
    if (row < 0) return undefined;
    const index = this.#targets.watch[row]!;
    return index < 0 ? undefined : this.all[index];
  }

  /** The same, made if there is room, or if the target is busier than a watched one, with `more` attempts still to be counted. */
  make(row: number, more = 0): TargetWatch | undefined {
    const index = this.#targets.watch[row]!;
    if (index >= 0) return this.all[index];
    if (this.all.length < this.#most) return this.#put(this.all.length, row);
    const attempts = this.#attempts(row) + more;
    // Asked for at each doubling only: a scan of millions of targets must not search here for each of them.
    if (attempts < 2 || (attempts & (attempts - 1)) !== 0) return undefined;
    const idle = this.#leastBusy();
    if (idle < 0 || this.#attempts(this.all[idle]!.row) >= attempts) return undefined;
    this.#targets.watch[this.all[idle]!.row] = -1;
    this.forgotten++;
    return this.#put(idle, row);
  }

  /** Rows of the table have changed their numbers. */
  renumber(): void {
    const { port, rows, watch } = this.#targets;
    for (let row = 0; row < rows; row++) {
      const index = watch[row]!;
      if (index >= 0 && port[row]! < 0 === (this.#scope === 'host')) this.all[index]!.row = row;
    }
  }

  #put(index: number, row: number): TargetWatch {
    const watch = new TargetWatch(this.#scope, this.#now);
    watch.row = row;
    this.all[index] = watch;
    this.#targets.watch[row] = index;
    return watch;
  }

  #attempts(row: number): number {
    return this.#targets.counts[row * EVENTS + Event.Attempt]!;
  }

  /** Of the next few, the one with the fewest attempts; -1 of none. */
  #leastBusy(): number {
    let least = -1;
    for (let i = 0; i < Math.min(LOOKS, this.all.length); i++) {
      this.#hand = (this.#hand + 1) % this.all.length;
      if (least < 0 || this.#attempts(this.all[this.#hand]!.row) < this.#attempts(this.all[least]!.row))
        least = this.#hand;
    }
    return least;
  }
}

const LOOKS = 16;
