/** Which addresses a host can have, and so be a segment's source or the target of an OPEN (RFC 1122 §3.2.1.3, RFC 4291). */
import { type AddressTable, IPV6_BASE } from './address.ts';

/**
 * False for IPv4 "this network" (0/8), multicast (224/4) and limited broadcast, and for IPv6 `::` and multicast (ff00::/8).
 * Broadcast addresses of a subnet look like any other. Without a table every IPv6 address passes.
 */
export function isHostAddress(handle: number, addresses: AddressTable | null): boolean {
  if (handle < IPV6_BASE) return handle >= 0x01000000 && handle >>> 28 !== 0xe && handle !== 0xffffffff;
  if (addresses === null) return true;
  const first = addresses.word(handle, 0);
  if (first >>> 24 === 0xff) return false;
  return (
    first !== 0 || addresses.word(handle, 1) !== 0 || addresses.word(handle, 2) !== 0 || addresses.word(handle, 3) !== 0
  );
}
