/**
 * Sequence numbers for people: absolute, relative to the sender's ISS (as Wireshark shows them), or as X, X+1, Y+1.
 *
 * Every SYN of a recording starts a numbering. The first client's is X, the first server's Y (RFC 9293 figure 6 and the
 * lesson), one made by the scenario's script Z, as RFC 9293 figure 12 names its old duplicate; later ones X2, Y2, Z2.
 */
import type { Flight, Recording, SegmentView } from '../sim/recording.ts';
import { ACK, SYN } from '../wire/segment.ts';
import { type Seq, seqDiff } from '../wire/seq.ts';

export type NumberMode = 'absolute' | 'relative' | 'symbolic';

export const NUMBER_MODES: readonly NumberMode[] = ['absolute', 'relative', 'symbolic'];

/** One numbering: a sender's ISS and the letter that stands for it. */
export interface NumberBase {
  readonly symbol: string;
  readonly iss: Seq;
  /** Host whose sending space this is. */
  readonly host: number;
  /** `src:sport>dst:dport` of the SYN that began it; '' when only the recording names it. */
  readonly flow: string;
}

export interface NumberOptions {
  /** Separates groups of three digits in absolute numbers: a thin space on a page, nothing in a terminal. Default ''. */
  readonly group?: string;
}

/** Formats every sequence number of one recording in one mode. */
export class Numbers {
  readonly mode: NumberMode;
  readonly bases: readonly NumberBase[];
  readonly #group: string;
  readonly #hostByAddress: ReadonlyMap<string, number>;

  constructor(recording: Recording, mode: NumberMode, options: NumberOptions = {}) {
    this.mode = mode;
    this.bases = numberBases(recording);
    this.#group = options.group ?? '';
    this.#hostByAddress = new Map(recording.hosts.map((host, index) => [host.address, index]));
  }

  /** SEG.SEQ of a segment: a number of its sender's space. */
  seq(segment: SegmentView): string {
    return this.#format(segment.seq, this.#hostOf(segment.src), flowOf(segment));
  }

  /** SEG.ACK of a segment: a number of its receiver's space. */
  ack(segment: SegmentView): string {
    return this.#format(segment.ack, this.#hostOf(segment.dst), reverseFlowOf(segment));
  }

  /**
   * A number of `host`'s own sending space. `segment` (either direction) tells which connection; `beside`, another number
   * of the same space that stands before it, tells which numbering when the connection had several.
   */
  local(value: Seq, host: number, segment?: SegmentView, beside?: Seq): string {
    return this.#format(value, host, segment ? this.#flowFrom(segment, host) : '', beside);
  }

  /** A number of the sending space of `host`'s peer. */
  remote(value: Seq, host: number, segment?: SegmentView, beside?: Seq): string {
    if (!segment) return this.#formatAmong(value, (base) => base.host !== host, beside);
    const outgoing = this.#hostOf(segment.src) === host;
    const peer = this.#hostOf(outgoing ? segment.dst : segment.src);
    return this.#format(value, peer, outgoing ? reverseFlowOf(segment) : flowOf(segment), beside);
  }

  /** A number counted from a known ISS or IRS (the rows of a TCB). */
  from(value: Seq, iss: Seq): string {
    const base = this.bases.find((b) => b.iss === iss);
    return this.#render(value, base ?? { symbol: '', iss, host: -1, flow: '' });
  }

  #hostOf(address: string): number {
    return this.#hostByAddress.get(address) ?? -1;
  }

  #flowFrom(segment: SegmentView, host: number): string {
    return this.#hostOf(segment.src) === host ? flowOf(segment) : reverseFlowOf(segment);
  }

  #format(value: Seq, host: number, flow: string, beside?: Seq): string {
    const ofFlow = flow !== '' && this.bases.some((base) => base.flow === flow);
    return this.#formatAmong(value, ofFlow ? (base) => base.flow === flow : (base) => base.host === host, beside);
  }

  #formatAmong(value: Seq, accept: (base: NumberBase) => boolean, beside?: Seq): string {
    if (this.mode === 'absolute') return groupDigits(value, this.#group);
    let base = nearest(value, this.bases, accept);
    // An ISS or the number after it names its own numbering; the far edge of a window belongs to that of its near edge.
    if (beside !== undefined && base && seqDiff(value, base.iss) >>> 0 > 1) base = nearest(beside, this.bases, accept);
    return this.#render(value, base);
  }

  #render(value: Seq, base: NumberBase | undefined): string {
    if (this.mode === 'absolute' || !base) return groupDigits(value, this.#group);
    const distance = seqDiff(value, base.iss);
    if (Math.abs(distance) > FAR) return groupDigits(value, this.#group);
    if (this.mode === 'relative') return formatCount(distance);
    if (base.symbol === '') return groupDigits(value, this.#group);
    if (distance === 0) return base.symbol;
    return distance > 0 ? `${base.symbol}+${distance}` : `${base.symbol}−${-distance}`;
  }
}

/** The numberings that a recording's SYNs began, in order of sending. */
export function numberBases(recording: Recording): NumberBase[] {
  const bases: NumberBase[] = [];
  const hostByAddress = new Map(recording.hosts.map((host, index) => [host.address, index]));
  const used: Record<Letter, number> = { X: recording.x >= 0 ? 1 : 0, Y: recording.y >= 0 ? 1 : 0, Z: 0 };
  const seen = new Set<string>();
  for (const flight of recording.flights) {
    const { segment } = flight;
    if ((segment.flags & SYN) === 0) continue;
    const flow = flowOf(segment);
    if (seen.has(`${flow} ${segment.seq}`)) continue;
    seen.add(`${flow} ${segment.seq}`);
    const host = hostByAddress.get(segment.src) ?? flight.from;
    bases.push({ symbol: symbolFor(recording, flight, bases, used), iss: segment.seq, host, flow });
  }
  // A recording that begins in mid-connection has no SYN for its own X and Y.
  const missing = (symbol: string): boolean => !bases.some((base) => base.symbol === symbol);
  const client = recording.hosts.findIndex((h) => h.role === 'client');
  const server = recording.hosts.findIndex((h) => h.role === 'server');
  if (recording.x >= 0 && missing('X'))
    bases.push({ symbol: 'X', iss: recording.x, host: Math.max(client, 0), flow: '' });
  if (recording.y >= 0 && missing('Y'))
    bases.push({ symbol: 'Y', iss: recording.y, host: server < 0 ? 1 : server, flow: '' });
  return bases;
}

/** `3257840112` as `3 257 840 112` with the given separator; '' leaves it alone. */
export function groupDigits(value: number, separator: string): string {
  const digits = String(value);
  return separator === '' ? digits : digits.replace(/\B(?=(\d{3})+$)/g, separator);
}

/** Further from its ISS than this, a number has nothing to do with it and is shown raw. */
const FAR = 2 ** 24;

type Letter = 'X' | 'Y' | 'Z';

function symbolFor(
  recording: Recording,
  flight: Flight,
  bases: readonly NumberBase[],
  used: Record<Letter, number>,
): string {
  const { segment } = flight;
  const taken = (symbol: string): boolean => bases.some((base) => base.symbol === symbol);
  if (segment.seq === recording.x && !taken('X')) return 'X';
  if (segment.seq === recording.y && !taken('Y')) return 'Y';
  const first = bases[0];
  let letter: Letter = 'X';
  if (flight.scripted) letter = 'Z';
  else if ((segment.flags & ACK) !== 0) letter = 'Y';
  // Simultaneous open: both sides send a bare SYN, and the second one's number is the Y of figure 7.
  else if (recording.y < 0 && used.Y === 0 && first && first.host !== flight.from) letter = 'Y';
  const count = ++used[letter];
  return count === 1 ? letter : `${letter}${count}`;
}

function nearest(
  value: Seq,
  bases: readonly NumberBase[],
  accept: (base: NumberBase) => boolean,
): NumberBase | undefined {
  let best: NumberBase | undefined;
  for (const base of bases) {
    if (!accept(base)) continue;
    if (!best || Math.abs(seqDiff(value, base.iss)) < Math.abs(seqDiff(value, best.iss))) best = base;
  }
  return best;
}

function flowOf(s: SegmentView): string {
  return `${s.src}:${s.sport}>${s.dst}:${s.dport}`;
}

function reverseFlowOf(s: SegmentView): string {
  return `${s.dst}:${s.dport}>${s.src}:${s.sport}`;
}

function formatCount(n: number): string {
  return n < 0 ? `−${-n}` : String(n);
}
