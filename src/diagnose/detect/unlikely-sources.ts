/** Source addresses that tell something by themselves: those nobody can send from, and those no router carries. */
import { IPV6_BASE } from '../../wire/address.ts';

/**
 * 0: an address like others. 1: one the Internet does not carry, but a site may use (private, shared, link-local,
 * documentation, benchmarking; RFC 6890). 2: one that cannot be a sender at all ("this network", loopback, multicast,
 * reserved, broadcast; RFC 1122 §3.2.1.3). IPv6 is not looked at: 0.
 */
export function unlikelySource(handle: number): number {
  if (handle >= IPV6_BASE) return 0;
  const kind = KINDS[handle >>> 16]!;
  return kind !== SOME ? kind : UNROUTED_24.includes(handle >>> 8) ? 1 : 0;
}

/** First 16 bits and prefix length. */
const UNROUTED: readonly (readonly [number, number])[] = [
  [0x0a00, 8],
  [0x6440, 10],
  [0xa9fe, 16],
  [0xac10, 12],
  [0xc0a8, 16],
  [0xc612, 15],
];
/** First 24 bits of the small ones: protocol assignments, and three for documentation. */
const UNROUTED_24: readonly number[] = [0xc00000, 0xc00002, 0xc63364, 0xcb0071];
const SOME = 3;
/** What is to be found under each first 16 bits. */
const KINDS: Uint8Array = Uint8Array.from({ length: 0x10000 }, (_, high) => {
  const first = high >>> 8;
  if (first === 0 || first === 127 || first >= 224) return 2;
  if (UNROUTED.some(([base, bits]) => high >>> (16 - bits) === base >>> (16 - bits))) return 1;
  return UNROUTED_24.some((prefix) => prefix >>> 8 === high) ? SOME : 0;
});
