/** setsockopt(2) and getsockopt(2): what is refused, what is told, and what it does (Linux do_tcp_setsockopt, sk_setsockopt). */
import { describe, expect, test } from 'vitest';
import { SERVER, SocketBench, text } from '../../test/support/socket-bench.ts';
import { MS, SEC } from '../tcp/types.ts';
import { LINUX6_HOST } from './settings.ts';
import type { StreamSocket } from './stream-socket.ts';
import { withSysctl } from './sysctl.ts';

/** An option of a new socket, set and asked for again: `0 then 88`, `-1 EINVAL then 536`. */
function setAndGet(option: string, value: number): string {
  const b = new SocketBench();
  const socket = b.host.socket();
  const said = set(b, socket, option, value);
  return `${said} then ${get(socket, option)}`;
}

function set(b: SocketBench, socket: StreamSocket, option: string, value: number): string {
  const [level, name] = option.split('/') as [string, string];
  return text(socket.set(b.now, level, name, value, b.tx));
}

function get(socket: StreamSocket, option: string): number | undefined {
  const [level, name] = option.split('/') as [string, string];
  return socket.get(level, name);
}

describe('what is told of a number that was set', () => {
  test.each([
    // Range of the kernel, then what is told when it is left.
    ['SOL_TCP/TCP_MAXSEG', [88, 1000, 32767], [87, 32768, -1], 536],
    ['SOL_TCP/TCP_KEEPIDLE', [1, 32767], [0, 32768], 7200],
    ['SOL_TCP/TCP_KEEPINTVL', [1, 32767], [0, 32768], 75],
    ['SOL_TCP/TCP_KEEPCNT', [1, 127], [0, 128], 9],
    ['SOL_TCP/TCP_SYNCNT', [1, 127], [0, 128], 6],
    ['SOL_TCP/TCP_USER_TIMEOUT', [0, 1500], [-1], 0],
    ['SOL_TCP/TCP_FASTOPEN', [0, 5], [-1], 0],
    ['SOL_TCP/TCP_INQ', [0, 1], [2, -1], 0],
    ['SOL_SOCKET/SO_ZEROCOPY', [0, 1], [2, -1], 0],
    ['SOL_IP/IP_TTL', [1, 255], [0, 256, -2], 64],
    ['SOL_IPV6/IPV6_UNICAST_HOPS', [1, 255], [0, 256, -2], 64],
    ['SOL_IPV6/IPV6_TCLASS', [0, 0xfc], [256, -2], 0],
    ['SOL_TCP/TCP_FASTOPEN_NO_COOKIE', [0, 1], [2, -1], 0],
  ] as const)('%s', (option, taken, refused, otherwise) => {
    for (const value of taken) expect(setAndGet(option, value)).toBe(`0 then ${value}`);
    for (const value of refused) expect(setAndGet(option, value)).toBe(`-1 EINVAL then ${otherwise}`);
  });

  test.each([
    ['SOL_TCP/TCP_NODELAY', -3, 1],
    ['SOL_TCP/TCP_CORK', 2, 1],
    ['SOL_SOCKET/SO_KEEPALIVE', 7, 1],
    ['SOL_SOCKET/SO_REUSEADDR', 0, 0],
    // 0 takes the wish back.
    ['SOL_TCP/TCP_MAXSEG', 0, 536],
    ['SOL_IP/IP_TTL', -1, 64],
    ['SOL_IPV6/IPV6_TCLASS', -1, 0],
    // The ECN bits are TCP's.
    ['SOL_IP/IP_TOS', 0x13, 0x10],
    ['SOL_IP/IP_TOS', 300, 0x2c],
    ['SOL_TCP/TCP_LINGER2', 0, 60],
    ['SOL_TCP/TCP_LINGER2', 20, 20],
    ['SOL_TCP/TCP_LINGER2', 121, 120],
    ['SOL_TCP/TCP_FASTOPEN', 10000, 4096],
    ['SOL_SOCKET/SO_SNDBUF', 10000, 20000],
    ['SOL_SOCKET/SO_SNDBUF', 1, 4608],
    ['SOL_SOCKET/SO_SNDBUF', 1e9, 8388608],
    ['SOL_SOCKET/SO_RCVBUF', 1, 2304],
    ['SOL_SOCKET/SO_RCVBUF', -1, 8388608],
    ['SOL_SOCKET/SO_RCVLOWAT', 0, 1],
    ['SOL_SOCKET/SO_RCVLOWAT', -1, 16777216],
    ['SOL_SOCKET/SO_PRIORITY', 3, 3],
  ])('%s %d: %d', (option, value, told) => {
    expect(setAndGet(option, value)).toBe(`0 then ${told}`);
  });

  test('half of a receive buffer may be waited for', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    set(b, socket, 'SOL_SOCKET/SO_RCVBUF', 5000);
    set(b, socket, 'SOL_SOCKET/SO_RCVLOWAT', 6000);
    expect(get(socket, 'SOL_SOCKET/SO_RCVLOWAT')).toBe(5000);
  });

  test('what there is not: ENOPROTOOPT', () => {
    expect(setAndGet('SOL_TCP/TCP_SAVED_SYN', 1)).toBe('-1 ENOPROTOOPT then undefined');
    expect(setAndGet('SOL_SOCKET/SO_ERROR', 1)).toBe('-1 ENOPROTOOPT then 0');
  });

  test('the administrator has set other defaults and limits', () => {
    const changes: [string, number[]][] = [
      ['net.ipv4.tcp_keepalive_time', [600]],
      ['net.ipv4.tcp_keepalive_intvl', [7]],
      ['net.ipv4.tcp_keepalive_probes', [3]],
      ['net.ipv4.tcp_syn_retries', [4]],
      ['net.ipv4.tcp_fin_timeout', [30]],
      ['net.ipv4.tcp_wmem', [4096, 30000, 50000]],
      ['net.ipv4.tcp_rmem', [4096, 40000, 60000]],
      ['net.core.wmem_max', [9000]],
      ['net.core.rmem_max', [8000]],
      ['net.core.somaxconn', [12]],
    ];
    let settings = LINUX6_HOST;
    for (const [name, values] of changes) settings = withSysctl(settings, name, values) ?? settings;
    const b = new SocketBench(settings.tcp, settings);
    const socket = b.host.socket();
    const told = ['KEEPIDLE', 'KEEPINTVL', 'KEEPCNT', 'SYNCNT', 'LINGER2'].map((name) =>
      get(socket, `SOL_TCP/TCP_${name}`),
    );
    expect(told).toEqual([600, 7, 3, 4, 30]);
    expect(['SOL_SOCKET/SO_SNDBUF', 'SOL_SOCKET/SO_RCVBUF'].map((name) => get(socket, name))).toEqual([30000, 40000]);
    set(b, socket, 'SOL_SOCKET/SO_SNDBUF', 1e6);
    set(b, socket, 'SOL_SOCKET/SO_RCVBUF', 1e6);
    set(b, socket, 'SOL_TCP/TCP_FASTOPEN', 100);
    expect(
      ['SOL_SOCKET/SO_SNDBUF', 'SOL_SOCKET/SO_RCVBUF', 'SOL_TCP/TCP_FASTOPEN'].map((name) => get(socket, name)),
    ).toEqual([18000, 16000, 12]);
  });
});

describe('what belongs to the state of a socket', () => {
  test('SO_ACCEPTCONN: it listens', () => {
    const b = new SocketBench();
    expect(get(b.host.socket(), 'SOL_SOCKET/SO_ACCEPTCONN')).toBe(0);
    expect(get(b.listening(), 'SOL_SOCKET/SO_ACCEPTCONN')).toBe(1);
  });

  test('TCP_MAXSEG of a connection is what a segment may hold', () => {
    const b = new SocketBench();
    expect(get(b.accepted({ mss: 700 }), 'SOL_TCP/TCP_MAXSEG')).toBe(700);
  });

  test('SO_ERROR tells once', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    socket.connect(b.now, SERVER, b.tx);
    b.recv('R.', 0, { ack: 1 });
    expect([get(socket, 'SOL_SOCKET/SO_ERROR'), get(socket, 'SOL_SOCKET/SO_ERROR')]).toEqual([111, 0]);
  });

  test('Fast Open is settled before there is a connection', () => {
    const b = new SocketBench();
    const connected = b.connected();
    expect(set(b, connected, 'SOL_TCP/TCP_FASTOPEN', 5)).toBe('-1 EINVAL');
    expect(set(b, connected, 'SOL_TCP/TCP_FASTOPEN_CONNECT', 1)).toBe('-1 EINVAL');
    expect(set(b, b.listening(), 'SOL_TCP/TCP_FASTOPEN_CONNECT', 1)).toBe('-1 EINVAL');
  });

  test('what a listener was told, its connections have been told', () => {
    const b = new SocketBench();
    const listener = b.listening();
    set(b, listener, 'SOL_TCP/TCP_KEEPIDLE', 77);
    set(b, listener, 'SOL_SOCKET/SO_RCVLOWAT', 9);
    set(b, listener, 'SOL_SOCKET/SO_PRIORITY', 4);
    b.handshake();
    const socket = listener.accept() as StreamSocket;
    const told = ['SOL_TCP/TCP_KEEPIDLE', 'SOL_SOCKET/SO_RCVLOWAT', 'SOL_SOCKET/SO_PRIORITY'].map((o) =>
      get(socket, o),
    );
    expect(told).toEqual([77, 9, 4]);
  });
});

describe('what an option does', () => {
  test('TCP_LINGER2: how long an orphan waits in FIN-WAIT-2', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    set(b, socket, 'SOL_TCP/TCP_LINGER2', 20);
    socket.close(b.now, b.tx);
    b.recv('.', 1, { ack: 2 });
    const { connection } = socket;
    b.wait(19.9 * SEC);
    expect(connection!.state).toBe('FIN-WAIT-2');
    b.wait(0.2 * SEC);
    expect(connection!.state).toBe('CLOSED');
  });

  test('TCP_QUICKACK sends what is owed; an even number lasts no longer than that', () => {
    for (const [value, lasts] of [
      [1, 1],
      [2, 0],
    ] as const) {
      const b = new SocketBench();
      const socket = b.accepted();
      set(b, socket, 'SOL_TCP/TCP_QUICKACK', 0);
      b.recv('.', 1, { ack: 1, len: 100 });
      expect(b.sent()).toEqual([]);
      set(b, socket, 'SOL_TCP/TCP_QUICKACK', value);
      expect(b.sent()).toEqual(['. 1:1(0) ack 101']);
      expect(get(socket, 'SOL_TCP/TCP_QUICKACK')).toBe(lasts);
    }
  });

  test('TCP_NODELAY and the end of TCP_CORK let go what was held back', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    set(b, socket, 'SOL_TCP/TCP_CORK', 1);
    socket.send(b.now, new Uint8Array(10), b.tx);
    expect(b.sent()).toEqual([]);
    set(b, socket, 'SOL_TCP/TCP_CORK', 0);
    expect(b.sent()).toEqual(['P. 1:11(10) ack 1']);
    socket.send(b.now, new Uint8Array(10), b.tx);
    expect(b.sent()).toEqual([]);
    set(b, socket, 'SOL_TCP/TCP_NODELAY', 1);
    expect(b.sent()).toEqual(['P. 11:21(10) ack 1']);
  });

  test('TCP_SYNCNT: so many SYNs again', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    set(b, socket, 'SOL_TCP/TCP_SYNCNT', 1);
    socket.connect(b.now, SERVER, b.tx);
    b.wait(1.5 * SEC);
    expect(b.sent()).toHaveLength(2);
    b.wait(2 * SEC);
    expect(get(socket, 'SOL_SOCKET/SO_ERROR')).toBe(110);
  });

  test('SO_KEEPALIVE on a connection that has long been idle begins its time now', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    set(b, socket, 'SOL_TCP/TCP_KEEPIDLE', 5);
    b.wait(10 * SEC);
    set(b, socket, 'SOL_SOCKET/SO_KEEPALIVE', 1);
    b.wait(100 * MS);
    expect(b.sent()).toEqual([]);
    b.wait(5 * SEC);
    expect(b.sent()).toEqual(['. 0:0(0) ack 1']);
  });
});
