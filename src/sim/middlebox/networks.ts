/** Addresses and IPv4 networks, as filters ask. An IPv6 handle is an index: it has no first bits, and is of no prefix. */
import { isIpv6 } from '../../wire/address.ts';
import { type Prefix, parsePrefix } from '../prefix.ts';

export function parsePrefixes(texts: readonly string[], whose: string): readonly Prefix[] {
  return texts.map((text) => parsePrefix(text, whose));
}

export function inAny(address: number, prefixes: readonly Prefix[]): boolean {
  for (const prefix of prefixes) if (address >= prefix.first && address <= prefix.last) return true;
  return false;
}

/** The first address of the network of `bits` bits that `address` is in. An IPv6 address is a network of its own. */
export function networkOf(address: number, bits: number): number {
  if (isIpv6(address)) return address;
  // A shift by 32 is a shift by 0 in this language.
  return bits === 0 ? 0 : (address & (-1 << (32 - bits))) >>> 0;
}
