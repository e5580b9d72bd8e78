/**
 * The busiest sources, in bounded room: space-saving (Metwally, Agrawal, El Abbadi 2005) in sets of four, so that a look
 * costs one cache line. A source without a place takes that of the least active in its set, and its count, which is then
 * too high by `over` at most. What else is known of a source counts from there.
 *
 * Different targets of a source are counted in sketches, but only from its second target on: in a flood from forged
 * addresses every SYN brings a new source, and that one target is all it ever has.
 */
import type { AddressVisitor } from '../../wire/address.ts';
import type { Segment } from '../../wire/segment.ts';
import { DistinctSketches } from './distinct-sketch.ts';
import { hashPair } from './key-hash.ts';
import { leastOfFour } from './least-of-four.ts';
import { entropyOf } from './tally-sketch.ts';
import type { SourceProfile, Tally } from './target-profile.ts';

/** What is counted of a source besides attempts. */
export const SourceEvent = { Answered: 0, Completed: 1, Refused: 2, Aborted: 3, SynAgain: 4 } as const;
export type SourceEvent = (typeof SourceEvent)[keyof typeof SourceEvent];

export class SourceTable {
  readonly #sets: number;
  readonly #now: Float64Array;
  readonly #keys: Float64Array;
  /** Attempts; 0 = a free place. */
  readonly #counts: Int32Array;
  readonly #over: Uint32Array;
  /** All else of a place in one cache line: two times, then numbers. Columns were a miss each. */
  readonly #times: Float64Array;
  readonly #numbers: Int32Array;
  /** Different hosts, ports and sockets of each place. */
  readonly #targets: DistinctSketches;
  /** All sources, those without a place as well; attempts; and has any source lost its place? */
  readonly #all = new DistinctSketches(1, ALL_BITS);
  #total = 0;
  #anyLost = false;
  /** New sources since somebody last set this to 0. */
  readonly newSources: Float64Array = new Float64Array(1);

  /** `sets` of four places: a power of two. `now[0]` is the time of what is counted (ns). */
  constructor(sets: number, now: Float64Array) {
    const places = WAYS * sets;
    this.#now = now;
    this.#sets = sets;
    this.#keys = new Float64Array(places);
    this.#counts = new Int32Array(places);
    this.#over = new Uint32Array(places);
    this.#times = new Float64Array(LINE_TIMES * places);
    this.#numbers = new Int32Array(this.#times.buffer);
    this.#targets = new DistinctSketches(KINDS * places, TARGET_BITS);
  }

  /** A SYN, with the hashes of its source, host and port. Hot. */
  attempt(seg: Readonly<Segment>, hash: number, host: number, port: number): void {
    this.#total++;
    this.newSources[0]! += this.#all.add(0, hash);
    const place = this.#place(seg, hash);
    const ts = this.#now[0]!;
    const numbers = this.#numbers;
    const line = LINE * place;
    this.#times[LINE_TIMES * place + LAST_AT] = ts;
    if (this.#counts[place]!++ === this.#over[place]) {
      this.#times[LINE_TIMES * place + FIRST_AT] = ts;
      numbers[line + HOST] = host;
      numbers[line + PORT] = port;
      return;
    }
    if (numbers[line + SEVERAL] === 0) {
      if (numbers[line + HOST] === host && numbers[line + PORT] === port) return;
      numbers[line + SEVERAL] = 1;
      this.#addTarget(place, numbers[line + HOST]!, numbers[line + PORT]!);
    }
    this.#addTarget(place, host, port);
  }

  /** Something happened to an attempt of this source. Nothing is counted of sources without a place. Hot. */
  count(event: SourceEvent, source: number, hash: number): void {
    const first = WAYS * (hash & (this.#sets - 1));
    for (let place = first; place < first + WAYS; place++) {
      if (this.#keys[place] !== source || this.#counts[place] === 0) continue;
      this.#numbers[LINE * place + EVENTS + event]!++;
      return;
    }
  }

  eachAddress(visit: AddressVisitor): void {
    for (const [place, count] of this.#counts.entries()) if (count !== 0) visit(this.#keys[place]!);
  }

  /** The busiest `most`, by what is certain. */
  read(most: number): SourceProfile[] {
    const places = [...this.#counts.keys()].filter((place) => this.#counts[place] !== 0);
    const sure = (place: number): number => this.#counts[place]! - this.#over[place]!;
    places.sort((a, b) => sure(b) - sure(a) || this.#keys[a]! - this.#keys[b]!);
    return places.slice(0, most).map((place) => this.#read(place));
  }

  /** The attempts of the whole capture by source. */
  tally(): Tally {
    const top = this.read(this.#counts.length);
    const distinct = this.#anyLost
      ? { count: Math.min(this.#total, Math.round(this.#all.estimate(0))), error: this.#all.error }
      : { count: top.length, error: 0 };
    const sure = top.map((source) => source.attempts - source.over);
    return {
      total: this.#total,
      distinct,
      entropy: entropyOf(sure, this.#total, distinct.count),
      entropyMost: this.#total > 0 ? Math.log2(this.#total) : 0,
      top: top.slice(0, TOP).map((source) => ({ value: source.address, count: source.attempts, over: source.over })),
    };
  }

  #read(place: number): SourceProfile {
    const event = (e: SourceEvent): number => this.#numbers[LINE * place + EVENTS + e]!;
    const several = this.#numbers[LINE * place + SEVERAL] !== 0;
    const distinct = (kind: number) =>
      several
        ? { count: Math.max(1, Math.round(this.#targets.estimate(KINDS * place + kind))), error: this.#targets.error }
        : { count: 1, error: 0 };
    return {
      address: this.#keys[place]!,
      attempts: this.#counts[place]!,
      over: this.#over[place]!,
      hosts: distinct(0),
      ports: distinct(1),
      sockets: distinct(2),
      answered: event(SourceEvent.Answered),
      completed: event(SourceEvent.Completed),
      refused: event(SourceEvent.Refused),
      aborted: event(SourceEvent.Aborted),
      synAgain: event(SourceEvent.SynAgain),
      firstAt: this.#times[LINE_TIMES * place + FIRST_AT]!,
      lastAt: this.#times[LINE_TIMES * place + LAST_AT]!,
    };
  }

  /** Where this source is counted; it takes a place if it has none. */
  #place(seg: Readonly<Segment>, hash: number): number {
    const source = seg.src;
    const keys = this.#keys;
    const counts = this.#counts;
    const first = WAYS * (hash & (this.#sets - 1));
    for (let place = first; place < first + WAYS; place++)
      if (keys[place] === source && counts[place] !== 0) return place;
    const least = leastOfFour(counts, first);
    const line = LINE * least;
    if (this.#numbers[line + SEVERAL] !== 0)
      for (let kind = 0; kind < KINDS; kind++) this.#targets.reset(KINDS * least + kind);
    if (counts[least] !== 0) this.#anyLost = true;
    keys[least] = source;
    this.#over[least] = counts[least]!;
    // A call of fill() costs more than these few writes.
    for (let i = line + SEVERAL; i < line + LINE; i++) this.#numbers[i] = 0;
    return least;
  }

  #addTarget(place: number, host: number, port: number): void {
    this.#targets.add(KINDS * place, host);
    this.#targets.add(KINDS * place + 1, port);
    this.#targets.add(KINDS * place + 2, hashPair(host, port));
  }
}

const WAYS = 4;
/** Words of a place's line of 64 bytes: two times, what the first target was, whether there are several, then events. */
const LINE = 16;
const LINE_TIMES = 8;
const FIRST_AT = 0;
const LAST_AT = 1;
const HOST = 4;
const PORT = 5;
const SEVERAL = 6;
const EVENTS = 7;
/** Hosts, ports, sockets; 64 registers each, a standard error of 10 %. */
const KINDS = 3;
const TARGET_BITS = 6;
/** 2,048 registers: 1.8 %. */
const ALL_BITS = 11;
const TOP = 16;
