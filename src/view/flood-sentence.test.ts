import { expect, test } from 'vitest';
import type { FloodFrame, SlotView } from '../sim/flood-frame.ts';
import { frameSentence, momentSentence } from './flood-sentence.ts';

const SLOT: SlotView = {
  slot: 0,
  owner: 'silent',
  remote: '10.1.2.3',
  remotePort: 99,
  since: 0,
  firesAt: 1e9,
  synAcks: 1,
};

const FRAME: FloodFrame = {
  t: 12e9,
  port: 80,
  backlog: 2,
  capacity: 3,
  halfOpen: 3,
  slots: [SLOT, { ...SLOT, slot: 1, owner: 'client' }, { ...SLOT, slot: 2 }],
  acceptQueue: 1,
  acceptCapacity: 3,
  established: 1204,
  counters: {},
  bots: [],
};

test('a frame in a sentence: who holds the slots, and who waits', () => {
  expect(frameSentence(FRAME)).toBe(
    '12.000 s. 3 of 3 slots of the SYN queue in use: 2 by forged addresses where nobody is, 1 by clients. It is full. 1 of 3 wait to be accepted, 1,204 established.',
  );
});

test('an empty queue, and one that lists only some of its slots', () => {
  expect(frameSentence({ ...FRAME, halfOpen: 0, slots: [] })).toContain('0 of 3 slots of the SYN queue in use. 1 of 3');
  expect(frameSentence({ ...FRAME, halfOpen: 9, capacity: 9 })).toContain('at least 2 by forged');
});

test('bots are counted once any has registered', () => {
  const net = {
    name: 'net',
    bots: 50,
    registered: 40,
    flooding: 1,
    rate: 10,
    takenDown: false,
    kinds: [],
    letOut: 0,
    stopped: 0,
  };
  expect(frameSentence({ ...FRAME, bots: [net] })).toMatch(/1 bot of 40 flood\.$/);
});

test('a moment in a sentence', () => {
  expect(momentSentence({ t: 5e9, what: 'flood-begins' })).toBe('5.000 s. The flood begins.');
});
