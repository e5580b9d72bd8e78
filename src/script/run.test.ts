import { describe, expect, test } from 'vitest';
import { LINUX6_HOST, RFC9293_HOST } from '../socket/settings.ts';
import { mappedSysctls } from '../socket/sysctl.ts';
import { ScriptError } from './error.ts';
import { failureLines } from './failure.ts';
import { runScript } from './run.ts';
import { isSysctl } from './sysctls.ts';

/** A listener, a handshake of 100 ms that no options make longer to read, and descriptor 4. */
const SERVER = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 5) = 0
+0 < S 0:0(0) win 20000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 20000
+0 accept(3, ..., ...) = 4
`;

/** What went wrong, as it is printed; '' = nothing. */
function run(text: string, options: Record<string, string> = {}): string {
  const given = Object.entries(options).map(([name, value]) => ({ name, value }));
  const { failure } = runScript(text, 'x.pkt', LINUX6_HOST, given);
  return failure === undefined ? '' : failureLines(failure).join('\n');
}

function first(text: string, options?: Record<string, string>): string {
  return run(text, options).split('\n')[0] ?? '';
}

function refused(text: string): string {
  try {
    runScript(text, 'x.pkt', LINUX6_HOST);
  } catch (error) {
    if (error instanceof ScriptError) return error.message;
    throw error;
  }
  throw new Error('the script was not refused');
}

describe('packets', () => {
  test('what is sent as expected passes, and what is not expected at the end does not matter', () => {
    expect(run(`${SERVER}+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+0 close(4) = 0`)).toBe('');
  });

  test('a difference names the field, shows both aligned, and gives the reasons of the engine', () => {
    const lines = run(`${SERVER}+0 < . 1:11(10) ack 1 win 20000\n+0 > . 1:1(0) ack 12`).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'x.pkt:9:4: acknowledgment number: expected 12, found 11',
      '  expected  0.100000 > . 1:1(0) ack 12',
      '  actual    0.100000 > . 1:1(0) ack 11',
      '                                     ^',
    ]);
    expect(lines.slice(4).join('\n')).toContain('✓ 10 bytes in order: RCV.NXT = 11  (RFC 9293 §3.10.7.4 seventh)');
  });

  test.each([
    ['+0 > P. 1:101(100) ack 1 win 9', 'window: expected 9, found 64240'],
    ['+0 > . 1:101(100) ack 1', 'flags: found PSH'],
    ['+0 > FP. 1:101(100) ack 1', 'flags: expected FIN'],
    ['+0 > P. 2:102(100) ack 1', 'sequence number: expected 2, found 1'],
    ['+0 > P. 1:100(99) ack 1', 'payload length: expected 99, found 100'],
    ['+0 > P. 1:101(100) ack 1 <nop,nop,TS val 1 ecr 2>', 'options: expected nop, found no more'],
    ['+0 > P. 1:101(100) ack 1 <...>', ''],
  ])('%s: %s', (expected, difference) => {
    const message = first(`${SERVER}+0 write(4, ..., 100) = 100\n${expected}`);
    expect(message.replace(/^x\.pkt:9:4: /, '')).toBe(difference);
  });

  test('nothing sent within two seconds of the time', () => {
    expect(run(`${SERVER}+1 > . 1:1(0) ack 1`).split('\n').slice(0, 3)).toEqual([
      'x.pkt:8:4: expected > . 1:1(0) ack 1, found nothing sent',
      '  expected  1.100000 > . 1:1(0) ack 1',
      '  actual    nothing was sent',
    ]);
  });

  test('several segments at one instant may be expected as the one that offload would have sent, with PSH or without', () => {
    const write = `${SERVER}+0 write(4, ..., 3000) = 3000\n`;
    expect(run(`${write}+0 > P. 1:3001(3000) ack 1`)).toBe('');
    expect(run(`${write}+0 > . 1:2001(2000) ack 1\n+0 > P. 2001:3001(1000) ack 1`)).toBe('');
    expect(run(`${write}+0 > . 1:1001(1000) ack 1\n+0 > . 1001:2001(1000) ack 1\n+0 > P. 2001:3001(1000) ack 1`)).toBe(
      '',
    );
    expect(first(`${write}+0 > P. 1:3501(3500) ack 1`)).toBe('x.pkt:9:4: payload length: expected 3500, found 3000');
  });

  test('only the connection under test is looked at: what goes to other ports is passed over', () => {
    expect(
      run(`${SERVER}+0 < 4000 > 8080 S 0:0(0) win 9 <mss 1000>\n+0 < . 1:2(1) ack 1 win 20000\n+0 > . 1:1(0) ack 2`),
    ).toBe('');
  });

  test('TSecr of the script become the TSval that were sent; others are a mistake, or counted from the first', () => {
    const start = SERVER.replace('<mss 1000>', '<mss 1000,nop,nop,TS val 5 ecr 0>')
      .replace('<mss 1460>', '<mss 1460,nop,nop,TS val 700 ecr 5>')
      .replace('win 20000\n+0 accept', 'win 20000 <nop,nop,TS val 6 ecr ECR>\n+0 accept');
    expect(run(start.replace('ECR', '700'))).toBe('');
    expect(refused(start.replace('ECR', '701'))).toBe(
      'x.pkt:6:5: expected TS ecr to echo a TS val that the script has seen sent, found 701',
    );
    expect(run(`--tcp_ts_ecr_scaled\n${start.replace('ECR', '700')}`)).toBe('');
  });

  test('TSval are compared within the tolerance when the length of a tick is given', () => {
    const start = SERVER.replace('<mss 1000>', '<mss 1000,nop,nop,TS val 5 ecr 0>')
      .replace('<mss 1460>', '<mss 1460,nop,nop,TS val 700 ecr 5>')
      .replace('win 20000\n+0 accept', 'win 20000 <nop,nop,TS val 6 ecr 700>\n+0 accept');
    const end = '+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val 850 ecr 6>';
    expect(run(start + end)).toBe('');
    expect(first(`--tcp_ts_tick_usecs=1000\n${start}${end}`)).toBe('x.pkt:10:4: TS val: expected 850, found 800');
  });
});

describe('times', () => {
  test('a packet too early or too late by more than the tolerance', () => {
    const close = `${SERVER}+0 close(4) = 0\n`;
    expect(run(`${close}+0 > F. 1:1(0) ack 1`)).toBe('');
    expect(run(`${close}+.003 > F. 1:1(0) ack 1`)).toBe('');
    expect(first(`${close}+.02 > F. 1:1(0) ack 1`)).toBe(
      'x.pkt:9:6: outbound packet: expected at 0.120000 s, found at 0.100000 s; tolerance 0.004000 s',
    );
    expect(run(`${close}+.02 > F. 1:1(0) ack 1`, { tolerance_usecs: '20000' })).toBe('');
    expect(run(`${close}* > F. 1:1(0) ack 1`)).toBe('');
  });

  test('ranges', () => {
    const start = `${SERVER}+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n`;
    // RTT 100 ms: the timer of linux-6 runs 300 ms.
    expect(run(`${start}+.25~+.35 > F. 1:1(0) ack 1`)).toBe('');
    expect(run(`${start}0.35~0.45 > F. 1:1(0) ack 1`)).toBe('');
    expect(first(`${start}+.31~+.32 > F. 1:1(0) ack 1`, { tolerance_percent: '0' })).toBe(
      'x.pkt:10:11: outbound packet: expected from 0.410000 to 0.420000 s, found at 0.400000 s; tolerance 0.004000 s',
    );
  });

  test('a call that waits returns at its time', () => {
    const start = SERVER.replace('+0 listen', '+0 listen');
    const read = (span: string): string => `${start}${span} read(4, ..., 10) = 5\n+.2 < P. 1:6(5) ack 1 win 20000\n`;
    expect(run(read('+0...0.2'))).toBe('');
    expect(first(read('+0...0.5'))).toBe(
      'x.pkt:8:10: read: expected to return at 0.600000 s, found back at 0.300000 s',
    );
    expect(first(`${start}+0...0.5 read(4, ..., 10) = 5`)).toBe(
      'x.pkt:8:10: read: expected to return at 0.600000 s, found still waiting',
    );
    expect(first(`${start}+0...0.5 write(4, ..., 10) = 10`)).toBe(
      'x.pkt:8:10: write: expected to wait until 0.600000 s, found it back at once with 10',
    );
  });

  test('a time that has passed', () => {
    expect(first(`${SERVER}0.05 close(4) = 0`)).toBe(
      'x.pkt:8:1: close: expected at 0.050000 s, found at 0.100000 s; tolerance 0.004000 s',
    );
  });
});

describe('calls', () => {
  test('value and error are compared', () => {
    expect(first(`${SERVER}+0 read(9, ..., 10) = 5`)).toBe('x.pkt:8:4: read: expected 5, found -1 EBADF');
    expect(first(`${SERVER}+0 write(4, ..., 10) = -1 EPIPE (Broken pipe)`)).toBe(
      'x.pkt:8:4: write: expected -1 EPIPE, found 10',
    );
    expect(run(`${SERVER}+0 write(4, ..., 10) = ...`)).toBe('');
    expect(first(`${SERVER}+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [5], [4]) = 0`)).toBe(
      'x.pkt:8:4: getsockopt: expected [5], found [0]',
    );
  });

  test('assertions see tcp_info; a false one shows its values', () => {
    expect(run(`${SERVER}+0 %{ assert tcpi_state == TCP_ESTABLISHED }%`)).toBe('');
    expect(first(`${SERVER}+0 %{ assert tcpi_snd_mss == 999, tcpi_snd_mss }%`)).toBe(
      'x.pkt:8:6: assert tcpi_snd_mss == 999 is false (1000 == 999): 1000',
    );
  });
});

describe('mistakes in a script', () => {
  test.each([
    [
      '0 sockt(..., SOCK_STREAM, 0) = 3',
      "x.pkt:1:3: expected a system call, found unknown 'sockt'; did you mean 'socket'?",
    ],
    ['0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3', 'x.pkt:1:3: socket: SOCK_DGRAM is not supported'],
    ['0 socket(...) = 3', 'x.pkt:1:3: socket: expected at least 2 arguments, found 1'],
    [`${SERVER}+0 shutdown(4, SHUT_UP) = 0`, "x.pkt:8:16: expected a number, found unknown 'SHUT_UP'"],
    ['0 > S 0:0(0)', 'x.pkt:1:3: expected a socket or a packet into the stack before this'],
    ['--tolerance=5\n0 > S 0:0(0)', 'x.pkt:1:1: --tolerance: no such option'],
    ['--mtu=9\n0 > S 0:0(0)', "x.pkt:1:1: --mtu: expected a number from 68 to 65535, found '9'"],
    [
      '--ip_version=ipv6\n--local_ip=192.0.2.1\n0 > S 0:0(0)',
      "x.pkt:2:1: --local_ip: expected an IPv6 address, found '192.0.2.1'",
    ],
    [
      '--ip_version=ipv5\n0 > S 0:0(0)',
      "x.pkt:1:1: --ip_version: expected ipv4, ipv6 or ipv4-mapped-ipv6, found 'ipv5'",
    ],
  ])('%#', (text, message) => {
    expect(refused(text)).toBe(message);
  });
});

test('settings of the host come from init commands and hold for sockets made afterwards', () => {
  const text = `\`sysctl -q net.ipv4.tcp_timestamps=1 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,nop,nop,TS val 10 ecr 0>`;
  expect(run(text)).toBe('');
});

test('each sysctl that the engine has an equal for may be set by a script', () => {
  expect(mappedSysctls().filter((name) => !isSysctl(name))).toEqual([]);
});

test('settings and commands that mean nothing to the engine are reported', () => {
  const text = '`sysctl -q net.ipv4.tcp_sack=0 net.ipv4.tcp_autocorking=0; nstat -n`\n0 `sleep 1`';
  expect(runScript(text, 'x.pkt', LINUX6_HOST).inert).toEqual(['net.ipv4.tcp_autocorking', 'nstat']);
});

test('the profile decides where RFC 9293 and Linux differ', () => {
  // RFC 9293 §3.10.5 ABORT: <SEQ=SND.NXT><CTL=RST>; Linux acknowledges as well (tcp_send_active_reset).
  const abort = `${SERVER}+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n+0 close(4) = 0\n`;
  expect(runScript(`${abort}+0 > R. 1:1(0) ack 1`, 'x.pkt', LINUX6_HOST).failure).toBeUndefined();
  expect(runScript(`${abort}+0 > R 1:1(0)`, 'x.pkt', RFC9293_HOST).failure).toBeUndefined();
});

describe('a call that waits for a time of its own', () => {
  const POLL = 'poll([{fd=4, events=POLLIN, revents=0}], 1, 100) = 0';
  const EPOLL = `+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0
`;

  test.each([
    [`+0...0.100 ${POLL}`, ''],
    [`+0...5 ${POLL}`, 'x.pkt:8:8: poll: expected to return at 5.100000 s, found back at 0.200000 s'],
    [`+0...0.050 ${POLL}`, 'x.pkt:8:12: poll: expected to return at 0.150000 s, found back at 0.200000 s'],
    // Something else happening in between does not lengthen it.
    [`+0...0.100 ${POLL}\n+.05 < . 1:1(0) ack 1 win 20000`, ''],
    [`${EPOLL}+0...0.050 epoll_wait(5, ..., 1, 50) = 0`, ''],
    [
      `${EPOLL}+0...1 epoll_wait(5, ..., 1, 50) = 0`,
      'x.pkt:10:8: epoll_wait: expected to return at 1.100000 s, found back at 0.150000 s',
    ],
    // socket(7): close() lingers so many seconds, also on a socket that does not block.
    [
      `+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=1}, 8) = 0
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0...1 close(4) = 0
+0 > F. 1:1(0) ack 1`,
      '',
    ],
  ])('%s', (text, said) => {
    expect(first(`${SERVER}${text}`)).toBe(said);
  });

  test('poll passes over a negative descriptor, and epoll_wait wants room for an event', () => {
    expect(run(`${SERVER}+0 poll([{fd=-1, events=POLLIN, revents=0}], 1, 0) = 0`)).toBe('');
    expect(run(`${SERVER}${EPOLL}+0 epoll_wait(5, ..., 0, 0) = -1 EINVAL (no room)`)).toBe('');
  });
});

describe('what could exhaust time or memory, or reach into the language below', () => {
  test.each([
    [`+0 %{ x='aaaaaaaa'; ${'x=x+x; '.repeat(30)} }%`, 'expected a text of at most 10000 characters, found 16384'],
    ['+0 %{ print(__proto__) }%', "expected a name that has a value, found '__proto__'"],
    ['+0 %{ assert toString }%', "expected a name that has a value, found 'toString'"],
    [`+0 \`${'sleep 0;'.repeat(2000)} true\``, 'expected at most 1000 commands between two quotes, found more'],
    ['+0 `sleep 99999999999999`', "expected at most a year to sleep, found '99999999999999'"],
    ['+0 write(3, ..., 99999999999999) = 5', 'expected a number of bytes from 0 to 67108864, found 99999999999999'],
    ['+0 epoll_ctl(3, constructor, 3, {events=EPOLLIN, fd=3}) = 0', ''],
  ])('%.40s', (text, said) => {
    const script = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n${text}`;
    if (said === '') expect(first(script)).toContain('found -1 EBADF');
    else expect(refused(script)).toContain(said);
  });

  test('no option has a name of the language below', () => {
    expect(refused('--constructor=1\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3')).toBe(
      'x.pkt:1:1: --constructor: no such option',
    );
  });

  test('options without effect are reported', () => {
    expect(runScript('0 `true`', 'x.pkt', LINUX6_HOST, [{ name: 'speed', value: '10' }]).inert).toEqual([
      '--speed',
      'true',
    ]);
  });

  test('a control message without its names is refused', () => {
    const text = `${SERVER}+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0
+0 < P. 1:11(10) ack 1 win 257
+0~+1 > . 1:1(0) ack 11
+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 100}], msg_flags=0, msg_control=[{a=1}]}, 0) = 10`;
    expect(refused(text)).toContain("expected a member 'cmsg_level' in { … }, found none");
  });
});
