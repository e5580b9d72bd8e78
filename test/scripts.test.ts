/**
 * Our own packetdrill scripts, run against the engine on virtual time. Each was also run with the original packetdrill on a
 * Linux kernel; what came of it stands in test/scripts/kernel-results.tsv.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { failureLines } from '../src/script/failure.ts';
import { runScript } from '../src/script/run.ts';
import { LINUX6_HOST, RFC9293_HOST } from '../src/socket/settings.ts';

const FOLDER = new URL('scripts/', import.meta.url);

/** `handshake/passive-basic.pkt`, sorted. */
const SCRIPTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.pkt'))
  .sort();

const KERNEL_RESULTS = readFileSync(new URL('kernel-results.tsv', FOLDER), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'));

describe('the scripts under the linux-6 profile', () => {
  test.each(SCRIPTS)('%s', (path) => {
    const { failure, events } = runScript(readFileSync(new URL(path, FOLDER), 'utf8'), path, LINUX6_HOST);
    expect(failure === undefined ? '' : failureLines(failure).join('\n')).toBe('');
    expect(events).toBeGreaterThan(0);
  });
});

describe('the scripts that say both profiles pass them, under the rfc9293 profile', () => {
  test.each(SCRIPTS.filter((path) => /\bboth profiles\b/i.test(opening(path))))('%s', (path) => {
    const { failure } = runScript(readFileSync(new URL(path, FOLDER), 'utf8'), path, RFC9293_HOST);
    expect(failure === undefined ? '' : failureLines(failure).join('\n')).toBe('');
  });
});

test('each script has passed with the original on a kernel, each time it was tried', () => {
  const tried = KERNEL_RESULTS.map(([script]) => script);
  expect(tried).toEqual(SCRIPTS);
  for (const [script, kernel, result, runs] of KERNEL_RESULTS) {
    expect({ script, kernel, result }).toMatchObject({ kernel: expect.stringMatching(/^6\.\d+/), result: 'pass' });
    expect(runs, script).toMatch(/^(\d+)\/\1$/);
  }
});

test('each script says first what it shows, and under which profiles', () => {
  for (const path of SCRIPTS) expect(opening(path), path).toMatch(/both profiles|linux-6/i);
});

/** The comment at the beginning, as one line. */
function opening(path: string): string {
  const [, comment = ''] = /^(?:--\S+\n)*((?:\/\/.*\n)+)/.exec(readFileSync(new URL(path, FOLDER), 'utf8')) ?? [];
  return comment.replaceAll(/\s*\/\/\s*/g, ' ');
}
