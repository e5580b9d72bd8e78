import { expect, test } from 'vitest';
import type { FloodFrame } from '../sim/flood-frame.ts';
import { floodBridge, floodCounters } from './flood-bridge.ts';

const FRAME: FloodFrame = {
  t: 12e9,
  port: 80,
  backlog: 128,
  capacity: 129,
  halfOpen: 12,
  slots: [],
  acceptQueue: 0,
  acceptCapacity: 129,
  established: 0,
  counters: { ListenDrops: 0, TCPReqQFullDrop: 0, PassiveOpens: 7, expired: 2 },
  bots: [],
};

test('counters bear the names of nstat; what is zero is left out', () => {
  expect(floodCounters(FRAME).map((line) => [line.name, line.value])).toEqual([
    ['TcpPassiveOpens', 7],
    ['expired', 2],
  ]);
});

test('a counter names the causes of drops that it counts', () => {
  // Linux: tcp_listendrop counts each of them, whatever the cause.
  const counters = { ListenDrops: 5, TCPReqQFullDrop: 3, ListenOverflows: 1, PassiveOpens: 7 };
  expect(floodCounters({ ...FRAME, counters }).map((line) => line.causes)).toEqual([
    ['syn-queue', 'accept-queue', 'reserve'],
    ['syn-queue'],
    ['accept-queue'],
    [],
  ]);
});

test('the command fits the moment: entries, then drops, then the accept queue', () => {
  expect(floodBridge(FRAME).command).toBe("ss -tan state syn-recv 'sport = :80'");
  const full = { ...FRAME, halfOpen: 129, counters: { ListenDrops: 5, TCPReqQFullDrop: 5 } };
  expect(floodBridge(full).command).toBe('nstat -az TcpExtListenDrops TcpExtTCPReqQFullDrop');
  // Nothing was dropped: entries made room instead.
  expect(floodBridge({ ...FRAME, halfOpen: 129 }).command).toBe("ss -tan state syn-recv 'sport = :80'");
  expect(floodBridge({ ...FRAME, acceptQueue: 129 }).command).toBe("ss -tln 'sport = :80'");
});
