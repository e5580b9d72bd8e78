/** `halfopen sweep` and `halfopen worker` as a person meets them: built, with real floods, interrupted, killed, over a queue. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ROOT } from '../walls/source.ts';
import { type QueueServer, queueServer, startQueueServer } from './queue-server.ts';

const MAIN = join(ROOT, 'dist/program/halfopen.js');
const FILES = ['results.json', 'points.csv', 'points.parquet', 'runs.csv', 'runs.parquet'];

const SCENARIO = `kind: flood
title: A flood
summary: One server.
server: { backlog: 128, settings: { tcp_syncookies: 0 } }
clients: { rate: 5 }
floods: { rate: 100, from: 5s }
until: 60s
`;

const GRID = `scenario: lesson.yaml
vary:
  server.backlog: [64, 256]
  floods.rate: [100, 2000]
replicas: 4
measure: [clients.all.servedShare, queue.peak, queue.timeToExhaustion <= 2]
`;

let folder = '';
beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('dist/program/halfopen.js is missing: run "npm run build" first');
  folder = mkdtempSync(join(tmpdir(), 'halfopen-sweep-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  writeFileSync(join(folder, 'lesson.yaml'), SCENARIO);
  writeFileSync(join(folder, 'grid.yaml'), GRID);
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function halfopen(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status ?? -1, out: stdout, err: stderr };
}

function begin(...args: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

const filesIn = (name: string): string[] =>
  FILES.map((file) => readFileSync(join(folder, name, file)).toString('base64'));
const keptIn = (name: string): string[] =>
  readFileSync(join(folder, name, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line))
    .map(({ point, replica }) => `${point}/${replica}`);

describe('a sweep', () => {
  test('prints a line for each point, and a queue of B + 1 entries fills after (B + 1) / rate', () => {
    const { code, out, err } = halfopen('sweep', 'grid.yaml');
    expect(code).toBe(0);
    expect(err).toContain('results.json, points.csv, points.parquet, runs.csv, runs.parquet are in grid.sweep\n');
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows[0]).toEqual([
      'server.backlog',
      'floods.rate',
      'runs',
      'clients.all.servedShare',
      'queue.peak',
      'queue.timeToExhaustion <= 2',
    ]);
    // ../shared/ground-truth B: Linux holds backlog + 1; 65 or 257 at 100/s and 2000/s take 0.65, 0.03, 2.6 and 0.13 s.
    expect(rows.slice(1, 5).map((row) => [row[0], row[1], row[2], row[4], row[5]?.slice(0, 4)])).toEqual([
      ['64', '100', '4', '65 ± 0', '1.00'],
      ['64', '2000', '4', '65 ± 0', '1.00'],
      ['256', '100', '4', '257 ± 0', '0.00'],
      ['256', '2000', '4', '257 ± 0', '1.00'],
    ]);
  });

  test('gives the same bytes on one thread, and again from its journal', () => {
    const before = filesIn('grid.sweep');
    expect(halfopen('sweep', 'grid.yaml', '--jobs', '1', '--out', 'one').code).toBe(0);
    expect(filesIn('one')).toEqual(before);
    expect(halfopen('sweep', 'grid.yaml').err).toContain('16 of 16 runs are in grid.sweep/journal.jsonl already');
    expect(filesIn('grid.sweep')).toEqual(before);
  });

  test('of another grid is refused in one sentence, until it is to be forgotten', () => {
    writeFileSync(join(folder, 'grid.yaml'), GRID.replace('2000', '500'));
    const refused = halfopen('sweep', 'grid.yaml');
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: 'halfopen: grid.sweep/journal.jsonl: the grid has changed since it was begun; --fresh forgets its runs, --out names another folder\n',
    });
    expect(halfopen('sweep', 'grid.yaml', '--fresh').code).toBe(0);
  });

  test.each([
    ['no-grid.yaml', '', 'no-grid.yaml: no such file or folder'],
    [
      'grid.yaml',
      'scenario: none.yaml\nmeasure: [queue.peak]',
      'grid.yaml:1:11: scenario is \'none.yaml\': no scenario "none.yaml"',
    ],
    [
      'grid.yaml',
      'scenario: three-way-handshake\nmeasure: [queue.peak]',
      'three-way-handshake.yaml:1:1: this is not a flood scenario',
    ],
    [
      'grid.yaml',
      GRID.replace('queue.peak,', 'queue.peek,'),
      "grid.yaml:6:36: measure.1 is 'queue.peek', which is no number of this scenario's report: did you mean 'queue.peak'?",
    ],
    [
      'grid.yaml',
      GRID.replace('100, 2000', '100, -1'),
      'grid.yaml:4:22: floods.rate=-1: is -1; expected a rate per second',
    ],
    [
      'grid.yaml',
      GRID.replace('floods.rate', 'server.address').replace('100, 2000', '8.8.8.8'),
      'grid.yaml:4:20: server.address=8.8.8.8',
    ],
    ['grid.yaml', '\0\0', 'grid.yaml'],
  ])('%s: a mistake is one sentence', (name, text, sentence) => {
    if (text !== '') writeFileSync(join(folder, name), text);
    const { code, out, err } = halfopen('sweep', name, '--out', 'mistakes');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.startsWith(`halfopen: ${sentence}`), err).toBe(true);
    expect(err.trimEnd()).not.toContain('\n');
    expect(existsSync(join(folder, 'mistakes'))).toBe(false);
  });

  test('stops at Ctrl+C with the table so far and 130, dies of a kill, and ends as if neither had been', async () => {
    // Long enough that some runs are done and some are not.
    writeFileSync(join(folder, 'lesson.yaml'), SCENARIO.replace('60s', '150s'));
    expect(halfopen('sweep', 'grid.yaml', '--out', 'whole').code).toBe(0);
    const stopped = begin('sweep', 'grid.yaml', '--out', 'broken', '--jobs', '1');
    let out = '';
    stopped.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      out += piece;
    });
    await journalOf('broken', 2);
    stopped.kill('SIGINT');
    expect(await once(stopped, 'close')).toEqual([130, null]);
    expect(
      out
        .split('\n')
        .slice(1, 5)
        .map((line) => Number(line.trim().split(/ +/)[2]) > 0),
    ).toContain(true);
    const count = keptIn('broken').length;
    expect(count).toBeLessThan(16);
    expect(existsSync(join(folder, 'broken/points.csv'))).toBe(false);

    const killed = begin('sweep', 'grid.yaml', '--out', 'broken', '--jobs', '2');
    await journalOf('broken', count + 2);
    killed.kill('SIGKILL');
    expect(await once(killed, 'close')).toEqual([null, 'SIGKILL']);
    expect(keptIn('broken').length).toBeLessThan(16);

    expect(halfopen('sweep', 'grid.yaml', '--out', 'broken').code).toBe(0);
    expect(filesIn('broken')).toEqual(filesIn('whole'));
    expect(keptIn('broken').length).toBe(16);
    expect(new Set(keptIn('broken')).size).toBe(16);
  });
});

describe.skipIf(queueServer === undefined)('over a queue', () => {
  let server: QueueServer;
  beforeAll(async () => {
    server = await startQueueServer();
  });
  afterAll(() => server?.stop());

  test('two workers give the bytes of a sweep on threads', async () => {
    const workers = [begin('worker', '--queue', server.url, '--jobs', '1'), begin('worker', '--queue', server.url)];
    expect(halfopen('sweep', 'grid.yaml', '--queue', server.url, '--out', 'queued').code).toBe(0);
    for (const worker of workers) {
      worker.kill('SIGINT');
      expect(await once(worker, 'close')).toEqual([0, null]);
    }
    expect(halfopen('sweep', 'grid.yaml', '--out', 'threads').code).toBe(0);
    expect(filesIn('queued')).toEqual(filesIn('threads'));
  });
});

test('a worker needs the address of a queue', () => {
  expect(halfopen('worker')).toMatchObject({ code: 2, out: '' });
  expect(halfopen('worker', '--queue', 'localhost').err).toBe(
    'halfopen: --queue: expected an address like redis://localhost:6379\n',
  );
});

/** When so many results are in the journal. The file is looked at, as nothing tells of it from outside. */
async function journalOf(name: string, results: number): Promise<void> {
  const file = join(folder, name, 'journal.jsonl');
  while (!existsSync(file) || readFileSync(file, 'utf8').split('\n').length - 2 < results)
    await new Promise((resolve) => setTimeout(resolve, 5));
}
