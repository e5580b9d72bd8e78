import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HalfopenError } from '../wire/error.ts';
import { parseAnyScenario, parseFloodScenario, parseScenario } from './parse.ts';
import { parseSet } from './set-value.ts';

const GOOD = `kind: flood
title: A flood
summary: One server.
server: { backlog: 128, settings: { tcp_syncookies: 0 } }
clients: { rate: 5 }
floods: { rate: 100 }
until: 60s
`;

/** The message for `GOOD` with one text replaced, without the file name. */
function refusal(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return refusalOf(GOOD.replace(from, to));
}

function refusalOf(text: string, ...sets: string[]): string {
  try {
    parseAnyScenario(text, 'dir/t.yaml', sets.map(parseSet));
  } catch (error) {
    // Any other kind of error is a fault, and fails the test.
    if (error instanceof HalfopenError) return error.message.replace('dir/t.yaml:', '');
    throw error;
  }
  return 'accepted';
}

test('seven lines are a flood scenario; the rest has defaults', () => {
  const s = parseFloodScenario(GOOD, 'dir/t.yaml');
  expect(s).toMatchObject({ kind: 'flood', id: 't', seed: 7, until: 60e9, followed: null, botnets: [], boxes: [] });
  // 60 s in 300 samples.
  expect(s.sampleEvery).toBe(0.2e9);
  expect(s.server).toMatchObject({ address: '203.0.113.80', profile: 'linux-6', settings: { tcp_syncookies: 0 } });
  expect(s.server.listen).toMatchObject([{ port: 80, backlog: 128, policy: '', app: { accept: 'auto' } }]);
  expect(s.clients).toMatchObject([
    {
      name: 'clients',
      from: '198.18.0.0/16',
      arrivals: { process: 'poisson', rate: 5, from: 0, to: 60e9 },
      rtt: { shape: 'fixed', value: 50e6 },
      os: { linux: 1 },
    },
  ]);
  expect(s.floods).toEqual([
    {
      name: 'flood',
      port: 80,
      rate: { process: 'poisson', rate: 100 },
      from: 5e9,
      to: 60e9,
      spoof: { mode: 'random', prefix: '10.0.0.0/8', live: 0 },
      shape: 'bare',
      retries: 0,
      data: 0,
    },
  ]);
});

test('everything that can be said is read', () => {
  const text = `kind: flood
title: All
summary: All of it.
until: 2m
sampleEvery: 1s
server:
  address: 192.0.2.80
  profile: { base: linux-6, name: mine, settings: { somaxconn: 511, hz: 1000 }, tcp: { synackRetries: 2 }, backlog: 511 }
  settings: { hz: 100 }
  listen:
    - { port: 80, app: never }
    - { port: 443, backlog: 5, policy: { name: drop-when-full, maxSynBacklog: 64 }, app: { accept: workers, workers: 2, service: 20ms } }
  cost: { perSegment: 2us, limits: true }
clients:
  - { name: near, prefix: 10.1.0.0/16, times: [0, 1s, 1s], rtt: { cycle: [1ms, 20ms] }, os: { linux: 1, windows: 3, ios: 0 }, patience: never }
  - { name: far, prefix: 10.2.0.0/16, rate: 2, process: constant, from: 1s, to: 9s, port: 443, rtt: { exponential: [10ms, 40ms] }, after: stay, think: 2s }
followed: { at: 3s, os: windows, patience: 5s }
floods:
  - { name: tool, rate: { process: burst, size: 500, every: 2s }, spoof: { mode: own, prefix: 172.16.0.0/24, count: 3 }, retries: 2 }
  - { rate: { process: pulse, rate: 9, on: 1s, off: 3s }, spoof: { mode: random, prefix: 192.168.0.0/17, live: 0.25 } }
  - { rate: { process: ramp, first: 0, last: 50 }, spoof: { mode: live, prefix: 192.168.128.0/17 }, shape: linux }
  - { rate: { process: constant, rate: 4 }, spoof: silent }
botnets:
  bots: [{ kind: pc, count: 20, prefix: 10.3.0.0/16 }, { kind: phone, count: 5, prefix: 10.4.0.0/16, rtt: 90ms, uplink: 7 }]
  orders: [{ at: 20s, rate: 3, spoof: subnet }, { at: 50s, rate: 1, duration: 5s, spoof: random, prefix: 10.128.0.0/9 }]
  takeDown: { how: sinkhole, at: 70s }
  as: each
ingress: { deployed: 0.5, mode: loose }
access: { delay: 1ms, rate: 10mbit, queue: 50, loss: 0.01 }
boxes: [blackhole, { name: rate-limit, per: source, rate: 7 }, { name: first-syn-drop, max: 3s }, { name: block-list, sources: [10.3.0.0/24] }]
expect: { queue.peak: 129, clients.all.firstTry: '>= 0.9', queue.fullShare: '0.1 .. 0.2', road.lost: '<= 5' }
lesson: [{ when: queue-full, title: Full, say: Now. }, { when: 12s, title: Later, say: Then., ask: { question: Q?, answers: [{ say: A, right: true, why: W }, { say: B, why: V }] } }]
`;
  const s = parseFloodScenario(text, 'all.yaml');
  expect(s.server).toMatchObject({ profile: 'linux-6', label: 'mine', settings: { somaxconn: 511, hz: 100 } });
  expect(s.server.tcp).toEqual({ synackRetries: 2 });
  expect(s.server.cost).toMatchObject({ perSegment: 2000, limits: true });
  expect(s.server.listen).toMatchObject([
    { port: 80, backlog: 511, policy: '', app: { accept: 'never' } },
    { port: 443, backlog: 5, policy: 'drop-when-full', policyParams: { maxSynBacklog: 64 } },
  ]);
  expect(s.server.listen[1]?.app).toEqual({
    accept: 'workers',
    workers: 2,
    service: 20e6,
    response: 2000,
    acceptFrom: 0,
  });
  expect(s.clients[0]).toMatchObject({
    arrivals: { process: 'times', at: [0, 1e9, 1e9] },
    rtt: { shape: 'cycle', values: [1e6, 20e6] },
    os: { linux: 1, windows: 3 },
    patience: Infinity,
  });
  expect(s.clients[1]).toMatchObject({
    arrivals: { process: 'constant', rate: 2, from: 1e9, to: 9e9 },
    rtt: { shape: 'exponential', least: 10e6, mean: 40e6 },
    after: 'stay',
    think: 2e9,
  });
  expect(s.followed).toMatchObject({ address: '198.51.100.7', at: 3e9, os: 'windows', patience: 5e9 });
  expect(s.floods.map((f) => f.rate)).toEqual([
    { process: 'burst', size: 500, every: 2e9 },
    { process: 'pulse', rate: 9, on: 1e9, off: 3e9 },
    { process: 'ramp', first: 0, last: 50 },
    { process: 'constant', rate: 4 },
  ]);
  expect(s.floods.map((f) => f.spoof)).toEqual([
    { mode: 'own', prefix: '172.16.0.0/24', count: 3 },
    { mode: 'random', prefix: '192.168.0.0/17', live: 0.25 },
    { mode: 'live', prefix: '192.168.128.0/17' },
    { mode: 'silent', prefix: '172.31.0.0/16' },
  ]);
  expect(s.floods.map((f) => f.name)).toEqual(['tool', 'flood-2', 'flood-3', 'flood-4']);
  expect(s.botnets[0]).toMatchObject({ c2: '198.51.100.66', takeDown: { how: 'sinkhole', at: 70e9 }, as: 'each' });
  expect(s.botnets[0]?.bots[1]).toMatchObject({ uplink: 7, rtt: { shape: 'fixed', value: 90e6 }, networkBits: 24 });
  expect(s.botnets[0]?.orders[1]).toMatchObject({ at: 50e9, duration: 5e9, spoof: 'random', prefix: '10.128.0.0/9' });
  expect(s.ingress).toEqual({ deployed: 0.5, mode: 'loose' });
  expect(s.access).toEqual({ delay: 1e6, rate: 1e7, queue: 50, loss: 0.01 });
  expect(s.boxes).toEqual([
    { name: 'blackhole', params: {} },
    { name: 'rate-limit', params: { per: 'source', rate: 7 } },
    { name: 'first-syn-drop', params: { max: 3e9 } },
    { name: 'block-list', params: { sources: ['10.3.0.0/24'] } },
  ]);
  expect(s.expect).toEqual([
    { measure: 'queue.peak', least: 129, most: 129 },
    { measure: 'clients.all.firstTry', least: 0.9, most: Infinity },
    { measure: 'queue.fullShare', least: 0.1, most: 0.2 },
    { measure: 'road.lost', least: -Infinity, most: 5 },
  ]);
  expect(s.lesson.map((step) => step.when)).toEqual([{ on: 'queue-full' }, { on: 'time', at: 12e9 }]);
  expect(s.lesson.map((step) => step.ask)).toEqual([
    undefined,
    {
      question: 'Q?',
      answers: [
        { say: 'A', right: true, why: 'W' },
        { say: 'B', right: false, why: 'V' },
      ],
    },
  ]);
});

describe('no address that may belong to somebody, as target or as forged source', () => {
  test.each([
    ['backlog: 128', 'address: 8.8.8.8', 'server.address is 8.8.8.8, which may belong to somebody'],
    ['backlog: 128', 'address: 127.0.0.1', 'which may belong to somebody'],
    ['backlog: 128', 'address: "2001:db8::1"', 'expected an IPv4 address'],
    ['backlog: 128', 'address: example.org', "is 'example.org'; expected an IPv4 address"],
    ['rate: 5', 'rate: 5, prefix: 8.8.0.0/16', 'clients.prefix is 8.8.0.0/16, where addresses may belong to somebody'],
    // One more bit than the private range has, and everything there is.
    ['rate: 100', 'rate: 100, spoof: { mode: random, prefix: 10.0.0.0/7 }', 'floods.spoof.prefix is 10.0.0.0/7, where'],
    ['rate: 100', 'rate: 100, spoof: { mode: random, prefix: 0.0.0.0/0 }', 'where addresses may belong to somebody'],
    ['rate: 100', 'rate: 100, spoof: { mode: own, prefix: 198.18.0.0/14 }', 'did you mean 198.16.0.0/14?'],
    ['rate: 100', 'rate: 100, spoof: { mode: own, prefix: 198.16.0.0/14 }', 'where addresses may belong to somebody'],
    ['rate: 100', 'rate: 100, spoof: { mode: live, prefix: 10.0.0.1/8 }', 'whose last 24 bits are not 0'],
    ['rate: 100', 'rate: 100, spoof: { mode: live, prefix: 10.0.0.0/33 }', 'expected an IPv4 prefix'],
    [
      'floods: { rate: 100 }',
      'botnets: { bots: 9, c2: 1.1.1.1, orders: { rate: 5 } }',
      'botnets.c2 is 1.1.1.1, which may',
    ],
    [
      'floods: { rate: 100 }',
      'botnets: { bots: { count: 9, prefix: 11.0.0.0/24 }, orders: { rate: 5 } }',
      'botnets.bots.prefix is 11.0.0.0/24, where addresses',
    ],
    [
      'floods: { rate: 100 }',
      'botnets: { bots: 9, orders: { rate: 5, spoof: random, prefix: 128.0.0.0/1 } }',
      'botnets.orders.prefix is 128.0.0.0/1, where addresses',
    ],
    ['until: 60s', 'followed: { address: 9.9.9.9 }', 'followed.address is 9.9.9.9, which may belong to somebody'],
  ])('%s -> %s', (from, to, message) => {
    expect(refusal(from, to)).toContain(message);
  });

  test('and no option names an interface or a place to send to', () => {
    for (const key of ['interface', 'iface', 'device', 'tun', 'target', 'send']) {
      expect(refusal('until: 60s', `${key}: eth0`)).toContain(`unknown key '${key}'`);
    }
  });
});

describe('nobody lives where somebody else does', () => {
  test.each([
    ['rate: 100', 'rate: 100, spoof: { mode: random, prefix: 198.18.0.0/15 }', "198.18.0.0/16 of clients 'clients'"],
    ['until: 60s', 'followed: { address: 198.18.5.5 }', '198.18.5.5 of the followed client'],
    ['rate: 5', 'rate: 5, prefix: 203.0.113.0/24', '203.0.113.80 of the server'],
    ['rate: 5 }', 'rate: 5 }\nbotnets: { bots: 9, c2: 10.9.9.9, orders: { rate: 5 } }', "10.0.0.0/8 of flood 'flood'"],
    ['{ rate: 100 }', '[{ rate: 1, spoof: own }, { rate: 2, spoof: own }]', "192.0.2.0/24 of flood 'flood'"],
    [
      '{ rate: 100 }',
      '[{ rate: 1 }, { rate: 2, spoof: { mode: random, prefix: 10.0.0.0/8, live: 0.5 } }]',
      "10.0.0.0/8 of flood 'flood'",
    ],
  ])('%s -> %s', (from, to, other) => {
    expect(refusal(from, to)).toContain(`overlaps with ${other}`);
  });

  test('but two floods may forge from one range in one manner', () => {
    expect(refusal('{ rate: 100 }', '[{ rate: 1 }, { rate: 2 }]')).toBe('accepted');
  });
});

describe('mistakes are one sentence with line and column', () => {
  test.each([
    ['clients: { rate: 5 }', 'clients: { rat: 5 }', "5:12: unknown key 'rat'; did you mean 'rate'?"],
    ['rate: 5', 'rate: -5', '5:18: clients.rate is -5; expected a rate per second, a number from 0 to 10000000'],
    ['clients: { rate: 5 }', 'clients: 5', '5:10: clients is 5; expected a group of clients, or a list of them'],
    ['clients: { rate: 5 }', 'clients: {}', "5:10: clients has neither 'rate' nor 'times'; expected one of them"],
    ['rate: 5', 'rate: 5, port: 81', '5:27: clients.port is 81, where the server does not listen; expected 80'],
    ['rate: 5', 'rate: 5, os: { window: 1 }', "5:27: unknown key 'window'; did you mean 'windows'?"],
    [
      'rate: 5',
      'times: [2s, 1s]',
      '5:24: clients.times.1 is 1s, before the one in front of it; expected ascending times',
    ],
    ['rate: 5', 'rate: 5, rtt: { exponental: [1ms, 2ms] }', "unknown key 'exponental'; did you mean 'exponential'?"],
    ['rate: 5', 'rate: 5, rtt: { uniform: [9ms, 2ms] }', 'clients.rtt.uniform begins with 9ms, above its end 2ms'],
    ['rate: 100', 'rate: 100000000', '6:17: floods.rate is 100000000; expected a rate per second'],
    ['rate: 100', 'rate: 10000000, from: 0, retries: 9', 'asks for 6,000,000,000 SYNs in this run; expected at most'],
    ['rate: 100', 'rate: { process: burst, size: 5, every: 0 }', 'asks for infinitely many SYNs'],
    [
      'rate: 100',
      'rate: { process: brust, size: 5, every: 1s }',
      "floods.rate.process is 'brust'; did you mean 'burst'?",
    ],
    ['rate: 100', 'rate: 100, from: 70s', '6:28: floods.from is 70s, not before the end, 60s'],
    ['rate: 100', 'rate: 100, spoof: { mode: silent, live: 0.5 }', "'live' is for mode random, not silent"],
    ['rate: 100', 'rate: 100, spoof: { mode: own, count: 300 }', 'is 300, but 192.0.2.0/24 has only 256 addresses'],
    ['{ rate: 100 }', '[{ rate: 1, name: all }]', "floods.0.name is 'all', which is taken"],
    ['floods: { rate: 100 }', 'botnets: { bots: 1e12, orders: { rate: 5 } }', 'a whole number from 1 to 100000000'],
    [
      'floods: { rate: 100 }',
      'botnets: { bots: { count: 300, prefix: 10.0.0.0/24 }, orders: { rate: 5 } }',
      'botnets.bots.count is 300, but 10.0.0.0/24 has only 256 addresses',
    ],
    [
      'floods: { rate: 100 }',
      'botnets: { bots: 1000000, as: each, orders: { rate: 5 } }',
      "is 'each' with 1,000,000 bots; expected at most 100,000, or as: sum",
    ],
    ['until: 60s', 'until: -60s', "7:8: until is '-60s', which is negative"],
    ['until: 60s', 'until: 0', '7:8: until is 0; expected a time after the start'],
    ['until: 60s', 'sampleEvery: 1us', 'which makes 60000000 samples; expected at most 100000'],
    ['until: 60s', 'ingress: 1.5', '7:10: ingress is 1.5; expected a share, a number from 0 to 1'],
    ['tcp_syncookies: 0', 'tcp_syncookie: 0', "4:37: unknown key 'tcp_syncookie'; did you mean 'tcp_syncookies'?"],
    ['tcp_syncookies: 0', 'tcp_syncookies: 5', '4:53: server.settings.tcp_syncookies is 5; expected one of 0, 1, 2 ('],
    ['tcp_syncookies: 0', 'syncache_hashsize: 5', "4:37: 'syncache_hashsize' is no setting of linux-6; expected tcp_"],
    ['tcp_syncookies: 0', 'somaxconn: -1', 'is -1; expected a whole number from 0 to 4194304'],
    ['backlog: 128', 'backlog: -1', '4:20: server.backlog is -1; expected a backlog, a whole number from 0 to 4194304'],
    [
      'backlog: 128',
      'policy: syn-cookie',
      "server.policy is 'syn-cookie', no listen policy; did you mean 'syn-cookies'?",
    ],
    ['backlog: 128', 'policy: { name: drop-when-full, max: 4 }', "unknown key 'max'; "],
    ['backlog: 128', 'backlog: 5, listen: { port: 80 }', "4:11: 'backlog' stands beside 'listen'"],
    ['backlog: 128', 'listen: [{}, {}]', 'server.listen.1.port is 80, where another listener is already'],
    ['until: 60s', "expect: { queue.peak: '5 .. 3' }", "expect.queue.peak is '5 .. 3', which nothing can be"],
    ['until: 60s', 'lesson: [{ when: queue-ful, title: a, say: b }]', "is 'queue-ful'; did you mean 'queue-full'?"],
    [
      'until: 60s',
      'lesson: [{ when: start, title: a, say: b, ask: { question: q, answers: [{ say: c, why: d }] } }]',
      'has 0 right answers; expected exactly one',
    ],
    [
      'until: 60s',
      'boxes: [syn-proxi]',
      "7:9: boxes.0 is 'syn-proxi', no network defence on the server's road; did you",
    ],
    ['until: 60s', 'boxes: [ingress-filter]', "it stands in front of the senders: set 'ingress'"],
    ['until: 60s', 'boxes: [{ name: rate-limit, rte: 5 }]', "7:29: unknown key 'rte'; did you mean 'rate'?"],
    ['until: 60s', 'boxes: [{ name: rate-limit, rate: -5 }]', 'boxes.0.rate is -5; expected a whole number from 1 to'],
    ['until: 60s', 'boxes: [{ name: rate-limit, per: sauce }]', "boxes.0.per is 'sauce'; did you mean 'source'?"],
    ['until: 60s', 'boxes: [{ name: first-syn-drop, max: 6 }]', 'boxes.0.max is 6; expected a time from 0s to 3600s'],
    [
      'until: 60s',
      'boxes: [{ name: block-list, sources: [8.8.8.0/24] }]',
      'sources.0 is 8.8.8.0/24, where addresses may',
    ],
    ['kind: flood', 'kind: floods', "1:7: kind is 'floods'; did you mean 'flood'?"],
    ['kind: flood\n', '', "1:1: has no 'hosts'; a scenario with clients, floods or botnets begins with kind: flood"],
  ])('%s -> %s', (from, to, message) => {
    expect(refusal(from, to)).toContain(message);
  });

  test('any text gives a scenario or one sentence', () => {
    const bits = [
      'a: ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      '\n',
      '  ',
      '&x ',
      '*x',
      'rate:',
      '-1',
      'spoof: ',
      'null',
      '1e99',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 20 }), fc.nat(GOOD.length), (parts, at) => {
        expect(refusalOf(GOOD.slice(0, at) + parts.join('') + GOOD.slice(at))).not.toContain('\n');
      }),
      { numRuns: 300 },
    );
  });
});

test('each kind is told from the other', () => {
  expect(() => parseScenario(GOOD, 't.yaml')).toThrow('this is a flood scenario');
  const hosts =
    'title: a\nsummary: b\nhosts: { a: { role: client, address: 10.0.0.1 }, b: { role: server, address: 10.0.0.2 } }\n';
  expect(parseAnyScenario(hosts, 't.yaml')).not.toHaveProperty('kind');
  expect(() => parseFloodScenario(hosts, 't.yaml')).toThrow('expected kind: flood at the top');
});

describe('--set changes the file before it is checked', () => {
  const flood = (...sets: string[]) => parseFloodScenario(GOOD, 't.yaml', sets.map(parseSet));

  test('by key, by position, through short forms', () => {
    expect(flood('floods.rate=500').floods[0]?.rate).toEqual({ process: 'poisson', rate: 500 });
    expect(flood('floods.0.rate=500').floods[0]?.rate).toEqual({ process: 'poisson', rate: 500 });
    expect(flood('floods.rate.process=constant').floods[0]?.rate).toEqual({ process: 'constant', rate: 100 });
    expect(flood('floods.spoof=silent').floods[0]?.spoof.mode).toBe('silent');
    expect(flood('floods.spoof.live=0.3').floods[0]?.spoof).toMatchObject({ mode: 'random', live: 0.3 });
    expect(flood('server.settings.tcp_syncookies=2', 'until=9s')).toMatchObject({
      until: 9e9,
      server: { settings: { tcp_syncookies: 2 } },
    });
    expect(flood('server.policy={ name: drop-when-full, maxSynBacklog: 8 }').server.listen[0]).toMatchObject({
      policy: 'drop-when-full',
      policyParams: { maxSynBacklog: 8 },
    });
    const two = GOOD.replace('{ rate: 100 }', '[{ name: a, rate: 1 }, { name: b, rate: 2 }]');
    expect(parseFloodScenario(two, 't.yaml', [parseSet('floods.b.rate=9')]).floods.map((f) => f.rate)).toEqual([
      { process: 'poisson', rate: 1 },
      { process: 'poisson', rate: 9 },
    ]);
  });

  test.each([
    ['floods.0.rate=-5', '--set floods.0.rate=-5: is -5; expected a rate per second'],
    [
      'server.settings.tcp_syncookie=1',
      "--set server.settings.tcp_syncookie=1: unknown key 'tcp_syncookie'; did you mean",
    ],
    ['seed=x', "--set seed=x: is 'x'; expected a seed"],
    ['floods.1.rate=5', "unknown key '1'"],
    ['title=[a', "--set title: '[a' is no value"],
    ['__proto__.x=1', "--set __proto__.x: '__proto__' is no key"],
    ['until.x=1', '7:8: until is a mapping; expected a time'],
    ['floods', '--set: expected <key>=<value> such as floods.rate=200, found "floods"'],
  ])('%s', (set, message) => {
    expect(refusalOf(GOOD, set)).toContain(message);
  });
});
