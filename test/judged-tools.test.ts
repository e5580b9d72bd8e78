/**
 * Tools that send SYNs by the thousand and flood nobody: scans behind decoys, load tests, checks of health. A scan wants to
 * hear which sockets answer, so it tries each once; a test and a check are answered, and they answer.
 */
import { SYN } from '../src/wire/segment.ts';
import { told, toldAs } from './support/told-stories.ts';
import { BACKOFF, MS, type Opening, person, SEC, type Stack, type Traffic } from './support/traffic.ts';
import { busy, each } from './support/traffic-stories.ts';

/** As nmap sends: one window of few, MSS alone. */
const NMAP: Stack = { ttl: 45, wnd: 1024, options: 'mss' };
const LINUX: Stack = { ttl: 64, wnd: 64_240, options: 'linux' };
const TESTER = 0x0a00_0105;
const SCANNER = 0xc633_6407;
const NETWORK = 0xcb00_7100;
const VICTIM = 0xc633_6432;

told('scan', [
  // `nmap -D`: each probe goes once from each address (sendIPScanProbe), all with one port and sequence number.
  ['1,000 ports of one host behind ten decoys', (t) => ports(t, 1000, 11)],
  ['100 ports of one host behind forty decoys', (t) => ports(t, 100, 41)],
  [
    '100 ports of a host that drops what it does not serve, behind thirty decoys',
    (t) => ports(t, 100, 31, 'unanswered'),
  ],
  ['200 hosts behind ten decoys', (t) => hosts(t, 200, 11)],
  ['60 hosts behind forty decoys', (t) => hosts(t, 60, 41)],
]);

toldAs(
  ['flash-crowd', 'nothing'],
  [
    // All of it completes, whatever closes it.
    [
      '3,000 connections a second from one source',
      (t) => each(t, 3000, 1 / 3, (i) => ({ ...tester(i), ends: 'served', rtt: MS })),
    ],
    [
      'more than are served: SYNs go again after a second',
      (t) => each(t, 2000, 1, (i) => ({ ...tester(i), ends: 'served', rtt: MS, again: i % 3 === 0 ? [SEC] : [] })),
    ],
  ],
);

told('nothing', [
  [
    'a check of health a second, for an hour',
    (t) => each(t, 3600, 1000, (i) => ({ ...tester(i), ends: 'aborted', rtt: MS })),
  ],
  [
    'a check of health a second by SYNs without options',
    (t) =>
      each(t, 3600, 1000, (i) => ({ ...tester(i), ends: 'aborted', rtt: MS, stack: { ...LINUX, options: 'none' } })),
  ],
]);

// Reflection where the SYNs show, too: whoever sends them has servers answer the address that they carry.
told('reflection', [
  ['by 20 servers, and the victim resets', (t) => inName(t, { count: 2000, every: 4, servers: 20, ends: 'aborted' })],
  [
    'by 20 servers beside their visitors, and the victim is gone',
    (t) => inName(busy(t, 50, 10), { count: 1500, every: 6, servers: 20, ends: 'half-open' }),
  ],
  ['by 3 servers, and the victim is gone', (t) => inName(t, { count: 500, every: 15, servers: 3, ends: 'half-open' })],
]);
// Of their answers alone. Random sources of a flood do not meet one address over and over.
told('reflection', [
  [
    'by 5 servers, and the victim resets',
    (t) => answers(inName(t, { count: 500, every: 10, servers: 5, ends: 'aborted' })),
  ],
  [
    'by 3 servers, and the victim is gone',
    (t) => answers(inName(t, { count: 300, every: 20, servers: 3, ends: 'half-open' })),
  ],
]);
told('nothing', [
  [
    'twenty hosts checked twice a second, by RST',
    (t) => inName(t, { count: 800, every: 25, servers: 20, ends: 'aborted' }),
  ],
  [
    'twenty hosts checked each second by one that hears nothing',
    (t) => inName(t, { count: 400, every: 50, servers: 20, ends: 'half-open' }).keep(({ ts }) => ts < 20 * SEC),
  ],
]);

// Behind a NAT, what others do does not hide the one who scans.
told('scan', [
  [
    '400 ports of one host, from the address of an office',
    (t) => {
      each(t, 800, 20, (i) => ({ client: SCANNER, clientPort: 1024 + i, server: person(i % 100), ends: 'served' }));
      return each(t, 400, 20, (i) => ({
        client: SCANNER,
        clientPort: 40_000 + i,
        port: 1 + i,
        stack: LINUX,
        ends: i % 50 === 9 ? 'served' : 'refused',
      }));
    },
  ],
]);

interface Named {
  readonly count: number;
  /** ms. */
  readonly every: number;
  readonly servers: number;
  readonly ends: 'aborted' | 'half-open';
}

/** SYNs with one address, at some servers in turn. */
function inName(t: Traffic, { count, every, servers, ends }: Named): Traffic {
  return each(t, count, every, (i) => ({
    client: VICTIM,
    clientPort: 1024 + ((7919 * i) % 60_000),
    server: NETWORK + 100 + (i % servers),
    stack: { ttl: 64, wnd: 512, options: 'none' },
    rtt: MS,
    ends,
    synackAgain: ends === 'aborted' ? [] : BACKOFF.slice(0, 5),
  }));
}

function answers(t: Traffic): Traffic {
  return t.keep(({ flags }) => flags !== SYN);
}

function tester(i: number): Pick<Opening, 'client' | 'clientPort' | 'stack'> {
  return { client: TESTER, clientPort: 1024 + (i % 60_000), stack: LINUX };
}

/** Port by port, from each of so many addresses. Forged ones hear nothing; the scanner's own kernel resets. */
function ports(t: Traffic, count: number, addresses: number, closed: 'refused' | 'unanswered' = 'refused'): Traffic {
  return each(t, count * addresses, 1, (i) => {
    const from = i % addresses;
    const number = 1 + Math.floor(i / addresses);
    const open = number % 97 === 13;
    return {
      client: decoy(from),
      clientPort: 50_000,
      port: number,
      x: 0x5eed_0001,
      stack: NMAP,
      ends: open ? (from === 3 ? 'aborted' : 'half-open') : closed,
      rtt: 20 * MS,
    };
  });
}

/** Host by host; one in five lives, and one in three of those serves. */
function hosts(t: Traffic, count: number, addresses: number): Traffic {
  return each(t, count * addresses, 2, (i) => {
    const from = i % addresses;
    const number = Math.floor(i / addresses);
    const open = number % 15 === 0;
    return {
      client: decoy(from),
      clientPort: 50_000,
      x: 0x5eed_0001,
      server: NETWORK + number,
      port: 22,
      stack: NMAP,
      ends: open ? (from === 3 ? 'aborted' : 'half-open') : number % 5 === 0 ? 'refused' : 'unanswered',
    };
  });
}

function decoy(n: number): number {
  return n === 3 ? SCANNER : person(700 + n);
}
