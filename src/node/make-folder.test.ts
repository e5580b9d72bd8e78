/** Folders that can be made, and those that cannot: an answer in each case. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const base = mkdtempSync(join(tmpdir(), 'halfopen-folder-'));

afterAll(() => rmSync(base, { recursive: true }));

test('with those around it, and again', () => {
  const path = join(base, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('not where a file is', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => makeFolder(join(base, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(join(base, 'file', 'x'))).toThrow('ENOTDIR');
});

// Linux answers ENOENT for each mkdir below it.
test.skipIf(!existsSync('/proc/self'))('not below /proc, and at once', () => {
  expect(() => makeFolder('/proc/x')).toThrow('ENOENT');
  expect(() => makeFolder('/proc/x/y')).toThrow('ENOENT');
});
