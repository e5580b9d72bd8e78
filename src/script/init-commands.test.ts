/** Commands of scripts: what a POSIX shell would make of the text, and what it then sets on Linux. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScriptError } from './error.ts';
import { parseSettings, type Setting } from './init-commands.ts';
import { shellArithmetic } from './shell-arithmetic.ts';
import { parseSysctl, sysctlName } from './sysctls.ts';

const settings = (text: string): Setting[] => parseSettings({ place: { line: 3, column: 1 }, text }, 't.pkt');

/** Sysctls as `name=numbers`, others by kind. */
const brief = (text: string): string[] =>
  settings(text).map((setting) => {
    if (setting.kind === 'ignored') return `ignored ${setting.command}`;
    if (setting.kind === 'sleep') return `sleep ${setting.micros}`;
    if (setting.kind === 'queue') return `queue ${setting.packets}`;
    if (setting.kind !== 'sysctl') return setting.kind;
    const { value } = setting;
    const shown = value.kind === 'ints' ? value.values.join(' ') : value.kind === 'keys' ? 'keys' : `${value.value}`;
    return `${setting.name.replace('net.ipv4.', '')}=${shown}`;
  });

describe('sysctl', () => {
  test.each([
    ['sysctl -q net.ipv4.tcp_sack=0', ['tcp_sack=0']],
    ['sysctl -w net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=1', ['tcp_sack=0', 'tcp_timestamps=1']],
    ['sysctl -qw net/ipv4/tcp_sack=1', ['tcp_sack=1']],
    [
      'sysctl -q \\\n  net.ipv4.tcp_fastopen=0x30403 \\\n  net.core.somaxconn=128',
      ['tcp_fastopen=197635', 'net.core.somaxconn=128'],
    ],
    ['sysctl -q net.ipv4.tcp_rmem="4096 540000 $((15*1024*1024))"', ['tcp_rmem=4096 540000 15728640']],
    ["sysctl -q net.ipv4.tcp_wmem='4096 8192'", ['tcp_wmem=4096 8192']],
    ['sysctl -q net.ipv4.tcp_congestion_control=reno', ['tcp_congestion_control=reno']],
    ['sysctl -e -q net.ipv4.tcp_no_such_thing=2 net.ipv4.tcp_sack=1', ['tcp_sack=1']],
    ['sysctl net.ipv4.tcp_sack', []],
    ['sysctl -q net.ipv4.tcp_ecn=2    # a remark; sysctl', ['tcp_ecn=2']],
    ['sysctl -q net.ipv4.tcp_sack=1 > /dev/null 2>&1', ['tcp_sack=1']],
    [
      '../../common/set_sysctls.py /proc/sys/net/ipv4/tcp_sack=0\\\n /proc/sys/net/ipv4/tcp_retries2=8',
      ['tcp_sack=0', 'tcp_retries2=8'],
    ],
    ['./set_sysctls.py /proc/sys/net/ipv4/tcp_wmem="4096 50000 4194304"', ['tcp_wmem=4096 50000 4194304']],
    ['echo 1 > /proc/sys/net/ipv4/tcp_abort_on_overflow', ['tcp_abort_on_overflow=1']],
    ['echo 3 > /sys/module/tcp_cubic/parameters/hystart_detect', ['ignored echo']],
    ['# only a remark\n\n  sysctl -q net.ipv4.tcp_sack=1\n', ['tcp_sack=1']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(brief(text)).toEqual(expected);
  });

  test('each with its place', () => {
    expect(settings('sysctl -q net.ipv4.tcp_sack=0\n sysctl -q net.ipv4.tcp_syncookies=2')).toEqual([
      { kind: 'sysctl', place: { line: 3, column: 12 }, name: 'net.ipv4.tcp_sack', value: { kind: 'int', value: 0 } },
      {
        kind: 'sysctl',
        place: { line: 4, column: 12 },
        name: 'net.ipv4.tcp_syncookies',
        value: { kind: 'int', value: 2 },
      },
    ]);
  });

  test('a Fast Open key is four little-endian words, a spare one may follow', () => {
    expect(parseSysctl('net.ipv4.tcp_fastopen_key', 'a0bf63f7-ed803d81-cd641d30-cebc4a90,1-2-3-4')).toEqual({
      kind: 'keys',
      keys: [
        Uint8Array.of(0xf7, 0x63, 0xbf, 0xa0, 0x81, 0x3d, 0x80, 0xed, 0x30, 0x1d, 0x64, 0xcd, 0x90, 0x4a, 0xbc, 0xce),
        Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0),
      ],
    });
  });

  test('names come in three forms', () => {
    expect(sysctlName('net.ipv4.tcp_sack')).toBe('net.ipv4.tcp_sack');
    expect(sysctlName('net/ipv4/tcp_sack')).toBe('net.ipv4.tcp_sack');
    expect(sysctlName('/proc/sys/net/ipv4/tcp_sack')).toBe('net.ipv4.tcp_sack');
  });
});

describe('other commands', () => {
  test('defaults.sh is a table of ours, from whichever folder', () => {
    for (const text of ['../../common/defaults.sh', 'defaults.sh', '. scripts/defaults.sh', 'bash ../defaults.sh']) {
      const found = brief(text);
      expect(found[0]).toBe('flush-metrics');
      expect(found).toContain('tcp_rmem=4096 540000 15728640');
      expect(found).toContain('tcp_notsent_lowat=4294967295');
      expect(found).toContain(`tcp_fastopen=${0x70403}`);
      expect(found).toHaveLength(24);
    }
    expect(brief('../common/defaults.sh\nsysctl -q net.ipv4.tcp_timestamps=0').at(-1)).toBe('tcp_timestamps=0');
  });

  test.each([
    [`/tmp/sysctl_restore_\${PPID}.sh`, ['restore']],
    ['ip tcp_metrics flush all > /dev/null 2>&1', ['flush-metrics']],
    ['ip tcp_metrics show', ['ignored ip']],
    ['tc qdisc replace dev tun0 root fq', ['queue undefined']],
    [
      'tc qdisc delete dev tun0 root 2>/dev/null ; tc qdisc add dev tun0 root pfifo limit 0',
      ['queue undefined', 'queue 0'],
    ],
    ['ethtool -K tun0 tso off gso off', ['ignored ethtool']],
    ['sleep 1', ['sleep 1000000']],
    ['sleep .25; sleep 2m', ['sleep 250000', 'sleep 120000000']],
    ['nstat | grep TcpExtOutOfWindowIcmps > /dev/null', ['ignored nstat', 'ignored grep']],
    ["ss -4 -n --info '( sport = :8080 )' | grep 192.168.0.1:8080", ['ignored ss', 'ignored grep']],
    // Right of || only what the left side's failing would bring: Linux has no such setting as the first.
    ['sysctl -q net.ipv4.tcp_fastopen_cookies=0 &> /dev/null ||\\\n ip tcp_metrics flush all', ['flush-metrics']],
    ['sysctl -q net.ipv4.tcp_sack=0 || sleep 1', ['tcp_sack=0']],
    ['sysctl -q net.ipv4.tcp_nonsense=0 || sleep 1 && sleep 2', ['sleep 1000000', 'sleep 2000000']],
    ['true && sleep 1', ['ignored true', 'sleep 1000000']],
  ])('%s', (text, expected) => {
    expect(brief(text)).toEqual(expected);
  });

  test('a route has attributes', () => {
    const text = 'ip -6 route change 2001:DB8::1 via fd::2 dev tun0 advmss 600 mtu lock 660 initcwnd 11 rto_min 50ms';
    expect(settings(text)).toEqual([
      {
        kind: 'route',
        place: { line: 3, column: 2 },
        destination: '2001:DB8::1',
        attributes: new Map([
          ['advmss', 600],
          ['mtu', 660],
          ['initcwnd', 11],
          ['rto_min', 50_000],
        ]),
        locked: new Set(['mtu']),
      },
    ]);
  });
});

test.each([
  [
    'sysctl -q net.ipv4.tcp_timestamp=0',
    "3:12: unknown setting 'net.ipv4.tcp_timestamp', did you mean 'net.ipv4.tcp_timestamps'?",
  ],
  ['sysctl -q net.inet.tcp.rfc1323=0', "3:12: unknown setting 'net.inet.tcp.rfc1323'"],
  [
    'sysctl -q net.ipv4.tcp_timestamps=3',
    "3:12: expected a whole number from 0 to 2 for 'net.ipv4.tcp_timestamps', found '3'",
  ],
  ['sysctl -q net.ipv4.tcp_sack=', "3:12: expected a whole number from 0 to 255 for 'net.ipv4.tcp_sack', found ''"],
  ['sysctl -q net.ipv4.tcp_rmem="1 2 3 4"', '3:12: expected one to three whole numbers'],
  ['sysctl -q net.ipv4.tcp_fastopen_key=1-2-3', '3:12: expected keys of four hexadecimal words'],
  ['sysctl -p', "3:9: expected options out of -q -w -e -i -n, found '-p'"],
  ['\n\n  frobnicate --all', "5:3: expected a command that is known here, found 'frobnicate'"],
  ['if true', "3:2: expected a command that is known here, found 'if'"],
  [
    'cat x > /proc/sys/net/ipv4/tcp_sack',
    "3:2: expected 'echo' to write to '/proc/sys/net/ipv4/tcp_sack', found 'cat'",
  ],
  ['iptables -A INPUT -j DROP', "3:2: expected a command that is known here, found 'iptables'"],
  ['ip link set dev tun0 mtu 1000', "3:5: expected 'ip route' or 'ip tcp_metrics', found 'ip link set'"],
  ['ip route add 192.0.2.1 advmss', "3:25: expected a value behind 'advmss', found 'advmss'"],
  ['ip route add 192.0.2.1 mtu much', "3:29: expected a number for 'mtu', found 'much'"],
  ['ip route add 192.0.2.1 foo 1', "3:25: expected an attribute of a route, found 'foo'"],
  ['tc qdisc add dev tun0 root netem loss 10%', "3:29: expected 'tc qdisc' with pfifo, bfifo or fq"],
  ['sleep forever', "3:8: expected seconds to sleep, found 'forever'"],
  ['sleep 1 &', "3:10: expected simple commands, found '&'"],
  ['(sleep 1)', "3:2: expected simple commands, found '('"],
  ['sleep 1 ||', "3:12: expected a command after '||', found the end of the command"],
  ['| sleep 1', "3:2: expected a command before '|'"],
  ['echo "a', '3:7: expected a second " to close the first, found the end of the command'],
  ["echo 'a", "3:7: expected a second ' to close the first, found the end of the command"],
  ['echo $(date)', "3:7: expected a value, found a command in '$(…)'"],
  ['echo $((1 +))', "3:7: expected whole numbers and operators between '$((' and '))'"],
  ['echo >', "3:8: expected a file after '>'"],
])('%s is told with its place', (text, message) => {
  expect(() => settings(text)).toThrowError(ScriptError);
  expect(() => settings(text)).toThrowError(`t.pkt:${message}`);
});

test.each([
  ['15*1024*1024', 15728640],
  ['256*1024', 262144],
  ['1 + 2 * 3 - 4', 3],
  ['(1 + 2) * 3', 9],
  ['10/4*2', 4],
  ['-7 / 2', -3],
  ['7 % 3', 1],
  ['1 << 10 >> 1', 512],
  ['0x10', 16],
  ['1/0', undefined],
  ['1 2', undefined],
  ['', undefined],
  ['(1', undefined],
  ['a', undefined],
])('$((%s))', (text, value) => {
  expect(shellArithmetic(text)).toBe(value);
});

test('whatever the text, nothing but a ScriptError is thrown', () => {
  const words =
    'sysctl -q net.ipv4.tcp_sack=1 ip route add mtu 5 lock tc qdisc limit sleep echo > < & | || && ; \n \\ \' " $ $(( )) ( ) # defaults.sh /proc/sys/ =';
  const soup = fc
    .array(fc.constantFrom(...words.split(' ')), { maxLength: 30 })
    .chain((parts) => fc.constantFrom(parts.join(' '), parts.join('')));
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
      try {
        settings(text);
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
  expect(shellArithmetic('('.repeat(100_000))).toBeUndefined();
});
