/** Sweeps on threads and their journal: the same bytes for any number of threads, nothing lost or repeated by a kill. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../src/node/sweep/journal.ts';
import type { SweepPlan } from '../../src/node/sweep/plan.ts';
import { type ReplicaPool, replicaPool } from '../../src/node/sweep/pool.ts';
import { poolEngine, runSweep } from '../../src/node/sweep/run-sweep.ts';
import { ROOT } from '../walls/source.ts';
import { GRID, plan, resultFiles, SCENARIO, STUB } from './support.ts';

let folder = '';
let runs = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfopen-sweep-'));
  runs = join(folder, 'runs.txt');
  writeFileSync(runs, '');
  process.env.RUNS = runs;
});
afterEach(() => {
  delete process.env.RUNS;
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const computed = (): string[] => readFileSync(runs, 'utf8').split('\n').filter(Boolean);
const everyRun = (of: SweepPlan): string[] =>
  Array.from({ length: of.points }, (_, p) => Array.from({ length: of.grid.replicas }, (_, r) => `${p}/${r}`)).flat();

async function withPool<T>(jobs: number, act: (pool: ReplicaPool) => Promise<T>): Promise<T> {
  const pool = replicaPool(jobs, STUB);
  try {
    return await act(pool);
  } finally {
    await pool.close();
  }
}

/** Runs what is missing in the folder and gives the result files. */
async function sweep(name: string, of: SweepPlan, jobs: number): Promise<Record<string, string>> {
  const journal = Journal.open(join(folder, name), of.head, false);
  const complete = await withPool(jobs, (pool) => runSweep(of, journal, poolEngine(pool), never));
  journal.close();
  expect(complete).toBe(true);
  return resultFiles(join(folder, name), of, journal);
}

describe('threads', () => {
  test('one, two and five give the same bytes', async () => {
    const one = await sweep('one', plan(), 1);
    expect(Object.keys(one)).toEqual(['results.json', 'points.csv', 'points.parquet', 'runs.csv', 'runs.parquet']);
    expect(await sweep('two', plan(), 2)).toEqual(one);
    expect(await sweep('five', plan(), 5)).toEqual(one);
    expect(computed().length).toBe(3 * 45);
  });

  test('every run has a seed of its own, which neither order nor other axes move', () => {
    const seeds = everyRun(plan()).map((_, i) => plan().task(Math.floor(i / 5), i % 5).seed);
    expect(new Set(seeds).size).toBe(45);
    const more = plan(GRID.replace('replicas: 5', 'replicas: 9'));
    expect(more.task(4, 2).seed).toBe(plan().task(4, 2).seed);
    expect(plan(GRID.replace('seed: 11', 'seed: 12')).task(0, 0).seed).not.toBe(seeds[0]);
  });

  test('a run that refuses its input ends the sweep with its point, and what was computed stays', async () => {
    const of = plan(GRID.replace('floods.rate: [10, 20, 30]', 'title: ["1", "fault"]'));
    const journal = Journal.open(folder, of.head, false);
    await expect(withPool(1, (pool) => runSweep(of, journal, poolEngine(pool), never))).rejects.toThrow(
      /^point 3, replica 0: this value is at fault$/,
    );
    expect(journal.size).toBeGreaterThanOrEqual(1);
    journal.close();
  });

  test('a stop is no error, and the journal has what came before it', async () => {
    const of = plan();
    const stop = new AbortController();
    const journal = Journal.open(folder, of.head, false);
    const progress = (done: number): void => {
      if (done === 10) stop.abort();
    };
    expect(await withPool(2, (pool) => runSweep(of, journal, poolEngine(pool), stop.signal, progress))).toBe(false);
    journal.close();
    expect(Journal.open(folder, of.head, false).size).toBe(journal.size);
    expect(journal.size).toBeGreaterThanOrEqual(10);
    expect(journal.size).toBeLessThan(45);
  });
});

describe('a kill', () => {
  test('loses and repeats no finished run', async () => {
    const of = plan();
    const whole = await sweep('whole', of, 2);
    writeFileSync(runs, '');
    const out = join(folder, 'killed');
    let kills = 0;
    // Killed again and again, each time when some more results are in the journal.
    for (const until of [5, 17, 31]) {
      await killedAt(out, until);
      kills++;
    }
    const before = Journal.open(out, of.head, false);
    expect(before.size).toBeGreaterThanOrEqual(31);
    expect(before.size).toBeLessThan(45);
    before.close();
    expect(await sweep('killed', of, 2)).toEqual(whole);
    const lines = readFileSync(join(out, 'journal.jsonl'), 'utf8').trimEnd().split('\n').slice(1);
    const kept = lines.map((line) => JSON.parse(line)).map(({ point, replica }) => `${point}/${replica}`);
    expect(kept.length).toBe(45);
    expect(kept.sort()).toEqual(everyRun(of).sort());
    // Computed twice is only what was under way, or not yet written, at a kill: at most the two lanes of each of two threads.
    expect(new Set(computed()).size).toBe(45);
    expect(computed().length - 45).toBeLessThanOrEqual(kills * 4);
  });
});

describe('the journal', () => {
  const file = (): string => join(folder, 'journal.jsonl');

  /** A complete journal in the folder. */
  const complete = async (): Promise<SweepPlan> => {
    const of = plan();
    const journal = Journal.open(folder, of.head, false);
    await withPool(2, (pool) => runSweep(of, journal, poolEngine(pool), never));
    journal.close();
    return of;
  };

  test('a last line cut anywhere is detected, counted, and its run done again', async () => {
    const of = await complete();
    const text = readFileSync(file(), 'utf8');
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    for (const cut of [1, 2, 20, last.length]) {
      writeFileSync(file(), text);
      truncateSync(file(), text.length - cut);
      const journal = Journal.open(folder, of.head, false);
      expect([cut, journal.torn, journal.size]).toEqual([cut, 1, 44]);
      expect(readFileSync(file(), 'utf8').endsWith('\n')).toBe(true);
      writeFileSync(runs, '');
      await withPool(1, (pool) => runSweep(of, journal, poolEngine(pool), never));
      journal.close();
      const { point, replica } = JSON.parse(last);
      expect(computed()).toEqual([`${point}/${replica}`]);
      expect(readFileSync(file(), 'utf8')).toBe(text);
    }
  });

  test('zeros at the end, as a lost machine may leave them, are a torn line too', async () => {
    const of = await complete();
    appendFileSync(file(), '\0'.repeat(300));
    const journal = Journal.open(folder, of.head, false);
    expect([journal.torn, journal.size]).toEqual([1, 45]);
    journal.close();
  });

  test('cut in its first line it begins anew', async () => {
    const of = await complete();
    truncateSync(file(), 30);
    const journal = Journal.open(folder, of.head, false);
    expect(journal.size).toBe(0);
    journal.close();
    expect(readFileSync(file(), 'utf8').split('\n').length).toBe(2);
  });

  test.each([
    ['another grid', plan(GRID.replace('[10, 20, 30]', '[10, 20, 31]')), 'the grid has changed since it was begun'],
    ['more replicas', plan(GRID.replace('replicas: 5', 'replicas: 6')), 'the grid has changed since it was begun'],
    ['other measures', plan(GRID.replace('>= 64', '>= 65')), 'the grid has changed since it was begun'],
    ['another scenario', plan(GRID, `${SCENARIO}order: 3\n`), 'the scenario has changed since it was begun'],
    ['another version', plan(GRID, SCENARIO, '2.0.0'), 'begun by halfopen 1.0.0, and this is 2.0.0'],
  ])('%s is refused in one sentence, unless it is to be forgotten', async (_, other, reason) => {
    await complete();
    const before = readFileSync(file(), 'utf8');
    expect(() => Journal.open(folder, other.head, false)).toThrow(
      `${file()}: ${reason}; --fresh forgets its runs, --out names another folder`,
    );
    expect(readFileSync(file(), 'utf8')).toBe(before);
    const journal = Journal.open(folder, other.head, true);
    expect(journal.size).toBe(0);
    journal.close();
  });

  test('a comment or another confidence is no other grid', async () => {
    await complete();
    const journal = Journal.open(folder, plan(`# so\n${GRID}confidence: 0.99\n`).head, false);
    expect(journal.size).toBe(45);
    journal.close();
  });

  test('what is no journal, or damaged in the middle, is refused and left alone', async () => {
    const of = await complete();
    const text = readFileSync(file(), 'utf8');
    const refused = (content: string, sentence: string): void => {
      writeFileSync(file(), content);
      expect(() => Journal.open(folder, of.head, false)).toThrow(`${file()}${sentence}`);
      expect(readFileSync(file(), 'utf8')).toBe(content);
    };
    refused('my notes', ': this is no journal of a sweep');
    refused('my\nnotes\n', ': this is no journal of a sweep');
    refused(text.replace(/\n\{"point":/, '\n{"pint":'), ':2: this is no result of the sweep; --fresh begins anew');
    refused(text.replace(/"point":\d+/, '"point":99'), ':2: this is no result of the sweep; --fresh begins anew');
    const lines = text.split('\n');
    const changed = (lines[1] ?? '').replace(/"hash":"[^"]*"/, '"hash":"other"');
    refused([...lines.slice(0, 2), changed, ...lines.slice(2)].join('\n'), ': two runs of point');
  });
});

/** Starts a sweep in a process of its own and kills it, without a warning, once its journal has so many results. */
function killedAt(out: string, results: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'test/sweep/sweep-process.mjs'), out, '2'], {
      env: { ...process.env, DELAY_MS: '15', GRID, SCENARIO, HOLD_AT: String(results) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      if (piece.includes('holding')) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`the sweep ended by itself with ${code}`)),
    );
  });
}
