import { afterEach, expect, test, vi } from 'vitest';
import { checkOutputPaths } from './output-paths.ts';

afterEach(() => vi.unstubAllGlobals());

function onTerminal(isTTY: boolean): void {
  vi.stubGlobal('process', { ...process, stdout: { isTTY } });
}

test.each(['--parquet', '--pcapng'])('%s is not written to a terminal, but to a pipe or a file', (option) => {
  onTerminal(true);
  expect(() => checkOutputPaths([{ option, path: '-' }], [])).toThrow(
    `${option}: standard output is a terminal, expected a file or a pipe`,
  );
  expect(() => checkOutputPaths([{ option, path: 'out' }], [])).not.toThrow();
  expect(() => checkOutputPaths([{ option: '--csv', path: '-' }], [])).not.toThrow();
  onTerminal(false);
  expect(() => checkOutputPaths([{ option, path: '-' }], [])).not.toThrow();
});
