/**
 * SYNs that were seen in a capture, given to the simulator again: their times, ports and numbers, from sources that are
 * told apart as they were there. Their addresses are not those of the capture: every one lies in a range that belongs to
 * nobody, so that nothing of a run can point at a real host.
 */
import type { Nanos } from '../../tcp/types.ts';
import { CWR, ECE, type Segment, SYN } from '../../wire/segment.ts';
import type { Emitter } from '../arena/types.ts';
import { type Prefix, parsePrefix } from '../prefix.ts';
import { type Rng, stream } from '../rng.ts';

/** One row per SYN, in the order of `at`. Columns of equal length. */
export interface ObservedSyns {
  /** Since the run began. */
  readonly at: Float64Array;
  /** Number of the source: 0 for the first that was seen, and so on. */
  readonly source: Uint32Array;
  readonly sourcePort: Uint16Array;
  readonly seq: Uint32Array;
  readonly window: Uint16Array;
  /** -1 = the option was absent. */
  readonly mss: Int32Array;
  readonly windowScale: Int8Array;
  /** Bits of `ObservedOption`. */
  readonly options: Uint8Array;
}

export const ObservedOption = { Sack: 1, Timestamps: 2, Ecn: 4 } as const;

export interface ObservedFlood {
  readonly name: string;
  readonly port: number;
  readonly syns: ObservedSyns;
  /** Where its sources live: `10.0.0.0/9`; as many addresses as there are sources, at least. */
  readonly prefix: string;
  /** Their owners answer a SYN/ACK with RST; else nobody does. */
  readonly answer: 'reset' | 'none';
  /** The sources are not the senders' own, so that a filter in their networks may stop them (RFC 2827). */
  readonly forged: boolean;
}

export class ObservedSource implements Emitter {
  readonly name: string;
  readonly prefix: Prefix;
  syns = 0;
  filtered = 0;
  readonly #flood: ObservedFlood;
  readonly #target: number;
  readonly #filter: Rng;
  readonly #filtering: number;
  #row = 0;

  /** `filtering`: share of forged SYNs that never leave their network. */
  constructor(flood: ObservedFlood, seed: number, target: string, filtering: number) {
    const whose = `flood '${flood.name}'`;
    this.name = flood.name;
    this.prefix = parsePrefix(flood.prefix, whose);
    this.#flood = flood;
    this.#target = parsePrefix(target, whose).first;
    this.#filter = stream(seed, `observed/${flood.name}/ingress`);
    this.#filtering = flood.forged ? filtering : 0;
  }

  get next(): Nanos {
    return this.#flood.syns.at[this.#row] ?? Infinity;
  }

  emit(seg: Segment): boolean {
    const { syns, port } = this.#flood;
    const row = this.#row++;
    // Of more sources than there are addresses the last ones share theirs: nothing may leave the range.
    seg.src = this.prefix.first + (syns.source[row]! % this.prefix.size);
    seg.sport = syns.sourcePort[row]!;
    seg.dst = this.#target;
    seg.dport = port;
    seg.seq = syns.seq[row]!;
    const options = syns.options[row]!;
    seg.flags = SYN | ((options & ObservedOption.Ecn) === 0 ? 0 : ECE | CWR);
    seg.wnd = syns.window[row]!;
    seg.mss = syns.mss[row]!;
    seg.ws = syns.windowScale[row]!;
    seg.sackPerm = (options & ObservedOption.Sack) !== 0;
    if ((options & ObservedOption.Timestamps) !== 0) {
      // What the clock said is not kept; to a listener any value is as good.
      seg.tsVal = seg.seq;
      seg.tsEcr = 0;
    }
    if (this.#filtering > 0 && this.#filter.chance(this.#filtering)) {
      this.filtered++;
      return false;
    }
    this.syns++;
    return true;
  }
}
