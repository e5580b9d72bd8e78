/** The README is run, not believed: every `$ npx halfopen …` in it must print what stands below it, and every link must lead somewhere. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from './walls/source.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'halfopen-readme-'));
// Readers stand in the repository; what the examples write must not lie there.
symlinkSync(join(ROOT, 'test'), join(folder, 'test'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Example {
  readonly args: readonly string[];
  /** Output as shown; a line `…` stands for any number of lines. */
  readonly shown: readonly string[];
}

const examples: Example[] = [];
for (const [, block] of readme.matchAll(/```console\n([\s\S]*?)```/g))
  for (const [, command, shown] of (block ?? '').matchAll(/^\$ npx halfopen (.*)\n((?:(?!\$ ).*\n)*)/gm))
    examples.push({ args: (command ?? '').split(' '), shown: (shown ?? '').trimEnd().split('\n') });

describe('README', () => {
  test('shows runs, a comparison, a verdict, a replay and a script', () => {
    expect(new Set(examples.map((example) => example.args[0]))).toEqual(
      new Set(['run', 'compare', 'explain', 'replay', 'script']),
    );
  });

  // In order and in one folder: a later example reads what an earlier one wrote.
  test.each(examples.map((example) => [example.args.join(' '), example] as const))(
    'halfopen %s',
    (_name, { args, shown }) => {
      const run = spawnSync(process.execPath, [join(ROOT, 'dist/program/halfopen.js'), ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
      expect(run.stderr).toBe('');
      expect(run.status).toBe(0);
      const output = run.stdout.trimEnd().split('\n');
      // Each stretch between two `…` stands in the output, as a whole and in order; the first one at its very beginning.
      let from = 0;
      for (const [index, stretch] of stretches(shown).entries()) {
        const at = output.findIndex((_, i) => i >= from && stretch.every((line, j) => output[i + j] === line));
        expect(at, `not in the output:\n${stretch.join('\n')}\n\nbut:\n${run.stdout}`).toBeGreaterThanOrEqual(0);
        if (index === 0 && shown[0] !== '…') expect(at).toBe(0);
        from = at + stretch.length;
      }
      if (shown.at(-1) !== '…') expect(from).toBe(output.length);
    },
  );

  test.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])('every link of %s leads to a file', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.length).toBeGreaterThan(0);
    expect(local.filter((target) => !existsSync(join(ROOT, file, '..', target)))).toEqual([]);
  });
});

/** The lines between `…` lines. */
function stretches(lines: readonly string[]): string[][] {
  const found: string[][] = [[]];
  for (const line of lines) {
    if (line === '…') found.push([]);
    else found.at(-1)?.push(line);
  }
  return found.filter((stretch) => stretch.length > 0);
}
