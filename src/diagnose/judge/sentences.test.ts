import { expect, test } from 'vitest';
import { aTally } from '../../../test/support/profile-builder.ts';
import type { StrayProfile } from '../stray-ledger.ts';
import { reflectionSentence } from './sentences.ts';

test('servers that only reset are told beside the SYN/ACKs, so that no answers seem to be missing', () => {
  const replies = strays({ flows: 7668, synackFlows: 6650, synacks: 6651, servers: 6917 });
  expect(reflectionSentence('192.0.2.1', replies)).toBe(
    'Reflection at 192.0.2.1: 6,917 servers answer SYNs that it did not send: 6,651 SYN/ACKs, and RST alone on 1,018 of 7,668 flows. Somebody sends SYNs with its address.',
  );
});

test('where each flow has a SYN/ACK there is nothing to add', () => {
  const replies = strays({ flows: 2000, synackFlows: 2000, synacks: 2000, servers: 400 });
  expect(reflectionSentence('192.0.2.1', replies)).toContain(': 2,000 SYN/ACKs. Somebody');
});

function strays(of: { flows: number; synackFlows: number; synacks: number; servers: number }): StrayProfile {
  const { servers, ...counts } = of;
  return {
    address: 1,
    role: 'received',
    ...counts,
    mostCopies: 2,
    resets: 0,
    others: 0,
    ascending: 0,
    peers: aTally(counts.flows, servers),
    serverPorts: aTally(counts.flows, 1),
    clientPorts: aTally(counts.flows, 1000),
    firstAt: 0,
    lastAt: 1,
    packets: [],
  };
}
