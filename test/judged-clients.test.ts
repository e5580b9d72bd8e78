/**
 * Clients in trouble, and machines that look like them. A site that is off fails all its clients as a scanner's targets fail
 * him; a path that loses answers leaves entries half-open as a flood does; a service that restarts refuses whoever comes.
 */
import { describe } from 'vitest';
import { ACK, PSH, SYN } from '../src/wire/segment.ts';
import { told, toldAs } from './support/told-stories.ts';
import {
  BACKOFF,
  MS,
  type Opening,
  person,
  SEC,
  SERVER,
  type Stack,
  stackOf,
  type Traffic,
} from './support/traffic.ts';
import { person6, server6 } from './support/traffic-ipv6.ts';
import { busy, clients, each, flashCrowd, flood, port, visitors } from './support/traffic-stories.ts';

const OFFICE = 0x0a01_0100;
const SITE = 0xc0a8_5001;
const STRANGER = 0xc633_6407;
const LINUX: Stack = { ttl: 52, wnd: 64_240, options: 'linux' };
const NMAP: Stack = { ttl: 50, wnd: 1024, options: 'mss' };

describe('a /24 that is off', () => {
  toldAs(
    ['nothing', 'retry-storm'],
    [
      ['forty clients, thirty of its hosts each', (t) => off(t, { clients: 40, each: 30 })],
      ['six clients, forty of its hosts each', (t) => off(t, { clients: 6, each: 40 })],
      ['three clients, again and again', (t) => off(t, { clients: 3, each: 60, rounds: 3 })],
      ['one that monitors it, again and again', (t) => off(t, { clients: 1, each: 60, rounds: 5 })],
      [
        'a router says that it is unreachable, and clients come again',
        (t) => off(t, { clients: 12, each: 40, rounds: 3, ends: 'refused' }),
      ],
    ],
  );
  told('scan', [
    [
      // It waits by its stack's timer as well, but nobody else wants those hosts, and it asks once.
      'a worm that connects to each address of it once',
      (t) =>
        each(visitors(t, 0, 55, 5), 254, 200, (i) => ({
          client: OFFICE,
          clientPort: port(t),
          server: SITE + i,
          port: 445,
          stack: LINUX,
          ...(i % 40 === 3 ? { ends: 'refused' } : { ends: 'unanswered', again: BACKOFF.slice(0, 2) }),
        })),
    ],
    [
      'a scanner beside the clients that miss it',
      (t) =>
        each(off(t, { clients: 20, each: 10 }), 254, 100, (i) => ({
          client: STRANGER,
          clientPort: 50_000,
          server: SITE + i,
          port: 445,
          stack: NMAP,
          ends: 'unanswered',
        })),
    ],
    [
      'five infected hosts at hosts of a /16 at random',
      (t) =>
        each(t, 2000, 10, (i) => ({
          client: OFFICE + (i % 5),
          clientPort: port(t),
          server: 0x0a00_0000 + t.rng.below(65_536),
          port: 445,
          stack: LINUX,
          ...(i % 30 === 2 ? { ends: 'served' } : { ends: 'unanswered', again: BACKOFF.slice(0, 2) }),
        })),
    ],
  ]);
});

// What a machine holds is its rate times the life of an entry (Little), and 128 entries are a small backlog.
describe('entries that few addresses hold, a twentieth of the traffic', () => {
  told('flood', [
    ['twenty machines, 20 a second beside 400, that try again by their stacks', (t) => deaf(t, 400, 15, 20, 20, 3)],
    ['eight machines, 8 a second beside 150, that try again by their stacks', (t) => deaf(t, 150, 30, 8, 8, 3)],
    ['eight machines, 8 a second beside 150', (t) => deaf(t, 150, 30, 8, 8, 0)],
    ['one machine, 5 a second beside 100', (t) => deaf(t, 100, 40, 1, 5, 0)],
    [
      'a machine behind a NAT whose other clients are served',
      (t) =>
        flood(
          each(visitors(t, 0, 25, 10), 800, 30, (i) => ({ client: STRANGER, clientPort: 1024 + i, ends: 'served' })),
          { rate: 150, seconds: 15, from: 5, source: () => STRANGER, stack: () => LINUX },
        ),
    ],
  ]);
  told('nothing', [
    // A browser's few connections at a time, each given up before the next.
    ['an office that hears no answers', (t) => deaf(t, 150, 40, 30, 3, 4)],
    ['two agents that hear no answers and try each second', (t) => deaf(t, 150, 40, 2, 2, 3)],
    [
      'twelve addresses of many clients each, one in thirty of whom vanishes',
      (t) =>
        each(t, 4000, 5, (i) => ({
          client: STRANGER + (i % 12),
          clientPort: port(t),
          ...(i % 31 === 3 ? { ends: 'half-open', synackAgain: BACKOFF.slice(0, 5) } : { ends: 'served' }),
        })),
    ],
    [
      'one in twenty vanishes, and as many break off',
      (t) =>
        clients(t, { count: 3000, every: 40 }, (i) =>
          i % 19 === 3
            ? { ends: 'half-open', synackAgain: BACKOFF.slice(0, 5) }
            : { ends: i % 19 === 9 ? 'aborted' : 'served' },
        ),
    ],
    [
      'phones, one in twenty of which vanishes',
      (t) =>
        clients(t, { count: 4000, every: 10 }, (i) =>
          i % 20 === 3 ? { ends: 'half-open', synackAgain: BACKOFF.slice(0, 5) } : { ends: 'served' },
        ),
    ],
  ]);
});

describe('outages', () => {
  toldAs(
    ['nothing', 'retry-storm', 'flash-crowd'],
    [
      [
        // As many come as before, and look the same: a flood comes on top.
        'a restart: refused for seven seconds, nobody comes twice',
        (t) => clients(t, { count: 2000, every: 40 }, (i) => ({ ends: i > 1600 && i < 1780 ? 'refused' : 'served' })),
      ],
      ['clients wait for a service, and get it', wait],
      [
        'refused for ten seconds, then a crowd',
        (t) => {
          visitors(t, 0, 10, 30);
          for (let c = 0; c < 400; c++)
            for (let k = 0; k < 5; k++)
              t.open({
                at: (10 + 2 * k + t.rng.unit()) * SEC,
                client: person(c),
                clientPort: 2000 + k,
                ends: 'refused',
              });
          return visitors(t, 20, 15, 100);
        },
      ],
      [
        'a flash crowd, and 3 % of all packets lost',
        (t) => flashCrowd(visitors(t, 0, 60, 3), 3000, 60).keep(() => t.rng.chance(0.97)),
      ],
      ['devices without options that all come back at once', reconnect],
    ],
  );
  told('nothing', [
    // RFC 8305 §5: the other family is tried 250 ms later.
    ['happy eyeballs: IPv6 does not work for a third', eyeballs],
  ]);
});

describe('other things than half-open entries', () => {
  toldAs(
    ['nothing', 'flash-crowd'],
    [
      ['bots that complete and then say nothing', (t) => idle(visitors(t, 0, 25, 10), 200, 4000, 6, 0)],
      ['slow requests by twenty machines', (t) => idle(visitors(t, 0, 40, 10), 20, 1500, 10, 4)],
    ],
  );
  told('nothing', [['port knocking', (t) => knock(visitors(t, 0, 30, 5), 6, [7000, 8000, 9000, 7500])]]);
});

interface Off {
  readonly clients: number;
  readonly each: number;
  readonly rounds?: number;
  readonly ends?: 'unanswered' | 'refused';
}

/** Clients of sixty hosts in one /24, none of which is there any more; and a site elsewhere that is. */
function off(t: Traffic, { clients, each, rounds = 1, ends = 'unanswered' }: Off): Traffic {
  for (let i = 0; i < clients * each * rounds; i++) {
    const client = OFFICE + (i % clients);
    const host = (7 * (i % clients) + (Math.floor(i / clients) % each)) % 60;
    t.open({
      at: (t.rng.unit() * 20 + 30 * Math.floor(i / (clients * each))) * SEC,
      client,
      clientPort: port(t),
      server: SITE + host,
      port: [443, 445, 22][host % 3]!,
      stack: stackOf(client),
      ends,
      again: ends === 'refused' ? [] : BACKOFF.slice(0, 2 + t.rng.below(3)),
    });
  }
  return visitors(t, 0, 20 + 30 * rounds, 5);
}

/** A busy site, and machines that hear nothing of its answers, each of which the site keeps for 63 s. */
function deaf(t: Traffic, served: number, seconds: number, machines: number, rate: number, tries: number): Traffic {
  busy(t, served, seconds);
  return each(t, rate * seconds, 1000 / rate, (i) => {
    const client = 0x2d40_0000 + (i % machines) * 0x01_0203;
    return {
      client,
      clientPort: 2000 + 3 * Math.floor(i / machines),
      ends: 'deaf',
      again: BACKOFF.slice(0, tries),
      synackAgain: BACKOFF.slice(0, 5),
    };
  }).keep(({ ts }) => ts < seconds * SEC);
}

/** 600 clients come while nobody answers, up to 20 s; from then on all are served. */
function wait(t: Traffic): Traffic {
  return clients(visitors(t, 20, 15, 30), { count: 600, every: 33 }, (i) => {
    const left = 20 * SEC - i * 33 * MS;
    return { ends: 'served', again: BACKOFF.slice(0, 1 + BACKOFF.findIndex((after) => after > left)) };
  });
}

function reconnect(t: Traffic): Traffic {
  each(t, 100, 100, (i) => device(t, i));
  for (let i = 0; i < 3000; i++) {
    const ends = t.rng.chance(0.85) ? 'served' : 'unanswered';
    t.open({ at: (10 + 3 * t.rng.unit()) * SEC, ...device(t, i), ends, again: BACKOFF.slice(0, t.rng.below(3)) });
  }
  return t;
}

function device(t: Traffic, i: number): Omit<Opening, 'at'> {
  const stack: Stack = { ttl: stackOf(person(i)).ttl, wnd: 5840, options: 'none' };
  return { client: person(i), clientPort: port(t), port: 8883, stack, ends: 'served' };
}

function eyeballs(t: Traffic): Traffic {
  for (let n = 0; n < 1200; n++) {
    const at = n * 20 * MS;
    const works = n % 3 !== 0;
    t.open({
      at,
      client: person6(t, n),
      clientPort: port(t),
      server: server6(t),
      ends: works ? 'served' : 'unanswered',
    });
    t.open({ at: at + 250 * MS, client: person(n), clientPort: port(t), ends: works ? 'given-up' : 'served' });
  }
  return t;
}

/** Connections that are opened and kept: nothing is sent over them, or a piece of a request each ten seconds. */
function idle(t: Traffic, machines: number, count: number, every: number, pieces: number): Traffic {
  for (let i = 0; i < count; i++) {
    const at = i * every * MS;
    const client = [person(900 + (i % machines)), 1024 + i] as const;
    const server = [SERVER, 80] as const;
    const [x, y] = [t.rng.uint32(), t.rng.uint32()];
    const stack = stackOf(client[0]);
    t.send(at, client, server, { flags: SYN, seq: x }, stack);
    t.send(at + 20 * MS, server, client, { flags: SYN | ACK, seq: y, ack: x + 1 }, LINUX);
    t.send(at + 40 * MS, client, server, { flags: ACK, seq: x + 1, ack: y + 1 }, stack);
    for (let k = 0; k < pieces; k++) {
      const piece = { flags: ACK | PSH, seq: x + 1 + 20 * k, ack: y + 1, len: 20 };
      t.send(at + 10 * (k + 1) * SEC, client, server, piece, stack);
    }
  }
  return t;
}

/** A door that opens to whoever tries these ports in turn. */
function knock(t: Traffic, times: number, ports: readonly number[]): Traffic {
  for (let k = 0; k < times; k++) {
    for (const [i, knocked] of ports.entries()) {
      const one = { client: person(3), clientPort: 40_000 + 16 * k + i, port: knocked };
      t.open({ at: (5 * k + 0.3 * i) * SEC, ...one, ends: 'unanswered' });
    }
    t.open({ at: (5 * k + 4) * SEC, client: person(3), clientPort: 50_000 + k, port: 22, ends: 'served' });
  }
  return t;
}
