/** What became of attempts that did not complete, counted as the tracker lets go of them. */
import { Verdict } from '../verdict.ts';
import type { AttemptRows } from './attempt-rows.ts';
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
  sourceHash = 0;

  /** An attempt that did not complete, as far as the capture shows; watched until `ts`. */
  read(ts: number, row: number, rows: AttemptRows, verdict: Verdict, sourceHash: number): void {
    this.kind = kindOf(ts, row, rows, verdict);
    this.ttl = rows.synTtl(row);
    this.bare = rows.synPrint(row) === 0;
    this.silent = verdict === Verdict.HalfOpen && rows.isSilent(row);
    this.sourceHash = sourceHash;
  }
}

export class LooseEnds {
  readonly #kinds = new Uint32Array(Object.keys(Kind).length);
  #attempts = 0;
  #silent = 0;
  #withoutOptions = 0;
  readonly #ttls = new Uint32Array(256);
  readonly #sources = new DistinctSketches(1, SOURCE_BITS);

  /** Hot. */
  add(end: Readonly<LooseEnd>): void {
    this.#kinds[end.kind]!++;
    if (end.kind === Kind.GivenUp || end.kind === Kind.Elsewhere) return;
    this.#attempts++;
    this.#sources.add(0, end.sourceHash);
    this.#ttls[end.ttl & 255]!++;
    if (end.bare) this.#withoutOptions++;
    if (end.silent) this.#silent++;
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
    return {
      attempts: this.#attempts,
      elsewhere: this.#kinds[Kind.Elsewhere]!,
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

function kindOf(ts: number, row: number, rows: AttemptRows, verdict: Verdict): Kind {
  if (verdict === Verdict.CannotJudge) return Kind.Elsewhere;
  // A client that was answered or refused has no reason to send again.
  if (verdict !== Verdict.Unanswered) return Kind.Other;
  // Of a race between addresses (RFC 8305) the loser is reset; a flood does not trouble to.
  if (rows.isGivenUp(row)) return Kind.GivenUp;
  const again = rows.syns(row) - 1;
  const sent = rows.synAt(row);
  if (again === 0) return ts - sent > WATCHED ? Kind.Never : Kind.NotWatched;
  // Whether timeouts double or are equal at first, none is shorter than this.
  return rows.lastSynAt(row) - sent >= again * LEAST_TIMEOUT ? Kind.Backoff : Kind.Copies;
}

/** ns. RFC 6298 §2 starts at 1 s; timers of stacks are a little early at times, captures as well. */
const LEAST_TIMEOUT = 900_000_000;
/** Three seconds were the first timeout before RFC 6298 (RFC 2988), so a stack has sent again by then. */
const WATCHED = 3_000_000_000;
/** 512 registers: 3.7 %. */
const SOURCE_BITS = 9;
