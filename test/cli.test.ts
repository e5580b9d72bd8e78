/** The program as a person meets it: built, in its own process, judged by what it prints and its exit code. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/program/halfopen.js', import.meta.url));
const SCENARIO = fileURLToPath(new URL('../scenarios/three-way-handshake.yaml', import.meta.url));

let folder: string;

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error('dist/program/halfopen.js is missing: run "npm run build" first');
  folder = await mkdtemp(join(tmpdir(), 'halfopen-cli-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

function halfopen(
  args: readonly string[],
  more: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...env, ...more.env } });
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
    child.stdin.end(more.stdin ?? '');
  });
}

/** One sentence on standard error, nothing on standard output, exit code 2. */
async function refused(args: readonly string[], stdin?: string): Promise<string> {
  const { code, out, err } = await halfopen(args, stdin === undefined ? {} : { stdin });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^halfopen: [^\n]+\n$/);
  return err.slice('halfopen: '.length, -1);
}

describe('help', () => {
  test('teaches with examples, and every example of run works', async () => {
    const top = await halfopen(['--help']);
    expect(top.code).toBe(0);
    expect(top.out).toContain('halfopen run three-way-handshake');
    for (const command of ['run', 'list', 'explain', 'watch', 'replay', 'lab', 'completion'])
      expect(top.out).toContain(`  ${command} `);
    const examples = (await halfopen(['run', '--help'])).out.matchAll(
      /^ {2}halfopen (run \S+(?: --[a-z]+ \S+)?) {2}/gm,
    );
    const tried = [];
    for (const [, example = ''] of examples) {
      const args = example.split(' ').map((arg) => (arg === 'out.pcapng' ? join(folder, arg) : arg));
      tried.push([example, (await halfopen(args)).code]);
    }
    expect(tried.length).toBeGreaterThan(3);
    expect(tried.filter(([, code]) => code !== 0)).toEqual([]);
  });

  test('no command at all shows the help', async () => {
    expect((await halfopen([])).out).toContain('Usage: halfopen');
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect((await halfopen(['--version'])).out).toBe(`${version}\n`);
  });
});

describe('run', () => {
  test('the handshake of the lesson: X, Y and X+1, X+1 and Y+1', async () => {
    const { code, out, err } = await halfopen(['run', 'three-way-handshake']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const arrows = out.split('\n').filter((line) => /[▶◀]/.test(line));
    expect(arrows.map((line) => /(SYN\/ACK|SYN|ACK) seq=\S+(?: ack=\S+)?/.exec(line)?.[0])).toEqual([
      'SYN seq=X',
      'SYN/ACK seq=Y ack=X+1',
      'ACK seq=X+1 ack=Y+1',
    ]);
    expect(arrows.map((line) => line.match(/[A-Z]+-[A-Z]+|ESTABLISHED/g))).toEqual([
      ['SYN-SENT', 'SYN-RECEIVED'],
      ['ESTABLISHED'],
      ['ESTABLISHED'],
    ]);
    expect(out).toContain('enters SYN-RECEIVED and sends SYN/ACK, sequence Y, acknowledgment X+1.');
    expect(out).toContain('SND.UNA Y < SEG.ACK Y+1 ≤ SND.NXT Y+1');
  });

  test('absolute and relative numbers tell the same story', async () => {
    const absolute = (await halfopen(['run', 'three-way-handshake', '-n', 'absolute'])).out;
    const [x, y] = [/SYN seq=(\d+)/, /SYN\/ACK seq=(\d+)/].map((pattern) => Number(pattern.exec(absolute)?.[1]));
    expect(absolute).toContain(`ACK seq=${(x! + 1) % 2 ** 32} ack=${(y! + 1) % 2 ** 32}`);
    expect((await halfopen(['run', 'three-way-handshake', '-n', 'relative'])).out).toContain('SYN/ACK seq=0 ack=1');
  });

  test('the same seed gives the same bytes, another seed other numbers', async () => {
    const args = ['run', 'three-way-handshake', '--json', '-', '--seed'];
    const [a, b, c] = await Promise.all([halfopen([...args, '5']), halfopen([...args, '5']), halfopen([...args, '6'])]);
    expect(a.out).toBe(b.out);
    expect(JSON.parse(c.out).x).not.toBe(JSON.parse(a.out).x);
  });

  test('a scenario from standard input, or from a file', async () => {
    const text = await readFile(SCENARIO, 'utf8');
    const piped = await halfopen(['run', '-'], { stdin: text });
    const named = await halfopen(['run', SCENARIO]);
    expect(piped.code).toBe(0);
    expect(named.code).toBe(0);
    expect(piped.out).toBe(named.out);
  });

  test('--drop 2: the SYN/ACK dies and is sent again', async () => {
    const { code, out } = await halfopen(['run', 'three-way-handshake', '--drop', '2']);
    expect(code).toBe(0);
    expect(out).toContain('SYN/ACK from Server is dropped by you.');
    expect(out).toContain('sends SYN/ACK again, sequence Y, acknowledgment X+1.');
  });

  test('--pcapng writes a pcapng file', async () => {
    const path = join(folder, 'handshake.pcapng');
    expect((await halfopen(['run', 'three-way-handshake', '--pcapng', path])).code).toBe(0);
    const bytes = await readFile(path);
    expect([...bytes.subarray(0, 4)]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
    // A capture at the server begins when the SYN arrives, 40 ms after it was sent.
    const atServer = join(folder, 'server.pcapng');
    await halfopen(['run', 'three-way-handshake', '--pcapng', atServer, '--capture-at', 'server']);
    expect((await readFile(atServer)).equals(bytes)).toBe(false);
    // The other half of the house must read it back to the same truth.
    const explained = await halfopen(['explain', path]);
    expect(explained.code).toBe(0);
    expect(explained.out).toMatch(/completed/);
  });
});

test('every shipped scenario ends as its file says; --check notices when one does not', async () => {
  const ids = (await halfopen(['list', '--ids'])).out.trim().split('\n');
  for (const id of ids) {
    const { code, err } = await halfopen(['run', id, '--check']);
    expect({ id, code, err }).toEqual({ id, code: 0, err: '' });
  }
  const text = (await readFile(SCENARIO, 'utf8')).replace('client: ESTABLISHED', 'client: CLOSED');
  const failed = await halfopen(['run', '-', '--check'], { stdin: text });
  expect(failed.code).toBe(1);
  expect(failed.err).toContain('client ends in ESTABLISHED, expected CLOSED');
});

describe('colour', () => {
  const ESCAPE = '\u001b[';

  test('none into a pipe, none with NO_COLOR even when forced, some when forced', async () => {
    const run = ['run', 'three-way-handshake'];
    expect((await halfopen(run)).out).not.toContain(ESCAPE);
    expect((await halfopen(run, { env: { NO_COLOR: '1', FORCE_COLOR: '1' } })).out).not.toContain(ESCAPE);
    const forced = (await halfopen(run, { env: { FORCE_COLOR: '1' } })).out;
    expect(forced).toContain(ESCAPE);
    const bare = forced.split(ESCAPE).map((piece, i) => (i === 0 ? piece : piece.replace(/^\d+m/, '')));
    expect(bare.join('')).toBe((await halfopen(run)).out);
  });
});

describe('bad input: one sentence, exit code 2', () => {
  test('a text file given as a capture', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'This is not a capture.\n');
    expect(await refused(['explain', path])).toContain('notes.txt');
  });

  test('a scenario with an unknown key: file, line, column', async () => {
    const text = (await readFile(SCENARIO, 'utf8')).replace(/^seed:.*$/m, '').concat('\nsed: 5\n');
    const path = join(folder, 'unknown.yaml');
    await writeFile(path, text);
    expect(await refused(['run', path])).toMatch(/unknown\.yaml:\d+:\d+: unknown key 'sed'; did you mean 'seed'\?/);
  });

  test('a scenario with a negative delay', async () => {
    const text = (await readFile(SCENARIO, 'utf8')).replace(/delay: *\S+/, 'delay: -40ms');
    expect(text).toContain('-40ms');
    expect(await refused(['run', '-'], text)).toMatch(/:\d+:\d+: .*delay.*-40ms/);
  });

  test('a port out of range, on the command line and in a scenario', async () => {
    expect(await refused(['lab', '--port', '65536'])).toBe(
      '--port: expected a whole number from 0 to 65535, found "65536"',
    );
    const text = (await readFile(SCENARIO, 'utf8')).replace(/port: *\d+/, 'port: 70000');
    expect(await refused(['run', '-'], text)).toMatch(/:\d+:\d+: .*port.*70000/);
  });

  test('no such scenario: the nearest name is offered', async () => {
    expect(await refused(['run', 'lost-sin'])).toContain('did you mean "lost-syn"?');
    expect(await refused(['run', 'something/else.yaml'])).toContain('"halfopen list" shows the shipped ones');
  });

  test('a capture given as a scenario', async () => {
    const path = join(folder, 'capture.pcap');
    await writeFile(path, Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0));
    expect(await refused(['run', path])).toContain('this is a binary file, expected a scenario in YAML');
  });

  test.each([
    [['run', 'three-way-handshake', '--seed', '-1'], '--seed: expected a whole number from 0 to 4294967295'],
    [['run', 'three-way-handshake', '--seed', '4294967296'], 'found "4294967296"'],
    [['run', 'three-way-handshake', '--numbers', 'roman'], '--numbers: expected xy, relative, absolute, found "roman"'],
    [['run', 'three-way-handshake', '--drop', '99'], 'there is no segment 99'],
    [['run', 'three-way-handshake', '--drop', '0'], '--drop: expected <n>[:<after>]'],
    [['run', 'three-way-handshake', '--drop', '1:2s'], 'segment 1 is only 40 ms on its way'],
    [['run', 'three-way-handshake', '--json', '/nowhere/x.json'], 'cannot write /nowhere/x.json: no such file'],
    [
      ['run', 'lost-syn', '--capture-at', 'server'],
      '--capture-at says whose segments --pcapng holds; expected --pcapng <file> with it',
    ],
    [
      ['run', 'lost-syn', '--pcapng', 'x', '--capture-at', 'router'],
      'no host "router", this scenario has client, server',
    ],
    [['run'], "missing required argument 'scenario'"],
    [['rum'], "unknown command 'rum'"],
    [['run', 'lost-syn', '--sed', '1'], "unknown option '--sed'"],
    [['completion', 'tcsh'], 'expected bash, zsh, fish, found "tcsh"'],
  ])('%j', async (args, message) => {
    expect(await refused(args)).toContain(message);
  });
});

test('a closed pipe is no fault', async () => {
  const child = spawn(process.execPath, [MAIN, 'run', 'three-way-handshake', '--json', '-']);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    err += piece;
  });
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('lab: prints its address and serves the page', async () => {
  const child = spawn(process.execPath, [MAIN, 'lab', '--port', '0']);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(text);
        if (found) resolve(found[0]);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => reject(new Error(text)));
    });
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  } finally {
    child.kill();
  }
});

describe('list and completion', () => {
  test('list names every scenario with its title', async () => {
    const ids = (await halfopen(['list', '--ids'])).out.trim().split('\n');
    expect(ids).toContain('three-way-handshake');
    const table = (await halfopen(['list'])).out;
    for (const id of ids) expect(table).toMatch(new RegExp(`^${id} +\\S`, 'm'));
  });

  test.each(['bash', 'zsh', 'fish'])('%s: a script that knows every command and option', async (shell) => {
    const { code, out } = await halfopen(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['run', 'explain', 'watch', 'replay', 'lab', 'list', 'completion', 'pcapng', 'numbers'])
      expect(out).toContain(word);
  });

  test('bash completes a command, an option and a scenario', async () => {
    const script = (await halfopen(['completion', 'bash'])).out;
    const ask = (...words: string[]): Promise<string> => {
      const path = `halfopen() { "${process.execPath}" "${MAIN}" "$@"; }`;
      const line = `COMP_WORDS=(halfopen ${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${words.length}; _halfopen; echo "\${COMPREPLY[@]}"`;
      return new Promise((resolve, reject) => {
        const bash = spawn('bash', ['--norc', '-c', `${path}\n${script}\n${line}`]);
        let out = '';
        bash.stdout.setEncoding('utf8').on('data', (piece: string) => {
          out += piece;
        });
        bash.on('error', reject);
        bash.on('close', () => resolve(out.trim()));
      });
    };
    expect(await ask('ex')).toBe('explain');
    expect(await ask('run', '--num')).toBe('--numbers');
    expect(await ask('run', 'three')).toBe('three-way-handshake');
  });
});
