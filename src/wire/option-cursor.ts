/** Walks option bytes one by one for printing and diagnosing, malformed ones included. */
import type { Segment } from './segment.ts';
import { encodeOptions, MAX_OPTION_BYTES, OptionKind } from './tcp-options.ts';

/**
 * A reusable position in a list of TCP options. Never throws and always ends, whatever the bytes.
 *
 * @example
 * for (cursor.start(bytes, off, end); cursor.next(); ) console.log(optionName(cursor.kind), cursor.len);
 */
export class OptionCursor {
  kind = 0;
  /** Offset of the kind byte. */
  off = 0;
  /** Bytes of the option that are really there, kind and length included: 1 for NOP and end of list. */
  len = 0;
  /** The length byte as on the wire; 1 for NOP and end of list, -1 when the list ends before it. */
  declared = 0;
  /** The declared length is below 2 or runs over the end: nothing can follow. */
  bad = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #next = 0;
  #end = 0;

  /** Goes before the first option of `bytes[off .. end)`. */
  start(bytes: Uint8Array, off: number, end: number): void {
    this.#bytes = bytes;
    this.#next = off;
    this.#end = Math.min(end, bytes.length);
    this.bad = false;
  }

  /** Goes before the first option of `seg`, as it came or as it would be written. Returns the bytes that `off` counts in. */
  startIn(seg: Readonly<Segment>): DataView {
    if (seg.rawOptLen >= 0) this.start(seg.rawOpt, seg.rawOptOff, seg.rawOptOff + seg.rawOptLen);
    else {
      const bytes = new Uint8Array(MAX_OPTION_BYTES);
      this.start(bytes, 0, encodeOptions(seg, bytes, 0));
    }
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  }

  /** Where the list ends. */
  get end(): number {
    return this.#end;
  }

  /** Moves to the next option; `false` after the last, after a malformed one and after end-of-list. */
  next(): boolean {
    if (this.#next >= this.#end || this.bad) return false;
    const at = this.#next;
    this.off = at;
    this.kind = this.#bytes[at]!;
    if (this.kind === OptionKind.Nop || this.kind === OptionKind.EndOfList) {
      this.len = 1;
      this.declared = 1;
      this.#next = this.kind === OptionKind.Nop ? at + 1 : this.#end;
      return true;
    }
    this.declared = at + 1 < this.#end ? this.#bytes[at + 1]! : -1;
    this.bad = this.declared < 2 || this.declared > this.#end - at;
    this.len = this.bad ? this.#end - at : this.declared;
    this.#next = at + this.len;
    return true;
  }
}

/** tcpdump's name of an option kind, e.g. `wscale`; `unknown-77` for kinds not known here. */
export function optionName(kind: number): string {
  return NAMES.get(kind) ?? `unknown-${kind}`;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [OptionKind.EndOfList, 'eol'],
  [OptionKind.Nop, 'nop'],
  [OptionKind.Mss, 'mss'],
  [OptionKind.WindowScale, 'wscale'],
  [OptionKind.SackPermitted, 'sackOK'],
  [OptionKind.Sack, 'sack'],
  [6, 'echo'],
  [7, 'echoreply'],
  [OptionKind.Timestamps, 'TS'],
  [11, 'cc'],
  [12, 'ccnew'],
  [13, 'ccecho'],
  [OptionKind.Md5, 'md5'],
  [27, 'quickstart'],
  [OptionKind.UserTimeout, 'uto'],
  [OptionKind.Ao, 'tcp-ao'],
  [OptionKind.Mptcp, 'mptcp'],
  [OptionKind.FastOpen, 'tfo'],
  [69, 'eno'],
  [OptionKind.AccEcn0, 'accecn0'],
  [OptionKind.AccEcn1, 'accecn1'],
  [OptionKind.Experiment1, 'exp'],
  [OptionKind.Experiment2, 'exp'],
]);
