/** SYN cookies at one listener (RFC 4987 §3.6): answering SYNs without keeping anything, and taking the cookies back. */
import type { Segment } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import { COOKIE_MEMORY } from './cookie.ts';
import { halfFromSyn, linuxCookies } from './cookie-handshake.ts';
import type { CookieMaker } from './cookie-maker.ts';
import { freebsdCookies } from './freebsd-cookie.ts';
import type { HalfOpen } from './half-open.ts';
import type { ListenCounters } from './listen-counters.ts';
import type { ListenPolicy } from './policy/types.ts';
import * as rules from './rules-listen.ts';
import { sendSynAck } from './synack.ts';
import type { Nanos, Tx } from './types.ts';
import type { WhySink } from './why.ts';

export class CookieDesk {
  readonly maker: CookieMaker;
  readonly #port: number;
  /** The configuration there may change. */
  readonly #deps: { readonly config: TcpConfig; readonly secret: Uint32Array };
  readonly #counters: ListenCounters;
  /** When a cookie was last sent: listeners that never needed one do not look for them. */
  #lastSentAt: Nanos = -Infinity;

  constructor(
    port: number,
    deps: { readonly config: TcpConfig; readonly secret: Uint32Array },
    counters: ListenCounters,
    style: 'linux' | 'freebsd',
  ) {
    this.maker = style === 'freebsd' ? freebsdCookies(deps.secret) : linuxCookies(deps.secret);
    this.#port = port;
    this.#deps = deps;
    this.#counters = counters;
  }

  /** Sends a SYN/ACK whose ISS is a cookie. `half` is filled; `tsNow` is the timestamp clock without any offset. */
  answer(now: Nanos, tsNow: number, syn: Readonly<Segment>, half: HalfOpen, tx: Tx, why: WhySink | null): void {
    halfFromSyn(syn, this.#port, this.#deps.config, half);
    const tsVal = this.maker.bake(now, tsNow, half);
    this.#lastSentAt = now;
    this.#counters.TCPReqQFullDoCookies++;
    this.#counters.SyncookiesSent++;
    if (why !== null) why.act(rules.COOKIE_SENT, half.iss, half.mss, 0);
    sendSynAck(half, this.#deps.config, tsVal, tx);
  }

  /** Rebuilds `half` from an ACK that brings a cookie (Linux cookie_v4_check). False when it brings no good one. */
  redeem(now: Nanos, ack: Readonly<Segment>, half: HalfOpen, policy: ListenPolicy, why: WhySink | null): boolean {
    const may = policy.redeems === undefined ? this.#sentRecently(now, why) : policy.redeems(now, ack, why);
    if (!may) return false;
    const good = this.maker.redeem(now, ack, this.#port, this.#deps.config, half);
    if (why !== null) why.check(rules.COOKIE_VALID, good, seqAdd(ack.ack, -1), 0, 0);
    if (!good) {
      this.#counters.SyncookiesFailed++;
      return false;
    }
    this.#counters.SyncookiesRecv++;
    policy.redeemed?.(now);
    if (why !== null) why.act(rules.COOKIE_REDEEMED, half.mss, half.ws, half.sackPerm ? 1 : 0);
    return true;
  }

  #sentRecently(now: Nanos, why: WhySink | null): boolean {
    if (this.#lastSentAt === -Infinity) return false;
    const age = now - this.#lastSentAt;
    if (why !== null) why.check(rules.COOKIE_RECENT, age <= COOKIE_MEMORY, age, COOKIE_MEMORY, 0);
    return age <= COOKIE_MEMORY;
  }
}
