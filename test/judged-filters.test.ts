/**
 * Captures of one direction, of one kind of segment, of one side: what a filter or a tap left out must not be taken for what
 * somebody left out. Each is told from the same traffic whole, so its truth is known.
 */
import { expect, test } from 'vitest';
import { ACK, FIN, RST, SYN } from '../src/wire/segment.ts';
import { judged, told, toldAs } from './support/told-stories.ts';
import {
  BACKOFF,
  MS,
  type Opening,
  person,
  SERVER,
  type Sent,
  type Stack,
  stackOf,
  type Traffic,
} from './support/traffic.ts';
import {
  backscatter,
  clients,
  each,
  flashCrowd,
  flood,
  healthChecks,
  loadTest,
  port,
  retryStorm,
  visitors,
} from './support/traffic-stories.ts';

const BARE: Stack = { ttl: 60, wnd: 5840, options: 'none' };
const LINUX: Stack = { ttl: 52, wnd: 64_240, options: 'linux' };
const BALANCER = 0x0a00_0102;
const CARRIER = 0x6440_0000;
const CRAWLER = 0x0a00_0005;
const NETWORK = 0xcb00_7100;

// Devices, balancers and old scanners send SYNs without options, too.
told('nothing', [
  ['nothing but SYNs: devices without options, each once, 30 a second', (t) => syns(devices(t, 1500, 33))],
  ['nothing but SYNs: devices without options, each once, 100 a second', (t) => syns(devices(t, 2000, 10))],
  ['nothing but SYNs: 400 devices without options, again and again', (t) => syns(devices(t, 1500, 33, 400))],
  ['nothing but SYNs: meters of one network, one TTL, each once', (t) => syns(meters(t, 1e6))],
  ['nothing but SYNs: meters of one network, again and again', (t) => syns(meters(t, 300))],
  ['nothing but SYNs: eight balancers, 8 checks a second', (t) => syns(checks(t, 1200, 125, 8))],
  ['nothing but SYNs: four balancers, 100 checks a second', (t) => syns(checks(t, 3000, 10, 4))],
  ['nothing but SYNs: bots that try telnet, 10 a second', (t) => syns(telnet(t, 1200, 100))],
  ['clients to server only: devices without options that are served', (t) => inward(devices(t, 1200, 33))],
  ['clients to server only: bots that try telnet and are refused', (t) => inward(telnet(t, 1200, 100))],
  [
    'clients to server only: visitors of one host, and what tries all hosts of its network',
    (t) =>
      each(visitors(t, 0, 20, 60), 200, 100, (i) => ({
        client: person(9000 + i),
        clientPort: port(t),
        server: NETWORK + t.rng.below(256),
        port: 1 + t.rng.below(60_000),
        stack: BARE,
        ends: 'refused',
      })).keep(({ dst }) => dst >>> 8 === NETWORK >>> 8),
  ],
  [
    'nothing but SYNs: visitors, and devices without options, one in six',
    (t) => syns(devices(visitors(t, 0, 40, 30), 600, 60)),
  ],
  ['nothing but SYNs: visitors and balancers', (t) => syns(healthChecks(visitors(t, 0, 40, 30), 8, 40))],
  [
    'nothing but SYNs: a crawler',
    (t) => syns(each(t, 500, 50, (i) => ({ client: CRAWLER, clientPort: port(t), server: person(i), ends: 'served' }))),
  ],
]);

// Rate, sources and looks together say flood though nobody sees what became of it.
told('flood', [
  [
    'nothing but SYNs: 50 a second from anywhere, all with one TTL',
    (t) => syns(flood(t, { rate: 50, seconds: 30, stack: () => ({ ttl: 52, wnd: 512, options: 'none' }) })),
  ],
  [
    'nothing but SYNs: 3,000 a second with TTLs and windows drawn at random',
    (t) =>
      syns(
        flood(t, {
          rate: 3000,
          seconds: 2,
          stack: () => ({ ttl: 30 + t.rng.below(200), wnd: t.rng.below(65_535), options: 'none' }),
        }),
      ),
  ],
  [
    'nothing but SYNs: 300 a second from one /16',
    (t) => syns(flood(t, { rate: 300, seconds: 8, source: () => 0x2d10_0000 + t.rng.below(65_536) })),
  ],
  [
    'nothing but SYNs: 2,000 a second from one address',
    (t) => syns(flood(t, { rate: 2000, seconds: 2, source: () => 0xc633_6407 })),
  ],
  [
    'nothing but SYNs: 500 a second from a network of private addresses, again and again',
    (t) => syns(flood(t, { rate: 500, seconds: 5, source: () => 0x0a00_0100 + t.rng.below(250), stack: () => BARE })),
  ],
  [
    // Whoever is answered goes on, which shows; of three in four nobody did.
    'clients to server only: by many stacks, beside visitors',
    (t) => inward(flood(visitors(t, 0, 20, 15), { rate: 200, seconds: 12, from: 4, stack: stackOf })),
  ],
  [
    'clients to server only: by forty machines, which drowns the visitors',
    (t) =>
      inward(flood(visitors(t, 0, 40, 3), { rate: 100, seconds: 35, from: 3, source: () => person(t.rng.below(40)) })),
  ],
]);

// `tcp[tcpflags] & tcp-syn != 0`: each SYN and each SYN/ACK, and never an ACK.
told('nothing', [
  ['SYNs and SYN/ACKs: visitors', (t) => openings(visitors(t, 0, 40, 30))],
  ['SYNs and SYN/ACKs: single visits', (t) => openings(singles(t, 2000))],
  ['SYNs and SYN/ACKs: a load test', (t) => openings(loadTest(t, 4000, 1000))],
  [
    'SYNs and SYN/ACKs: a busy site where some are lost',
    (t) =>
      openings(
        clients(t, { count: 2000, every: 10 }, (i) => ({
          ends: 'served',
          again: i % 20 === 0 ? [1000 * MS] : [],
          synackAgain: i % 30 === 0 ? [1000 * MS] : [],
        })),
      ),
  ],
  [
    'SYNs and SYN/ACKs: a crawler, some of whose hosts are down',
    (t) =>
      openings(
        each(t, 500, 50, (i) => ({
          client: CRAWLER,
          clientPort: port(t),
          server: person(i),
          ...(i % 12 === 0 ? { ends: 'unanswered', again: BACKOFF.slice(0, 2) } : { ends: 'served' }),
        })),
      ),
  ],
  ['SYNs, SYN/ACKs and RSTs: visitors', (t) => visitors(t, 0, 40, 30).keep(({ flags }) => (flags & (SYN | RST)) !== 0)],
  ['SYNs, FINs and RSTs: devices without options', (t) => ends(devices(t, 1500, 30))],
  ['FINs and RSTs: visitors', (t) => visitors(t, 0, 30, 30).keep(({ flags }) => (flags & (FIN | RST)) !== 0)],
  ['SYN/ACKs: visitors', (t) => visitors(t, 0, 40, 30).keep(isSynack)],
  ['SYN/ACKs: single visits', (t) => singles(t, 2000).keep(isSynack)],
  [
    'SYN/ACKs: what a crawler got',
    (t) =>
      each(t, 800, 50, (i) => ({ client: CRAWLER, clientPort: port(t), server: person(i), ends: 'served' })).keep(
        isSynack,
      ),
  ],
]);
toldAs(
  ['flash-crowd', 'nothing'],
  [['SYNs and SYN/ACKs: a crowd', (t) => openings(flashCrowd(visitors(t, 0, 60, 3), 3000, 60))]],
);
told('flood', [
  // Servers repeat to those who keep silent.
  ['SYNs and SYN/ACKs: a flood', (t) => openings(flood(visitors(t, 0, 40, 10), { rate: 100, seconds: 20, from: 5 }))],
  ['SYNs and SYN/ACKs: a flood, met with cookies', (t) => flood(t, { rate: 300, seconds: 8, synackAgain: [] })],
]);

test('SYNs and SYN/ACKs alone: that completion does not show is said', () => {
  const { vantage, judgements } = judged({ make: (t) => openings(singles(t, 500)) });
  expect(vantage.view).toBe('openings-only');
  expect(judgements[0]!.unknown).toEqual([vantage.sentence]);
});

// What a server sends is half of something, unless nobody who asked is there.
told('nothing', [
  ['server to clients only: 60 clients that are refused come again', (t) => outward(refused(t, 60, 1200))],
  ['server to clients only: 12 of them', (t) => outward(refused(t, 12, 400))],
  ['server to clients only: 400 of them, thrice each', (t) => outward(refused(t, 400, 1200))],
  ['server to clients only: one, a hundred times', (t) => outward(refused(t, 1, 100))],
  ['server to clients only: bots that try telnet, 5 a second', (t) => outward(telnet(t, 900, 200))],
  ['server to clients only: checks of health', (t) => outward(healthChecks(t, 8, 150))],
  ['server to clients only: a retry storm', (t) => outward(retryStorm(t, 100, 12, 'refused'))],
  [
    'server to clients only: a site from which one in twenty vanishes',
    (t) =>
      outward(
        clients(t, { count: 2000, every: 10 }, (i) =>
          i % 20 === 3 ? { ends: 'half-open', synackAgain: BACKOFF.slice(0, 5) } : { ends: 'served' },
        ),
      ),
  ],
  [
    'RSTs: a site and a port that is closed',
    (t) =>
      each(visitors(t, 0, 40, 20), 400, 100, (i) => ({ ...refusedOne(t, 80)(i), port: 8080 })).keep(
        ({ flags }) => (flags & RST) !== 0,
      ),
  ],
  [
    'only what came in to an office whose proxy is down',
    (t) =>
      each(t, 1200, 20, (i) => ({
        client: CRAWLER + (i % 40),
        clientPort: port(t),
        server: 0x0a01_0101,
        port: 3128,
        ends: 'refused',
      })).keep(({ dst }) => dst >>> 8 === CRAWLER >>> 8),
  ],
]);
told('backscatter', [
  [
    'server to clients only: a closed port is flooded',
    (t) => outward(flood(t, { rate: 60, seconds: 20, ends: 'refused', port: () => 8080 })),
  ],
  [
    'server to clients only: a flood beside visitors',
    (t) => outward(flood(visitors(t, 0, 30, 10), { rate: 60, seconds: 20, from: 5 })),
  ],
  ['RSTs to a network of ours', (t) => backscatter(t, 300, () => NETWORK + t.rng.below(250), 1)],
  ['RSTs and SYN/ACKs to a /16 of ours', (t) => backscatter(t, 600, () => 0x2d10_0000 + t.rng.below(65_536), 0.5)],
  ['SYN/ACKs to a network of ours, which resets them', (t) => resetThere(t, 300)],
]);

/** What a flooded server sends to forged addresses of ours, whose hosts reset it (RFC 9293 §3.10.7.1). */
function resetThere(t: Traffic, flows: number): Traffic {
  const flooded = [0xc633_6414, 443] as const;
  for (let i = 0; i < flows; i++) {
    const at = t.rng.unit() * 60_000 * MS;
    const to = [NETWORK + t.rng.below(250), port(t)] as const;
    const ack = t.rng.uint32();
    t.send(at, flooded, to, { flags: SYN | ACK, seq: t.rng.uint32(), ack }, LINUX);
    t.send(at + MS, to, flooded, { flags: RST, seq: ack }, LINUX);
  }
  return t;
}

/** Sensors that report over MQTT, each at its own distance. */
function devices(t: Traffic, count: number, every: number, of = 1e6): Traffic {
  return each(t, count, every, (i) => ({
    client: person(i % of),
    clientPort: port(t),
    port: 8883,
    stack: { ...BARE, ttl: stackOf(person(i % of)).ttl },
    ends: 'served',
  }));
}

/** The same behind one carrier: 100.64.0.0/10, all as far away. */
function meters(t: Traffic, of: number): Traffic {
  return each(t, 1500, 30, (i) => ({
    client: CARRIER + (i % of),
    clientPort: port(t),
    port: 8883,
    stack: BARE,
    ends: 'served',
  }));
}

function checks(t: Traffic, count: number, every: number, balancers: number): Traffic {
  return each(t, count, every, (i) => ({
    client: BALANCER + (i % balancers),
    clientPort: 2000 + i,
    stack: BARE,
    ends: 'aborted',
    rtt: MS,
  }));
}

function telnet(t: Traffic, count: number, every: number): Traffic {
  return each(t, count, every, (i) => ({
    client: person(i),
    clientPort: port(t),
    port: 23,
    ends: 'refused',
    stack: { ttl: 30 + (i % 25), wnd: 5840 + i, options: 'none' },
  }));
}

function refused(t: Traffic, of: number, count: number): Traffic {
  return each(t, count, 300, refusedOne(t, of));
}

function refusedOne(t: Traffic, of: number): (i: number) => Omit<Opening, 'at'> {
  return (i) => ({ client: person(i % of), clientPort: port(t), ends: 'refused' });
}

function singles(t: Traffic, count: number): Traffic {
  return clients(t, { count, every: 10 }, () => ({ ends: 'served' }));
}

function syns(t: Traffic): Traffic {
  return t.keep(({ flags }) => flags === SYN);
}

function openings(t: Traffic): Traffic {
  return t.keep(({ flags }) => (flags & SYN) !== 0);
}

function ends(t: Traffic): Traffic {
  return t.keep(({ flags }) => (flags & (SYN | FIN | RST)) !== 0);
}

function isSynack({ flags }: Sent): boolean {
  return flags === (SYN | ACK);
}

function inward(t: Traffic): Traffic {
  return t.keep(({ dst }) => dst === SERVER);
}

function outward(t: Traffic): Traffic {
  return t.keep(({ src }) => src === SERVER);
}
