/**
 * Which addresses a scenario may name: only those that belong to nobody on the Internet. The simulator sends nothing, but
 * its pcapng files travel, and a scenario must not point at somebody's real host.
 */
import { AddressTable, isIpv6 } from '../wire/address.ts';
import { parseIpv4 } from '../wire/ipv4-text.ts';

/** What the refusal tells people. */
export const SAFE_RANGES =
  '192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 2001:db8::/32 (documentation), 198.18.0.0/15 (benchmarks), 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7 (private)';

/** `ok`, or why not: `malformed`, or `public` for an address that may belong to somebody. */
export function checkAddress(text: string): 'ok' | 'malformed' | 'public' {
  const v4 = parseIpv4(text);
  if (v4 >= 0) return RANGES_V4.some(([base, bits]) => v4 >>> (32 - bits) === base >>> (32 - bits)) ? 'ok' : 'public';
  const table = new AddressTable();
  const bytes = new Uint8Array(16);
  try {
    const handle = table.parse(text);
    if (!isIpv6(handle)) return 'public';
    table.bytes(handle, bytes, 0);
  } catch {
    // The only thing `parse` throws for is text that is no address; the caller says so with line and column.
    return 'malformed';
  }
  const documentation = bytes[0] === 0x20 && bytes[1] === 0x01 && bytes[2] === 0x0d && bytes[3] === 0xb8;
  const uniqueLocal = (bytes[0]! & 0xfe) === 0xfc;
  return documentation || uniqueLocal ? 'ok' : 'public';
}

/** RFC 5737, RFC 2544, RFC 1918: first address and prefix length. */
const RANGES_V4: readonly (readonly [number, number])[] = [
  [0xc000_0200, 24],
  [0xc633_6400, 24],
  [0xcb00_7100, 24],
  [0xc612_0000, 15],
  [0x0a00_0000, 8],
  [0xac10_0000, 12],
  [0xc0a8_0000, 16],
];
