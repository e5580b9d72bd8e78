/** What the server profiles claim of their listeners, against the constants in the sources they name. */
import { describe, expect, test } from 'vitest';
import { BSD1996_LISTEN, type Bsd1996ListenSettings, bsd1996Listener } from '../../src/tcp/bsd1996-listener.ts';
import { FREEBSD_LISTEN, type FreebsdListenSettings, freebsdListener } from '../../src/tcp/freebsd-listener.ts';
import { SEC } from '../../src/tcp/types.ts';
import { ACK, RST, SYN } from '../../src/wire/segment.ts';
import { Bout, SECRET } from './bout.ts';

function bsd(settings: Partial<Bsd1996ListenSettings> = {}): Bout {
  const options = bsd1996Listener({ ...BSD1996_LISTEN, ...settings });
  return new Bout(options, options.config);
}

function freebsd(settings: Partial<FreebsdListenSettings> = {}): Bout {
  const options = freebsdListener({ ...FREEBSD_LISTEN, ...settings }, SECRET);
  return new Bout(options, options.config);
}

const seconds = (times: readonly number[]): number[] => times.map((t) => t / SEC);

/** When the only entry leaves, in seconds; it is there already. */
function lifetime(bout: Bout): number {
  bout.drive(1000 * SEC);
  expect(bout.half).toBe(0);
  return bout.lastTimer / SEC;
}

describe('bsd-1996', () => {
  // sonewconn1: refused while so_qlen + so_q0len > 3 × so_qlimit / 2, in integers.
  test.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [4, 7],
    [5, 8],
    [128, 193],
    [500, 193],
  ])('a backlog of %i admits %i connections, half-open or waiting', (backlog, most) => {
    const bout = bsd({ backlog });
    bout.flood(0, 300);
    expect(bout.half).toBe(most);
    expect(bout.listener.counters).toMatchObject({ syns: 300, ListenDrops: 300 - most });
    expect(bout.syn(1000)).toEqual([]);
  });

  test('finished connections that nobody accepts take the same room; the handshake itself is never refused', () => {
    const bout = bsd();
    for (let i = 0; i < 8; i++) bout.syn(i);
    for (let i = 0; i < 8; i++) expect(bout.ack(i)).toBe(true);
    expect(bout.half).toBe(0);
    expect(bout.syn(8)).toEqual([]);
    bout.listener.accept();
    expect(bout.syn(9)).toMatchObject([{ flags: SYN | ACK }]);
    expect(bout.syn(10)).toEqual([]);
  });

  test('SYN/ACKs at 0, 6 and 30 s; the entry ends at 75 s', () => {
    const bout = bsd();
    expect(bout.syn(0)).toMatchObject([{ flags: SYN | ACK, wnd: 8192, sackPerm: false }]);
    expect(seconds(bout.drive(74.999 * SEC))).toEqual([6, 30]);
    expect(bout.half).toBe(1);
    expect(lifetime(bout)).toBe(75);
    expect(bout.listener.counters.expired).toBe(1);
  });

  test('longer establishment timers see the backoff go on, 24, 48, 64 s at most', () => {
    const bout = bsd({ tcp_keepinit: 300 });
    bout.syn(0);
    expect(seconds(bout.drive(299 * SEC))).toEqual([6, 30, 78, 142, 206, 270]);
    expect(lifetime(bout)).toBe(300);
  });

  test('an RST or a SYN anywhere in the window ends the entry, the SYN with a RST', () => {
    const bout = bsd();
    bout.syn(0);
    expect(bout.recv(0, { flags: RST, seq: 1500 })).toEqual([]);
    expect(bout.half).toBe(0);
    bout.syn(1);
    expect(bout.recv(1, { flags: SYN, seq: 1500 })).toMatchObject([{ flags: RST | ACK }]);
    expect(bout.half).toBe(0);
  });

  test('a flood of 8 SYNs every 75 s is enough (the smallest flood, B / T)', () => {
    const bout = bsd();
    for (let round = 0; round < 3; round++) {
      bout.drive(round * 75 * SEC);
      bout.flood(10 * round, 10 * round + 8);
      bout.drive((round * 75 + 74) * SEC);
      expect(bout.syn(1000)).toEqual([]);
    }
  });
});

describe('freebsd-14', () => {
  test('SYN/ACK: scale 6, window 65535, and the client’s SACK and timestamps', () => {
    const bout = freebsd();
    expect(bout.syn(0, { ws: 7, sackPerm: true, tsVal: 5 })).toMatchObject([
      { flags: SYN | ACK, ws: 6, wnd: 65535, sackPerm: true, tsEcr: 5, mss: 1460 },
    ]);
  });

  // "1000 ms * (1 + 2 + 4 + 8) + 3 * 200 ms = 15600 ms" (tcp_syncache.c)
  test('SYN/ACKs at 0, 1, 3.2 and 7.4 s; the entry ends at 15.6 s', () => {
    const bout = freebsd();
    bout.syn(0);
    expect(seconds(bout.drive(15 * SEC))).toEqual([1, 3.2, 7.4]);
    expect(lifetime(bout)).toBe(15.6);
  });

  test('rexmtlimit 0: one SYN/ACK, gone after a second', () => {
    const bout = freebsd({ syncache_rexmtlimit: 0 });
    bout.syn(0);
    expect(lifetime(bout)).toBe(1);
  });

  test('a SYN that comes again starts the schedule anew, its retransmissions forgotten', () => {
    const bout = freebsd();
    const [first] = bout.syn(0);
    bout.drive(5 * SEC);
    expect(bout.syn(0)).toMatchObject([{ flags: SYN | ACK, seq: first?.seq }]);
    expect(bout.syn(0)).toHaveLength(1); // and no limit on such answers
    expect(seconds(bout.drive(20 * SEC))).toEqual([6, 8.2, 12.4]);
    expect(lifetime(bout)).toBe(20.6);
  });

  test('a SYN with any other number gets the entry’s SYN/ACK as well', () => {
    const bout = freebsd();
    const [first] = bout.syn(0);
    for (const seq of [0, 1001, 5000, 0xffffffff])
      expect(bout.recv(0, { flags: SYN, seq })).toMatchObject([{ flags: SYN | ACK, seq: first?.seq, ack: 1001 }]);
    expect(bout.ack(0)).toBe(true);
  });

  test('the cache holds 15360 whatever the backlog; the flood that fills a bucket brings 15 s of cookies', () => {
    const quiet = freebsd({ syncookies: 0, backlog: 5 });
    quiet.flood(0, 60_000);
    expect(quiet.half).toBe(15360);
    const bout = freebsd({ backlog: 5 });
    bout.flood(0, 60_000);
    const { evicted, SyncookiesSent } = bout.listener.counters;
    expect(evicted).toBe(1);
    expect(bout.half + 1 + SyncookiesSent).toBe(60_000);
    bout.now = 15 * SEC - 1;
    bout.syn(70_000);
    expect(bout.listener.counters.SyncookiesSent).toBe(SyncookiesSent + 1);
  });

  test('during the pause entries die with their first timer, and every client still gets in', () => {
    const bout = freebsd();
    for (let i = 0; i < 30; i++) bout.syn(i, { ws: 4, sackPerm: true });
    bout.flood(100, 40_000);
    bout.drive(2 * SEC);
    expect(bout.half).toBe(0);
    for (let i = 0; i < 30; i++) {
      expect(bout.ack(i)).toBe(true);
      expect(bout.listener.accept()?.half).toMatchObject({ ws: 4, sackPerm: true, mss: 1460 });
    }
  });

  // sonewconn: refused while sol_qlen > 3 × sol_qlimit / 2.
  test('one and a half backlogs wait for accept(); the next final ACK gets a RST, with a cookie or without', () => {
    const bout = freebsd({ backlog: 10 });
    for (let i = 0; i < 17; i++) bout.syn(i);
    for (let i = 0; i < 16; i++) expect(bout.ack(i)).toBe(true);
    expect(bout.ack(16)).toBe(false);
    expect(bout.out).toMatchObject([{ flags: RST }]);
    expect(bout.half).toBe(0);
    const only = freebsd({ backlog: 0, syncookies_only: 1 });
    only.syn(0);
    only.syn(1);
    expect(only.half).toBe(0);
    expect(only.ack(0)).toBe(true);
    expect(only.ack(1)).toBe(false);
    expect(only.out).toMatchObject([{ flags: RST }]);
    const silent = freebsd({ backlog: 0, syncache_rst_on_sock_fail: 0 });
    silent.syn(0);
    silent.syn(1);
    silent.ack(0);
    silent.ack(1);
    expect(silent.out).toEqual([]);
  });

  test('a hash size that is no power of two becomes 512', () => {
    const bout = freebsd({ syncookies: 0, syncache_hashsize: 3, syncache_bucketlimit: 1 });
    bout.flood(0, 20_000);
    expect(bout.half).toBe(512);
  });

  test('soacceptqueue bounds the backlog; -1 asks for it', () => {
    expect(freebsd({ backlog: 1000 }).listener.backlog).toBe(128);
    expect(freebsd({ backlog: -1, soacceptqueue: 77 }).listener.backlog).toBe(77);
  });

  test('an RST in the window but not at RCV.NXT is challenged, each time', () => {
    const bout = freebsd();
    bout.syn(0);
    for (let i = 0; i < 3; i++) expect(bout.recv(0, { flags: RST, seq: 1500 })).toMatchObject([{ flags: ACK }]);
    bout.rst(0);
    expect(bout.half).toBe(0);
  });

  test('Fast Open: half the backlog and one more may be pending, then the ordinary handshake', () => {
    const options = freebsdListener({ ...FREEBSD_LISTEN, backlog: 8, fastopen_server_enable: 1 }, SECRET);
    expect(options.fastOpen).toEqual({ maxPending: 5 });
    expect(freebsdListener(FREEBSD_LISTEN, SECRET).fastOpen).toBeUndefined();
  });
});
