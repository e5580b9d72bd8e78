/**
 * Fast Open at a listener (RFC 7413 §4.1.2, §4.2.2, §5.1; Linux tcp_try_fastopen): which SYNs get a cookie, which open a
 * connection at once, and how many of those may be pending, that is, not yet confirmed by the client's ACK.
 */
import type { AddressTable } from '../wire/address.ts';
import type { Segment } from '../wire/segment.ts';
import { OptionKind } from '../wire/tcp-options.ts';
import { FAST_OPEN_COOKIE_BYTES, FastOpenKeys } from './fast-open-cookie.ts';
import type { ListenCounters } from './listen-counters.ts';
import * as rules from './rules-fast-open.ts';
import { deriveKey, KEY_FAST_OPEN } from './siphash.ts';
import { type Nanos, SEC } from './types.ts';
import type { WhySink } from './why.ts';

/** How a listener does Fast Open. */
export interface FastOpenServer {
  /** Most connections pending at a time, an integer >= 0; 0 turns Fast Open off (setsockopt TCP_FASTOPEN). */
  readonly maxPending: number;
  /** `any` takes data from SYNs without a cookie, too (RFC 7413 §7.3; Linux tcp_fastopen 0x200). Left out: required. */
  readonly cookies?: 'required' | 'any';
  /** Primary key and, while it is being phased out, the one before. Left out: one derived from the host's secret. */
  readonly keys?: readonly Uint32Array[];
}

/** What to do with a SYN: the ordinary handshake, the same with a cookie on the SYN/ACK, or a connection at once. */
export type FastOpenVerdict = 'ordinary' | 'cookie' | 'open';

/** Puts the option on a SYN/ACK, in the form in which the SYN had it. */
export interface FastOpenReply {
  writeCookie(synAck: Segment): void;
}

/** Linux waits a minute before a Fast Open that was answered by RST stops counting (reqsk_fastopen_remove). */
const RESET_COUNTS: Nanos = 60 * SEC;

export class FastOpenGate implements FastOpenReply {
  /** Connections not yet confirmed, and resets that still count (Linux fastopenq.qlen). */
  pending = 0;
  #options: FastOpenServer;
  #keys: FastOpenKeys;
  readonly #secret: Uint32Array;
  readonly #addresses: AddressTable | null;
  /** When each reset that counts stops counting, oldest first. */
  readonly #resets: Nanos[] = [];
  #closed = false;
  readonly #cookie: Uint8Array = new Uint8Array(16);
  /** Kind of the option on the SYN/ACK; 0 = none. */
  #replyKind = 0;

  /** Throws a RangeError for a `maxPending` that is no integer >= 0. */
  constructor(options: FastOpenServer, secret: Uint32Array, addresses: AddressTable | null) {
    this.#secret = secret;
    this.#addresses = addresses;
    this.#options = check(options);
    this.#keys = this.#keysOf(options);
  }

  get options(): FastOpenServer {
    return this.#options;
  }

  /** New limit or keys; what is pending stays so. */
  configure(options: FastOpenServer): void {
    this.#keys = this.#keysOf(check(options));
    this.#options = options;
  }

  /** Decides about a SYN that the policy lets in. For `open` the caller makes a connection with a `FastOpenChild`. */
  judge(now: Nanos, syn: Readonly<Segment>, counters: ListenCounters, why: WhySink | null): FastOpenVerdict {
    this.#replyKind = 0;
    // A cookie of a length the RFC does not know came as none, and kind 255 is nobody's but old captures'.
    const length = syn.tfoKind === OptionKind.Experiment3 ? -1 : syn.tfoLen;
    if (length === 0) {
      counters.TCPFastOpenCookieReqd++;
      if (why !== null) why.check(rules.FO_ASKED, true, 0, 0, 0);
    }
    if (this.#options.maxPending === 0 || (length < 0 && syn.len === 0)) return 'ordinary';
    // Before any cookie is computed: over the limit a client cannot tell us from a server without Fast Open.
    if (!this.#hasRoom(now, counters, why)) return 'ordinary';
    if (this.#options.cookies === 'any') {
      if (why !== null) why.act(rules.FO_NO_COOKIE_NEEDED, 0, 0, 0);
      counters.TCPFastOpenPassive++;
      return 'open';
    }
    if (length < 0) return 'ordinary';
    const key = length === 0 ? 0 : this.#keys.check(syn.src, syn.dst, syn.tfo, length);
    if (length > 0) {
      if (why !== null) why.check(rules.FO_COOKIE_VALID, key > 0, 0, 0, 0);
      if (key === 0) counters.TCPFastOpenPassiveFail++;
      else counters.TCPFastOpenPassive++;
      if (key === 2) {
        counters.TCPFastOpenPassiveAltKey++;
        if (why !== null) why.act(rules.FO_OLD_KEY, 0, 0, 0);
      }
    }
    if (key === 1) return 'open';
    this.#keys.bake(syn.src, syn.dst, this.#cookie);
    this.#replyKind = syn.tfoKind;
    if (why !== null) why.act(rules.FO_COOKIE_SENT, FAST_OPEN_COOKIE_BYTES, 0, 0);
    return key === 2 ? 'open' : 'cookie';
  }

  /** For the SYN/ACK to the SYN judged last. */
  writeCookie(synAck: Segment): void {
    if (this.#replyKind === 0) return;
    synAck.tfoKind = this.#replyKind;
    synAck.tfoLen = FAST_OPEN_COOKIE_BYTES;
    synAck.tfo.set(this.#cookie);
  }

  /** Writes the cookie that `client` would be given for `server` at the start of `out`. */
  bake(client: number, server: number, out: Uint8Array): void {
    this.#keys.bake(client, server, out);
  }

  /** The listener is gone: resets need not be remembered any more. */
  close(): void {
    this.#closed = true;
  }

  /** A pending connection was confirmed or has ended. */
  release(): void {
    this.pending--;
  }

  /** The client answered a pending connection by RST after it had been accepted. */
  releaseLater(now: Nanos, why: WhySink | null): void {
    if (this.#closed) return this.release();
    this.#resets.push(now + RESET_COUNTS);
    if (why !== null) why.act(rules.FO_RESET_COUNTS, RESET_COUNTS, 0, 0);
  }

  #hasRoom(now: Nanos, counters: ListenCounters, why: WhySink | null): boolean {
    const { maxPending } = this.#options;
    // Resets are looked at only when room is needed. Linux forgets one a time and trusts that it was enough, which it is
    // not when the limit has been lowered.
    while (this.pending >= maxPending && this.#resets.length > 0 && this.#resets[0]! <= now) {
      this.#resets.shift();
      this.pending--;
      if (why !== null) why.act(rules.FO_RESET_OVER, RESET_COUNTS, 0, 0);
    }
    const room = this.pending < maxPending;
    if (why !== null) why.check(rules.FO_ROOM, room, this.pending, maxPending, 0);
    if (!room) counters.TCPFastOpenListenOverflow++;
    return room;
  }

  #keysOf(options: FastOpenServer): FastOpenKeys {
    const [primary, backup] = options.keys ?? [];
    return new FastOpenKeys(primary ?? deriveKey(this.#secret, KEY_FAST_OPEN), backup ?? null, this.#addresses);
  }
}

/** What is particular to a connection that a SYN opened; its listener counts it while it is pending. */
export class FastOpenChild {
  readonly side = 'server';
  /** Our SYN/ACK is not yet acknowledged. */
  pending = true;
  /** accept() has handed it out. */
  accepted = false;
  /** The SYN brought data, and we took it (Linux TCPI_OPT_SYN_DATA). */
  synDataAcked = false;
  /** What another SYN in the window is answered with: see `ListenOptions.synInWindow`. */
  readonly refusesSyn: boolean;
  readonly #gate: FastOpenGate;

  constructor(gate: FastOpenGate, refusesSyn: boolean) {
    this.#gate = gate;
    this.refusesSyn = refusesSyn;
    gate.pending++;
  }

  /** How many are pending now, this one included. */
  get count(): number {
    return this.#gate.pending;
  }

  /** For the first SYN/ACK only, and at once: the gate remembers the cookie of one SYN. */
  writeOption(synAck: Segment): void {
    this.#gate.writeCookie(synAck);
  }

  /** Confirmed by the client's ACK, or over in any way but `reset`. */
  done(): void {
    if (this.pending) this.#gate.release();
    this.pending = false;
  }

  /**
   * Ended by a RST of the peer: somebody forges addresses, perhaps, and so it goes on counting. Linux lets go at once
   * of those that accept() has not handed out yet (measured).
   */
  reset(now: Nanos, why: WhySink | null): void {
    if (!this.accepted) return this.done();
    this.pending = false;
    this.#gate.releaseLater(now, why);
  }

  /** The connection is over. */
  ended(_received: boolean): void {
    this.done();
  }
}

function check(options: FastOpenServer): FastOpenServer {
  if (Number.isInteger(options.maxPending) && options.maxPending >= 0) return options;
  throw new RangeError(`Fast Open: maxPending must be an integer >= 0, not ${options.maxPending}`);
}
