/** What became of attempts that did not complete, counted as the tracker lets go of them. */
import { Verdict } from '../verdict.ts';
import type { AttemptRows } from './attempt-rows.ts';
import { DistinctSketches } from './distinct-sketch.ts';
import { readTtls } from './syn-shape.ts';
import type { Resending, Unfinished } from './target-profile.ts';

export class LooseEnds {
  #backoff = 0;
  #copies = 0;
  #never = 0;
  #notWatched = 0;
  #attempts = 0;
  #elsewhere = 0;
  #silent = 0;
  #withoutOptions = 0;
  readonly #ttls = new Uint32Array(256);
  readonly #sources = new DistinctSketches(1, SOURCE_BITS);

  /** An attempt that did not complete, as far as the capture shows; watched until `ts`. */
  add(ts: number, row: number, rows: AttemptRows, verdict: Verdict, sourceHash: number): void {
    // Of a race between addresses (RFC 8305) the loser is reset; a flood does not trouble to.
    if (verdict === Verdict.Unanswered && rows.isGivenUp(row)) return;
    if (verdict === Verdict.CannotJudge) {
      this.#elsewhere++;
      return;
    }
    this.#attempts++;
    this.#sources.add(0, sourceHash);
    this.#ttls[rows.synTtl(row) & 255]!++;
    if (rows.synPrint(row) === 0) this.#withoutOptions++;
    if (verdict === Verdict.HalfOpen && rows.isSilent(row)) this.#silent++;
    // A client that was answered or refused has no reason to send again.
    if (verdict !== Verdict.Unanswered) return;
    const again = rows.syns(row) - 1;
    const sent = rows.synAt(row);
    if (again > 0) {
      // Whether timeouts double or are equal at first, none is shorter than this.
      if (rows.lastSynAt(row) - sent >= again * LEAST_TIMEOUT) this.#backoff++;
      else this.#copies++;
    } else if (ts - sent > WATCHED) this.#never++;
    else this.#notWatched++;
  }

  resending(): Resending {
    return {
      backoff: this.#backoff,
      copies: this.#copies,
      never: this.#never,
      notWatched: this.#notWatched,
    };
  }

  unfinished(): Unfinished {
    return {
      attempts: this.#attempts,
      elsewhere: this.#elsewhere,
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
/** 512 registers: 3.7 %. */
const SOURCE_BITS = 9;
