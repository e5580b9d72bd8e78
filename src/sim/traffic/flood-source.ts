/**
 * A SYN flood in the simulated network: one sender, or the sum of many, that opens connections and never completes them
 * (RFC 4987 §2). Its segments are given to the arena and to nothing else.
 */
import { FAST_OPEN_COOKIE_BYTES } from '../../tcp/fast-open-cookie.ts';
import { type Nanos, SEC } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import { END } from '../arena/server-app.ts';
import type { Emitter } from '../arena/types.ts';
import { type Arrivals, floodArrivals } from '../arrivals.ts';
import type { FloodSpec, IngressSpec, SynShape } from '../flood-model.ts';
import { parsePrefix } from '../prefix.ts';
import { type Rng, stream } from '../rng.ts';
import { Sources } from './spoof.ts';
import { writeSyn } from './syn-shape.ts';

/** Everything of a flood source that its spec does not say. */
export interface FloodSurroundings {
  readonly seed: number;
  /** Address of the server, as text. */
  readonly target: string;
  readonly ingress: IngressSpec;
  /** Left out: the server does no Fast Open. */
  readonly cookieFor?: CookieFor;
}

/**
 * The Fast Open cookie that the server gives who asks from `client`, at the start of `out`; its length, 0 = it gives none.
 * Asking once and remembering comes to the same, and needs memory for each address.
 */
export type CookieFor = (port: number, client: number, out: Uint8Array) => number;

/** Emits a flood's SYNs, or one repetition of each of them: what only makes new draws needs no memory of the others. */
export class FloodSource implements Emitter {
  readonly name: string;
  readonly sources: Sources;
  /** SYNs that left their network, and forged ones that a filter there stopped (RFC 2827). */
  syns = 0;
  filtered = 0;
  readonly #arrivals: Arrivals;
  readonly #fields: Rng;
  readonly #filter: Rng;
  readonly #filtering: number;
  readonly #target: number;
  readonly #port: number;
  readonly #shape: SynShape;
  readonly #delay: Nanos;
  /** The request on each SYN; empty = SYNs without data. */
  readonly #data: Uint8Array;
  readonly #cookies: Rng;
  readonly #cookieFor: CookieFor;

  /** `delay`: how long after each SYN this is repeated; 0 for the SYNs themselves. */
  constructor(spec: FloodSpec, around: FloodSurroundings, delay: Nanos) {
    const whose = `flood '${spec.name}'`;
    this.name = spec.name;
    this.sources = new Sources(spec.spoof, whose);
    this.#target = parsePrefix(around.target, whose).first;
    this.#port = spec.port;
    this.#shape = spec.shape;
    this.#delay = delay;
    this.#data = requestOf(spec.data);
    this.#cookieFor = around.cookieFor ?? (() => 0);
    const purpose = `flood/${spec.name}`;
    this.#arrivals = floodArrivals(spec.rate, spec.from, spec.to, stream(around.seed, `${purpose}/when`), delay);
    this.#fields = stream(around.seed, `${purpose}/syn`);
    this.#cookies = stream(around.seed, `${purpose}/cookies`);
    this.#filter = stream(around.seed, `${purpose}/ingress`);
    // A flood is the sum of senders all over the network: each SYN began behind a filter with that probability. Loose
    // filters let out whatever is routed (RFC 3704 §2.4), and so is every range that a scenario may name.
    this.#filtering = this.sources.forged && around.ingress.mode === 'strict' ? around.ingress.deployed : 0;
  }

  get next(): Nanos {
    return this.#arrivals.next;
  }

  emit(seg: Segment): boolean {
    this.#arrivals.advance();
    seg.src = this.sources.draw(this.#fields);
    seg.dst = this.#target;
    seg.dport = this.#port;
    writeSyn(seg, this.#shape, this.#fields, this.#delay);
    if (this.#data.length > 0 && this.#delay === 0) this.#openFast(seg);
    if (this.#filtering > 0 && this.#filter.chance(this.#filtering)) {
      this.filtered++;
      return false;
    }
    this.syns++;
    return true;
  }

  /** Cookie and request. A host to which the server gives no cookie has nothing to bring, and asks in vain. */
  #openFast(seg: Segment): void {
    seg.rawOptLen = -1;
    if (this.sources.forged) {
      seg.tfoLen = FAST_OPEN_COOKIE_BYTES;
      for (let i = 0; i < FAST_OPEN_COOKIE_BYTES; i++) seg.tfo[i] = this.#cookies.uint32() >>> 24;
    } else {
      seg.tfoLen = this.#cookieFor(this.#port, seg.src, seg.tfo);
      if (seg.tfoLen === 0) return;
    }
    seg.payload = this.#data;
    seg.len = this.#data.length;
  }
}

/**
 * The flood and, for each of `spec.retries`, an emitter of its own that repeats every SYN 1, 3, 7 … s after it was first
 * sent (RFC 6298 §5.5), as long as the flood lasts. A SYN with data is repeated without (RFC 7413 §4.1.3).
 */
export function floodSources(spec: FloodSpec, around: FloodSurroundings): FloodSource[] {
  const all: FloodSource[] = [];
  for (let again = 0; again <= spec.retries; again++) all.push(new FloodSource(spec, around, (2 ** again - 1) * SEC));
  return all;
}

/** As a client's: the last byte ends it. One for all SYNs, since nobody writes into what a segment bears. */
function requestOf(size: number): Uint8Array {
  const request = new Uint8Array(size).fill(FILLER);
  if (size > 0) request[size - 1] = END;
  return request;
}

const FILLER = 0x2e;
