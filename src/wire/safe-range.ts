/**
 * Address ranges that belong to nobody on the Internet (RFC 5737, RFC 2544, RFC 1918, RFC 3849, RFC 4193). Whatever the
 * simulator is told about lives in them: it sends nothing, but its files travel.
 */

/** What a refusal tells people. */
export const SAFE_RANGES =
  '192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 2001:db8::/32 (documentation), 198.18.0.0/15 (benchmarks), 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7 (private)';

/** Are all addresses that share the first `bits` bits (0 .. 32) with the IPv4 address `first` in such a range? */
export function isSafeIpv4(first: number, bits = 32): boolean {
  return RANGES_V4.some(([base, width]) => bits >= width && first >>> (32 - width) === base >>> (32 - width));
}

/** The same for one IPv6 address, 16 bytes. */
export function isSafeIpv6(bytes: Uint8Array): boolean {
  const documentation = bytes[0] === 0x20 && bytes[1] === 0x01 && bytes[2] === 0x0d && bytes[3] === 0xb8;
  const uniqueLocal = (bytes[0]! & 0xfe) === 0xfc;
  return documentation || uniqueLocal;
}

/** First address and prefix length. */
const RANGES_V4: readonly (readonly [number, number])[] = [
  [0xc000_0200, 24],
  [0xc633_6400, 24],
  [0xcb00_7100, 24],
  [0xc612_0000, 15],
  [0x0a00_0000, 8],
  [0xac10_0000, 12],
  [0xc0a8_0000, 16],
];
