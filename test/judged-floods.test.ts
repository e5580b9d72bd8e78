/**
 * Floods of many makes, each beside what is no flood and looks like it. What makes a flood is that nobody stands behind its
 * SYNs, whatever network or server they go through; what makes a client is that it acknowledges, resets or tries again.
 */
import { describe, expect, test } from 'vitest';
import { judged, told, toldAs } from './support/told-stories.ts';
import { BACKOFF, type EarlyData, SEC, SERVER, type Stack, stackOf, type Traffic } from './support/traffic.ts';
import { forged6, forgedInPrefix, guest6, person6, server6 } from './support/traffic-ipv6.ts';
import { busy, clients, flood, port, visitors } from './support/traffic-stories.ts';

const NETWORK = 0xcb00_7100;
const LINUX: Stack = { ttl: 52, wnd: 64_240, options: 'linux' };
const OVER_IPV6 = { rate: 80, seconds: 9, from: 3, server: server6 } as const;
/** A request that fits into a SYN (RFC 7413 §2). */
const FAST_OPEN: EarlyData = { len: 180, cookie: 'shown', accepted: true };

describe('over IPv6, where whoever has a /64 has 2^64 addresses', () => {
  told('flood', [
    ['from any address of one /64', (t) => flood(visitors6(t, 12), { ...OVER_IPV6, source: forgedInPrefix })],
    ['from all over it', (t) => flood(visitors6(t, 12), { ...OVER_IPV6, source: forged6 })],
    [
      'from one /64, by many stacks',
      (t) => flood(visitors6(t, 12), { ...OVER_IPV6, source: forgedInPrefix, stack: stackOf }),
    ],
    [
      'from all over it, by one stack, among ten times as many who are served',
      (t) => flood(visitors6(t, 14, 200), { ...OVER_IPV6, rate: 40, seconds: 8, source: forged6, stack: () => LINUX }),
    ],
  ]);
  told('nothing', [['visitors', (t) => visitors6(t, 16, 40)]]);
  toldAs(
    ['flash-crowd', 'nothing'],
    [
      ['people with a /64 each', (t) => crowd6(t, person6)],
      ['a stadium in one /64', (t) => crowd6(t, guest6)],
    ],
  );
});

describe('at a server that answers with cookies, or behind a proxy that does', () => {
  // Cookies keep no entry, so that nothing is sent twice (RFC 4987 §3.6): no queue fills, yet nobody waits for an answer.
  told('flood', [
    [
      '20 a second, by many stacks',
      (t) => flood(visitors(t, 0, 60, 10), { rate: 20, seconds: 50, from: 5, synackAgain: [], stack: stackOf }),
    ],
  ]);
  told('nothing', [
    [
      'clients, one in a hundred of whom vanishes',
      (t) => clients(t, { count: 2000, every: 10 }, (i) => ({ ends: i % 100 === 7 ? 'half-open' : 'served' })),
    ],
  ]);

  test('a flood by its arrivals, of which no entry was kept', () => {
    const { judgements } = judged({
      make: (t) => flood(visitors(t, 0, 20, 10), { rate: 100, seconds: 12, from: 5, synackAgain: [] }),
    });
    expect(judgements.map(({ kind }) => kind)).toEqual(['flood']);
    expect(judgements[0]!.queue).toMatchObject({ applies: false });
    expect(judgements[0]!.onset / SEC).toBeCloseTo(5, -0.5);
  });
});

describe('data on the SYN', () => {
  told('flood', [
    [
      // Allowed without any option (RFC 9293 §3.4); Linux acknowledges none of it.
      'a thousand bytes each',
      (t) =>
        flood(visitors(t, 0, 14, 10), {
          rate: 100,
          seconds: 10,
          from: 3,
          early: { len: 1000, cookie: 'none', accepted: false },
        }),
    ],
    [
      // Cookies can be had by whoever asks, and shared (RFC 7413 §5.1).
      'with cookies, by many stacks',
      (t) => flood(visitors(t, 0, 14, 10), { rate: 100, seconds: 10, from: 3, early: FAST_OPEN, stack: stackOf }),
    ],
  ]);
  told('nothing', [
    [
      'clients that open fast, that ask for a cookie, and whose data is not taken',
      (t) =>
        clients(t, { count: 1500, every: 5 }, (i) => ({
          ends: 'served',
          early:
            i % 3 === 0 ? { len: 0, cookie: 'requested', accepted: true } : { ...FAST_OPEN, accepted: i % 3 === 1 },
        })),
    ],
  ]);
});

describe('one SYN in twenty', () => {
  told('flood', [
    ['by one program', (t) => flood(busy(t, 400, 10), { rate: 20, seconds: 7, from: 1 })],
    // What fails at a busy site fails all the time; this begins and ends.
    ['by one stack', (t) => flood(busy(t, 400, 12), { rate: 20, seconds: 7, from: 2, stack: () => LINUX })],
    ['by many stacks', (t) => flood(busy(t, 400, 14), { rate: 20, seconds: 9, from: 2, stack: stackOf })],
  ]);
  told('nothing', [
    [
      // Clients in trouble try again: the flood does not.
      'a path that fails for a while, and one client in twenty tries on',
      (t) =>
        clients(t, { count: 5600, every: 2.5 }, (i) =>
          i % 20 === 3 && i > 800 && i < 4000
            ? { ends: 'served', again: BACKOFF.slice(0, 1 + (i % 3)) }
            : { ends: 'served' },
        ),
    ],
  ]);
});

// 50/s x 63 s, the life of an entry, are 3,150 at once; a backlog of 128 is full after three seconds.
describe('50 a second', () => {
  told('flood', [
    ['half-open', (t) => flood(t, { rate: 50, seconds: 30 })],
    [
      'half-open, by many stacks, among visitors',
      (t) => flood(visitors(t, 0, 45, 8), { rate: 50, seconds: 32, from: 10, stack: stackOf }),
    ],
    ['unanswered', (t) => flood(t, { rate: 50, seconds: 60, ends: 'unanswered' })],
    [
      'unanswered, by many stacks, while others are answered',
      (t) =>
        flood(visitors(t, 0, 70, 5, SERVER + 1), {
          rate: 50,
          seconds: 60,
          from: 5,
          ends: 'unanswered',
          stack: stackOf,
        }),
    ],
  ]);
  // Nobody is served, and everybody tries again by the timer of a stack (RFC 6298 §2.1, doubled by §5.5).
  toldAs(
    ['retry-storm', 'nothing'],
    [
      ['a dead server to which clients come', (t) => dead(t, { seconds: 40 })],
      [
        'a dead server, of whose clients one in four gives up within a second',
        (t) => dead(t, { seconds: 40, leaving: 4 }),
      ],
      [
        'a dead server beside one that lives',
        (t) => dead(visitors(t, 0, 40, 10, SERVER + 1), { seconds: 40, leaving: 4 }),
      ],
      ['a server that dies under its clients', (t) => dead(busy(t, 50, 20), { seconds: 30, from: 20, leaving: 4 })],
    ],
  );

  test('unanswered, by many stacks, and no answer at all in the capture: it cannot be judged, and that is said', () => {
    // So looks, too, a capture of a busy site that was filtered to SYNs.
    const { judgements } = judged({
      make: (t) => flood(t, { rate: 50, seconds: 60, ends: 'unanswered', stack: stackOf }),
    });
    expect(judgements.map(({ kind }) => kind)).toEqual(['nothing']);
    expect(judgements[0]!.unknown.join(' ')).toContain('Completion cannot be judged');
  });
});

describe('all over a network, few to each address', () => {
  const inNetwork = (t: Traffic): number => NETWORK + t.rng.below(256);
  told('flood', [
    ['four SYNs an address', (t) => flood(t, { rate: 100, seconds: 10, server: inNetwork })],
    [
      'beside one host that is busy',
      (t) => flood(visitors(t, 0, 15, 15), { rate: 200, seconds: 10, from: 2, server: inNetwork, ends: 'unanswered' }),
    ],
    [
      // Who scans asks each socket once, or comes back from the same address.
      'nine SYNs an address, refused, by many stacks',
      (t) => flood(t, { rate: 200, seconds: 12, server: inNetwork, ends: 'refused', stack: stackOf }),
    ],
    [
      'one SYN an address',
      (t) => flood(t, { rate: 400, seconds: 8, server: (r) => 0xcb00_7000 + r.rng.below(4096), synackAgain: [] }),
    ],
  ]);
  // What reaches any network day and night: worms that try one port of whoever there is, and people who scan everything.
  toldAs(
    ['scan', 'nothing'],
    [
      ['worms at one port', (t) => worms(t, 1000)],
      ['worms at one port, beside visitors', (t) => worms(visitors(t, 0, 100, 10), 500)],
      ['scanners of everything', (t) => weather(t, 3000)],
    ],
  );
});

/** Nobody answers any more. One client in `leaving` gives up within a second, others after up to five tries. */
function dead(t: Traffic, parts: { seconds: number; from?: number; leaving?: number }): Traffic {
  const { seconds, from = 0, leaving = Infinity } = parts;
  const patience = (i: number): number => (i % leaving === 1 ? 0 : leaving === Infinity ? 5 : 1 + t.rng.below(5));
  const end = (from + seconds) * SEC;
  return clients(t, { count: 50 * seconds, every: 20, from, first: 5000 }, (i) => ({
    ends: 'unanswered',
    again: BACKOFF.slice(0, patience(i)),
  })).keep(({ ts }) => ts < end);
}

/** Five a second, each from somewhere else: SYNs without options, as Mirai sent them. */
function worms(t: Traffic, count: number): Traffic {
  return clients(t, { count, every: 200, first: 9000 }, (i) => ({
    server: NETWORK + t.rng.below(256),
    port: 23,
    stack: { ttl: 30 + (i % 25), wnd: 1000 + i, options: 'none' },
    ends: i % 10 === 0 ? 'refused' : 'unanswered',
  }));
}

/** 25 a second at all ports, most of them by two hundred addresses that come again. */
function weather(t: Traffic, count: number): Traffic {
  const stack: Stack = { ttl: 240, wnd: 65_535, options: 'none' };
  for (let i = 0; i < count; i++) {
    const client = 0x2d00_0000 + (t.rng.chance(0.4) ? 1000 + i : t.rng.below(200)) * 0x1003;
    const server = NETWORK + t.rng.below(256);
    const one = { at: i * 0.04 * SEC, client, clientPort: port(t), server, port: 1 + t.rng.below(60_000) };
    t.open({ ...one, stack, ends: t.rng.chance(0.1) ? 'refused' : 'unanswered' });
  }
  return t;
}

function visitors6(t: Traffic, seconds: number, rate = 15): Traffic {
  return visitors(t, 0, seconds, rate, server6(t), (n) => person6(t, n));
}

/** 1,500 people within 20 s, of whom some must try twice. */
function crowd6(t: Traffic, who: (t: Traffic, n: number) => number): Traffic {
  for (let n = 0; n < 1500; n++) {
    const again = t.rng.chance(0.2) ? BACKOFF.slice(0, 1) : [];
    const at = t.rng.unit() * 20 * SEC;
    t.open({ at, client: who(t, n), clientPort: port(t), server: server6(t), ends: 'served', again });
  }
  return t;
}
