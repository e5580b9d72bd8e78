/**
 * The three walls of the house: imports point down only, no clock, randomness or I/O below the edge, and no path from
 * simulated attack traffic to a real interface. Each check is first shown a violation it must find.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ENGINE_LAYERS,
  importGraph,
  LAYERS,
  layerOf,
  layerViolations,
  nameViolations,
  pathTo,
  reachesBoth,
  socketViolations,
} from './walls/rules.ts';
import { parseSource, ROOT, readSource, sourceFiles } from './walls/source.ts';

/** Tests beside the code may use the test runner and Node; the walls hold for what is shipped. */
const files = [...sourceFiles('src'), ...sourceFiles('web')].filter((file) => !/\.test\.tsx?$/.test(file));
const sources = files.map(readSource);
const imports = sources.flatMap((source) => source.imports);

/**
 * The lab's server listens on 127.0.0.1, as do the metrics of a watch unless the user names another address, and a browser may be started on it. The TUN device is made in a network namespace
 * of its own, which `unshare` makes and runs us in. A sweep's queue carries points of a grid and their results to a server
 * that the user names. Nothing else in the house opens or starts anything.
 */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  'src/node/lab-server.ts': ['node:http'],
  'src/node/metrics-server.ts': ['node:http'],
  'src/cli/commands/lab.ts': ['node:child_process'],
  'src/node/tun/device.ts': ['koffi'],
  'src/node/child.ts': ['node:child_process'],
  'src/node/sweep/queue.ts': ['bullmq', 'ioredis'],
};

const isTraffic = (file: string): boolean => /^src\/sim\/traffic(\/|\.ts$)/.test(file);
const isQueue = (file: string): boolean => file === 'src/node/sweep/queue.ts';
const isTun = (file: string): boolean => /^src\/node\/tun(\/|[-.])/.test(file);

describe('imports point down only', () => {
  test('the reader sees every spelling of an import', () => {
    const { imports: seen } = parseSource(
      'src/view/probe.ts',
      [
        "import type { A } from '../wire/a.ts';",
        "import { type B } from '../wire/b.ts';",
        "import '../wire/c.ts';",
        "export * from '../wire/d.ts';",
        "export { e } from './e.ts';",
        "export type { F } from './f.ts';",
        "const g = await import('./g.ts');",
        "type H = import('./h.ts').H;",
        "const i = new Worker(new URL('./i.ts', import.meta.url));",
        "const j = require('node:net');",
        "import k = require('./k.ts');",
        'const l = await import(g.name);',
        "import m from './m.ts?worker';",
        "// import n from './n.ts'",
        "const o = new URL('../dist/lab/', import.meta.url);",
      ].join('\n'),
    );
    expect(seen.map((line) => [line.line, line.target || line.specifier, line.typeOnly])).toEqual([
      [1, 'src/wire/a.ts', true],
      [2, 'src/wire/b.ts', false],
      [3, 'src/wire/c.ts', false],
      [4, 'src/wire/d.ts', false],
      [5, 'src/view/e.ts', false],
      [6, 'src/view/f.ts', true],
      [7, 'src/view/g.ts', false],
      [8, 'src/view/h.ts', true],
      [9, 'src/view/i.ts', false],
      [10, 'node:net', false],
      [11, 'src/view/k.ts', false],
      [12, '', false],
      [13, 'src/view/m.ts', false],
    ]);
  });

  test.each([
    ['src/wire/a.ts', "import '../tcp/x.ts'", 'wire may not import tcp (src/tcp/x.ts)'],
    ['src/wire.ts', "export * from './sim/x.ts'", 'wire may not import sim (src/sim/x.ts)'],
    ['src/diagnose/a.ts', "import type { X } from '../tcp.ts'", 'diagnose may not import tcp (src/tcp.ts)'],
    ['src/capture/a.ts', "type X = import('../sim/x.ts').X", 'capture may not import sim (src/sim/x.ts)'],
    ['src/sim/a.ts', "import 'zod'", "sim may not import the package 'zod'"],
    ['src/scenario/a.ts', "import 'node:fs'", "scenario may not import the package 'node:fs'"],
    ['src/view/a.ts', "import { x } from '../tcp/x.ts'", 'view may not import tcp (src/tcp/x.ts)'],
    ['src/tcp/a.ts', "import '../../test/x.ts'", 'tcp may not import test/x.ts'],
    ['src/tcp/a.ts', "import '../tcp.ts'", 'tcp imports its own public entry; import the file that holds the name'],
    ['src/node/a.ts', "import '../cli/main.ts'", 'node may not import cli (src/cli/main.ts)'],
    ['web/a.tsx', "import '../src/node/x.ts'", 'web may not import node (src/node/x.ts)'],
    ['src/attic/a.ts', "import './b.ts'", "'attic' is no layer of the house; add it to the table with a reason"],
  ])('%s: %s is refused', (file, code, message) => {
    expect(layerViolations(parseSource(file, `\n${code};\n`).imports)).toEqual([`${file}:2: ${message}`]);
  });

  test('and what the table allows is allowed', () => {
    const fine: [string, string][] = [
      ['src/tcp/a.ts', "import '../wire/seq.ts'"],
      ['src/view/a.ts', "import type { X } from '../tcp/types.ts'"],
      ['src/scenario/a.ts', "import { z } from 'zod'"],
      ['src/cli/a.ts', "import { Command } from 'commander'"],
      ['src/sim.ts', "export { x } from './sim/x.ts'"],
      ['web/a.tsx', "import { render } from 'preact'"],
    ];
    for (const [file, code] of fine) expect(layerViolations(parseSource(file, code).imports)).toEqual([]);
  });

  test('every layer of the tree is in the table, and the tree keeps to it', () => {
    expect(imports.length).toBeGreaterThan(100);
    for (const layer of [
      'wire',
      'capture',
      'tcp',
      'sim',
      'scenario',
      'diagnose',
      'replay',
      'view',
      'node',
      'cli',
      'web',
    ])
      expect(
        files.some((file) => layerOf(file) === layer),
        `no file in ${layer}`,
      ).toBe(true);
    expect(files.filter((file) => LAYERS[layerOf(file)] === undefined)).toEqual([]);
    expect(layerViolations(imports)).toEqual([]);
  });

  test('every import leads to a file', () => {
    const lost = imports.filter((line) => line.target !== '' && !existsFile(line.target));
    expect(lost.map((line) => `${line.file}:${line.line}: no file ${line.target}`)).toEqual([]);
  });

  test('no barrel inside a layer, no drawer of odds and ends, no file above 400 lines', () => {
    const found = files.filter((file) => /\/(index|utils?|helpers?|misc|common)\.tsx?$/.test(file));
    for (const file of files) {
      const lines = readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;
      if (lines > 400) found.push(`${file}:${lines}: above 400 lines; split it by concept`);
    }
    expect(found).toEqual([]);
  });
});

describe('no clock, randomness or I/O below the edge', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'halfopen-walls-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Names the platform offers everywhere and the engine's tsconfig must not know. */
  const ambient = [
    'console',
    'setTimeout',
    'setInterval',
    'queueMicrotask',
    'process',
    'Buffer',
    'performance',
    'crypto',
    'fetch',
    'require',
  ];

  test('the engine tsconfig does not compile them', () => {
    const config = join(folder, 'tsconfig.json');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.engine.json'),
        compilerOptions: { noEmit: true, composite: false, incremental: false, rootDir: folder },
        include: ['*.ts'],
        exclude: [],
      }),
    );
    writeFileSync(join(folder, 'fine.ts'), 'export const fine: Uint8Array = new Uint8Array(Math.imul(2, 3));\n');
    const tsc = (): string => run('node_modules/.bin/tsc', ['-p', config, '--pretty', 'false'], ROOT);
    expect(tsc()).toBe('');
    writeFileSync(
      join(folder, 'offends.ts'),
      ambient.map((name) => `export const _${name}: unknown = ${name};`).join('\n'),
    );
    const output = tsc();
    for (const [index, name] of ambient.entries())
      expect(output).toMatch(
        new RegExp(`offends\\.ts\\(${index + 1},\\d+\\): error TS\\d+: Cannot find name '${name}'`),
      );
  });

  test('Biome denies Date, globalThis and Math.random in every engine layer, and only there', () => {
    const house = join(folder, 'house');
    const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as Record<string, unknown>;
    // Outside a git repository, and next to copies of the rules.
    delete config.vcs;
    delete config.$schema;
    mkdirSync(house);
    writeFileSync(join(house, 'biome.json'), JSON.stringify(config));
    cpSync(join(ROOT, 'lint'), join(house, 'lint'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    const offence = [
      'export const now: number = Date.now();',
      'export const roll: number = Math.random();',
      'const { random } = Math;',
      'export const again: number = random();',
      'export const all: unknown = globalThis;',
    ];
    for (const layer of [...ENGINE_LAYERS, 'node', 'cli']) {
      mkdirSync(join(house, 'src', layer), { recursive: true });
      writeFileSync(join(house, 'src', layer, 'probe.ts'), `${offence.join('\n')}\n`);
    }
    const report = run(
      'node_modules/.bin/biome',
      ['lint', '--reporter=github', '--max-diagnostics=none', 'src'],
      house,
    );
    const seen = report
      .split('\n')
      .map((line) => /^::error .*file=[^,]*\/src\/(\w+)\/probe\.ts,line=(\d+)/.exec(line))
      .filter((match) => match !== null)
      .map((match) => `${match[1]}:${match[2]}`);
    const expected = ENGINE_LAYERS.flatMap((layer) => [1, 2, 3, 5].map((line) => `${layer}:${line}`));
    expect([...new Set(seen)].sort(), report.slice(0, 2000)).toEqual(expected.sort());
  });

  test('the reader finds the same names, however they are spelled', () => {
    const { names } = parseSource(
      'src/tcp/probe.ts',
      [
        'const a = new Date();',
        "const b = Math['random']();",
        'const { random } = Math;',
        'const c = Math[a];',
        'const d = globalThis.Date;',
        "const e = eval('1');",
        'const fine = { Date: 1 }.Date + Math.imul(1, 2); // Date, Math.random',
        '/// <reference types="node" />',
      ].join('\n'),
    );
    expect(nameViolations(names).map((text) => text.split(':').slice(1, 3).join(':'))).toEqual([
      '1: Date',
      '2: Math.random',
      '3: Math',
      '4: Math[…]',
      '5: globalThis',
      '6: eval',
      '8: /// <reference types>',
    ]);
    expect(nameViolations(parseSource('src/node/probe.ts', 'new Date()').names)).toEqual([]);
  });

  test('and none of them stands in the tree', () => {
    expect(nameViolations(sources.flatMap((source) => source.names))).toEqual([]);
  });
});

describe('no path from the simulator to a real interface', () => {
  const line = (file: string, ...targets: string[]) =>
    parseSource(file, targets.map((target) => `import '${target}';`).join('\n'));

  test('a chain of imports that joins attack traffic and TUN is found, with both chains', () => {
    const graph = importGraph([
      line('src/cli/main.ts', './commands/flood.ts'),
      line('src/cli/commands/flood.ts', '../../node/stack.ts', '../../sim/world.ts'),
      line('src/node/stack.ts', './tun/device.ts'),
      line('src/node/tun/device.ts', '../../wire/seq.ts'),
      line('src/sim/world.ts', './traffic/syn-flood.ts'),
      line('src/sim/traffic/syn-flood.ts', '../../wire/seq.ts'),
      line('src/wire/seq.ts'),
    ]);
    expect(pathTo(graph, 'src/cli/main.ts', isTun)).toEqual([
      'src/cli/main.ts',
      'src/cli/commands/flood.ts',
      'src/node/stack.ts',
      'src/node/tun/device.ts',
    ]);
    expect(reachesBoth(graph, isTraffic, isTun).map((text) => text.split(':')[0])).toEqual([
      'src/cli/main.ts',
      'src/cli/commands/flood.ts',
    ]);
    expect(reachesBoth(graph, isTraffic, isTun)[1]).toBe(
      'src/cli/commands/flood.ts:1: reaches both src/cli/commands/flood.ts -> src/sim/world.ts -> src/sim/traffic/syn-flood.ts' +
        ' and src/cli/commands/flood.ts -> src/node/stack.ts -> src/node/tun/device.ts',
    );
  });

  test('two programs that share only the wire are two programs', () => {
    const graph = importGraph([
      line('src/cli/main.ts', '../sim/traffic/syn-flood.ts'),
      line('src/cli/tun.ts', '../node/tun.ts'),
      line('src/sim/traffic/syn-flood.ts', '../../wire/seq.ts'),
      line('src/node/tun.ts', '../wire/seq.ts'),
    ]);
    expect(reachesBoth(graph, isTraffic, isTun)).toEqual([]);
  });

  test('no file of the tree reaches both', () => {
    // Tests are read too: a test that joins the two would put crafted packets on a wire as well as any command.
    const everything = [...sourceFiles('src'), ...sourceFiles('web'), ...sourceFiles('test'), ...sourceFiles('bench')];
    const graph = importGraph(everything.map(readSource));
    expect(graph.size).toBeGreaterThan(files.length);
    expect(
      pathTo(graph, 'src/cli/main.ts', (file) => file === 'src/wire/seq.ts'),
      'the graph is connected',
    ).toBeDefined();
    expect(reachesBoth(graph, isTraffic, isTun)).toEqual([]);
  });

  test('the queue knows no segment, so it can send none: no engine, no simulator, no codec is in its reach', () => {
    const graph = importGraph(sources);
    // What it says is plain data of its own layer; the class of errors is all that it takes from below.
    const below = (file: string): boolean => layerOf(file) !== 'node' && file !== 'src/wire/error.ts';
    expect(pathTo(graph, 'src/node/sweep/queue.ts', below)).toBe(undefined);
    expect(pathTo(graph, 'src/cli/main.ts', isQueue), 'the queue is used').toBeDefined();
  });

  test('and no file reaches both the queue and a TUN device', () => {
    const everything = [...sourceFiles('src'), ...sourceFiles('test'), ...sourceFiles('bench')];
    expect(reachesBoth(importGraph(everything.map(readSource)), isQueue, isTun)).toEqual([]);
  });

  test('the command that offers a TUN device reaches none: it starts a program of its own', () => {
    const graph = importGraph(sources);
    expect(pathTo(graph, 'src/cli/main.ts', (file) => file === 'src/cli/commands/tun.ts')).toBeDefined();
    expect(pathTo(graph, 'src/cli/main.ts', isTun)).toBe(undefined);
    expect(pathTo(graph, 'src/cli/tun-inside.ts', isTun)).toBeDefined();
  });

  test('a socket in an undeclared file is found', () => {
    const probe = parseSource(
      'src/sim/world.ts',
      "import { createSocket } from 'node:dgram';\nfetch('http://192.0.2.1/');",
    );
    expect(socketViolations([probe], EDGES)).toEqual([
      "src/sim/world.ts:1: 'node:dgram' can reach a real interface; only a declared edge may use it",
      'src/sim/world.ts:2: fetch can reach a network; only a declared edge may use it',
    ]);
  });

  test('only declared edges hold sockets, and each declared edge still needs what it declares', () => {
    expect(socketViolations(sources, EDGES)).toEqual([]);
    for (const [file, modules] of Object.entries(EDGES)) {
      const source = sources.find((candidate) => candidate.file === file);
      expect(source, `declared edge ${file} does not exist`).toBeDefined();
      const used = [...(source?.imports ?? []).map((i) => i.specifier), ...(source?.names ?? []).map((n) => n.name)];
      for (const module of modules) expect(used, `${file} no longer uses ${module}`).toContain(module);
    }
  });
});

/** Standard output of a program; a non-zero exit is an answer here, not an accident. */
function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(join(cwd, program), args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (stdout === undefined) throw error;
    return `${stdout}${stderr ?? ''}`;
  }
}

function existsFile(file: string): boolean {
  return statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile() ?? false;
}
