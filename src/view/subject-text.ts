/** Whom a judgement is about, as people write it: `203.0.113.80:80`, `[2001:db8::1]:443`, `198.51.100.0/24 port 22`. */
import type { Subject } from '../diagnose/findings.ts';
import type { AddressTable } from '../wire/address.ts';
import { endpointText } from '../wire/endpoint-text.ts';

export function subjectText({ address, port, prefix }: Subject, addresses: AddressTable): string {
  const hosts = prefix === '' ? 'several hosts' : prefix;
  if (address < 0) return port < 0 ? hosts : `${hosts} port ${port}`;
  return port < 0 ? addresses.format(address) : endpointText(addresses, address, port);
}
