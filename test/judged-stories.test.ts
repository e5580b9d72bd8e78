/** More stories of traffic, of the kinds that are easily taken for each other. The truth is in the name of each. */
import { ACK, FIN, PSH, RST, SYN, URG } from '../src/wire/segment.ts';
import { told } from './support/told-stories.ts';
import { BACKOFF, MS, type Opening, person, SERVER, type Stack, stackOf, type Traffic } from './support/traffic.ts';
import { each, flashCrowd, flood, port, retryStorm, visitors } from './support/traffic-stories.ts';

const STRANGER = 0xc633_6407;
const OWN = 0x0a00_0005;
const BARE: Stack = { ttl: 60, wnd: 512, options: 'none' };
const NMAP: Stack = { ttl: 50, wnd: 1024, options: 'mss' };

told('flood', [
  [
    'one address, whose own kernel resets each SYN/ACK',
    (t) =>
      each(visitors(t, 0, 5, 5), 3000, 2, (i) => ({
        client: STRANGER,
        clientPort: 2000 + i,
        stack: BARE,
        ends: 'aborted',
      })),
  ],
  [
    'SYNs with options of real stacks, within a long calm',
    (t) => flood(visitors(t, 0, 200, 20), { rate: 150, seconds: 20, from: 100, stack: stackOf }),
  ],
  ['three seconds within a long calm', (t) => flood(visitors(t, 0, 200, 20), { rate: 800, seconds: 3, from: 120 })],
  [
    'forged addresses of one /24',
    (t) =>
      flood(visitors(t, 0, 40, 5), { rate: 100, seconds: 30, from: 5, source: () => 0x0a0a_0a00 + t.rng.below(254) }),
  ],
  [
    'a closed port, 30 a second',
    (t) => flood(visitors(t, 0, 60, 4), { rate: 30, seconds: 50, from: 5, port: () => 8080, ends: 'refused' }),
  ],
  [
    'forty machines at all ports of a host',
    (t) =>
      flood(visitors(t, 0, 10, 5), {
        rate: 1000,
        seconds: 8,
        from: 1,
        source: () => person(900 + t.rng.below(40)),
        port: () => 1 + t.rng.below(60_000),
        ends: 'refused',
      }),
  ],
  [
    'a minute of 60 a second within a day of calm',
    (t) => flood(visitors(t, 0, 80_000, 0.02), { rate: 60, seconds: 60, from: 40_000 }),
  ],
  ['a fifth of a second', (t) => flood(t, { rate: 8000, seconds: 0.2 }).keep((s) => s.ts < 200 * MS)],
  [
    '10 a second among 400, some of whom vanish',
    (t) => flood(vanishing(t, 4000, 2.5, 200), { rate: 10, seconds: 9, from: 0.5 }),
  ],
  [
    '1 packet in 100, nobody answers',
    (t) => sampled(flood(visitors(t, 0, 30, 10), { rate: 2000, seconds: 15, from: 5, ends: 'unanswered' }), 0.01),
  ],
  [
    'nothing but SYNs captured, of visitors too',
    (t) => flood(visitors(t, 0, 40, 30), { rate: 200, seconds: 20, from: 10 }).keep((s) => s.flags === SYN),
  ],
]);

told('scan', [
  [
    'a port every 15 s',
    (t) =>
      each(t, 200, 15_000, (i) => ({
        client: STRANGER,
        clientPort: 40_000,
        port: 1 + i,
        stack: NMAP,
        ends: i % 60 === 9 ? 'aborted' : 'refused',
      })),
  ],
  [
    'ports behind a filter',
    (t) =>
      each(t, 300, 100, (i) => ({
        client: STRANGER,
        clientPort: 2000 + i,
        port: 1 + i,
        ends: i === 22 ? 'served' : 'unanswered',
      })),
  ],
  [
    'twenty ports in a fifth of a second',
    (t) =>
      each(t, 20, 10, (i) => ({
        client: STRANGER,
        clientPort: 50_000,
        port: 20 + i * 7,
        stack: NMAP,
        ends: i % 7 === 2 ? 'aborted' : 'refused',
      })),
  ],
  [
    'with decoys',
    (t) =>
      each(t, 1800, 2, (i) => ({
        client: person(500 + (i % 6)),
        clientPort: 50_000,
        port: 1 + Math.floor(i / 6),
        stack: NMAP,
        ends: 'refused',
      })),
  ],
  [
    'a network of which half answers',
    (t) =>
      each(t, 250, 20, (i) => ({
        client: STRANGER,
        clientPort: 2000 + i,
        server: 0x0a00_0100 + i,
        port: 22,
        stack: NMAP,
        ends: (['aborted', 'refused', 'unanswered', 'unanswered'] as const)[i % 4]!,
      })),
  ],
  ['by FIN', (t) => probes(t, FIN)],
  ['by FIN, PSH and URG', (t) => probes(t, FIN | PSH | URG)],
  ['by segments without any flag', (t) => probes(t, 0)],
  ['by ACK', (t) => probes(t, ACK)],
]);

told('backscatter', [
  [
    'a flood, of which only the answers were captured',
    (t) => flood(t, { rate: 60, seconds: 20 }).keep((s) => s.src === SERVER),
  ],
]);

told('retry-storm', [
  [
    'refused, ten times a second each',
    (t) =>
      each(t, 8000, 2.5, (i) => ({ client: person(i % 40), clientPort: 20_000 + Math.floor(i / 40), ends: 'refused' })),
  ],
  ['among visitors who are served', (t) => retryStorm(visitors(t, 0, 20, 4), 100, 8, 'unanswered')],
]);

told('nothing', [
  [
    'a SYN an hour from anywhere, for months',
    (t) =>
      each(t, 3000, 3_600_000, (i) => ({
        client: (0x0b00_0000 + i * 7_368_787) % 2 ** 32,
        clientPort: port(t),
        stack: BARE,
        ends: 'unanswered',
      })),
  ],
  [
    'ten thousand connections a second, cut off under way',
    (t) =>
      each(t, 3000, 0.1, (i) => ({
        client: OWN + (i % 200),
        clientPort: 2000 + i,
        stack: BARE,
        ends: 'served',
        rtt: 25 * MS,
      })).keep((s) => s.ts < 300 * MS),
  ],
  ['one of twenty phones leaves after its SYN', (t) => vanishing(t, 4000, 20, 20)],
  [
    'a server that takes three seconds',
    (t) =>
      each(t, 2000, 4, (i) => ({ client: person(i), clientPort: port(t), ends: 'served', rtt: 3000 * MS })).keep(
        (s) => s.ts < 8000 * MS,
      ),
  ],
  [
    'hosts that are looked at every second',
    (t) =>
      each(t, 2000, 4, (i) => ({
        client: OWN,
        clientPort: 2000 + i,
        server: 0x0a00_0100 + (i % 200),
        stack: NMAP,
        ends: 'aborted',
        rtt: MS,
      })),
  ],
  [
    'a quiet site, for a quarter of an hour',
    (t) => each(t, 900, 1000, (i) => ({ client: person(i % 400), clientPort: port(t), ends: 'served' })),
  ],
  [
    'health checks by SYNs without options',
    (t) =>
      each(t, 2400, 125, (i) => ({
        client: OWN + (i % 4),
        clientPort: 2000 + i,
        stack: BARE,
        ends: 'aborted',
        rtt: MS,
      })),
  ],
  [
    'file sharing, most peers gone',
    (t) =>
      each(t, 300, 200, (i) => ({
        client: OWN,
        clientPort: port(t),
        server: person(i),
        port: port(t),
        ...(i % 10 === 0
          ? { ends: 'served' }
          : i % 4 === 0
            ? { ends: 'refused' }
            : { ends: 'unanswered', again: BACKOFF.slice(0, 2) }),
      })),
  ],
  [
    'a crawler',
    (t) =>
      each(t, 500, 50, (i) => ({ client: OWN, clientPort: port(t), server: person(i), port: 443, ...someDown(i, 20) })),
  ],
  [
    'monitoring of a network with hosts that are down',
    (t) =>
      each(t, 600, 200, (i) => ({
        client: OWN,
        clientPort: port(t),
        server: 0x0a00_0100 + (i % 200),
        port: 9100,
        ...someDown(i % 200, 6),
      })),
  ],
  [
    'an office behind one address',
    (t) =>
      each(t, 2000, 10, (i) => ({
        client: STRANGER,
        clientPort: 1024 + i,
        server: person(i % 300),
        port: 443,
        stack: stackOf(person(i)),
        ...someDown(i, 50),
      })),
  ],
  [
    'a program that tries a closed port each second',
    (t) => each(t, 800, 1000, (i) => ({ client: OWN, clientPort: 30_000 + i, ends: 'refused' })),
  ],
  [
    'a browser and a dead server',
    (t) =>
      each(t, 60, 300, (i) => ({
        client: OWN,
        clientPort: 30_000 + i,
        ends: 'unanswered',
        again: BACKOFF.slice(0, 4),
      })),
  ],
  [
    'bots that try telnet, one each two seconds',
    (t) =>
      each(t, 300, 2000, (i) => ({
        client: person(i),
        clientPort: port(t),
        port: 23,
        ends: 'refused',
        stack: { ttl: 30 + (i % 25), wnd: 5840 + i, options: 'none' },
      })),
  ],
  ['segments of no connection, of thousands', (t) => stray(visitors(t, 0, 5, 10), ACK)],
  ['resets, of thousands', (t) => stray(visitors(t, 0, 5, 10), RST)],
  ['nothing but the SYNs of visitors captured', (t) => visitors(t, 0, 40, 40).keep((s) => s.flags === SYN)],
  [
    'nothing but the SYNs of single visits captured',
    (t) =>
      each(t, 4000, 10, (i) => ({ client: person(i), clientPort: port(t), ends: 'served' })).keep(
        (s) => s.flags === SYN,
      ),
  ],
  [
    'a flash crowd, of which only the answers were captured',
    (t) => flashCrowd(visitors(t, 0, 40, 3), 1500, 40).keep((s) => s.src === SERVER),
  ],
  ['1 packet in 100 of visitors', (t) => sampled(visitors(t, 0, 40, 100), 0.01)],
  ['1 packet in 10 of visitors', (t) => sampled(visitors(t, 0, 30, 40), 0.1)],
  ['1 packet in 3 of visitors', (t) => sampled(visitors(t, 0, 30, 40), 0.33)],
]);

/** Visitors, one in `every` of whom is heard of no more once the server has answered. */
function vanishing(t: Traffic, count: number, apart: number, every: number): Traffic {
  return each(t, count, apart, (i) => ({
    client: person(i),
    clientPort: port(t),
    ...(i % every === 3 ? { ends: 'half-open', synackAgain: BACKOFF.slice(0, 5) } : { ends: 'served' }),
  }));
}

/** One in `every` is down, and its client tries on. */
function someDown(i: number, every: number): Pick<Opening, 'ends' | 'again'> {
  return i % every === 0 ? { ends: 'unanswered', again: BACKOFF.slice(0, 3) } : { ends: 'served' };
}

/** A scan without SYNs: closed ports reply with RST (RFC 9293 §3.10.7.1), an open one says nothing. */
function probes(t: Traffic, flags: number): Traffic {
  for (let i = 0; i < 400; i++) {
    const prober = [STRANGER, 40_000] as const;
    const probed = [SERVER, 1 + i] as const;
    t.send(i * 10 * MS, prober, probed, { flags, seq: 5, ack: 77 }, BARE);
    const ack = (flags & ACK) !== 0;
    const reset = ack ? { flags: RST, seq: 77 } : { flags: RST | ACK, seq: 0, ack: 6 };
    if (i !== 79) t.send((i * 10 + 1) * MS, probed, prober, reset, BARE);
  }
  return t;
}

function stray(t: Traffic, flags: number): Traffic {
  for (let i = 0; i < 3000; i++) {
    t.send(i * MS, [person(i), port(t)], [SERVER, 80], { flags, seq: t.rng.uint32(), ack: t.rng.uint32() }, BARE);
  }
  return t;
}

function sampled(t: Traffic, share: number): Traffic {
  return t.keep(() => t.rng.chance(share));
}
