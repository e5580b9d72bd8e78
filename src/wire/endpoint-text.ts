/** An address with a port as text. */
import { type AddressTable, isIpv6 } from './address.ts';

/** `192.0.2.1:80`, `[2001:db8::1]:80` (RFC 3986 §3.2.2). */
export function endpointText(addresses: AddressTable, address: number, port: number): string {
  const text = addresses.format(address);
  return isIpv6(address) ? `[${text}]:${port}` : `${text}:${port}`;
}
