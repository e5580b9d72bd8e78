import { expect, test } from 'vitest';
import { LISTEN_POLICIES, makeListenPolicy } from './listen-policies.ts';
import { paramMistake, powerOfTwo } from './param-spec.ts';
import { SERVER_PROFILE_NAMES, SERVER_PROFILES, settingsOf } from './server-profiles.ts';

const world = { below: () => 0, secret: 1 };

test('every policy of the table can be made with its usual parameters, and no other', () => {
  for (const name of Object.keys(LISTEN_POLICIES))
    expect(makeListenPolicy(name, {}, world)?.policy.onSyn).toBeTypeOf('function');
  expect(makeListenPolicy('no-such', {}, world)).toBeUndefined();
  expect(makeListenPolicy('toString', {}, world)).toBeUndefined();
});

test('usual parameters and settings are within their own bounds', () => {
  for (const { params } of Object.values(LISTEN_POLICIES)) {
    for (const spec of Object.values(params)) {
      expect(paramMistake(spec, spec.usual)).toBe('');
    }
  }
  for (const name of SERVER_PROFILE_NAMES) {
    for (const [key, spec] of Object.entries(SERVER_PROFILES[name].settings)) {
      expect(spec.usual >= spec.least && spec.usual <= spec.most, key).toBe(true);
      expect(spec.of === undefined || spec.of.includes(spec.usual), key).toBe(true);
    }
  }
});

// Documentation/networking/ip-sysctl.rst: 1, 4096 (5.4), 5; kern.ipc.soacceptqueue and the SYN cache as in syncache(4).
test('settings are what the systems come with, unless given', () => {
  expect(settingsOf('linux-6', { somaxconn: 7 })).toMatchObject({
    tcp_syncookies: 1,
    somaxconn: 7,
    tcp_synack_retries: 5,
  });
  expect(settingsOf('freebsd-14', {})).toMatchObject({ syncache_hashsize: 512, syncache_bucketlimit: 30 });
  expect(settingsOf('plan-9', {})).toEqual({});
});

test('a power of two is one', () => {
  const spec = powerOfTwo(512, 1024, 'buckets');
  expect([1, 2, 512, 1024].map((value) => paramMistake(spec, value))).toEqual(['', '', '', '']);
  for (const value of [0, 3, 2048, 1.5, '4', null])
    expect(paramMistake(spec, value)).toBe('a power of two from 1 to 1024 (buckets)');
});
