/**
 * Fast Open cookies as Linux makes them (RFC 7413 §4.1.2; __tcp_fastopen_cookie_gen_cipher): SipHash-2-4 of the client's
 * and the server's address. A server needs no memory of whom it gave one, and a new key makes all of them void.
 */
import { type AddressTable, isIpv6 } from '../wire/address.ts';
import { SipHash } from './siphash.ts';

/** RFC 7413 §4.1.1 allows 4 to 16 bytes; Linux makes 8. */
export const FAST_OPEN_COOKIE_BYTES = 8;

/** Up to two keys of four words each, the 16 key bytes read little-endian. The second is the one being phased out. */
export class FastOpenKeys {
  readonly #primary: SipHash;
  readonly #backup: SipHash | null;
  readonly #addresses: AddressTable | null;
  readonly #message: Uint8Array = new Uint8Array(32);
  readonly #expected: Uint8Array = new Uint8Array(FAST_OPEN_COOKIE_BYTES);

  /** Without `addresses` an IPv6 address enters as its handle, which names it within one address table only. */
  constructor(primary: Uint32Array, backup: Uint32Array | null, addresses: AddressTable | null) {
    this.#primary = new SipHash(primary);
    this.#backup = backup === null ? null : new SipHash(backup);
    this.#addresses = addresses;
  }

  /** Writes the cookie for `client` at the start of `out`. */
  bake(client: number, server: number, out: Uint8Array): void {
    this.#hash(this.#primary, this.#describe(client, server), out);
  }

  /** Which key made this cookie for `client`: 1 the primary, 2 the backup, 0 neither. */
  check(client: number, server: number, cookie: Uint8Array, length: number): 0 | 1 | 2 {
    if (length !== FAST_OPEN_COOKIE_BYTES) return 0;
    const message = this.#describe(client, server);
    if (this.#made(this.#primary, message, cookie)) return 1;
    return this.#backup !== null && this.#made(this.#backup, message, cookie) ? 2 : 0;
  }

  #made(key: SipHash, message: Uint8Array, cookie: Uint8Array): boolean {
    const expected = this.#expected;
    this.#hash(key, message, expected);
    let difference = 0;
    for (let i = 0; i < FAST_OPEN_COOKIE_BYTES; i++) difference |= expected[i]! ^ cookie[i]!;
    return difference === 0;
  }

  /** Both addresses in network order. */
  #describe(client: number, server: number): Uint8Array {
    const message = this.#message;
    const table = this.#addresses;
    if (table !== null) table.bytes(client, message, 0);
    else writeHandle(client, message, 0);
    const at = isIpv6(client) ? 16 : 4;
    if (table !== null) table.bytes(server, message, at);
    else writeHandle(server, message, at);
    return message.subarray(0, 2 * at);
  }

  #hash(key: SipHash, message: Uint8Array, out: Uint8Array): void {
    const low = key.hash(message);
    writeLittleEndian(low, out, 0);
    writeLittleEndian(key.hi, out, 4);
  }
}

/** `a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4`, or two of them with a comma (net.ipv4.tcp_fastopen_key); else undefined. */
export function parseFastOpenKeys(text: string): readonly Uint32Array[] | undefined {
  const keys = text.split(',').map((key) => KEY.exec(key.trim()));
  if (keys.length > 2) return undefined;
  const parsed: Uint32Array[] = [];
  for (const words of keys) {
    if (words === null) return undefined;
    parsed.push(Uint32Array.from(words.slice(1), (word) => Number.parseInt(word, 16)));
  }
  return parsed;
}

/** 16 bytes, or 32 with a backup key, as setsockopt(TCP_FASTOPEN_KEY) takes them; another length gives undefined. */
export function fastOpenKeysOf(bytes: Uint8Array): readonly Uint32Array[] | undefined {
  if (bytes.length !== 16 && bytes.length !== 32) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const keys: Uint32Array[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    keys.push(Uint32Array.from({ length: 4 }, (_, i) => view.getUint32(at + 4 * i, true)));
  }
  return keys;
}

/** The kernel reads each of the four words with `%x`: leading zeros may be missing. */
const KEY = /^([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{1,8})$/i;

/** The low 32 bits in network order; of an IPv6 handle that is its index, and the rest stays zero. */
function writeHandle(handle: number, out: Uint8Array, at: number): void {
  if (isIpv6(handle)) out.fill(0, at, at + 16);
  out[at] = handle >>> 24;
  out[at + 1] = handle >>> 16;
  out[at + 2] = handle >>> 8;
  out[at + 3] = handle;
}

function writeLittleEndian(word: number, out: Uint8Array, at: number): void {
  out[at] = word;
  out[at + 1] = word >>> 8;
  out[at + 2] = word >>> 16;
  out[at + 3] = word >>> 24;
}
