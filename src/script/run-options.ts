/** How a script is run: addresses, ports and tolerances, from the command line and the `--options` in the script. */
import { HalfopenError } from '../wire/error.ts';
import { parseIpv4 } from '../wire/ipv4-text.ts';
import { parseIpv6 } from '../wire/ipv6-text.ts';
import type { ScriptOption } from './ast.ts';
import { ScriptError } from './error.ts';

export interface RunOptions {
  readonly ipVersion: 'ipv4' | 'ipv6' | 'ipv4-mapped-ipv6';
  /** Address of the stack under test, and of the script's side. */
  readonly localIp: string;
  readonly remoteIp: string;
  readonly bindPort: number;
  readonly connectPort: number;
  readonly mtu: number;
  /** A time may be off by this much, µs, or by `tolerancePercent` of the time since the event before, if that is more. */
  readonly toleranceUsecs: number;
  readonly tolerancePercent: number;
  /** Length of a timestamp tick, µs; 0 = TSval is not checked. */
  readonly tsTickUsecs: number;
  /** TSecr that echo no TSval seen in the script are taken for relative to the first. */
  readonly tsEcrScaled: boolean;
  /** Symbols for the lexer. */
  readonly defines: ReadonlyMap<string, string>;
  /** Options given that only concern a real device or another host: without effect here. */
  readonly inert: readonly string[];
}

/** The original's defaults, and the symbols that its own runner of many scripts defines. */
const IPV4: RunOptions = {
  ipVersion: 'ipv4',
  localIp: '192.168.0.1',
  remoteIp: '192.0.2.1',
  bindPort: 8080,
  connectPort: 8080,
  mtu: 1500,
  toleranceUsecs: 4000,
  tolerancePercent: 12.5,
  tsTickUsecs: 0,
  tsEcrScaled: false,
  defines: new Map([
    ['TFO_COOKIE', '3021b9d889017eeb'],
    ['CODE', 'host_unreachable'],
    ['CMSG_LEVEL_IP', 'SOL_IP'],
    ['CMSG_TYPE_RECVERR', 'IP_RECVERR'],
  ]),
  inert: [],
};

const IPV6: RunOptions = {
  ...IPV4,
  ipVersion: 'ipv6',
  localIp: 'fd3d:0a0b:17d6::1',
  remoteIp: 'fd3d:fa7b:d17d::1',
  defines: new Map([
    ['TFO_COOKIE', 'c1d1e9742a47a9bc'],
    ['CODE', 'address_unreachable'],
    ['CMSG_LEVEL_IP', 'SOL_IPV6'],
    ['CMSG_TYPE_RECVERR', 'IPV6_RECVERR'],
  ]),
};

/** An option on the command line: `--name=value`, or `-D NAME=VALUE`. */
export interface GivenOption {
  readonly name: string;
  readonly value: string | undefined;
}

/** The command line wins over the script, as in the original. `wrong` words a complaint about a script's option. */
export function runOptions(file: string, inScript: readonly ScriptOption[], given: readonly GivenOption[]): RunOptions {
  const all: readonly (GivenOption & Partial<ScriptOption>)[] = [...inScript, ...given];
  const version = all.findLast((o) => o.name === 'ip_version')?.value ?? 'ipv4';
  const base = version === 'ipv6' ? IPV6 : version === 'ipv4' || version === 'ipv4-mapped-ipv6' ? IPV4 : undefined;
  const defines = new Map(base?.defines);
  const inert: string[] = [];
  const changed: Record<string, unknown> = { ipVersion: version };
  for (const option of all) {
    const wrong = (text: string): HalfopenError =>
      option.place === undefined
        ? new HalfopenError(`--${option.name}: ${text}`)
        : new ScriptError(file, option.place, `--${option.name}: ${text}`);
    if (base === undefined && option.name === 'ip_version') {
      throw wrong(`expected ipv4, ipv6 or ipv4-mapped-ipv6, found '${version}'`);
    }
    if (option.name === 'define') {
      const at = option.value?.indexOf('=') ?? -1;
      if (at <= 0) throw wrong(`expected NAME=VALUE, found '${option.value ?? ''}'`);
      defines.set(option.value!.slice(0, at), option.value!.slice(at + 1));
      continue;
    }
    const rule = Object.hasOwn(OPTIONS, option.name) ? OPTIONS[option.name] : undefined;
    if (rule === undefined) throw wrong('no such option');
    if (rule.kind === 'ignored') {
      inert.push(`--${option.name}`);
      continue;
    }
    changed[rule.field] = parseValue(rule, option.value, version === 'ipv6', wrong);
  }
  return { ...base!, ...changed, defines, inert };
}

interface Ignored {
  readonly kind: 'ignored';
  readonly value: boolean;
}

type Taken =
  | { readonly kind: 'flag'; readonly field: keyof RunOptions }
  | { readonly kind: 'text'; readonly field: keyof RunOptions }
  | { readonly kind: 'address'; readonly field: keyof RunOptions }
  | { readonly kind: 'number'; readonly field: keyof RunOptions; readonly least: number; readonly most: number };

function parseValue(
  rule: Taken,
  value: string | undefined,
  ipv6: boolean,
  wrong: (text: string) => HalfopenError,
): unknown {
  if (rule.kind === 'flag') {
    if (value !== undefined) throw wrong(`takes no value, found '${value}'`);
    return true;
  }
  if (value === undefined) throw wrong('expected a value');
  if (rule.kind === 'text') return value;
  if (rule.kind === 'address') {
    const good = ipv6 ? parseIpv6(value, new Uint8Array(16), 0) : parseIpv4(value) >= 0;
    if (!good) throw wrong(`expected an ${ipv6 ? 'IPv6' : 'IPv4'} address, found '${value}'`);
    return value;
  }
  const n = Number(value);
  if (!(n >= rule.least && n <= rule.most && (Number.isInteger(n) || rule.field === 'tolerancePercent'))) {
    throw wrong(`expected a number from ${rule.least} to ${rule.most}, found '${value}'`);
  }
  return n;
}

/** What only concerns a real device or another host is accepted and has no effect. */
const OPTIONS: Readonly<Record<string, Taken | Ignored>> = {
  ip_version: { kind: 'text', field: 'ipVersion' },
  local_ip: { kind: 'address', field: 'localIp' },
  remote_ip: { kind: 'address', field: 'remoteIp' },
  bind_port: { kind: 'number', field: 'bindPort', least: 1, most: 65535 },
  connect_port: { kind: 'number', field: 'connectPort', least: 1, most: 65535 },
  mtu: { kind: 'number', field: 'mtu', least: 68, most: 65535 },
  tolerance_usecs: { kind: 'number', field: 'toleranceUsecs', least: 1, most: 1e12 },
  tolerance_percent: { kind: 'number', field: 'tolerancePercent', least: 0, most: 100 },
  tcp_ts_tick_usecs: { kind: 'number', field: 'tsTickUsecs', least: 0, most: 1e9 },
  tcp_ts_ecr_scaled: { kind: 'flag', field: 'tsEcrScaled' },
  gateway_ip: { kind: 'ignored', value: true },
  netmask_ip: { kind: 'ignored', value: true },
  speed: { kind: 'ignored', value: true },
  mss: { kind: 'ignored', value: true },
  init_scripts: { kind: 'ignored', value: true },
  non_fatal: { kind: 'ignored', value: true },
  send_omit_free: { kind: 'ignored', value: false },
  strict_segments: { kind: 'ignored', value: false },
  is_anyip: { kind: 'ignored', value: false },
};

/** The options of the original's command line with whether they take a value; `define` has a letter of its own. */
export const ORIGINAL_OPTIONS: readonly (readonly [name: string, takesValue: boolean])[] = Object.entries(OPTIONS).map(
  ([name, rule]) => [name, rule.kind === 'ignored' ? rule.value : rule.kind !== 'flag'],
);
