import { describe, expect, test } from 'vitest';
import { type StrayFlow, StrayLedger } from './stray-ledger.ts';

const NO_IPV6 = { ipv6Hash: () => 0 };
const US = 0xcb00_7105;
const THEM = 0xc633_6400;

describe('strays', () => {
  test('a flow is counted at whom it reached and at who sent it', () => {
    const strays = new StrayLedger(NO_IPV6);
    strays.onFlow(flow({ synacks: 4, reset: true, firstAt: 5, lastAt: 9, firstPacket: 3 }));
    strays.onFlow(flow({ clientPort: 7, firstAt: 2, lastAt: 2, firstPacket: 1 }));
    const [received, sent] = strays.profiles(1);
    expect(sent).toMatchObject({ address: US, role: 'received', flows: 2 });
    expect(received).toMatchObject({
      address: THEM,
      role: 'sent',
      flows: 2,
      synackFlows: 1,
      synacks: 4,
      mostCopies: 4,
      resets: 1,
    });
    expect(received).toMatchObject({ firstAt: 2, lastAt: 9, packets: [1, 3] });
    expect(received!.peers.top).toEqual([{ value: US, count: 2, over: 0 }]);
    expect(received!.serverPorts.distinct.count).toBe(1);
    expect(received!.clientPorts.distinct.count).toBe(2);
  });

  test('hosts with few flows are left out, unless one SYN/ACK came over and over', () => {
    const strays = new StrayLedger(NO_IPV6);
    for (let i = 0; i < 3; i++) strays.onFlow(flow({ server: THEM + i }));
    strays.onFlow(flow({ client: 9, server: THEM + 9, synacks: 30 }));
    expect(strays.profiles(20).map((s) => [s.role, s.address])).toEqual([
      ['received', 9],
      ['sent', THEM + 9],
    ]);
  });

  test('many flows: peers and ports are those of all of them', () => {
    const strays = new StrayLedger(NO_IPV6, 7);
    for (let i = 0; i < 100; i++) strays.onFlow(flow({ server: THEM + i, clientPort: i % 10 }));
    const us = strays.profiles(20).find((s) => s.role === 'received')!;
    expect(us.flows).toBe(100);
    expect(us.peers.distinct.count).toBe(100);
    expect(us.peers.total).toBe(100);
    expect(us.clientPorts.distinct.count).toBe(10);
  });

  test('there is room for so many hosts; the others are counted as forgotten', () => {
    const strays = new StrayLedger(NO_IPV6);
    for (let i = 0; i < 20_000; i++) strays.onFlow(flow({ server: i }));
    expect(strays.forgotten).toBe(20_000 - 16_384);
    expect(strays.profiles(20_000)).toMatchObject([{ address: US, flows: 20_000 }]);
  });
});

function flow(parts: Partial<StrayFlow>): StrayFlow {
  return {
    client: US,
    clientPort: 4000,
    server: THEM,
    serverPort: 80,
    synacks: 0,
    reset: false,
    firstAt: 0,
    lastAt: 0,
    firstPacket: 1,
    ...parts,
  };
}
