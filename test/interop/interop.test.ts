/**
 * The engine and the real kernel at the two ends of one wire, in a network namespace of their own. Where the machine
 * permits none, the reason is printed and the tests are skipped.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { readFrames } from '../../src/capture/reader.ts';
import { Examiner, verdictTotals } from '../../src/diagnose/examiner.ts';
import { enterNamespace, hasCurl, type Namespace } from './namespace.ts';

const entered = await enterNamespace();
const why = typeof entered === 'string' ? entered : '';
if (why !== '') console.log(`interop: skipped, ${why}`);
const namespace = entered as Namespace;
const versions = why === '' ? namespace.versions : ([4, 6] as const);
afterAll(() => {
  if (why === '') namespace.leave();
});

const PAGE = '<!doctype html><title>halfopen</title><p>A page served over a handshake.\n';
const MIB = 2 ** 20;

type Side = 'engine' | 'kernel';

/** Who sends 10 MiB to whom, and how many percent are lost on the way. */
const LOSSES: Readonly<Record<4 | 6, readonly (readonly [Side, Side, number])[]>> = {
  4: [
    ['engine', 'kernel', 1],
    ['engine', 'kernel', 3],
    ['kernel', 'engine', 2],
  ],
  6: [
    ['engine', 'kernel', 2],
    ['kernel', 'engine', 1],
    ['kernel', 'engine', 3],
  ],
};

describe.skipIf(why !== '').each(versions)('over IPv%i', (version) => {
  test('the engine serves a page to Node', async () => {
    expect(await namespace.run('page', { version, server: 'engine', client: 'node' })).toBe(PAGE);
  });

  test.skipIf(!hasCurl())('the engine serves a page to curl', async () => {
    expect(await namespace.run('page', { version, server: 'engine', client: 'curl' })).toBe(PAGE);
  });

  test('the engine fetches a page from a Node server', async () => {
    expect(await namespace.run('page', { version, server: 'kernel', client: 'engine' })).toBe(PAGE);
  });

  test('connection refused: the engine at a closed port of the kernel, and the other way round', async () => {
    expect(await namespace.run('refused', { version, from: 'engine' })).toBe('refused');
    expect(await namespace.run('refused', { version, from: 'kernel' })).toBe('ECONNREFUSED');
  });

  test('RST: each side learns that the other has ended the connection', async () => {
    expect(await namespace.run('reset', { version, by: 'kernel' })).toBe('reset');
    expect(await namespace.run('reset', { version, by: 'engine' })).toBe('ECONNRESET');
  });

  test.each([
    ['kernel', 'CLOSE-WAIT'],
    ['engine', 'FIN-WAIT-2'],
  ] as const)('half close: the %s closes first and still gets a megabyte', async (first, state) => {
    const { want, got, state: seen } = await namespace.run('halfClose', { version, first, bytes: MIB });
    expect(got).toBe(want);
    expect(seen).toBe(state);
  });

  test.each(['engine', 'kernel'] as const)('a reader that sleeps: the %s waits and then goes on', async (from) => {
    const { want, got, windowWas } = await namespace.run('slowReader', { version, from, bytes: 12 * MIB, pause: 800 });
    // Less than one unit of the window scale cannot be offered.
    expect(windowWas).toBeLessThan(128);
    expect(got).toBe(want);
  });

  test.each(LOSSES[version])(
    '10 MiB from %s to %s arrive whole with %i percent loss, reordering and duplicates',
    async (from, to, loss) => {
      const road = { loss, seed: 100 * version + loss };
      const result = await namespace.run('transfer', { version, from, bytes: 10 * MIB, road });
      say(`10 MiB ${from}->${to} over IPv${version}, ${loss} % loss, 1 % reordered`, 10 * MIB, result.seconds);
      expect(result.got).toBe(result.want);
      expect(result.badChecksums).toBe(0);
      for (const count of [result.lost, result.duplicated, result.heldBack]) expect(count).toBeGreaterThan(10);
    },
  );

  test.each([
    ['engine', 'kernel'],
    ['kernel', 'engine'],
  ] as const)('20 MiB from %s to %s over a clear road', async (from, to) => {
    const result = await namespace.run('transfer', { version, from, bytes: 20 * MIB });
    say(`20 MiB ${from}->${to} over IPv${version}, no loss`, 20 * MIB, result.seconds);
    expect(result.got).toBe(result.want);
  });

  test('a packet in the name of the kernel is refused by the device', async () => {
    expect(await namespace.run('forged', { version })).toEqual({
      message: 'refused to send a packet whose source is not our own address',
      sent: 0,
    });
  });
});

test.skipIf(why !== '')(
  'a capture of it reads back: half of the attempts completed, half refused, all checksums good',
  async () => {
    const file = Buffer.from(await namespace.run('captured', {}), 'base64');
    const examiner = new Examiner();
    for (const frame of readFrames(file)) examiner.onFrame(frame);
    expect(verdictTotals(examiner.tracker)).toMatchObject({
      attempts: 8,
      completed: 4,
      refused: 4,
      halfOpen: 0,
      aborted: 0,
      unanswered: 0,
      synackWithoutSyn: 0,
    });
    expect(examiner.counts.badTcpChecksum).toBe(0);
  },
);

function say(what: string, bytes: number, seconds: number): void {
  console.log(`interop: ${what}: ${(bytes / seconds / 1e6).toFixed(1)} MB/s`);
}
