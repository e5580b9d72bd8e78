/**
 * What findings need, of the last minutes only: an hour of calm must not outweigh a flood that begins now, nor curves become
 * coarser from day to day. Two counters overlap: judged is by the older, which gives way to the younger at twice its age.
 * Attempts count as unfinished some seconds after their SYN, not when the tracker gives them up.
 */
import type { AddressVisitor } from '../../wire/address.ts';
import type { Segment } from '../../wire/segment.ts';
import { type CaptureCounts, CaptureWatch, type Report } from '../capture-watch.ts';
import type { VerdictTotals } from '../examiner.ts';
import { TrackerRows } from '../tracker-rows.ts';
import { EarlyEnds } from './early-ends.ts';

export class RecentCounts implements CaptureCounts {
  readonly rows: TrackerRows = new TrackerRows();
  readonly #seed: number;
  readonly #totals: () => VerdictTotals;
  readonly #ends = new EarlyEnds(UNFINISHED_AFTER);
  #older: Counter;
  #younger: Counter | undefined = undefined;
  #over = false;
  /** When to look again for what has become old. */
  #due = 0;

  /** `totals`: those of the tracker, asked when a counter begins. */
  constructor(seed: number, totals: () => VerdictTotals) {
    this.#seed = seed;
    this.#totals = totals;
    this.#older = { since: 0, before: undefined, watch: this.#watchFrom(0) };
  }

  /** The totals when what is reported began; undefined at the beginning of the capture. */
  get before(): VerdictTotals | undefined {
    return this.#older.before;
  }

  report(ts: number): Report {
    this.#age(ts);
    // What is old enough is judged as if nothing more came of it, what is not is not judged.
    return { ...this.#older.watch.report(ts), live: false, patience: this.#over ? 0 : UNFINISHED_AFTER };
  }

  finish(ts: number): void {
    this.#over = true;
    this.#older.watch.finish(ts);
    this.#younger?.watch.finish(ts);
  }

  eachAddress(visit: AddressVisitor): void {
    this.#older.watch.eachAddress(visit);
    this.#younger?.watch.eachAddress(visit);
  }

  onAttempt(ts: number, row: number, seg: Readonly<Segment>, ttl: number, ipId: number): void {
    if (ts >= this.#due) this.#age(ts);
    this.#older.watch.onAttempt(ts, row, seg, ttl, ipId);
    this.#younger?.watch.onAttempt(ts, row, seg, ttl, ipId);
    this.#ends.add(row, ts);
  }

  onSynAgain(ts: number, row: number): void {
    this.#older.watch.onSynAgain(ts, row);
    this.#younger?.watch.onSynAgain(ts, row);
  }

  onSynAck(ts: number, row: number, seg: Readonly<Segment>, again: boolean): void {
    this.#older.watch.onSynAck(ts, row, seg, again);
    this.#younger?.watch.onSynAck(ts, row, seg, again);
  }

  onCompleted(ts: number, row: number): void {
    this.#older.watch.onCompleted(ts, row);
    this.#younger?.watch.onCompleted(ts, row);
    this.#ends.settle(row);
  }

  onRefused(ts: number, row: number): void {
    this.#older.watch.onRefused(ts, row);
    this.#younger?.watch.onRefused(ts, row);
  }

  onReset(ts: number, row: number, fromClient: boolean): void {
    this.#older.watch.onReset(ts, row, fromClient);
    this.#younger?.watch.onReset(ts, row, fromClient);
  }

  onFin(ts: number, row: number): void {
    this.#older.watch.onFin(ts, row);
    this.#younger?.watch.onFin(ts, row);
  }

  onUnsolicited(ts: number, row: number, seg: Readonly<Segment>, ttl: number): void {
    if (ts >= this.#due) this.#age(ts);
    this.#older.watch.onUnsolicited(ts, row, seg, ttl);
    this.#younger?.watch.onUnsolicited(ts, row, seg, ttl);
    this.#ends.add(row, ts);
  }

  onMidStream(ts: number, row: number, fromClient: boolean): void {
    this.#older.watch.onMidStream(ts, row, fromClient);
    this.#younger?.watch.onMidStream(ts, row, fromClient);
  }

  onRetired(ts: number, row: number): void {
    if (this.#ends.retire(row)) this.#end(ts, row);
  }

  #end(ts: number, row: number): void {
    this.#older.watch.onRetired(ts, row);
    this.#younger?.watch.onRetired(ts, row);
  }

  #begin(ts: number): Counter {
    return { since: ts, before: this.#totals(), watch: this.#watchFrom(ts) };
  }

  #watchFrom(since: number): CaptureWatch {
    return new CaptureWatch(this.rows, { seed: this.#seed, since, ...ROOM });
  }

  #age(ts: number): void {
    this.#due = ts + LOOK_AGAIN;
    for (let row = this.#ends.next(ts); row >= 0; row = this.#ends.next(ts)) this.#end(ts, row);
    const newest = this.#younger ?? this.#older;
    const age = ts - newest.since;
    if (age < LIFE) return;
    // After a long silence neither is of the last minutes.
    if (age >= 2 * LIFE) this.#older = this.#begin(ts);
    else this.#older = newest;
    this.#younger = age >= 2 * LIFE ? undefined : this.#begin(ts);
  }
}

interface Counter {
  /** Counts from then on. */
  readonly since: number;
  readonly before: VerdictTotals | undefined;
  readonly watch: CaptureWatch;
}

/** A stack has sent its SYN again by then, twice, after 1 and 3 s, and so has a server its SYN/ACK. */
const UNFINISHED_AFTER = 4e9;
const LOOK_AGAIN = 1e8;
/** Curves have a step a second for ten minutes, and the older counter is twice as old at most. */
const LIFE = 300e9;
/** Two of them, and for as long as anybody watches: less room than for one capture. */
const ROOM = { mostTargets: 16_384, mostWatched: 96, mostStrayHosts: 4096 } as const;
