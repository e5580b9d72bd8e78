/**
 * Which addresses a scenario may name: only those that belong to nobody on the Internet. The simulator sends nothing, but
 * its pcapng files travel, and a scenario must not point at somebody's real host.
 */
import { AddressTable, isIpv6 } from '../wire/address.ts';
import { parseIpv4 } from '../wire/ipv4-text.ts';
import { isSafeIpv4, isSafeIpv6 } from '../wire/safe-range.ts';

/** `ok`, or why not: `malformed`, or `public` for an address that may belong to somebody. */
export function checkAddress(text: string): 'ok' | 'malformed' | 'public' {
  const v4 = parseIpv4(text);
  if (v4 >= 0) return isSafeIpv4(v4) ? 'ok' : 'public';
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
  return isSafeIpv6(bytes) ? 'ok' : 'public';
}
