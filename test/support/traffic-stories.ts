/** Stories of traffic for the tests of judgements, each of them something a server really meets. */
import { ACK, RST, SYN } from '../../src/wire/segment.ts';
import {
  BACKOFF,
  type EarlyData,
  MS,
  type Opening,
  person,
  SEC,
  SERVER,
  type Stack,
  stackOf,
  type Traffic,
} from './traffic.ts';

const BARE: Stack = { ttl: 242, wnd: 0, options: 'none' };

/** An address nobody knows, as floods forge them. */
function forged(t: Traffic): number {
  return ((1 + t.rng.below(222)) * 0x100_0000 + t.rng.below(0x100_0000)) >>> 0;
}

/** A client's port. */
export function port(t: Traffic): number {
  return 1024 + t.rng.below(64_000);
}

/** `count` attempts, `every` ms apart. */
export function each(t: Traffic, count: number, every: number, attempt: (i: number) => Omit<Opening, 'at'>): Traffic {
  for (let i = 0; i < count; i++) t.open({ at: i * every * MS, ...attempt(i) });
  return t;
}

interface ClientParts {
  readonly count: number;
  /** ms between two of them. */
  readonly every: number;
  /** When the first comes, in seconds, and which `person` it is. */
  readonly from?: number;
  readonly first?: number;
}

/** One client after the other, each with one connection. */
export function clients(
  t: Traffic,
  { count, every, from = 0, first = 0 }: ClientParts,
  becomes: (i: number) => Omit<Opening, 'at' | 'client' | 'clientPort'>,
): Traffic {
  for (let i = 0; i < count; i++)
    t.open({ at: from * SEC + i * every * MS, client: person(first + i), clientPort: port(t), ...becomes(i) });
  return t;
}

/** So many connections a second, all of which complete. */
export function busy(t: Traffic, rate: number, seconds: number): Traffic {
  return clients(t, { count: rate * seconds, every: 1000 / rate }, () => ({ ends: 'served', rtt: 30 * MS }));
}

/** Visitors of a site: `rate` a second, each with one to four connections, nearly all served. */
export function visitors(
  t: Traffic,
  from: number,
  seconds: number,
  rate: number,
  server: number = SERVER,
  who: (n: number) => number = person,
): Traffic {
  let n = 0;
  for (let at = from * SEC; at < (from + seconds) * SEC; at += (2 * SEC * t.rng.unit()) / rate) {
    const client = who(n++);
    const clientPort = port(t);
    const connections = 1 + t.rng.below(4);
    for (let i = 0; i < connections; i++) {
      const ends = t.rng.chance(0.005) ? 'aborted' : 'served';
      t.open({ at: at + i * 5 * MS, client, clientPort: clientPort + i, server, ends });
    }
  }
  return t;
}

interface FloodParts {
  readonly rate: number;
  readonly seconds: number;
  readonly from?: number;
  readonly ends?: Opening['ends'];
  readonly stack?: (client: number) => Stack;
  readonly source?: (t: Traffic) => number;
  readonly port?: (t: Traffic) => number;
  readonly server?: (t: Traffic) => number;
  /** Copies of each SYN/ACK; by default five where the attempts stay half-open. */
  readonly synackAgain?: readonly number[];
  readonly early?: EarlyData;
}

export function flood(t: Traffic, f: FloodParts): Traffic {
  const start = (f.from ?? 0) * SEC;
  for (let at = 0; at < f.seconds * SEC; at += SEC / f.rate) {
    const client = (f.source ?? forged)(t);
    t.open({
      at: start + at + t.rng.below(SEC / f.rate / 2),
      client,
      clientPort: port(t),
      server: (f.server ?? (() => SERVER))(t),
      port: f.port?.(t) ?? 80,
      stack: f.stack?.(client) ?? BARE,
      ends: f.ends ?? 'half-open',
      synackAgain: f.synackAgain ?? (f.ends === undefined || f.ends === 'half-open' ? BACKOFF.slice(0, 5) : []),
      ...(f.early && { early: f.early }),
    });
  }
  return t;
}

/** Clients whose service is down: they try again by their stack's timer, and then anew. */
export function retryStorm(t: Traffic, clients: number, tries: number, ends: 'unanswered' | 'refused'): Traffic {
  for (let c = 0; c < clients; c++) {
    for (let i = 0; i < tries; i++) {
      const at = (t.rng.unit() + i * (ends === 'refused' ? 1 : 16)) * SEC;
      const again = ends === 'refused' ? [] : BACKOFF.slice(0, 3);
      t.open({ at, client: person(c), clientPort: 40_000 + i, ends, again });
    }
  }
  return t;
}

/** Many real clients at once; the server answers late or not at once. */
export function flashCrowd(t: Traffic, clients: number, seconds: number): Traffic {
  for (let c = 0; c < clients; c++) {
    const at = t.rng.unit() ** 0.5 * seconds * SEC;
    const again = t.rng.chance(0.4) ? BACKOFF.slice(0, 1 + t.rng.below(3)) : [];
    t.open({ at, client: person(c), clientPort: port(t), ends: t.rng.chance(0.1) ? 'unanswered' : 'served', again });
  }
  return t;
}

/** One host tries ports of another. */
export function portScan(t: Traffic, ports: number, rate: number, stack?: Stack): Traffic {
  for (let i = 0; i < ports; i++) {
    const open = i % 97 === 13;
    t.open({
      at: (i * SEC) / rate,
      client: 0xc633_6407,
      clientPort: 54_321,
      port: 1 + i,
      ends: open ? 'aborted' : 'refused',
      rtt: 5 * MS,
      stack: stack ?? { ttl: 50, wnd: 1024, options: 'mss' },
    });
  }
  return t;
}

/** One host tries one port of a network. */
export function sweep(t: Traffic, hosts: number, rate: number): Traffic {
  for (let i = 0; i < hosts; i++) {
    const ends = i % 20 === 3 ? 'refused' : i % 50 === 7 ? 'aborted' : 'unanswered';
    t.open({
      at: (i * SEC) / rate,
      client: 0xc633_6407,
      clientPort: 50_000,
      server: 0xcb00_7100 + i,
      port: 22,
      ends,
      stack: { ttl: 240, wnd: 65_535, options: 'none' },
    });
  }
  return t;
}

/** A flooded server answers addresses of ours that were forged. */
export function backscatter(t: Traffic, flows: number, to: (t: Traffic) => number, resets = 0): Traffic {
  const flooded = 0xc633_6414;
  for (let i = 0; i < flows; i++) {
    const at = t.rng.unit() * 60 * SEC;
    const target = [to(t), port(t)] as const;
    const from = [flooded, 443] as const;
    const seq = t.rng.uint32();
    const ack = t.rng.uint32();
    const stack: Stack = { ttl: 52, wnd: 29_200, options: 'mss' };
    if (t.rng.chance(resets)) t.send(at, from, target, { flags: RST | ACK, seq: 0, ack }, stack);
    else {
      for (const after of [0, SEC, 3 * SEC, 7 * SEC])
        t.send(at + after, from, target, { flags: SYN | ACK, seq, ack }, stack);
    }
  }
  return t;
}

/** Servers answer SYNs that somebody sent in our name. */
export function reflection(t: Traffic, servers: number, flows: number): Traffic {
  const us = 0xcb00_7132;
  for (let i = 0; i < flows; i++) {
    const from = [person(i % servers), t.rng.chance(0.8) ? 80 : 443] as const;
    const stack: Stack = { ...stackOf(from[0]), options: 'mss' };
    const seq = t.rng.uint32();
    const ack = t.rng.uint32();
    const at = t.rng.unit() * 10 * SEC;
    for (const after of [0, SEC, 3 * SEC])
      t.send(at + after, from, [us, port(t)], { flags: SYN | ACK, seq, ack }, stack);
  }
  return t;
}

/** SYN, SYN/ACK, RST, once a second from each of a few balancers. */
export function healthChecks(t: Traffic, balancers: number, seconds: number): Traffic {
  for (let s = 0; s < seconds; s++) {
    for (let b = 0; b < balancers; b++) {
      const stack: Stack = { ttl: 64, wnd: 64_240, options: 'linux' };
      t.open({
        at: (s + b / balancers) * SEC,
        client: 0x0a00_0102 + b,
        clientPort: 30_000 + (s % 20_000),
        ends: 'aborted',
        stack,
        rtt: MS,
      });
    }
  }
  return t;
}

/** Thousands of connections a second from one machine, all served. */
export function loadTest(t: Traffic, connections: number, rate: number): Traffic {
  for (let i = 0; i < connections; i++) {
    t.open({ at: (i * SEC) / rate, client: 0x0a00_0105, clientPort: 1024 + (i % 60_000), ends: 'served', rtt: MS });
  }
  return t;
}
