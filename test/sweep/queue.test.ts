/** Sweeps over a queue: a real server of Debian, workers in processes of their own, some of which are killed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../src/node/sweep/journal.ts';
import { type SweepPlan, sweepId } from '../../src/node/sweep/plan.ts';
import { replicaPool } from '../../src/node/sweep/pool.ts';
import { collectFromQueue } from '../../src/node/sweep/queue.ts';
import { poolEngine, runSweep } from '../../src/node/sweep/run-sweep.ts';
import { ROOT } from '../walls/source.ts';
import { freePort, type QueueServer, queueServer, startQueueServer } from './queue-server.ts';
import { GRID, plan, resultFiles, SCENARIO, STUB } from './support.ts';

let folder = '';
let runs = '';
let url = '';
let running: ChildProcess[] = [];

describe.skipIf(queueServer === undefined)('a queue', () => {
  let server: QueueServer;
  beforeAll(async () => {
    server = await startQueueServer();
    url = server.url;
  });
  afterAll(() => server?.stop());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'halfopen-queue-'));
    runs = join(folder, 'runs.txt');
    writeFileSync(runs, '');
  });
  afterEach(async () => {
    const left = running.filter((child) => child.exitCode === null && child.signalCode === null);
    running = [];
    for (const child of left) child.kill('SIGKILL');
    await Promise.all(left.map((child) => once(child, 'close')));
    rmSync(folder, { recursive: true, force: true });
  });

  test('two workers give the bytes that threads give', async () => {
    worker();
    worker();
    expect(await sweep('queue', plan())).toEqual(await onThreads(plan()));
    expect(computed().sort()).toEqual(everyRun(plan()).sort());
  });

  test('the job of a worker that was killed is given to another', async () => {
    const first = worker({ DELAY_MS: '30' }, '1.0.0', 1_500);
    const done = sweep('killed', plan(), (count) => {
      if (count === 4) {
        first.kill('SIGKILL');
        worker({}, '1.0.0', 1_500);
      }
    });
    expect(await done).toEqual(await onThreads(plan()));
    expect(first.signalCode).toBe('SIGKILL');
    // Only what the dead one had begun is computed again.
    expect(new Set(computed()).size).toBe(45);
    expect(computed().length).toBeLessThanOrEqual(46);
  });

  test('a sweep that was killed collects what workers did meanwhile, and repeats nothing', async () => {
    worker({ DELAY_MS: '15' });
    const out = join(folder, 'again');
    await killedAt(out, 5);
    expect(await sweep('again', plan())).toEqual(await onThreads(plan()));
    expect(computed().sort()).toEqual(everyRun(plan()).sort());
  });

  test('a sweep that was stopped takes its work back; the next one ends it', async () => {
    worker({ DELAY_MS: '40' });
    const stop = new AbortController();
    const of = plan();
    const journal = Journal.open(join(folder, 'stopped'), of.head, false);
    const progress = (count: number): void => {
      if (count >= 5) stop.abort();
    };
    expect(await runSweep(of, journal, engine(of), stop.signal, progress)).toBe(false);
    journal.close();
    const queue = new Queue(`sweep-${sweepId(of.head)}`, { connection: { url }, prefix: 'halfopen' });
    expect(await queue.getWaitingCount()).toBe(0);
    await queue.close();
    expect(await sweep('stopped', of)).toEqual(await onThreads(of));
    expect(computed().sort()).toEqual(everyRun(of).sort());
  });

  test('a worker of another version refuses the jobs in a sentence, one of the same version does them', async () => {
    const other = worker({}, '2.0.0');
    const done = sweep('versions', plan());
    const name = `sweep-${sweepId(plan().head)}`;
    await told(other, new RegExp(`${name} needs halfopen 1.0.0, and this is 2.0.0: its jobs are left to others`));
    expect(computed()).toEqual([]);
    worker();
    await done;
    other.kill('SIGTERM');
    await told(other, /finished 0/);
  });

  test('a worker ends in order at SIGTERM', async () => {
    const one = worker({ DELAY_MS: '10' });
    const done = sweep('order', plan(), (count) => {
      if (count === 3) one.kill('SIGTERM');
    });
    await told(one, /finished \d+/);
    const count = computed().length;
    expect(count).toBeGreaterThanOrEqual(3);
    worker();
    await done;
    expect(computed().length).toBe(45);
  });

  test('a task at fault ends the sweep with its point', async () => {
    worker();
    await expect(
      sweep('fault', plan(GRID.replace('floods.rate: [10, 20, 30]', 'title: ["1", "fault"]'))),
    ).rejects.toThrow(/^point \d, replica \d: this value is at fault$/);
  });

  test('what somebody else puts into the queue is refused, and stops nobody', async () => {
    const name = `sweep-${sweepId(plan().head)}`;
    const queue = new Queue(name, { connection: { url }, prefix: 'halfopen' });
    await queue.add('replica', { halfopen: '1.0.0', task: { point: 0, text: 5 } }, { jobId: 'bad-1' });
    await queue.add('replica', null, { jobId: 'bad-2' });
    await queue.add('replica', { halfopen: '0.9.0' }, { jobId: 'bad-3' });
    await queue.close();
    const one = worker();
    const sentences = told(one, /bad-3: made by halfopen 0\.9\.0, and this worker is 1\.0\.0/);
    expect(await sweep('strange', plan())).toEqual(await onThreads(plan()));
    expect(await sentences).toMatch(/bad-1: this is no task of a sweep/);
    expect(computed().length).toBe(45);
  });
});

describe('without a queue', () => {
  const collect = (address: string) =>
    collectFromQueue(
      address,
      { id: 'x', halfopen: '1' },
      [],
      () => {},
      never,
      () => {},
    );

  test.each(['localhost:6379', 'http://localhost:6379', 'redis://', '', 'tun0'])(
    '%j is no address',
    async (address) => {
      await expect(collect(address)).rejects.toThrow('--queue: expected an address like redis://localhost:6379');
    },
  );

  test('a server that is not there is told in a sentence, without the password', async () => {
    const port = await freePort();
    await expect(collect(`redis://:secret@127.0.0.1:${port}`)).rejects.toThrow(
      `no queue at redis://127.0.0.1:${port}: connection refused`,
    );
  });

  test('where the libraries are not installed a sentence says what to do', () => {
    const hooks = `export async function resolve(name, context, next) {
      if (name === 'bullmq' || name === 'ioredis') throw Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    }`;
    const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
    const loader = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
    const main = join(ROOT, 'dist/program/halfopen.js');
    const args = ['--import', dataUrl(loader), main, 'worker', '--queue', 'redis://127.0.0.1:1'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toContain('a queue needs bullmq and ioredis, which are not installed: npm install bullmq ioredis');
    expect(status).toBe(2);
  });
});

const never = new AbortController().signal;
const computed = (): string[] => readFileSync(runs, 'utf8').split('\n').filter(Boolean);
const everyRun = (of: SweepPlan): string[] =>
  Array.from({ length: of.points }, (_, p) => Array.from({ length: of.grid.replicas }, (_, r) => `${p}/${r}`)).flat();

function engine(of: SweepPlan): Parameters<typeof runSweep>[2] {
  const id = { id: sweepId(of.head), halfopen: of.head.halfopen };
  return (tasks, take, signal) => collectFromQueue(url, id, tasks, take, signal, () => {});
}

/** What the sweep leaves in its folder when workers do the work. */
async function sweep(
  name: string,
  of: SweepPlan,
  onProgress?: (done: number) => void,
): Promise<Record<string, string>> {
  const journal = Journal.open(join(folder, name), of.head, false);
  let last = 0;
  const progress = (done: number): void => {
    // Results come in handfuls; a test waits for a count.
    for (let count = last + 1; count <= done; count++) onProgress?.(count);
    last = done;
  };
  try {
    expect(await runSweep(of, journal, engine(of), never, progress)).toBe(true);
  } finally {
    journal.close();
  }
  return resultFiles(join(folder, name), of, journal);
}

async function onThreads(of: SweepPlan): Promise<Record<string, string>> {
  const pool = replicaPool(2, STUB);
  const out = join(folder, 'threads');
  mkdirSync(out, { recursive: true });
  const journal = Journal.open(out, of.head, true);
  await runSweep(of, journal, poolEngine(pool), never);
  await pool.close();
  journal.close();
  return resultFiles(out, of, journal);
}

/** `patience`: after how many ms of silence its jobs go to others; short only where that is waited for. */
function worker(env: Record<string, string> = {}, version = '1.0.0', patience = 5_000): ChildProcess {
  const args = [join(ROOT, 'test/sweep/queue-worker.mjs'), url, version, String(patience)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, RUNS: runs, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  return child;
}

/** All it has written when the pattern first matches. */
function told(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (pattern.test(text)) resolve(text);
    });
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`ended with ${code} before it said ${pattern}: ${text}`)));
  });
}

/** Starts a sweep over the queue in a process of its own and kills it, without a warning, at so many results. */
async function killedAt(out: string, results: number): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'test/sweep/sweep-process.mjs'), out, url], {
    env: { ...process.env, GRID, SCENARIO, HOLD_AT: String(results) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    if (piece.includes('holding')) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
}
