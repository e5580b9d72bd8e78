/** The language, against ASTs written by hand from the published grammar. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../wire/segment.ts';
import type { Action, Expr, PacketAction, Script } from './ast.ts';
import { ScriptError } from './error.ts';
import { parseScript } from './parse.ts';

const parse = (text: string, defines?: ReadonlyMap<string, string>): Script => parseScript(text, 't.pkt', defines);

function action(line: string, defines?: ReadonlyMap<string, string>): Action {
  const [event] = parse(line, defines).events;
  if (event === undefined) throw new Error('no event');
  return event.action;
}

function packet(line: string, defines?: ReadonlyMap<string, string>): PacketAction {
  const found = action(line, defines);
  if (found.kind !== 'packet') throw new Error(found.kind);
  return found;
}

/** An argument as it reads without places: easier to write down than with them. */
function plain(expr: Expr): unknown {
  return JSON.parse(JSON.stringify(expr, (key, value: unknown) => (key === 'place' ? undefined : value)));
}

function argument(text: string, defines?: ReadonlyMap<string, string>): unknown {
  const call = action(`0 f(${text}) = 0`, defines);
  if (call.kind !== 'call' || call.args.length !== 1) throw new Error('expected a call with one argument');
  return plain(call.args[0] as Expr);
}

describe('a script', () => {
  test('is options, a command, events and a command', () => {
    expect(
      parse(`// A comment.
--tolerance_usecs=10000
--ip_version=ipv4 /* another
one */ --strict_segments
--remote_ip="192.0.2.9"
--local_ip=fd3d:fa7b:d17d::1
\`sysctl -q net.ipv4.tcp_ecn=0
tc qdisc\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
\`true\``),
    ).toEqual({
      file: 't.pkt',
      options: [
        { place: { line: 2, column: 1 }, name: 'tolerance_usecs', value: '10000' },
        { place: { line: 3, column: 1 }, name: 'ip_version', value: 'ipv4' },
        { place: { line: 4, column: 8 }, name: 'strict_segments', value: undefined },
        { place: { line: 5, column: 1 }, name: 'remote_ip', value: '192.0.2.9' },
        { place: { line: 6, column: 1 }, name: 'local_ip', value: 'fd3d:fa7b:d17d::1' },
      ],
      init: { place: { line: 7, column: 1 }, text: 'sysctl -q net.ipv4.tcp_ecn=0\ntc qdisc' },
      events: [
        {
          place: { line: 9, column: 1 },
          time: { kind: 'absolute', at: 0 },
          action: {
            kind: 'call',
            place: { line: 9, column: 3 },
            name: 'socket',
            args: [
              { kind: 'ellipsis', place: { line: 9, column: 10 } },
              { kind: 'word', place: { line: 9, column: 15 }, word: 'SOCK_STREAM' },
              { kind: 'word', place: { line: 9, column: 28 }, word: 'IPPROTO_TCP' },
            ],
            end: undefined,
            result: { kind: 'int', place: { line: 9, column: 43 }, value: 3 },
            errno: '',
            text: 'socket(..., SOCK_STREAM, IPPROTO_TCP) = 3',
          },
        },
      ],
      cleanup: { place: { line: 10, column: 1 }, text: 'true' },
    } satisfies Script);
  });

  test('may hold commands and code among its events', () => {
    const { events } = parse('0 `sleep 1`\n+1 %{ assert tcpi_snd_cwnd == 10 }%');
    expect(events.map((event) => event.action)).toEqual([
      { kind: 'command', place: { line: 1, column: 3 }, text: 'sleep 1' },
      { kind: 'code', place: { line: 2, column: 6 }, text: ' assert tcpi_snd_cwnd == 10 ' },
    ]);
  });

  test.each([
    ['0', { kind: 'absolute', at: 0 }],
    ['0.100', { kind: 'absolute', at: 100_000 }],
    ['.000001', { kind: 'absolute', at: 1 }],
    ['+0', { kind: 'relative', after: 0 }],
    ['+.29', { kind: 'relative', after: 290_000 }],
    ['+1.5', { kind: 'relative', after: 1_500_000 }],
    ['*', { kind: 'any' }],
    ['1~1.5', { kind: 'absolute-range', from: 1_000_000, to: 1_500_000 }],
    ['+.3~+.400', { kind: 'relative-range', from: 300_000, to: 400_000 }],
  ])('the time %s', (text, time) => {
    expect(parse(`${text} > . 1:1(0) ack 1`).events[0]?.time).toEqual(time);
  });

  test.each([
    ['0...0.200 accept(3, ..., ...) = 4', 200_000],
    ['0.100...0.2 accept(3, ..., ...) = 4', 200_000],
    ['+0....5 accept(3, ..., ...) = 4', 500_000],
    ['+.1 ... .3 accept(3, ..., ...) = 4', 300_000],
  ])('%s blocks', (line, end) => {
    expect(action(line)).toMatchObject({ kind: 'call', name: 'accept', end });
  });
});

describe('a TCP packet', () => {
  test('with everything', () => {
    expect(
      packet(
        '+0 > [tos 0x2, flowlabel 0x12345] 8080 > 40000 SP. 0:10(10) ack 1 win 65535 urg 7 ' +
          '<mss 1460,sackOK,TS val 4294967295 ecr 0,nop,wscale 8>',
      ),
    ).toEqual({
      kind: 'packet',
      place: { line: 1, column: 4 },
      direction: 'out',
      ip: { tos: 2, flowLabel: 0x12345 },
      text:
        '> [tos 0x2, flowlabel 0x12345] 8080 > 40000 SP. 0:10(10) ack 1 win 65535 urg 7 ' +
        '<mss 1460,sackOK,TS val 4294967295 ecr 0,nop,wscale 8>',
      ports: { from: 8080, to: 40000 },
      flags: SYN | PSH | ACK,
      ace: undefined,
      seq: 0,
      len: 10,
      ack: 1,
      window: 65535,
      urgent: 7,
      options: [
        { kind: 'mss', value: 1460 },
        { kind: 'sackOK' },
        { kind: 'TS', val: 4294967295, ecr: 0 },
        { kind: 'nop' },
        { kind: 'wscale', value: 8 },
      ],
    });
  });

  test('with as little as there can be', () => {
    expect(packet('+0 > . 1:1(0)')).toEqual({
      kind: 'packet',
      place: { line: 1, column: 4 },
      direction: 'out',
      ip: {},
      text: '> . 1:1(0)',
      ports: undefined,
      flags: ACK,
      ace: undefined,
      seq: 1,
      len: 0,
      ack: undefined,
      window: undefined,
      urgent: undefined,
      options: [],
    });
  });

  test.each([
    ['S', SYN, undefined],
    ['S.', SYN | ACK, undefined],
    ['F.', FIN | ACK, undefined],
    ['FP.', FIN | PSH | ACK, undefined],
    ['R', RST, undefined],
    ['U.', URG | ACK, undefined],
    ['.', ACK, undefined],
    ['-', 0, undefined],
    ['SEW', SYN | ECE | CWR, undefined],
    ['SEWA', SYN | ECE | CWR | AE, undefined],
    ['SE.', SYN | ECE | ACK, undefined],
    // AE, CWR, ECE from the highest bit down.
    ['S.5', SYN | ACK | AE | ECE, 5],
    ['.2', ACK | CWR, 2],
    ['P.0', PSH | ACK, 0],
    ['S7', SYN | AE | CWR | ECE, 7],
  ])('flags %s', (letters, flags, ace) => {
    expect(packet(`+0 < ${letters} 1:1(0) win 1000`)).toMatchObject({ direction: 'in', flags, ace, window: 1000 });
  });

  test.each([
    ['[ect0]', { ecn: 'ect0' }],
    ['[ect1]', { ecn: 'ect1' }],
    ['[ce]', { ecn: 'ce' }],
    ['(noecn)', { ecn: 'noecn' }],
    ['[ect01]', { ecn: 'ect01' }],
    ['[ect0, flowlabel 0x1]', { ecn: 'ect0', flowLabel: 1 }],
    ['[flowlabel 0xfffff]', { flowLabel: 0xfffff }],
    ['[tos 0xff]', { tos: 255 }],
    ['[ttl 64]', { ttl: 64 }],
  ])('IP fields %s', (text, ip) => {
    expect(packet(`+0 > ${text} . 1:1(0) ack 1`).ip).toEqual(ip);
  });

  test.each([
    ['<...>', 'any'],
    ['<mss 1460>', [{ kind: 'mss', value: 1460 }]],
    [
      '<mss 1000, sackOK, eol, eol>',
      [{ kind: 'mss', value: 1000 }, { kind: 'sackOK' }, { kind: 'eol' }, { kind: 'eol' }],
    ],
    [
      '<nop,nop,sack 1:2 3:4294967295>',
      [
        { kind: 'nop' },
        { kind: 'nop' },
        {
          kind: 'sack',
          blocks: [
            { left: 1, right: 2 },
            { left: 3, right: 4294967295 },
          ],
        },
      ],
    ],
    ['<FO,nop,nop>', [{ kind: 'FO', bytes: Uint8Array.of() }, { kind: 'nop' }, { kind: 'nop' }]],
    [
      '<FO 3021,FOEXP>',
      [
        { kind: 'FO', bytes: Uint8Array.of(0x30, 0x21) },
        { kind: 'FOEXP', bytes: Uint8Array.of() },
      ],
    ],
    [
      '<FO aB0d,FOEXP>',
      [
        { kind: 'FO', bytes: Uint8Array.of(0xab, 0x0d) },
        { kind: 'FOEXP', bytes: Uint8Array.of() },
      ],
    ],
    ['<FOEXP 3021b9d8>', [{ kind: 'FOEXP', bytes: Uint8Array.of(0x30, 0x21, 0xb9, 0xd8) }]],
    ['<md5 0102>', [{ kind: 'md5', bytes: Uint8Array.of(1, 2) }]],
    [
      '<nop,nop,nop,ECN e0b 1>'.replace('nop,nop,nop', 'nop,sackOK'),
      [{ kind: 'nop' }, { kind: 'sackOK' }, { kind: 'ECN', fields: [{ name: 'e0b', value: 1 }] }],
    ],
    [
      '<ECN e1b 1 ceb 0 e0b 16777215,nop>',
      [
        {
          kind: 'ECN',
          fields: [
            { name: 'e1b', value: 1 },
            { name: 'ceb', value: 0 },
            { name: 'e0b', value: 16777215 },
          ],
        },
        { kind: 'nop' },
      ],
    ],
  ])('options %s', (text, options) => {
    expect(packet(`+0 > . 1:1(0) ack 1 ${text}`).options).toEqual(options);
  });

  test('lines do not matter, and the text comes on one', () => {
    expect(packet('+0\n>\n .\t 1:1(0)\n  ack  1').text).toBe('> . 1:1(0) ack 1');
  });
});

describe('ICMP and UDP', () => {
  test.each([
    [
      '< icmp unreachable frag_needed mtu 1200 [1:1461(1460)]',
      {
        kind: 'icmp',
        direction: 'in',
        type: 'unreachable',
        code: 'frag_needed',
        mtu: 1200,
        echoId: undefined,
        quoted: { protocol: 'tcp', seq: 1, len: 1460 },
      },
    ],
    [
      '< [1:1461(1460)] icmp unreachable frag_needed mtu 1200',
      { type: 'unreachable', code: 'frag_needed', mtu: 1200, quoted: { protocol: 'tcp', seq: 1, len: 1460 } },
    ],
    ['< icmp time_exceeded', { type: 'time_exceeded', code: '', mtu: undefined, quoted: undefined }],
    ['< icmp packet_too_big mtu 1280', { type: 'packet_too_big', code: '', mtu: 1280 }],
    ['< icmp type_3 code_13', { type: 'type_3', code: 'code_13' }],
    ['< icmp echo_request id 7 [raw (64)]', { echoId: 7, quoted: { protocol: 'raw', seq: 0, len: 64 } }],
    ['< icmp unreachable [udp (8)]', { quoted: { protocol: 'udp', seq: 0, len: 8 } }],
    ['> udp (100)', { kind: 'udp', direction: 'out', ports: undefined, len: 100 }],
    ['< udp 53 > 4000 (0)', { kind: 'udp', direction: 'in', ports: { from: 53, to: 4000 }, len: 0 }],
  ])('%s', (line, expected) => {
    expect(action(`+0 ${line}`)).toMatchObject(expected);
  });
});

describe('a call', () => {
  test('may fail, with a note', () => {
    expect(action('+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)')).toMatchObject({
      name: 'connect',
      result: { kind: 'int', value: -1 },
      errno: 'EINPROGRESS',
      text: 'connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)',
    });
    expect(action('+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)')).toMatchObject({
      result: { kind: 'int', value: 2 },
      errno: '',
    });
    expect(action('+0 getpid() = ...')).toMatchObject({ args: [], result: { kind: 'ellipsis' } });
  });

  test.each([
    ['-5', { kind: 'int', value: -5 }],
    ['0xff', { kind: 'int', value: 255 }],
    [
      'O_RDWR|O_NONBLOCK|1',
      {
        kind: 'or',
        left: { kind: 'or', left: { kind: 'word', word: 'O_RDWR' }, right: { kind: 'word', word: 'O_NONBLOCK' } },
        right: { kind: 'int', value: 1 },
      },
    ],
    ['a = 2', { kind: 'assign', word: 'a', right: { kind: 'int', value: 2 } }],
    ['"ab\\x00\\n" "c"', { kind: 'string', value: 'ab\0\nc', more: false }],
    ['"ab"...', { kind: 'string', value: 'ab', more: true }],
    ['[]', { kind: 'list', items: [] }],
    [
      '[1, [...]]',
      {
        kind: 'list',
        items: [
          { kind: 'int', value: 1 },
          { kind: 'list', items: [{ kind: 'ellipsis' }] },
        ],
      },
    ],
    ['inet_addr("192.0.2.1")', { kind: 'inet-addr', family: 'inet', text: '192.0.2.1' }],
    ['inet6_addr("::1")', { kind: 'inet-addr', family: 'inet6', text: '::1' }],
    [
      '{sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.168.0.1")}',
      { kind: 'sockaddr', family: 'AF_INET', port: 8080, address: '192.168.0.1' },
    ],
    [
      '{sa_family = AF_INET6, sin_port = htons(1), sin_addr = inet_addr("fd::1")}',
      { kind: 'sockaddr', family: 'AF_INET6', port: 1, address: 'fd::1' },
    ],
    [
      '{onoff=1, linger=0}',
      {
        kind: 'struct',
        members: [
          { name: 'onoff', value: { kind: 'int', value: 1 } },
          { name: 'linger', value: { kind: 'int', value: 0 } },
        ],
      },
    ],
    [
      '{events=EPOLLIN|EPOLLET, fd=4}',
      {
        kind: 'struct',
        members: [
          {
            name: 'events',
            value: { kind: 'or', left: { kind: 'word', word: 'EPOLLIN' }, right: { kind: 'word', word: 'EPOLLET' } },
          },
          { name: 'fd', value: { kind: 'int', value: 4 } },
        ],
      },
    ],
    [
      '{msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}',
      {
        kind: 'struct',
        members: [
          { name: 'msg_name', count: { kind: 'ellipsis' }, value: { kind: 'ellipsis' } },
          {
            name: 'msg_iov',
            count: { kind: 'int', value: 1 },
            value: {
              kind: 'list',
              items: [
                {
                  kind: 'struct',
                  members: [
                    { name: '', value: { kind: 'ellipsis' } },
                    { name: '', value: { kind: 'int', value: 10 } },
                  ],
                },
              ],
            },
          },
          { name: 'msg_flags', value: { kind: 'int', value: 0 } },
        ],
      },
    ],
  ])('argument %s', (text, expected) => {
    expect(argument(text)).toEqual(expected);
  });
});

describe('symbols', () => {
  const cookie = new Map([['TFO_COOKIE', '3021b9d889017eeb']]);
  const bytes = Uint8Array.of(0x30, 0x21, 0xb9, 0xd8, 0x89, 0x01, 0x7e, 0xeb);

  test('of the command line stand for words, numbers, strings and cookies', () => {
    expect(packet('0 > S 0:0(0) <FO TFO_COOKIE,nop,nop>', cookie).options).toMatchObject([
      { kind: 'FO', bytes },
      {},
      {},
    ]);
    expect(argument('N', new Map([['N', '010']]))).toEqual({ kind: 'int', value: 8 });
    expect(argument('N', new Map([['N', '0x10']]))).toEqual({ kind: 'int', value: 16 });
    expect(argument('N', new Map([['N', '-1']]))).toEqual({ kind: 'int', value: -1 });
    expect(argument('N', new Map([['N', '"reno"']]))).toEqual({ kind: 'string', value: 'reno', more: false });
    expect(argument('N', new Map([['N', 'SOL_IP']]))).toEqual({ kind: 'word', word: 'SOL_IP' });
    expect(packet('0 > . N:N(0) ack 1', new Map([['N', '77']])).seq).toBe(77);
  });

  test('of an option hold from there on, those of the command line before them', () => {
    const text = '--define=N=7\n--define=CC="reno"\n--define=C=`end`\n0 f(N, CC) = 0\nC';
    expect(parse(text)).toMatchObject({
      options: [
        { name: 'define', value: 'N=7' },
        { name: 'define', value: 'CC="reno"' },
        { name: 'define', value: 'C=`end`' },
      ],
      events: [
        {
          action: {
            args: [
              { kind: 'int', value: 7 },
              { kind: 'string', value: 'reno' },
            ],
            text: 'f(N, CC) = 0',
          },
        },
      ],
      cleanup: { text: 'end' },
    });
    expect(parse('--define=N=7\n0 f(N) = 0', new Map([['N', '8']]))).toMatchObject({
      events: [{ action: { args: [{ value: 8 }] } }],
    });
  });
});

describe('mistakes are told with their place', () => {
  const options = "'mss', 'wscale', 'sackOK', 'sack', 'TS', 'FO', 'FOEXP', 'md5', 'ECN', 'nop', 'eol'";
  test.each([
    ['', '1:1: expected the time of an event, found the end of the file'],
    ['`true`', '1:7: expected the time of an event, found the end of the file'],
    ['0 f() = 0\n\nfoo', "3:1: expected the time of an event, found 'foo'"],
    ['0 f() = 0\n`a`\n0 f() = 0', "3:1: expected nothing after the last command, found '0'"],
    ['0 f() = 0\n--mss=5', "2:1: expected options before all else, found '--mss'"],
    ['--mss=\n0 f() = 0', "2:3: expected the time of an event, found 'f'"],
    ['--mss=<', "1:7: expected a value for '--mss', found '<'"],
    ['--define=N\n0 f() = 0', "2:1: expected '=' and a value after '--define=N', found '0'"],
    ['-1 f() = 0', "1:1: expected a time from 0 to 31536000 seconds, found '-1'"],
    ['0 ~ 1', "1:6: expected '<', '>', a call"],
    ['1~.5 > . 1:1(0)', '1:1: expected a range that runs forwards, found 1000000 to 500000 microseconds'],
    ['+1~2 > . 1:1(0)', "1:4: expected '+' after '~': both ends of a range are of one kind, found '2'"],
    ['* < . 1:1(0) win 1', "1:1: expected '>' after a time range or '*'"],
    ['0~1 f() = 0', "1:1: expected '>' after a time range or '*'"],
    ['1...0.5 f() = 0', '1:5: expected the call to end after it began, found 500000 before 1000000 microseconds'],
    ['0 < . 1:1(0)', "1:13: expected 'win': a segment into the stack needs its window, found the end of the file"],
    ['0 < X 1:1(0)', "1:5: expected TCP flags out of 'F', 'S', 'R', 'P', '.', 'U', 'E', 'W', 'A', found 'X' in 'X'"],
    ['0 < SE5 1:1(0)', '1:5: expected either the letters E, W, A or one digit of the ACE field'],
    ['0 < S.55 1:1(0)', '1:5: expected either the letters E, W, A or one digit of the ACE field'],
    ['0 < . 1:2(0) win 1', '1:7: expected 1:1(0), found 1:2(0)'],
    ['0 < . 4294967295:0(1) win 1', '1:7: expected 4294967295:4294967296(1), found 4294967295:0(1)'],
    ['0 < . -1:0(1) win 1', "1:7: expected a sequence range such as '1:1001(1000)' from 0 to 4294967295, found '-1'"],
    ['0 < . 1:1(0) win 65536', "1:18: expected a window from 0 to 65535, found '65536'"],
    ['0 < . 1:1(0) win 1 <...>', "1:21: expected the options of a segment into the stack, found '...'"],
    ['0 > . 1:1(0) <mss 1460,foo>', `1:24: expected a TCP option (${options}), found 'foo'`],
    ['0 > . 1:1(0) <mss 70000>', "1:19: expected a segment size from 0 to 65535, found '70000'"],
    ['0 > . 1:1(0) <wscale 3>', '1:14: expected options of a multiple of 4 bytes (add nop or eol), found 3'],
    ['0 > . 1:1(0) <sack 1:2 1:2 1:2 1:2 1:2>', '1:14: expected at most 40 bytes of options, found 42'],
    ['0 > . 1:1(0) <FO 123>', "1:18: expected an even number of hexadecimal digits, up to 76, found '123'"],
    ['0 > . 1:1(0) <md5>', "1:18: expected a digest in hexadecimal, found '>'"],
    ['0 > . 1:1(0) <ECN>', "1:18: expected 'e0b' or 'e1b' after 'ECN', found '>'"],
    ['0 < [ect01] . 1:1(0) win 1', '1:6: expected one ECN value for a segment into the stack'],
    ['0 > [tos 2] . 1:1(0)', "1:10: expected a hexadecimal number from 0x0 to 0xff, found '2'"],
    ['0 > gre: . 1:1(0)', "1:5: expected a plain TCP, UDP or ICMP packet, found 'gre': encapsulated packets are not"],
    ['0 > ipv4 1.2.3.4 > 5.6.7.8: . 1:1(0)', "1:5: expected a plain TCP, UDP or ICMP packet, found 'ipv4'"],
    ['0 > encap psp spi 0x1 . 1:1(0)', "1:5: expected a plain TCP, UDP or ICMP packet, found 'encap'"],
    ['0 < icmp foo', "1:10: expected an ICMP type such as 'unreachable', found 'foo'"],
    ['0 < icmp unreachable foo', "1:22: expected an ICMP code such as 'host_unreachable', found 'foo'"],
    ['0 < icmp time_exceeded mtu 5', "1:24: expected 'mtu' only with 'unreachable frag_needed' or 'packet_too_big'"],
    ['0 read(4, ..., 10 = 3', "1:19: expected ')' or ',' after an argument, found '='"],
    ['0 f() = -1 EAGAIN', "1:18: expected a note such as '(Connection refused)' after 'EAGAIN', found the end of the"],
    ['0 f() = -1 EAGAIN (try', "1:23: expected ')' after the note, found the end of the file"],
    ['0 f({revents=1, fd=3}) = 0', '1:5: expected {fd, events, revents}, found {revents, fd}'],
    [
      '0 f({fd=3, revents=1}) = 0',
      '1:5: expected {fd, events} or {fd, events, revents} or {events, fd}, found {fd, revents}',
    ],
    ['0 f({(label 1, tc 0, ttl 0)}) = 0', '1:6: expected a structure of a TCP call: headers of encapsulated packets'],
    ['0 f({sa_family = AF_UNIX}) = 0', "1:18: expected 'AF_INET' or 'AF_INET6', found 'AF_UNIX'"],
    ['0 f(inet_addr("1.2.3")) = 0', '1:15: expected an IPv4 address in quotes, found "1.2.3"'],
    [
      '0 f("a\\q") = 0',
      "1:5: expected ASCII and escapes out of \\\\ \\\" \\f \\n \\r \\t \\v \\xhh, found '\\q' in the string",
    ],
    ['0 f(9007199254740993) = 0', "1:5: expected a number below 2^53, found '9007199254740993'"],
    [`0 f(${'['.repeat(70)}) = 0`, '1:69: expected at most 64 nested expressions, found more'],
    ['0 f("abc) = 0', "1:5: expected '\"' to close the string, found the end of the file"],
    ['0 `abc', "1:3: expected '`' to close the command, found the end of the file"],
    ['0 %{ assert 1', "1:3: expected '}%' to close the code, found the end of the file"],
    ['/* a\n0 f() = 0', "1:1: expected '*/' to close the comment, found the end of the file"],
    ['0 ?', "1:3: expected '<', '>', a call, a back-quoted command or code after the time, found '?'"],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrowError(ScriptError);
    expect(() => parse(text)).toThrowError(`t.pkt:${message}`);
  });

  test('the fields of the error say the same as its text', () => {
    try {
      parse('\n  0 ?');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: 'ScriptError', file: 't.pkt', line: 2, column: 5 });
    }
  });
});

describe('whatever the text', () => {
  const scripts = [
    `--tolerance_usecs=10000 --define=N=5
\`sysctl -q net.ipv4.tcp_ecn=0\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0
+0 bind(3, {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.168.0.1")}, 16) = 0
+.1...0.2 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 < [ect0] SEW 0:10(10) ack 1 win 32792 urg 3 <mss 1000,sackOK,TS val 1 ecr 0,nop,wscale 7>
* > S.5 0:0(0) ack 1 <FO 3021b9d8,nop,nop,sack 1:2 3:4,ECN e0b 1 ceb 2,nop,nop>
+.3~+.4 > . 1:1(0) ack 1 <...>
`,
    `+0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)] // remark
+0 > udp 53 > 4000 (100) /* another */
+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 10},{..., 20}], msg_flags=0}, MSG_FASTOPEN|MSG_DONTWAIT) = 30
+0 write(4, "a\\x00\\n" "b", N) = 2
+0 %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%
\`/tmp/sysctl_restore_\${PPID}.sh\``,
  ] as const;
  const parseOrRefuse = (text: string): void => {
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      const lines = text.split('\n');
      expect(error.line).toBeLessThanOrEqual(lines.length);
      expect(error.column).toBeLessThanOrEqual((lines[error.line - 1] ?? '').length + 1);
    }
  };

  test('nothing but a ScriptError with a place in the text is thrown', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), parseOrRefuse));
    const words =
      '0 + * ~ . - < > ( ) [ ] { } , = | ... ` " % }% %{ // /* */ \n S S. ack win mss TS val fd events icmp udp a 1:1(0)';
    const soup = fc.array(fc.constantFrom(...words.split(' ')), { maxLength: 60 }).map((parts) => parts.join(' '));
    fc.assert(fc.property(soup, parseOrRefuse), { numRuns: 500 });
  });

  test('nor for a good script with some characters changed', () => {
    const change = fc.record({ at: fc.nat(), put: fc.string({ unit: 'grapheme', maxLength: 3 }), cut: fc.nat(4) });
    fc.assert(
      fc.property(fc.constantFrom(...scripts), fc.array(change, { minLength: 1, maxLength: 4 }), (script, changes) => {
        let text: string = script;
        for (const { at, put, cut } of changes) {
          const from = at % text.length;
          text = text.slice(0, from) + put + text.slice(from + cut) || ' ';
        }
        parseOrRefuse(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('the unchanged ones parse', () => {
    for (const script of scripts) expect(parse(script, new Map([['N', '5']])).events.length).toBeGreaterThan(4);
  });

  test('nesting without end is refused, not followed', () => {
    parseOrRefuse(`0 f(${'{'.repeat(100_000)}`);
    parseOrRefuse(`0 f(${'a='.repeat(100_000)}1) = 0`);
    parseOrRefuse(`0 f(1${'|1'.repeat(100_000)}) = 0`);
    expect(() => parse(`0 f(1${'|1'.repeat(100)}) = 0`)).toThrowError("expected at most 64 values joined by '|'");
  });
});
