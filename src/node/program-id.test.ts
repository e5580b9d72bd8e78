/** The name of the program that computes runs. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { programId } from './program-id.ts';

test('it begins with the version, and changes with the code', async () => {
  expect(programId('1.2.3')).toMatch(/^1\.2\.3\+[0-9a-f]{10}$/);
  const folder = mkdtempSync(join(tmpdir(), 'halfopen-program-'));
  try {
    cpSync(join(import.meta.dirname, '..'), folder, { recursive: true });
    const idOf = async (turn: number): Promise<string> => {
      const url = `${pathToFileURL(join(folder, 'node/program-id.ts')).href}?${turn}`;
      return ((await import(/* @vite-ignore */ url)) as typeof import('./program-id.ts')).programId('1.2.3');
    };
    expect(await idOf(1)).toBe(programId('1.2.3'));
    appendFileSync(join(folder, 'tcp/listener.ts'), '// changed\n');
    expect(await idOf(2)).not.toBe(programId('1.2.3'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
