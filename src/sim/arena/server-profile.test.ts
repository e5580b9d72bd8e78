import { expect, test } from 'vitest';
import { MS, SEC } from '../../tcp/types.ts';
import type { ListenSpec, ServerSpec } from '../flood-model.ts';
import { stream } from '../rng.ts';
import { SERVER_PROFILE_NAMES } from '../server-profiles.ts';
import { serverProfile } from './server-profile.ts';

function spec(profile: string, settings: Record<string, number> = {}): ServerSpec {
  const cost = { perSegment: 0, perSynAck: 0, perCookie: 0, perListElement: 0, limits: false, queue: 0 };
  return { address: '203.0.113.80', profile, label: profile, settings, tcp: {}, listen: [], cost };
}

const listen = { port: 80, backlog: 100, policy: '', policyParams: {} } as unknown as ListenSpec;

const listening = (profile: string, settings: Record<string, number> = {}, on: Partial<ListenSpec> = {}) =>
  serverProfile(spec(profile, settings), stream(1, 'host')).listening({ ...listen, ...on });

test('every profile has a server', () => {
  for (const name of SERVER_PROFILE_NAMES) expect(listening(name).backlog).toBe(100);
  expect(() => listening('plan-9')).toThrow(/found the profile 'plan-9', expected linux-6/);
});

test('settings reach the listener under the names of their system', () => {
  expect(listening('freebsd-14')).toMatchObject({
    cookies: 'freebsd',
    synQueueRoom: 15360,
    synAckWaits: [1000 * MS, 2200 * MS, 4200 * MS, 8200 * MS],
    policy: { name: 'cookie-pause(syn-cache)' },
  });
  expect(listening('freebsd-14', { syncookies: 0, soacceptqueue: 7, syncache_rexmtlimit: 1 })).toMatchObject({
    backlog: 7,
    synAckWaits: [1000 * MS, 2200 * MS],
    policy: { name: 'syn-cache' },
  });
  expect(listening('freebsd-14', { fastopen_server_enable: 1 })).toMatchObject({ fastOpen: { maxPending: 51 } });
  expect(listening('bsd-1996', { tcp_keepinit: 20, somaxconn: 5 })).toMatchObject({
    backlog: 5,
    synAckWaits: [6 * SEC, 14 * SEC],
    policy: { name: 'one-limit' },
  });
});

test('a policy that the port names takes the place of the profile’s', () => {
  expect(listening('bsd-1996', {}, { policy: 'oldest-drop' })).toMatchObject({ policy: { name: 'oldest-drop' } });
});

// inet_listen: without TFO_SERVER_ENABLE nothing; the socket option's queue length, at most somaxconn; 0x400 the backlog.
test.each([
  [1, 16, undefined],
  [3, 0, undefined],
  [3, 16, { maxPending: 16, cookies: 'required' }],
  [2, 9999, { maxPending: 4096, cookies: 'required' }],
  [0x202, 16, { maxPending: 16, cookies: 'any' }],
  [0x402, 0, { maxPending: 100, cookies: 'required' }],
])('linux-6 with tcp_fastopen %i and a queue of %i', (tcp_fastopen, fastopen_qlen, fastOpen) => {
  expect(listening('linux-6', { tcp_fastopen, fastopen_qlen }).fastOpen).toEqual(fastOpen);
});
