import { describe, expect, test } from 'vitest';
import { Segment } from '../../wire/segment.ts';
import { hashHandle, hashNumber } from './key-hash.ts';
import { SourceEvent, SourceTable } from './source-table.ts';

/** Tells a table of attempts and gives what it knows. */
class Told {
  readonly table: SourceTable;
  readonly #seed: number;
  readonly #now = new Float64Array(1);
  readonly #seg = new Segment();

  constructor(sets: number, seed: number) {
    this.table = new SourceTable(sets, this.#now);
    this.#seed = seed;
  }

  attempt(ts: number, source: number, host: number, port: number): void {
    const hash = (handle: number): number => hashHandle(handle, this.#seed);
    this.#now[0] = ts;
    this.#seg.src = source;
    this.table.attempt(this.#seg, hash(source), hash(host), hashNumber(port, this.#seed));
  }

  count(event: SourceEvent, source: number): void {
    this.table.count(event, source, hashHandle(source, this.#seed));
  }
}

describe('few sources', () => {
  test('counts are exact, events are those of the source, times are those of its attempts', () => {
    const told = new Told(64, 1);
    told.attempt(10, 2 ** 32 + 5, 1, 80);
    told.attempt(20, 7, 1, 80);
    told.attempt(30, 7, 1, 80);
    told.count(SourceEvent.Completed, 7);
    told.count(SourceEvent.Refused, 2 ** 32 + 5);
    told.count(SourceEvent.Refused, 99);
    const one = { count: 1, error: 0 };
    const none = { answered: 0, completed: 0, refused: 0, aborted: 0, synAgain: 0 };
    expect(told.table.read(10)).toEqual([
      {
        ...none,
        address: 7,
        attempts: 2,
        over: 0,
        hosts: one,
        ports: one,
        sockets: one,
        completed: 1,
        firstAt: 20,
        lastAt: 30,
      },
      {
        ...none,
        address: 2 ** 32 + 5,
        attempts: 1,
        over: 0,
        hosts: one,
        ports: one,
        sockets: one,
        refused: 1,
        firstAt: 10,
        lastAt: 10,
      },
    ]);
  });

  test('a scanner of 40 hosts with 25 ports each, within the error that is said, over 40 seeds', () => {
    for (let seed = 0; seed < 40; seed++) {
      const told = new Told(64, seed);
      for (let i = 0; i < 1000; i++) told.attempt(i, 7, 1000 + (i % 40), Math.floor(i / 40));
      const [source] = told.table.read(1);
      for (const [{ count, error }, real] of [
        [source!.hosts, 40],
        [source!.ports, 25],
        [source!.sockets, 1000],
      ] as const) {
        expect(error).toBeCloseTo(0.104, 3);
        expect(Math.abs(count / real - 1)).toBeLessThan(4 * error);
      }
    }
  });
});

test('space-saving: every count is between the true one and that plus `over`; what is frequent keeps its place', () => {
  for (let seed = 0; seed < 20; seed++) {
    const told = new Told(16, seed);
    const exact = new Map<number, number>();
    const attempt = (i: number, source: number): void => {
      told.attempt(i, source, 1, 80);
      exact.set(source, (exact.get(source) ?? 0) + 1);
    };
    for (let i = 0; i < 20_000; i++) {
      attempt(i, 100_000 + i);
      if (i % 20 === 0) attempt(i, 5);
    }
    const sources = told.table.read(100);
    expect(sources.length).toBe(64);
    expect(sources[0]!.address).toBe(5);
    for (const { address, attempts, over } of sources) {
      expect(exact.get(address)!).toBeLessThanOrEqual(attempts);
      expect(exact.get(address)!).toBeGreaterThanOrEqual(attempts - over);
    }
  }
});

test('a source that takes a place over starts without events and targets', () => {
  const told = new Told(1, 1);
  for (const source of [1, 2, 3, 4]) for (let n = 0; n < source; n++) told.attempt(n, source, n, n);
  told.count(SourceEvent.Completed, 1);
  told.attempt(50, 9, 1, 80);
  const newcomer = told.table.read(10).find((s) => s.address === 9)!;
  expect(newcomer).toMatchObject({ attempts: 2, over: 1, completed: 0, firstAt: 50, ports: { count: 1, error: 0 } });
});
