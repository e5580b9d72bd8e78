/**
 * The package as users get it: packed, installed from the tarball into an empty folder, imported by every subpath, typed,
 * run from its bin, and bundled for a browser. Needs the built `dist/`; `npm test` builds first.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './walls/source.ts';

interface Manifest {
  readonly version: string;
  readonly bin: { readonly halfopen: string };
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Of package-lock.json: what is installed where, and for whom. */
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: true; readonly optional?: true; readonly devOptional?: true }>
  >;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const modules = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));
/** Layers that run anywhere: no dependency, no Node. */
const engine = ['./wire', './capture', './tcp', './socket', './script', './sim', './diagnose', './view'];

let home = '';
let tarball = '';
let packed: string[] = [];
let installed = '';

beforeAll(() => {
  for (const file of ['dist/program/halfopen.js', 'dist/wire.js', 'dist/scenario.schema.json', 'dist/lab/index.html'])
    if (!existsSync(join(ROOT, file))) throw new Error(`${file} is missing: run \`npm run build\` before this test`);
  home = mkdtempSync(join(tmpdir(), 'halfopen-package-'));
  // `--ignore-scripts`: the tree is built already, and a second build under other tests would pull files from under them.
  const report = npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', home);
  const [pack] = JSON.parse(report) as { filename: string; files: { path: string }[] }[];
  if (pack === undefined) throw new Error(`npm pack said: ${report}`);
  tarball = join(home, pack.filename);
  packed = pack.files.map((file) => file.path);
  const empty = join(home, 'app');
  mkdirSync(empty);
  writeFileSync(join(empty, 'package.json'), '{ "name": "app", "private": true, "type": "module" }');
  npm(empty, 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  installed = empty;
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the tarball', () => {
  test('holds what it promises and nothing private', () => {
    expect(packed).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/lab/index.html']));
    for (const entry of Object.values(manifest.exports))
      for (const file of typeof entry === 'string' ? [entry] : [entry.types, entry.default])
        expect(packed).toContain(file.replace('./', ''));
    expect(packed.filter((file) => /\.test\.|tsbuildinfo|^(test|bench|docs|\.ci)\//.test(file))).toEqual([]);
  });

  test('keeps the TUN device out of the bundled program, which holds the attack traffic', () => {
    const bundled = packed.filter((file) => file.startsWith('dist/program/'));
    const holding = (text: string): string[] =>
      bundled.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(text));
    expect(holding('/dev/net/tun')).toEqual([]);
    expect(readFileSync(join(ROOT, 'dist/node/tun/device.js'), 'utf8')).toContain('/dev/net/tun');
    expect(holding('FloodSource').length).toBeGreaterThan(0);
  });

  test('has a command that needs no build to be there and executable', () => {
    // npx links it once, and never again: what a build writes anew loses the bit that npm sets.
    expect(manifest.bin.halfopen).toBe('./bin/halfopen.js');
    expect(statSync(join(ROOT, manifest.bin.halfopen)).mode & 0o111).toBe(0o111);
    expect(packed).toContain('bin/halfopen.js');
  });

  test('ships every scenario of the repository', () => {
    const scenarios = readdirSync(join(ROOT, 'scenarios')).filter((file) => file.endsWith('.yaml'));
    expect(scenarios.length).toBeGreaterThanOrEqual(14);
    expect(packed).toEqual(expect.arrayContaining(scenarios.map((file) => `scenarios/${file}`)));
  });

  test('has source maps that lead to shipped sources', () => {
    const maps = packed.filter((file) => /^dist\/.*\.js\.map$/.test(file) && !file.startsWith('dist/lab/'));
    expect(maps.length).toBeGreaterThan(20);
    const shipped = new Set(packed);
    for (const file of maps) {
      const { sources } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { sources: string[] };
      for (const source of sources) expect([...shipped], file).toContain(join(dirname(file), source));
    }
  });

  test('is clean to publint', async () => {
    const bytes = readFileSync(tarball);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true, level: 'suggestion' });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });
});

describe('installed in an empty folder', () => {
  test('brings what the lock names and no more', () => {
    const found = readdirSync(join(installed, 'node_modules')).filter((name) => !name.startsWith('.'));
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
    const shipped = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);
    const folders = (of: typeof shipped) => new Set(of.map(([place]) => place.split('/')[1] ?? ''));
    const needed = folders(shipped.filter(([, { optional, devOptional }]) => !(optional ?? devOptional)));
    // Binaries for other kinds of machines stay away, and so does all that is optional where it cannot be had.
    const possible = folders(shipped);
    expect(found.filter((name) => name !== 'halfopen' && !possible.has(name))).toEqual([]);
    expect(found).toEqual(expect.arrayContaining(['halfopen', ...needed]));
  });

  test.each(modules)('imports %s', (subpath) => {
    const specifier = subpath.replace('.', 'halfopen');
    const code = `const m = await import('${specifier}'); console.log(JSON.stringify(Object.keys(m)));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: installed,
      encoding: 'utf8',
    });
    expect((JSON.parse(output) as string[]).length).toBeGreaterThan(0);
  });

  test('publishes the scenario schema as JSON', () => {
    const code = `import schema from 'halfopen/scenario.schema.json' with { type: 'json' }; console.log(JSON.stringify(schema));`;
    const output = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
      cwd: installed,
      encoding: 'utf8',
    });
    const schema = JSON.parse(output) as Record<string, unknown>;
    expect(schema.$schema).toMatch(/^https:\/\/json-schema\.org\//);
    // One for each kind of scenario.
    for (const kind of [schema.then, schema.else] as { readonly properties?: object }[])
      expect(Object.keys(kind.properties ?? {}).length).toBeGreaterThan(2);
  });

  test('keeps its insides private', () => {
    const code = `import('halfopen/wire/seq.js').catch((e) => console.log(e.code));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: installed,
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('types resolve under nodenext, and mean something', () => {
    // No DOM, no Node, no skipLibCheck: the declarations of the engine must stand alone.
    const options = { module: 'nodenext', target: 'es2023', lib: ['es2023'], strict: true, noEmit: true };
    const compile = (name: string, code: string, extra: Record<string, unknown>): string => {
      const folder = join(installed, name);
      mkdirSync(folder);
      writeFileSync(join(folder, 'app.ts'), code);
      const compilerOptions = { ...options, ...extra };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
      const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
      return spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { cwd: installed, encoding: 'utf8' }).stdout;
    };
    const stars = (list: readonly string[]): string =>
      list.map((path, i) => `import * as m${i} from '${path.replace('.', 'halfopen')}'; void m${i};`).join('\n');
    const use = [
      "import { Segment, seqLt, type Seq } from 'halfopen/wire';",
      'const seg = new Segment();',
      'export const later: boolean = seqLt(seg.seq satisfies Seq, 1);',
      '// @ts-expect-error a segment has no such field',
      'seg.sequence = 1;',
      '// @ts-expect-error a sequence number is no string',
      'export const wrong: string = seg.seq;',
    ].join('\n');
    expect(compile('engine', `${stars(engine)}\n${use}\n`, { types: [] })).toBe('');
    const types = { skipLibCheck: true, types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')] };
    expect(
      compile(
        'all',
        `${stars(modules)}\nimport schema from 'halfopen/scenario.schema.json' with { type: 'json' };\nvoid schema;\n`,
        types,
      ),
    ).toBe('');
    // And the compiler was really looking.
    expect(compile('wrong', "import { nothing } from 'halfopen/wire';\nvoid nothing;\n", { types: [] })).toContain(
      'TS2305',
    );
  });
});

describe('the command', () => {
  test('npx halfopen --version is the version of the package', () => {
    const { stdout, status } = halfopen('--version');
    expect(stdout.trim()).toBe(manifest.version);
    expect(status).toBe(0);
  });

  test('npx halfopen run three-way-handshake runs a shipped scenario from any folder', () => {
    const { stdout, stderr, status } = halfopen('run', 'three-way-handshake');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    for (const word of ['SYN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED']) expect(stdout).toContain(word);
  });

  test('an unknown scenario is one sentence and exit code 2', () => {
    const { stdout, stderr, status } = halfopen('run', 'no-such-scenario');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^halfopen: .*no-such-scenario.*\n$/);
  });

  function halfopen(...args: string[]): { stdout: string; stderr: string; status: number | null } {
    const env = { ...process.env, NO_COLOR: '1', npm_config_offline: 'true', npm_config_loglevel: 'error' };
    return spawnSync('npx', ['--no-install', 'halfopen', ...args], { cwd: installed, encoding: 'utf8', env });
  }
});

describe('bundled for a browser', () => {
  const bundle = async (name: string, code: string): Promise<string> => {
    const entry = join(installed, `${name}.js`);
    writeFileSync(entry, code);
    const output = await build({
      configFile: false,
      root: installed,
      logLevel: 'silent',
      build: { write: false, minify: true, lib: { entry, formats: ['iife'], name: 'answer' } },
    });
    const results = (Array.isArray(output) ? output : [output]) as { output: { type: string; code?: string }[] }[];
    const chunks = results.flatMap((result) => result.output).filter((chunk) => chunk.type === 'chunk');
    expect(chunks).toHaveLength(1);
    return chunks[0]?.code ?? '';
  };

  test('every engine layer bundles and loads where there is no platform at all', async () => {
    const names = engine.map((path, i) => `import * as m${i} from '${path.replace('.', 'halfopen')}';`).join('\n');
    const code = await bundle(
      'engine',
      `${names}\nexport default [${engine.map((_, i) => `Object.keys(m${i}).length`)}];`,
    );
    expect(code).not.toMatch(/node:|process\.|require\(/);
    // An empty context: no process, no console, no Buffer, no window.
    const counts = runInNewContext(`${code}; JSON.stringify(answer.default ?? answer)`, {}) as string;
    expect(JSON.parse(counts)).toHaveLength(engine.length);
    for (const count of JSON.parse(counts) as number[]) expect(count).toBeGreaterThan(0);
  });

  test('a bundle pays only for what it uses', async () => {
    const code = await bundle('tiny', "import { seqLt } from 'halfopen/wire';\nexport default seqLt(0xffffffff, 1);");
    expect(code.length).toBeLessThan(1000);
    expect(runInNewContext(`${code}; answer.default ?? answer`, {})).toBe(true);
  });
});

/** Standard output of npm; its complaints go into the error. */
function npm(cwd: string, ...args: string[]): string {
  // Inside `npm test` npm's own environment would lead the child back to this repository.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(package|lifecycle|config_local)/.test(key)),
  );
  return execFileSync('npm', args, { cwd, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}
