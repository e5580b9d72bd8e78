/**
 * Runs of a sweep past one machine: BullMQ over Redis or Valkey. This is the one file of the house that talks to a server
 * somewhere else, and all it says are points of a grid and their results: it knows no scenario, no segment and no engine, and
 * a wall test keeps it so. The libraries are loaded when a queue is asked for; who has none needs none.
 */
import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { HalfopenError } from '../../wire/error.ts';
import { pause } from '../pause.ts';
import { systemReason } from '../system-reason.ts';
import { type ReplicaResult, type ReplicaTask, readResult, readTask } from './task.ts';

/** What both ends must agree on. */
export interface QueueSweep {
  /** From the content of grid and scenario and the version: a second start finds the jobs of the first. */
  readonly id: string;
  readonly halfopen: string;
}

export interface WorkerOptions {
  readonly halfopen: string;
  /** Runs at a time. */
  readonly jobs: number;
  /** A job of a worker that has been silent for so long is given to another, ms. */
  readonly patience: number;
  /** Sentences for the one who watches. */
  readonly tell: (sentence: string) => void;
}

/** How long a worker may be silent; it renews its claim twice in this time while it computes. */
export const PATIENCE = 10_000;

/**
 * Puts the tasks into the queue and hands out the results as they come, until all are there or `signal` fires. What was taken
 * is removed from the queue afterwards, so `take` must have kept it. A task that failed ends the sweep.
 */
export async function collectFromQueue(
  url: string,
  sweep: QueueSweep,
  tasks: readonly ReplicaTask[],
  take: (results: readonly ReplicaResult[]) => void,
  signal: AbortSignal,
  tell: (sentence: string) => void,
): Promise<void> {
  const { Queue } = await libraries();
  const redis = await connect(url);
  const name = queueName(sweep.id);
  const queue: Queue = new Queue(name, { connection: redis, prefix: PREFIX, defaultJobOptions: KEEP });
  queue.on('error', () => {});
  try {
    await redis.hset(SWEEPS, name, JSON.stringify({ halfopen: sweep.halfopen }));
    await queue.clean(0, 0, 'failed');
    const wanted = new Map(tasks.map((task) => [jobId(sweep, task), task]));
    await enqueue(queue, sweep, wanted);
    if ((await workersOf(redis)) === 0)
      tell('no worker is there yet; start "halfopen worker --queue ..." where there are cores');
    let idle = 0;
    while (wanted.size > 0 && !signal.aborted) {
      const done = await takeDone(queue, wanted, take);
      idle = done > 0 ? 0 : idle + 1;
      // A server that was emptied or lost its memory knows nothing of these jobs any more; adding known ones changes nothing.
      if (idle > 0 && idle % LOST_AFTER === 0 && (await jobsOf(queue)) < wanted.size)
        await enqueue(queue, sweep, wanted);
      if (done === 0) await pause(POLL_MS, signal);
    }
    await redis.hdel(SWEEPS, name);
    if (wanted.size === 0) await queue.obliterate({ force: true });
    // Who stops wants no work to be done; what is being computed is kept for the next start.
    else await queue.drain();
  } catch (error) {
    await redis.hdel(SWEEPS, name).catch(() => {});
    await queue.drain().catch(() => {});
    throw error;
  } finally {
    await queue.close();
    redis.disconnect();
  }
}

/** Computes what sweeps of the same version put into the queue, until `signal` fires; then finishes what it has begun. */
export async function serveQueue(
  url: string,
  run: (task: ReplicaTask) => Promise<ReplicaResult>,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<number> {
  const { Worker } = await libraries();
  const redis = await connect(url);
  options.tell(`ready for sweeps at ${addressOf(url)}, ${options.jobs} runs at a time; Ctrl+C ends`);
  const workers = new Map<string, Worker>();
  const closing: Promise<void>[] = [];
  const refused = new Set<string>();
  let finished = 0;
  const start = (name: string): Worker => {
    const connection = redis.duplicate({ maxRetriesPerRequest: null });
    connection.on('error', () => {});
    const worker: Worker = new Worker(name, (job) => process(job, options.halfopen, run), {
      connection,
      prefix: PREFIX,
      concurrency: options.jobs,
      lockDuration: options.patience,
      stalledInterval: options.patience / 2,
      // A run that ends its worker each time must not go round for ever.
      maxStalledCount: 3,
      drainDelay: 1,
    });
    worker.on('error', () => {});
    worker.on('completed', () => {
      finished++;
    });
    worker.on('failed', (job, error) => options.tell(`${job?.id ?? 'a job'}: ${error.message}`));
    worker.on('closed', () => connection.disconnect());
    return worker;
  };
  try {
    while (!signal.aborted) {
      const sweeps = await redis.hgetall(SWEEPS);
      for (const [name, about] of Object.entries(sweeps)) {
        const version = versionOf(about);
        if (version !== options.halfopen) {
          if (!refused.has(name))
            options.tell(
              `${name} needs halfopen ${version}, and this is ${options.halfopen}: its jobs are left to others`,
            );
          refused.add(name);
        } else if (!workers.has(name)) {
          workers.set(name, start(name));
          options.tell(`working for ${name}`);
        }
      }
      for (const [name, worker] of workers) {
        if (name in sweeps) continue;
        workers.delete(name);
        // It finishes what it has begun; other sweeps need not wait for that.
        closing.push(worker.close());
      }
      await redis.set(`${ALIVE}${WORKER_ID}`, '1', 'PX', ALIVE_MS);
      await pause(LOOK_MS, signal);
    }
  } finally {
    await Promise.all([...closing, ...[...workers.values()].map((worker) => worker.close())]);
    await redis.del(`${ALIVE}${WORKER_ID}`).catch(() => {});
    redis.disconnect();
  }
  return finished;
}

/** Refuses what is no task of this version's; anybody may have written to the server. */
async function process(
  job: Job,
  halfopen: string,
  run: (task: ReplicaTask) => Promise<ReplicaResult>,
): Promise<ReplicaResult> {
  const data = job.data as { readonly halfopen?: unknown; readonly task?: unknown } | null;
  if (data?.halfopen !== halfopen)
    throw new HalfopenError(`made by halfopen ${String(data?.halfopen)}, and this worker is ${halfopen}`);
  const task = readTask(data.task);
  if (task === undefined) throw new HalfopenError('this is no task of a sweep');
  return run(task);
}

async function enqueue(queue: Queue, sweep: QueueSweep, wanted: ReadonlyMap<string, ReplicaTask>): Promise<void> {
  const all = [...wanted];
  for (let at = 0; at < all.length; at += BATCH) {
    await queue.addBulk(
      all.slice(at, at + BATCH).map(([id, task]) => ({
        name: 'replica',
        data: { halfopen: sweep.halfopen, task },
        opts: { jobId: id },
      })),
    );
  }
}

/** How many results were taken. */
async function takeDone(
  queue: Queue,
  wanted: Map<string, ReplicaTask>,
  take: (results: readonly ReplicaResult[]) => void,
): Promise<number> {
  for (const failed of await queue.getFailed(0, BATCH - 1)) {
    const task = wanted.get(failed.id ?? '');
    if (task !== undefined)
      throw new HalfopenError(`point ${task.point}, replica ${task.replica}: ${failed.failedReason}`);
    // Somebody else's, or nobody's.
    await failed.remove();
  }
  const jobs = (await queue.getCompleted(0, BATCH - 1)).filter((job) => job !== undefined);
  const results: ReplicaResult[] = [];
  for (const job of jobs) {
    const task = wanted.get(job.id ?? '');
    if (task === undefined) continue;
    const result = readResult(job.returnvalue, task.measures.length);
    if (result === undefined || result.point !== task.point || result.replica !== task.replica)
      throw new HalfopenError(`the queue holds something for ${job.id} that is no result of it`);
    results.push(result);
  }
  if (results.length > 0) take(results);
  for (const job of jobs) wanted.delete(job.id ?? '');
  await Promise.all(jobs.map((job) => job.remove()));
  return jobs.length;
}

async function jobsOf(queue: Queue): Promise<number> {
  const counts = await queue.getJobCounts();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function workersOf(redis: Redis): Promise<number> {
  let cursor = '0';
  let count = 0;
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${ALIVE}*`, 'COUNT', 1000);
    cursor = next;
    count += keys.length;
  } while (cursor !== '0');
  return count;
}

async function libraries(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (error) {
    throw missing(error);
  }
}

/** A connection that answers, or one sentence; a password in the address is not repeated. */
async function connect(url: string): Promise<Redis> {
  const where = addressOf(url);
  const { Redis } = await import('ioredis').catch((error: unknown) => {
    throw missing(error);
  });
  let first = true;
  let reason = '';
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // The first time it must work; later a server may go away and come back.
    retryStrategy: (times: number) => (first ? null : Math.min(times * 200, 2_000)),
    maxRetriesPerRequest: null,
  });
  redis.on('error', (error: Error) => {
    reason = systemReason(error);
  });
  try {
    await redis.connect();
    await redis.ping();
    first = false;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new HalfopenError(`no queue at ${where}: ${reason === '' ? systemReason(error) : reason}`);
  }
}

/** Host and port for messages. Throws for what is no address of a Redis server. */
function addressOf(url: string): string {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
  } catch {
    parsed = undefined;
  }
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new HalfopenError('--queue: expected an address like redis://localhost:6379');
  return `${parsed.protocol}//${parsed.host}`;
}

function missing(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
    return new HalfopenError('a queue needs bullmq and ioredis, which are not installed: npm install bullmq ioredis');
  return error;
}

function versionOf(about: string): string {
  try {
    return String((JSON.parse(about) as { readonly halfopen?: unknown }).halfopen);
  } catch {
    return 'of an unknown version';
  }
}

function queueName(id: string): string {
  return `sweep-${id}`;
}

function jobId(sweep: QueueSweep, { point, replica }: ReplicaTask): string {
  return `${sweep.id}-${point}-${replica}`;
}

const PREFIX = 'halfopen';
/** Which sweeps there are, for workers: queue name -> version. */
const SWEEPS = 'halfopen:sweeps';
const ALIVE = 'halfopen:worker:';
const ALIVE_MS = 5_000;
const LOOK_MS = 500;
const POLL_MS = 100;
const LOST_AFTER = 50;
const BATCH = 500;
const CONNECT_MS = 5_000;
/** Each job stays, done or failed, until it was collected. A failure is one of the input: trying again gives the same. */
const KEEP = { attempts: 1, removeOnComplete: false, removeOnFail: false } as const;
const WORKER_ID: string = crypto.randomUUID();
