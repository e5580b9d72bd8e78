/** IPv4 networks: an address and a prefix length (RFC 4632). IPv6 handles are indices, so only whole addresses compare. */
import { isIpv6 } from '../../wire/address.ts';
import { parseIpv4 } from '../../wire/ipv4-text.ts';

export interface Prefix {
  /** Any address of the network. */
  readonly address: number;
  /** 0 .. 32. */
  readonly length: number;
}

/** `198.51.100.0/24`, or an address alone for a /32; null when it is neither. */
export function parsePrefix(text: string): Prefix | null {
  const [address = '', length = '32', ...rest] = text.split('/');
  const value = parseIpv4(address);
  if (value < 0 || rest.length > 0 || !/^(0|[1-9][0-9]?)$/.test(length) || Number(length) > 32) return null;
  return { address: value, length: Number(length) };
}

/** All of `texts`; throws at one that is no prefix. */
export function parsePrefixes(texts: readonly string[]): readonly Prefix[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if (prefix === null) throw new Error(`'${text}' is no IPv4 prefix such as 198.51.100.0/24`);
    return prefix;
  });
}

export function inPrefix(address: number, prefix: Prefix): boolean {
  return !isIpv6(address) && networkOf(address, prefix.length) === networkOf(prefix.address, prefix.length);
}

export function inAny(address: number, prefixes: readonly Prefix[]): boolean {
  for (const prefix of prefixes) if (inPrefix(address, prefix)) return true;
  return false;
}

/** The first address of the network of `length` bits that `address` is in. An IPv6 address is a network of its own. */
export function networkOf(address: number, length: number): number {
  if (isIpv6(address)) return address;
  // A shift by 32 is a shift by 0 in this language.
  return length === 0 ? 0 : (address & (-1 << (32 - length))) >>> 0;
}
