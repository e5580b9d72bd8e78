/** Files that never end, outputs that fail: one sentence, and nothing lost of what was computed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAIN, runCli } from './support/run-cli.ts';

const SMALL = `kind: flood
title: Small
summary: s
until: 3s
clients: { rate: 5 }
floods: { rate: 100, from: 1s }
`;

const GRID = 'scenario: s.yaml\nvary: { floods.rate: [1] }\nreplicas: 1\nmeasure: [queue.peak]\n';

let folder: string;

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error('dist/program/halfopen.js is missing: run "npm run build" first');
  folder = await mkdtemp(join(tmpdir(), 'halfopen-hostile-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const cli = (...args: string[]) => runCli(args, { stdin: SMALL, cwd: folder });

/** A command line as a shell takes it. */
const shell = (line: string) =>
  spawnSync('/bin/sh', ['-c', `exec '${process.execPath}' '${MAIN}' ${line}`], { cwd: folder, encoding: 'utf8' });

/** Linux' endless file, and its full disk. */
const devices = existsSync('/dev/zero') && existsSync('/dev/full');

test.skipIf(process.platform === 'win32')('a current folder that is gone is none of our business', async () => {
  const gone = await mkdtemp(join(folder, 'gone-'));
  const line = `cd '${gone}' && rmdir '${gone}' && exec '${process.execPath}' '${MAIN}' explain nothere.pcap`;
  const { status, stderr } = spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'halfopen: nothere.pcap: no such file, expected a pcap or pcapng capture\n',
  });
});

describe.skipIf(!devices)('devices', () => {
  test.each([
    [['run', '/dev/zero'], '/dev/zero: too long for a scenario: more than 1048576 bytes'],
    [['compare', '/dev/zero'], '/dev/zero: too long for a scenario: more than 1048576 bytes'],
    [['sweep', '/dev/zero'], '/dev/zero: too long for a grid: more than 1048576 bytes'],
  ])('an endless file is read no further than its bound: %j', async (args, sentence) => {
    expect(await cli(...args)).toEqual({ code: 2, out: '', err: `halfopen: ${sentence}\n` });
  });

  test.each([
    ['script /dev/zero', '/dev/zero: too long for a script: more than 1048576 bytes'],
    ['script - < /dev/zero', '(standard input): too long for a script: more than 1048576 bytes'],
    ['run - < /dev/zero', '(standard input): too long for a scenario: more than 1048576 bytes'],
    ['--help > /dev/full', 'cannot write to standard output: no space left on the device'],
    ['--version > /dev/full', 'cannot write to standard output: no space left on the device'],
  ])('halfopen %s', (line, sentence) => {
    expect(shell(line)).toMatchObject({ status: 2, stderr: `halfopen: ${sentence}\n` });
  });

  test('the report is printed and the other files are written when one cannot be', async () => {
    const { code, out, err } = await cli('run', '-', '--pcapng', '/dev/full', '--json', '/dev/full', '--csv', 'a.csv');
    expect({ code, err }).toEqual({
      code: 2,
      err: 'halfopen: cannot write /dev/full: no space left on the device\n',
    });
    expect(out).toContain('Who was served');
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toMatch(/^time_s,halfOpen,/);
  });

  test('a standard output without room is one sentence, and the files are there', async () => {
    await writeFile(join(folder, 's.yaml'), SMALL);
    const shell = `exec '${process.execPath}' '${MAIN}' run s.yaml --csv b.csv > /dev/full`;
    const { status, stderr } = spawnSync('/bin/sh', ['-c', shell], { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'halfopen: cannot write to standard output: no space left on the device\n',
    });
    expect(await readFile(join(folder, 'b.csv'), 'utf8')).toMatch(/^time_s,halfOpen,/);
  });

  test('nor does a sweep lose its results to it', async () => {
    await writeFile(join(folder, 's.yaml'), SMALL);
    await writeFile(join(folder, 'g.yaml'), GRID);
    const shell = `exec '${process.execPath}' '${MAIN}' sweep g.yaml --jobs 1 > /dev/full`;
    const { status } = spawnSync('/bin/sh', ['-c', shell], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(existsSync(join(folder, 'g.sweep', 'points.csv'))).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('paths that lead nowhere', () => {
  beforeAll(() => symlink('circle', join(folder, 'circle')));

  test.each([
    [['explain', 'circle'], 'circle: cannot be read: the links of its path lead in a circle'],
    [['explain', 'circle', 'circle'], 'circle: cannot be read: the links of its path lead in a circle'],
    [['watch', 'circle'], 'circle: cannot be read: the links of its path lead in a circle'],
    [['run', 'circle'], 'circle: the links of its path lead in a circle'],
    [['explain', 'x'.repeat(300)], `${'x'.repeat(300)}: cannot be read: the name is too long`],
    [['explain', ''], '"": no such file, expected a pcap or pcapng capture'],
    [['explain', 'circle', '--csv', ''], '--csv: the name is empty, expected a file or -'],
    [['help', 'explian'], "unknown command 'explian'"],
  ])('%j', async (args, sentence) => {
    expect(await cli(...args)).toEqual({ code: 2, out: '', err: `halfopen: ${sentence}\n` });
  });
});

test('a name of two lines that gives orders to a terminal stays one harmless line', async () => {
  const { code, err } = await cli('run', 'a\nb\u001b[2J');
  expect(code).toBe(2);
  expect(err).toMatch(/^halfopen: no scenario "a b\?\[2J": [^\n]*\n$/);
});

test.each([
  [['explain', '--x\u001b[2J'], "unknown option '--x?[2J'"],
  [['a\nb\u001b[2J'], "unknown command 'a b?[2J'"],
  [['script', 'a\u001b[2J\nb'], 'a?[2J?b: cannot be read: no such file or folder'],
])('nor does any other word: %j', async (args, sentence) => {
  const { code, err } = await cli(...args);
  expect({ code, err }).toEqual({ code: 2, err: `halfopen: ${sentence}\n` });
});

test('what a host cannot do when its time has come is told with the file', async () => {
  const hosts = `
  a: { role: client, address: 192.0.2.1, do: [{ at: 1s, do: send, bytes: 5 }] }
  b: { role: server, address: 192.0.2.2 }`;
  const { code, err } = await runCli(['run', '-'], { stdin: `title: t\nsummary: s\nhosts:${hosts}\n`, cwd: folder });
  expect({ code, err }).toEqual({
    code: 2,
    err: 'halfopen: (standard input): a cannot send at 1 s: it has no connection yet\n',
  });
});
