/** What became of attempts that did not complete, counted as the tracker lets go of them. */
import { Verdict } from '../verdict.ts';
import type { RowEnd } from './attempt-rows.ts';
import { DistinctSketches } from './distinct-sketch.ts';
import { readTtls } from './syn-shape.ts';
import type { Resending, Unfinished } from './target-profile.ts';

/** What became of an attempt. */
const Kind = { GivenUp: 0, Elsewhere: 1, Backoff: 2, Copies: 3, Never: 4, NotWatched: 5, Other: 6 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

/** What is counted of one attempt: read from its row once, for all targets that count it. */
export class LooseEnd {
  kind: Kind = Kind.Other;
  ttl = 0;
  /** Its SYN had no options. */
  bare = false;
  /** Answered, and then heard of no more. */
  silent = false;
  /** ns that its last try had been out. A refusal, a reset or a second copy of either segment: for ever. */
  waited: number = Infinity;
  sourceHash = 0;

  /** An attempt that did not complete, as far as the capture shows; watched until `ts`. */
  read(ts: number, end: Readonly<RowEnd>, sourceHash: number): void {
    const { verdict, synacks, synAt } = end;
    const again = end.syns - 1;
    // A client that was answered or refused has no reason to send again.
    if (verdict !== Verdict.Unanswered) this.kind = verdict === Verdict.CannotJudge ? Kind.Elsewhere : Kind.Other;
    // Of a race between addresses (RFC 8305) the loser is reset; a flood does not trouble to.
    else if (end.givenUp) this.kind = Kind.GivenUp;
    else if (again === 0) this.kind = ts - synAt > WATCHED ? Kind.Never : Kind.NotWatched;
    // Whether timeouts double or are equal at first, none is shorter than this.
    else this.kind = end.lastSynAt - synAt >= again * LEAST_TIMEOUT ? Kind.Backoff : Kind.Copies;
    const over = verdict === Verdict.Aborted || verdict === Verdict.Refused;
    // Who sends a second copy has waited for longer than the round trip it expects.
    if (over || again > 0 || synacks > 1) this.waited = Infinity;
    else this.waited = ts - (synacks === 1 ? end.lastSynackAt : synAt);
    this.ttl = end.synTtl;
    this.bare = end.synPrint === 0;
    this.silent = end.silent;
    this.sourceHash = sourceHash;
  }
}

export class LooseEnds {
  readonly #kinds = new Uint32Array(Object.keys(Kind).length);
  readonly #all = new Ends();
  /** Of those that had had time to complete; undefined as long as that is all of them, so that they are counted once. */
  #settled: Ends | undefined = undefined;
  /** Completed handshakes by the number of bits of the milliseconds they took. */
  readonly #took = new Uint32Array(LONGEST + 1);
  /** What follows from them; -1: one has completed since. A flood asks at each of its SYNs. */
  #reaction = LEAST_REACTION;

  /** A handshake completed after so many ns. Hot. */
  handshakeTook(ns: number): void {
    this.#took[Math.min(LONGEST, 32 - Math.clz32(ns / 1e6))]!++;
    this.#reaction = -1;
  }

  /** ns within which 19 of 20 handshakes completed, rounded up to a power of two ms; at least a second. */
  reaction(): number {
    if (this.#reaction < 0) {
      const all = this.#took.reduce((sum, n) => sum + n, 0);
      let bits = LONGEST;
      for (let slower = 0; bits > 0 && slower + this.#took[bits]! <= 0.05 * all; bits--) slower += this.#took[bits]!;
      this.#reaction = Math.max(LEAST_REACTION, 2 ** bits * 1e6);
    }
    return this.#reaction;
  }

  /** Hot. */
  add(end: Readonly<LooseEnd>): void {
    this.#kinds[end.kind]!++;
    if (end.kind === Kind.GivenUp || end.kind === Kind.Elsewhere) return;
    const settled = end.waited === Infinity || (end.waited >= LEAST_REACTION && end.waited >= this.reaction());
    if (!settled) this.#settled ??= this.#all.copy();
    else if (this.#settled !== undefined) this.#settled.add(end);
    this.#all.add(end);
  }

  resending(): Resending {
    return {
      backoff: this.#kinds[Kind.Backoff]!,
      copies: this.#kinds[Kind.Copies]!,
      never: this.#kinds[Kind.Never]!,
      notWatched: this.#kinds[Kind.NotWatched]!,
    };
  }

  unfinished(): Unfinished {
    return this.#all.read(this.#kinds[Kind.Elsewhere]!);
  }

  /** Those that had had time to complete. */
  settled(): Unfinished {
    return (this.#settled ?? this.#all).read(this.#kinds[Kind.Elsewhere]!);
  }
}

class Ends {
  #attempts = 0;
  #silent = 0;
  #withoutOptions = 0;
  readonly #ttls = new Uint32Array(256);
  readonly #sources = new DistinctSketches(1, SOURCE_BITS);

  add(end: Readonly<LooseEnd>): void {
    this.#attempts++;
    this.#sources.add(0, end.sourceHash);
    this.#ttls[end.ttl & 255]!++;
    if (end.bare) this.#withoutOptions++;
    if (end.silent) this.#silent++;
  }

  copy(): Ends {
    const copy = new Ends();
    copy.#attempts = this.#attempts;
    copy.#silent = this.#silent;
    copy.#withoutOptions = this.#withoutOptions;
    copy.#ttls.set(this.#ttls);
    copy.#sources.set(this.#sources);
    return copy;
  }

  read(elsewhere: number): Unfinished {
    return {
      attempts: this.#attempts,
      elsewhere,
      silent: this.#silent,
      sources: {
        count: Math.min(this.#attempts, Math.round(this.#sources.estimate(0))),
        error: this.#sources.error,
      },
      withoutOptions: this.#withoutOptions,
      ttls: readTtls(this.#ttls),
    };
  }
}

/** ns. RFC 6298 §2 starts at 1 s; timers of stacks are a little early at times, captures as well. */
const LEAST_TIMEOUT = 900_000_000;
/** Three seconds were the first timeout before RFC 6298 (RFC 2988), so a stack has sent again by then. */
const WATCHED = 3_000_000_000;
/** ns. Stacks take a round trip for lost after a second (RFC 6298 §2.1), so nearly all are shorter. */
const LEAST_REACTION = 1_000_000_000;
/** Bits of 16 s in ms: a stack has sent its SYN four times by then. */
const LONGEST = 14;
/** 512 registers: 3.7 %. */
const SOURCE_BITS = 9;
