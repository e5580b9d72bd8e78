import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Followed, followFile } from './follow-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halfopen-follow-'));
  path = join(folder, 'grows');
  await writeFile(path, 'one ');
});
afterEach(() => rm(folder, { recursive: true }));

/** Follows the file; at its end, does the next of `steps`, and stops when there is none. */
async function follow(...steps: (() => Promise<unknown>)[]): Promise<{ text: string; end: Followed['end'] }> {
  const stop = new AbortController();
  const followed: Followed = { end: 'stopped' };
  const wait = async (): Promise<void> => {
    const step = steps.shift();
    if (step === undefined) stop.abort();
    else await step();
  };
  let text = '';
  for await (const chunk of followFile(path, followed, { signal: stop.signal, wait })) text += Buffer.from(chunk);
  return { text, end: followed.end };
}

test('waits at the end and reads on, as often as something is appended', async () => {
  const read = await follow(
    () => appendFile(path, 'two '),
    async () => {},
    () => appendFile(path, 'three'),
  );
  expect(read).toEqual({ text: 'one two three', end: 'stopped' });
});

test('another file of the same name ends it, after all of the old one', async () => {
  const read = await follow(async () => {
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, 'last');
    await writeFile(path, 'new');
  });
  expect(read).toEqual({ text: 'one last', end: 'replaced' });
});

test('a name that leads nowhere for a while ends nothing', async () => {
  const read = await follow(
    () => rename(path, `${path}.1`),
    () => appendFile(`${path}.1`, 'two'),
  );
  expect(read).toEqual({ text: 'one two', end: 'stopped' });
});

test('a file that becomes shorter was truncated', async () => {
  expect(await follow(() => truncate(path, 1))).toEqual({ text: 'one ', end: 'truncated' });
});

test('without a file, the error of the system', async () => {
  await rm(path);
  await expect(follow()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a signal ends the wait at once', async () => {
  const stop = new AbortController();
  const chunks = followFile(path, { end: 'stopped' }, { signal: stop.signal });
  await chunks.next();
  const rest = chunks.next();
  stop.abort();
  expect(await rest).toEqual({ done: true, value: undefined });
});
