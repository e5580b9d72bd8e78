/** What happened in a run, line by line: packets, calls, and the reasons of the engine for each. */
import type { Nanos } from '../tcp/types.ts';
import type { Reason } from './bench.ts';
import { reasonText, seconds } from './failure.ts';
import type { Mapping } from './mapping.ts';

interface Entry {
  readonly at: Nanos;
  readonly text: string;
  /** Whose numbers the reasons are in. They are put in words at the end, when the ISNs are known. */
  readonly map: Mapping | null;
  readonly reasons: readonly Reason[];
}

export class Transcript {
  readonly #entries: Entry[] = [];
  readonly #told = new WeakSet<Reason>();

  /** `reasons` told with an earlier entry are not told again: an ACK and the answer to it have theirs in common. */
  add(at: Nanos, text: string, map: Mapping | null, reasons: readonly Reason[]): void {
    const fresh = reasons.filter((reason) => !this.#told.has(reason));
    for (const reason of fresh) this.#told.add(reason);
    this.#entries.push({ at, text, map, reasons: fresh });
  }

  /** `0.100000 < S 0:0(0) win 20000`, and below it, with `why`, a line for each reason. */
  lines(why: boolean): string[] {
    return this.#entries.flatMap(({ at, text, map, reasons }) => [
      `${seconds(at).padStart(10)} ${text}`,
      ...(why ? reasonLines(reasons, map) : []),
    ]);
  }
}

/** The reasons in words, in the numbers of the script. */
export function reasonLines(reasons: readonly Reason[], map: Mapping | null): string[] {
  return reasons.map(
    (reason) =>
      `             ${reasonText(
        reason,
        (seq) => map?.toScriptLocal(seq, false) ?? seq,
        (seq) => map?.toScriptRemote(seq, false) ?? seq,
        (value) => map?.scriptTs(value) ?? value,
      )}`,
  );
}
