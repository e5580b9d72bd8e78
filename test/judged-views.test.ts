/**
 * The same traffic, seen from where one does not see all of it: one direction, the first bytes of each packet, a capture that
 * begins within a flood, a few seconds of flood within an hour. What cannot be seen must not be said.
 */
import { expect, test } from 'vitest';
import { SYN } from '../src/wire/segment.ts';
import { judged, told, toldAs } from './support/told-stories.ts';
import { BACKOFF, person, SEC, SERVER, type Stack, stackOf, type Traffic } from './support/traffic.ts';
import { busy, clients, each, flashCrowd, flood, port, visitors } from './support/traffic-stories.ts';

const LINUX: Stack = { ttl: 52, wnd: 64_240, options: 'linux' };
/** Ethernet, IPv4 and TCP without options are 54 bytes; these stories are of raw IP, without the 14 of Ethernet. */
const HEADERS = 54 - 14;

told('flood', [
  // Half of each handshake. Who goes on after its SYN was answered; here hardly anybody does.
  [
    'clients to server only, a flood by one program',
    (t) => flood(visitors(t, 0, 16, 15), { rate: 200, seconds: 9, from: 5 }).keep(toServer),
  ],
  [
    'clients to server only, a flood with options of one stack',
    (t) => flood(visitors(t, 0, 16, 15), { rate: 200, seconds: 9, from: 5, stack: () => LINUX }).keep(toServer),
  ],
  // The same packets, of which nobody kept the options: their length is still in the header.
  {
    name: 'headers only',
    make: (t) => flood(visitors(t, 0, 16, 15), { rate: 200, seconds: 9, from: 5 }),
    snaplen: HEADERS,
  },
  {
    name: 'headers only, of SYNs with options',
    make: (t) => flood(visitors(t, 0, 16, 15), { rate: 200, seconds: 9, from: 5, stack: stackOf }),
    snaplen: HEADERS,
  },
  [
    'that had begun before the capture',
    (t) => flood(visitors(t, 0, 30, 10), { rate: 100, seconds: 20 }).keep(after(8)),
  ],
  [
    'that had begun before the capture, by many stacks',
    (t) => flood(visitors(t, 0, 30, 10), { rate: 100, seconds: 20, stack: stackOf }).keep(after(8)),
  ],
  [
    'that began before the capture and goes on after it',
    (t) => flood(visitors(t, 0, 30, 10), { rate: 150, seconds: 30 }).keep(between(12, 20)),
  ],
  [
    'five seconds of an hour, by many stacks',
    (t) => flood(visitors(t, 0, 3600, 0.5), { rate: 200, seconds: 5, from: 2000, stack: stackOf }),
  ],
]);

told('nothing', [
  ['clients to server only, a busy site', (t) => busy(t, 300, 6).keep(toServer)],
  ['server to clients only, a busy site', (t) => busy(t, 300, 6).keep(({ src }) => src === SERVER)],
  { name: 'headers only, a busy site', make: (t) => busy(t, 300, 5), snaplen: HEADERS },
  { name: 'headers only, clients to server only', make: (t) => busy(t, 300, 5).keep(toServer), snaplen: HEADERS },
  {
    name: 'headers only, nothing but SYNs',
    make: (t) => clients(t, { count: 2000, every: 10 }, () => ({ ends: 'served' })).keep(({ flags }) => flags === SYN),
    snaplen: HEADERS,
  },
  ['a capture that begins on a busy site', (t) => busy(t, 300, 8).keep(after(3))],
  [
    '1 packet in 10 of a client that resets what it is sent',
    (t) =>
      each(t, 1500, 20, (i) => ({
        client: person(1),
        clientPort: 2000 + 7 * i,
        ends: i % 2 === 0 ? 'aborted' : 'served',
      })).keep(() => t.rng.chance(0.1)),
  ],
]);

toldAs(
  ['flash-crowd', 'nothing'],
  [['clients to server only, a crowd', (t) => flashCrowd(visitors(t, 0, 30, 5), 2000, 25).keep(toServer)]],
);

// Of a capture that shows a part of each connection, what is missing was not left out by the sender.
toldAs(
  ['retry-storm', 'flash-crowd', 'nothing'],
  [
    ['1 packet in 10 of a service that is down for half a minute', (t) => sampled(down(t, 'unanswered'), 0.1)],
    ['half of the packets of a service that refuses for half a minute', (t) => sampled(down(t, 'refused'), 0.5)],
  ],
);

test('headers only: of options that were not captured nothing is said', () => {
  const story = { make: (t: Traffic) => flood(t, { rate: 200, seconds: 5, stack: stackOf }), snaplen: HEADERS };
  const [first] = judged(story).judgements;
  expect(first!.confidence.because.map(({ sentence }) => sentence).join(' ')).not.toContain('no TCP options');
  expect(first!.sources.prints[0]!.print).toContain('options not captured');
});

test('five seconds of an hour: when', () => {
  const { judgements } = judged({
    make: (t) => flood(visitors(t, 0, 3600, 0.5), { rate: 200, seconds: 5, from: 2000 }),
  });
  expect(judgements.map(({ kind }) => kind)).toEqual(['flood']);
  // A curve has at most 600 steps, so here one is 6 s long or 8.
  expect(judgements[0]!.onset / SEC).toBeGreaterThan(1990);
  expect(judgements[0]!.onset / SEC).toBeLessThan(2005);
  expect(judgements[0]!.end / SEC).toBeLessThan(2020);
});

/** 60 a second; while nobody serves, each comes back some times. */
function down(t: Traffic, ends: 'unanswered' | 'refused'): Traffic {
  for (let i = 0; i < 2400; i++) {
    const away = i > 600 && i < 2400;
    for (let k = 0; k < (away ? 4 : 1); k++) {
      const again = away && ends === 'unanswered' ? BACKOFF.slice(0, t.rng.below(4)) : [];
      const at = (i / 60 + k * (1 + t.rng.unit())) * SEC;
      t.open({ at, client: person(i % 900), clientPort: port(t), ends: away ? ends : 'served', again });
    }
  }
  return t;
}

function sampled(t: Traffic, share: number): Traffic {
  return t.keep(() => t.rng.chance(share));
}

function toServer({ dst }: { readonly dst: number }): boolean {
  return dst === SERVER;
}

function after(seconds: number): (sent: { readonly ts: number }) => boolean {
  return ({ ts }) => ts >= seconds * SEC;
}

function between(from: number, to: number): (sent: { readonly ts: number }) => boolean {
  return ({ ts }) => ts >= from * SEC && ts < to * SEC;
}
