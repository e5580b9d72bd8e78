/** Engine and kernel with options on and off, and with what comes between connections. See interop.test.ts. */
import { afterAll, describe, expect, test } from 'vitest';
import { RFC9293 } from '../../src/tcp/config.ts';
import type { Agreed } from './dialects.ts';
import type { LabOptions } from './lab.ts';
import { enterNamespace, hasCurl, type Namespace } from './namespace.ts';

const entered = await enterNamespace();
const why = typeof entered === 'string' ? entered : '';
if (why !== '') console.log(`interop: dialects: skipped, ${why}`);
const namespace = entered as Namespace;
const versions = why === '' ? namespace.versions : ([4, 6] as const);
afterAll(() => {
  if (why === '') namespace.leave();
});

const road = { loss: 1, seed: 1 };
const plain = { sack: false, timestamps: false, windowScale: -1 };

/** What is set, and what must come of it: text per segment over IPv4 (IPv6: 20 less), SACK, timestamps, window scales. */
const DIALECTS: readonly (readonly [string, LabOptions, Partial<Agreed>])[] = [
  ['both as they are', {}, { mss: 1448, sack: true, timestamps: true }],
  ['the kernel without timestamps', { kernel: { tcp_timestamps: '0' } }, { mss: 1460, timestamps: false, sack: true }],
  ['the kernel without SACK', { kernel: { tcp_sack: '0' } }, { sack: false, timestamps: true }],
  ['the kernel without window scale', { kernel: { tcp_window_scaling: '0' } }, { scales: [-1, -1] }],
  [
    'the kernel without any option',
    { kernel: { tcp_timestamps: '0', tcp_sack: '0', tcp_window_scaling: '0' } },
    { mss: 1460, sack: false, timestamps: false, scales: [-1, -1] },
  ],
  ['the kernel asking for ECN', { kernel: { tcp_ecn: '1' } }, { mss: 1448, sack: true }],
  ['the kernel with D-SACK off', { kernel: { tcp_dsack: '0' } }, { sack: true }],
  ['the kernel with Reno', { kernel: { tcp_congestion_control: 'reno' } }, { sack: true }],
  ['the engine without any option', { engine: plain }, { mss: 1460, sack: false, timestamps: false, scales: [-1, -1] }],
  ['the engine by the book', { engine: { ...RFC9293, minRto: 200e6 } }, { mss: 1448, sack: true }],
  ['the engine with the largest window scale', { engine: { windowScale: 14 } }, { timestamps: true }],
  ['the engine with a buffer of 2,000 bytes', { engine: { rcvBuf: 2000, sndBuf: 2000 } }, { mss: 1448 }],
  ['the engine with an MSS of 536', { engine: { mss: 536 } }, { mss: 524 }],
  ['the engine answering with cookies', { syncookies: 2 }, { sack: true, timestamps: true }],
  ['cookies without timestamps', { syncookies: 2, kernel: { tcp_timestamps: '0' } }, { mss: 1460, timestamps: false }],
];

describe.skipIf(why !== '').each(versions)('over IPv%i', (version) => {
  describe.each(['kernel', 'engine'] as const)('opened by the %s', (opens) => {
    test.each(DIALECTS)('%s: 100,000 bytes there and back at 1 percent loss', async (_, options, expected) => {
      const { want, got, agreed } = await namespace.run('echo', { ...options, road, version, opens, bytes: 100_000 });
      expect(got).toBe(want);
      const { mss = agreed?.mss, ...others } = expected;
      expect(agreed).toMatchObject({ ...others, ...(expected.mss && { mss: version === 6 ? mss! - 20 : mss }) });
    });
  });

  test.each([
    ['kernel', 'engine'],
    ['engine', 'kernel'],
  ] as const)('the %s opens twice from one port while the %s is in TIME-WAIT', async (opens, closes) => {
    expect(await namespace.run('again', { version, opens, closes })).toEqual(['round 1', 'round 2']);
  });

  test('both close at once: the engine passes through CLOSING', async () => {
    expect(await namespace.run('closeTogether', { version })).toEqual(['FIN-WAIT-1', 'CLOSING', 'TIME-WAIT']);
  });

  test('a listener that nobody serves keeps backlog + 1 connections of many', async () => {
    const crowd = await namespace.run('neverAccepting', { version, backlog: 2, clients: 12 });
    expect(crowd).toEqual({ waiting: 3, overflowed: true });
  });

  test('Fast Open of the engine: the kernel takes the second question with the SYN', async () => {
    expect(await namespace.run('fastOpen', { version, opens: 'engine' })).toEqual({
      answers: ['answer', 'answer'],
      engine: { active: 1, passive: 0 },
      kernel: { active: 0, passive: 1 },
    });
  });

  test.skipIf(!hasCurl())('Fast Open of curl: the engine takes the second question with the SYN', async () => {
    expect(await namespace.run('fastOpen', { version, opens: 'kernel' })).toEqual({
      answers: ['answer', 'answer'],
      engine: { active: 0, passive: 1 },
      kernel: { active: 1, passive: 0 },
    });
  });

  test('keep-alive of one side finds the other alive', async () => {
    // Each probe takes its time: one side for each version is enough.
    const by = version === 4 ? 'engine' : 'kernel';
    const { state, probes } = await namespace.run('keepAlive', { version, by });
    expect(state).toBe('ESTABLISHED');
    expect(probes).toBeGreaterThanOrEqual(by === 'kernel' ? 1 : 3);
  });
});
