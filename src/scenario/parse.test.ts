import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../wire/suggest.ts';
import { ScenarioError } from './error.ts';
import { parseScenario } from './parse.ts';
import { checkAddress } from './safe-address.ts';
import { scenarioJsonSchema } from './schema.ts';
import { parseDuration, parseFlags, parseRate, parseSeq } from './units.ts';

const GOOD = `title: A test
summary: Two hosts.
hosts:
  client:
    role: client
    address: 198.51.100.7
    iss: 100
    do:
      - { at: 0, do: connect, to: "server:80" }
      - { on: established, after: 5ms, do: send, bytes: 10 }
  server:
    role: server
    address: 203.0.113.80
    listen:
      - port: 80
link:
  delay: 40ms
path:
  - lose: { from: client, flags: SYN, nth: 1 }
`;

/** The message for `GOOD` with one text replaced, without the file name. */
function refusal(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return refusalOf(GOOD.replace(from, to));
}

function refusalOf(text: string): string {
  try {
    parseScenario(text, 'dir/t.yaml');
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.replace('dir/t.yaml:', '');
    throw error;
  }
  return 'accepted';
}

test('a file becomes a scenario with its defaults filled in', () => {
  const s = parseScenario(GOOD, 'dir/t.yaml');
  expect(s.id).toBe('t');
  expect(s).toMatchObject({
    profile: 'linux-6',
    seed: 7,
    until: 10e9,
    link: { delay: 40e6, jitter: 0, loss: 0, rate: 0 },
  });
  expect(s.hosts.map((h) => h.name)).toEqual(['client', 'server']);
  expect(s.hosts[0]?.iss).toEqual([100]);
  expect(s.hosts[0]?.actions).toEqual([
    { on: 'start', after: 0, what: { do: 'connect', to: 1, port: 80, bytes: 0 } },
    { on: 'established', after: 5e6, what: { do: 'send', bytes: 10 } },
  ]);
  expect(s.hosts[1]?.actions[0]?.what).toEqual({
    do: 'listen',
    port: 80,
    backlog: 128,
    policy: 'drop-when-full',
    accept: 'auto',
  });
  expect(s.path).toEqual([
    { do: 'lose', where: 0.5, match: { from: 0, to: -1, port: 0, flags: 2, data: undefined, nth: [1] } },
  ]);
});

test('errors say line, column, what was found and what was expected', () => {
  expect(refusal('delay: 40ms', 'delay: -40ms')).toBe(
    "17:10: link.delay is '-40ms', which is negative; expected 0 or more, like 40ms",
  );
  expect(refusal('delay: 40ms', 'delay: 40')).toBe(
    '17:10: link.delay is 40 without a unit; expected a time such as 40ms or 40s',
  );
  expect(refusal('delay: 40ms', 'dealy: 40ms')).toBe("17:3: unknown key 'dealy'; did you mean 'delay'?");
  expect(refusal('port: 80', 'port: 80000')).toBe(
    '15:15: hosts.server.listen.0.port is 80000; expected a port, a whole number from 1 to 65535',
  );
  expect(refusal('"server:80"', '"server:0"')).toBe(
    '9:35: hosts.client.do.0.to names port 0; expected a port, a whole number from 1 to 65535',
  );
  expect(refusal('"server:80"', '"sever:80"')).toBe(
    "9:35: hosts.client.do.0.to names the host 'sever', which is not there; did you mean 'server'?",
  );
  expect(refusal('do: send', 'do: sned')).toContain(
    "10:9: hosts.client.do.1.do is 'sned'; did you mean 'send'?".slice(5),
  );
  expect(refusal('role: client', 'role: klient')).toBe("5:11: hosts.client.role is 'klient'; did you mean 'client'?");
  expect(refusal('bytes: 10', 'bytes: many')).toContain(
    "hosts.client.do.1.bytes is 'many'; expected a number of bytes",
  );
  expect(refusal('flags: SYN', 'flags: SIN')).toContain("path.0.lose.flags is 'SIN'; expected control bits");
  expect(refusal('title: A test\n', '')).toBe('1:1: title is nothing; expected a text');
  expect(refusal('at: 0, ', '')).toContain("hosts.client.do.0 an action has exactly one of 'at' and 'on'");
  expect(refusal('    iss: 100\n', '    iss: -1\n')).toContain(
    '7:10: hosts.client.iss is -1; expected a sequence number',
  );
});

test('a time longer than a run can be is refused', () => {
  expect(refusal('delay: 40ms', 'delay: 9999999s')).toContain("link.delay is '9999999s'; expected at most 100 days");
  expect(refusal('delay: 40ms', `delay: ${'9'.repeat(400)}s`)).toContain('expected at most 100 days');
});

test('any text gives a scenario or one sentence, never another kind of error', () => {
  const bits = [
    'a: ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '\n',
    '  ',
    '&x ',
    '*x',
    '<<: ',
    '? ',
    '!!js ',
    '|',
    'hosts:',
    '\t',
    '%',
    '---',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 30 }), fc.nat(GOOD.length), (parts, at) => {
      const message = refusalOf(GOOD.slice(0, at) + parts.join('') + GOOD.slice(at));
      expect(message).not.toContain('\n');
    }),
    { numRuns: 300 },
  );
  const laughs = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1},`.repeat(9) : 'x'}]`).join(
    '\n',
  );
  expect(refusalOf(laughs)).toMatch(/not readable as YAML|unknown key/);
});

test('a key of several lines is told in one', () => {
  const message = refusalOf(GOOD.replace('hosts:\n', 'hosts:\n  ? '));
  expect(message).toContain('expected the name of a host');
  expect(message).not.toContain('\n');
});

test('what is not a scenario at all gets a sentence too', () => {
  expect(refusalOf('just words')).toBe(
    '1:1: this is not a scenario: expected a mapping with title, summary and hosts (or kind: flood)',
  );
  expect(refusalOf('')).toBe(
    '1:1: this is not a scenario: expected a mapping with title, summary and hosts (or kind: flood)',
  );
  expect(refusalOf('title: "open')).toMatch(/^1:\d+: not readable as YAML: /);
  expect(refusalOf('title: a\ntitle: b\n')).toMatch(/^2:1: not readable as YAML: Map keys must be unique/);
});

test('a scenario cannot name an address that may belong to somebody', () => {
  expect(refusal('203.0.113.80', '8.8.8.8')).toMatch(
    /^13:14: hosts\.server\.address is 8\.8\.8\.8, which may belong to somebody/,
  );
  expect(refusal('203.0.113.80', '203.0.113.300')).toContain("is '203.0.113.300'; expected an IPv4 or IPv6 address");
  expect(refusal('203.0.113.80', '198.51.100.7')).toContain("the address of 'client' already");
  const ok = ['192.0.2.1', '198.51.100.255', '203.0.113.0', '2001:db8::1', '198.18.0.1', '198.19.255.255', '10.1.2.3'];
  for (const a of [...ok, '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::'])
    expect(checkAddress(a), a).toBe('ok');
  const edges = [
    '192.0.3.0',
    '198.51.99.255',
    '203.0.114.0',
    '198.17.255.255',
    '198.20.0.0',
    '172.15.255.255',
    '172.32.0.0',
  ];
  for (const a of [...edges, '9.255.255.255', '11.0.0.0', '192.167.0.1', '127.0.0.1', '0.0.0.0', '255.255.255.255']) {
    expect(checkAddress(a), a).toBe('public');
  }
  for (const a of ['2001:db9::1', '::1', '::', '2606:4700::1111', 'fe80::1', '::ffff:8.8.8.8'])
    expect(checkAddress(a), a).toBe('public');
  for (const a of ['example.org', '', '1.2.3', '1.2.3.4.5', ':::']) expect(checkAddress(a), a).toBe('malformed');
});

test('units', () => {
  expect(['0', '1ns', '200us', '40ms', '1.5s', '2m'].map(parseDuration)).toEqual([0, 1, 2e5, 4e7, 1.5e9, 1.2e11]);
  expect(['', '5', '-5ms', '5 ms', 'ms'].map(parseDuration)).toEqual([-1, -1, -1, -1, -1]);
  expect(['10mbit', '1.5kbit', '1gbit', '8'].map(parseRate)).toEqual([1e7, 1500, 1e9, -1]);
  expect([parseFlags('SYN,ACK'), parseFlags('FIN'), parseFlags('syn')]).toEqual([0x12, 1, -1]);
  expect(parseSeq('X+1')).toEqual({ base: 'X', plus: 1 });
  expect(parseSeq('Y-100')).toEqual({ base: 'Y', plus: -100 });
  expect(parseSeq('4294967295')).toEqual({ base: '', plus: 4294967295 });
  expect([parseSeq('4294967296'), parseSeq('Z'), parseSeq('X + 1')]).toEqual([undefined, undefined, undefined]);
});

test('suggestions', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(nearest('dealy', ['delay', 'loss'])).toBe('delay');
  expect(nearest('zzz', ['delay', 'loss'])).toBeUndefined();
});

test('the JSON Schema describes the same shape and is plain data', () => {
  const schema = JSON.parse(JSON.stringify(scenarioJsonSchema()));
  const handshake = schema.else;
  expect(handshake.required).toEqual(['title', 'summary', 'hosts']);
  expect(handshake.additionalProperties).toBe(false);
  expect(Object.keys(handshake.properties)).toEqual(
    expect.arrayContaining(['hosts', 'link', 'path', 'inject', 'expect', 'story']),
  );
  expect(handshake.properties.link.properties.delay.default).toBe('20ms');
  expect(schema.if).toEqual({ properties: { kind: { const: 'flood' } }, required: ['kind'] });
  expect(schema.then.required).toEqual(['kind', 'title', 'summary']);
  expect(schema.then.properties.server.properties.settings.properties.tcp_syncookies.description).toContain('always');
  // So that an editor offers the names.
  expect(schema.then.properties.boxes.items.anyOf[0].enum).toContain('syn-proxy');
  expect(schema.then.properties.server.properties.policy.anyOf[1].properties.name.enum).toContain('syn-cache');
});
