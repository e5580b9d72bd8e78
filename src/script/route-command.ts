/** `ip route change 192.0.2.1 via 192.168.0.2 dev tun0 advmss 600 mtu lock 640 initcwnd 11` as data (ip-route(8)). */
import type { ShellWord } from './shell.ts';

export type RouteAttribute = (typeof NUMBERS)[number] | 'rto_min';

export interface Route {
  readonly destination: string;
  /** Numbers as written; `rto_min` in microseconds. */
  readonly attributes: ReadonlyMap<RouteAttribute, number>;
  /** `mtu lock 1500`: attributes that path MTU discovery must not change. */
  readonly locked: ReadonlySet<RouteAttribute>;
}

/** What stands behind `ip route add|change|replace`; a word that does not belong there comes back with what did. */
export function parseRoute(words: readonly ShellWord[]): Route | { readonly at: ShellWord; readonly expected: string } {
  const attributes = new Map<RouteAttribute, number>();
  const locked = new Set<RouteAttribute>();
  const [destination, ...rest] = words;
  for (let i = 0; i < rest.length; i++) {
    const key = rest[i] as ShellWord; // below the length
    const attribute = NUMBERS.find((name) => name === key.text) ?? (key.text === 'rto_min' ? key.text : undefined);
    if (attribute === undefined && !SKIPPED.includes(key.text)) return { at: key, expected: 'an attribute of a route' };
    const lock = rest[i + 1]?.text === 'lock';
    if (lock) i++;
    const value = rest[++i];
    if (value === undefined) return { at: key, expected: `a value behind '${key.text}'` };
    if (attribute === undefined) continue;
    const number = attribute === 'rto_min' ? microseconds(value.text) : Number(value.text);
    if (!/^[0-9]/.test(value.text) || !Number.isInteger(number))
      return { at: value, expected: `a number for '${key.text}'` };
    attributes.set(attribute, number);
    if (lock) locked.add(attribute);
  }
  return { destination: destination?.text ?? 'default', attributes, locked };
}

/** `200ms`, `1s`, `500us`; a bare number is milliseconds. */
function microseconds(text: string): number {
  const [, digits, unit] = /^([0-9]+)(us|ms|s|)$/.exec(text) ?? [];
  if (digits === undefined) return Number.NaN;
  return Number(digits) * (unit === 'us' ? 1 : unit === 's' ? 1e6 : 1000);
}

const NUMBERS = [
  'mtu',
  'advmss',
  'initcwnd',
  'initrwnd',
  'window',
  'cwnd',
  'ssthresh',
  'reordering',
  'quickack',
  'hoplimit',
  'fastopen_no_cookie',
] as const;

/** Where the packets go is no question here. */
const SKIPPED: readonly string[] = ['via', 'dev', 'src', 'table', 'proto', 'scope', 'metric', 'type', 'tos', 'pref'];
