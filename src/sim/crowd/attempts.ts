/** What became of every attempt to connect, in columns: 40 bytes each, so that millions can be told apart at the end. */
import type { Nanos } from '../../tcp/types.ts';
import type { ClientsReport, Percentiles } from '../flood-report.ts';

/** Why an attempt failed, by code; 0 = it has not. */
export const FAILURES = ['', 'timeout', 'reset', 'refused', 'patience', 'closed'] as const;
export type Failure = (typeof FAILURES)[number];

export class Attempts {
  count = 0;
  connectedCount = 0;
  connectedFirstTry = 0;
  failedCount = 0;
  servedCount = 0;
  /** When the first of all was served; -1 = nobody was. */
  firstServedAt: Nanos = -1;
  laterServed = 0;
  laterFailed = 0;
  optionsLost = 0;
  #begun = new Float64Array(64);
  #connected = new Float64Array(64);
  #served = new Float64Array(64);
  /** The SYN that was answered, from 1; 0 = none yet. */
  #tries = new Uint8Array(64);
  #failure = new Uint8Array(64);

  /** A new attempt; its number. */
  begin(now: Nanos): number {
    if (this.count === this.#begun.length) this.#grow();
    const i = this.count++;
    this.#begun[i] = now;
    this.#connected[i] = -1;
    this.#served[i] = -1;
    return i;
  }

  /** The handshake is complete; `tries`: how many SYNs it took. Returns the time it took. */
  connected(i: number, now: Nanos, tries: number): Nanos {
    this.#connected[i] = now;
    this.#tries[i] = Math.min(tries, 255);
    this.connectedCount++;
    if (tries === 1) this.connectedFirstTry++;
    return now - this.#begun[i]!;
  }

  served(i: number, now: Nanos): void {
    if (this.#served[i]! < 0) {
      this.#served[i] = now;
      this.servedCount++;
      if (this.firstServedAt < 0) this.firstServedAt = now;
    } else this.laterServed++;
  }

  /** Whether the first request has been answered. */
  wasServed(i: number): boolean {
    return this.#served[i]! >= 0;
  }

  failed(i: number, failure: Failure): void {
    if (this.wasServed(i)) {
      this.laterFailed++;
      return;
    }
    this.#failure[i] = FAILURES.indexOf(failure);
    this.failedCount++;
  }

  /** Adds all attempts of another group. */
  include(other: Attempts): void {
    for (let i = 0; i < other.count; i++) {
      const own = this.begin(other.#begun[i]!);
      this.#connected[own] = other.#connected[i]!;
      this.#served[own] = other.#served[i]!;
      this.#tries[own] = other.#tries[i]!;
      this.#failure[own] = other.#failure[i]!;
    }
    this.connectedCount += other.connectedCount;
    this.connectedFirstTry += other.connectedFirstTry;
    this.failedCount += other.failedCount;
    this.servedCount += other.servedCount;
    this.laterServed += other.laterServed;
    this.laterFailed += other.laterFailed;
    this.optionsLost += other.optionsLost;
  }

  report(name: string): ClientsReport {
    const answeredAtTry: number[] = [];
    const failed: Record<string, number> = {};
    const connectTimes = new Float64Array(this.connectedCount);
    const responseTimes = new Float64Array(this.servedCount);
    let connected = 0;
    let served = 0;
    let open = 0;
    for (let i = 0; i < this.count; i++) {
      const tries = this.#tries[i]!;
      if (tries > 0) {
        while (answeredAtTry.length < tries) answeredAtTry.push(0);
        answeredAtTry[tries - 1] = (answeredAtTry[tries - 1] ?? 0) + 1;
        connectTimes[connected++] = this.#connected[i]! - this.#begun[i]!;
      }
      const failure = FAILURES[this.#failure[i]!] ?? '';
      if (this.#served[i]! >= 0) responseTimes[served++] = this.#served[i]! - this.#begun[i]!;
      else if (failure !== '') failed[failure] = (failed[failure] ?? 0) + 1;
      else open++;
    }
    return {
      name,
      attempts: this.count,
      open,
      answeredAtTry,
      connected,
      served,
      failed,
      connectTime: percentiles(connectTimes),
      responseTime: percentiles(responseTimes),
      laterServed: this.laterServed,
      laterFailed: this.laterFailed,
      optionsLost: this.optionsLost,
    };
  }

  #grow(): void {
    const size = 2 * this.#begun.length;
    this.#begun = grown(this.#begun, size);
    this.#connected = grown(this.#connected, size);
    this.#served = grown(this.#served, size);
    this.#tries = grownBytes(this.#tries, size);
    this.#failure = grownBytes(this.#failure, size);
  }
}

/** Nearest rank (ceil(p * n)): a value that occurred, never one between two. All -1 without values. Sorts `values`. */
function percentiles(values: Float64Array): Percentiles {
  const sorted = values.sort();
  const n = sorted.length;
  if (n === 0) return { count: 0, mean: -1, p50: -1, p90: -1, p99: -1, max: -1 };
  const rank = (percent: number): number => sorted[Math.ceil((percent * n) / 100) - 1]!;
  let sum = 0;
  for (const value of sorted) sum += value;
  return { count: n, mean: sum / n, p50: rank(50), p90: rank(90), p99: rank(99), max: sorted[n - 1]! };
}

/** The sum of several groups, from their reports' own columns; of one group `reports` says it already. */
export function reportAll(groups: readonly Attempts[], reports: readonly ClientsReport[]): ClientsReport {
  const [only] = reports;
  if (only !== undefined && reports.length === 1) return { ...only, name: 'all' };
  const all = new Attempts();
  for (const group of groups) all.include(group);
  return all.report('all');
}

function grown(old: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(size);
  next.set(old);
  return next;
}

function grownBytes(old: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(size);
  next.set(old);
  return next;
}

/** What is said of a group in which nobody came. */
export const NOBODY: ClientsReport = new Attempts().report('all');
