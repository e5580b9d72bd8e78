/** IPv4 addresses as text. The address itself is a uint32, most significant byte first. */

/** Dotted decimal: `3221225985` -> `192.0.2.1`. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

/** The uint32 of a dotted decimal address, or -1. Leading zeros are refused: some readers take them for octal. */
export function parseIpv4(text: string): number {
  const parts = text.split('.');
  if (parts.length !== 4) return -1;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return -1;
    const byte = Number(part);
    if (byte > 255) return -1;
    address = address * 256 + byte;
  }
  return address;
}
