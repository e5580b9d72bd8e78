/** `halfopen tun serve` as a person meets it: built, in its own process. Skipped, with the reason, where it cannot run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readFrames } from '../../src/capture/reader.ts';
import { Examiner, verdictTotals } from '../../src/diagnose/examiner.ts';

const MAIN = fileURLToPath(new URL('../../dist/program/halfopen.js', import.meta.url));
if (!existsSync(MAIN)) throw new Error('dist/program/halfopen.js is missing: run "npm run build" first');

const folder = mkdtempSync(join(tmpdir(), 'halfopen-tun-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A client that needs no more than Node. */
const GET = ['-e', 'fetch(process.argv[1]).then((r) => r.text()).then((t) => console.log(t))'];

const possible = await halfopen(['tun', 'serve', '--', 'true']);
const why = possible.code === 0 ? '' : possible.err.trim();
if (why !== '') console.log(`interop: halfopen tun serve: skipped, ${why}`);

describe.skipIf(why !== '')('where namespaces and TUN devices are permitted', () => {
  test('a real client is served, and each step of its handshake is told with its reasons', async () => {
    const { code, out, err } = await halfopen(['tun', 'serve', '--', process.execPath, ...GET, 'http://198.18.0.2/']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('You have just shaken hands with halfopen.');
    const sentences = out.split('\n').filter((line) => /^\d+ {2}\d/.test(line));
    expect(sentences[0]).toMatch(/^1 {2}0\.\d{6} s\. Engine listens on port 80\.$/);
    expect(sentences[1]).toMatch(
      /Engine receives SYN, enters SYN-RECEIVED and sends SYN\/ACK, sequence Y, acknowledgment X\+1\.$/,
    );
    expect(sentences[2]).toMatch(/Engine receives ACK, sequence X\+1, acknowledgment Y\+1, and enters ESTABLISHED\.$/);
    expect(out).toContain('✓ SYN: IRS = X, RCV.NXT = X+1  RFC 9293 §3.10.7.2 third');
    expect(out).toContain('SND.UNA Y < SEG.ACK Y+1 ≤ SND.NXT Y+1');
    expect(sentences.at(-1)).toContain('TIME-WAIT');
  });

  test('IPv6, other port and numbers, without reasons, and a capture that reads back', async () => {
    const file = join(folder, 'six.pcapng');
    const { code, out } = await halfopen([
      ...['tun', 'serve', '-a', '2001:db8::5', '-p', '8080', '-n', 'absolute', '-w', 'none', '--pcapng', file, '--'],
      ...[process.execPath, ...GET, 'http://[2001:db8::5]:8080/'],
    ]);
    expect(code).toBe(0);
    expect(out).not.toMatch(/✓|→/);
    const x = /X, your initial sequence number {2}(\d+)/.exec(out)?.[1];
    expect(out).toContain(`acknowledgment ${(Number(x) + 1) % 2 ** 32}.`);
    const examiner = new Examiner();
    for (const frame of readFrames(readFileSync(file))) examiner.onFrame(frame);
    expect(verdictTotals(examiner.tracker)).toMatchObject({ attempts: 1, completed: 1 });
    expect(examiner.tracker.handshakes.end).toBe(1);
  });

  test("the command's exit code is ours, and a port where nobody listens is refused", async () => {
    const knock =
      "require('net').connect(81, '198.18.0.2').on('error', (e) => process.exit(e.code === 'ECONNREFUSED' ? 7 : 1))";
    const { code, out } = await halfopen(['tun', 'serve', '--', process.execPath, '-e', knock]);
    expect(code).toBe(7);
    expect(out).toMatch(/Engine receives SYN and sends RST\/ACK, sequence 0, acknowledgment X\+1\.$/m);
  });

  test('without a command it serves until interrupted, and says how to enter', async () => {
    const child = spawn(process.execPath, [MAIN, 'tun', 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    for await (const piece of child.stdout.setEncoding('utf8')) {
      out += piece as string;
      if (out.includes('Ctrl+C ends it.')) break;
    }
    expect(out).toMatch(/nsenter --preserve-credentials --user --net --target \d+ curl http:\/\/198\.18\.0\.2\/\n/);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test('a command that does not exist', async () => {
    const { code, err } = await halfopen(['tun', 'serve', '--', './nowhere']);
    expect({ code, err }).toEqual({ code: 2, err: 'halfopen: cannot run ./nowhere: no such file or folder\n' });
  });
});

describe('refusals of one sentence', () => {
  test.each([
    [['--address', '8.8.8.8'], /--address: 8\.8\.8\.8 may belong to somebody; expected one of 192\.0\.2\.0\/24, /],
    [['--address', '2a00:1450::1'], /--address: 2a00:1450::1 may belong to somebody/],
    [['--address', 'here'], /--address: expected an IPv4 or IPv6 address, found "here"/],
    [['-a', '10.0.0.1', '-a', '10.0.0.2'], /--address: expected one IPv4 and one IPv6 address at most/],
    [['--port', '0'], /--port: expected a whole number from 1 to 65535, found "0"/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await halfopen(['tun', 'serve', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^halfopen: [^\n]+\n$/);
  });

  test.skipIf(process.platform !== 'linux')('a system that permits no namespaces, or has no unshare', async () => {
    const unshare = join(folder, 'unshare');
    writeFileSync(unshare, '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n');
    chmodSync(unshare, 0o755);
    expect(await halfopen(['tun', 'serve'], { PATH: `${folder}:${process.env.PATH}` })).toEqual({
      code: 2,
      out: '',
      err: "halfopen: this system permits no network namespace of one's own: unshare: unshare failed: Operation not permitted\n",
    });
    expect((await halfopen(['tun', 'serve'], { PATH: join(folder, 'nothing') })).err).toBe(
      'halfopen: cannot run unshare of util-linux: no such file or folder\n',
    );
  });
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function halfopen(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      out += piece;
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      err += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
