/**
 * The send buffer in pieces, as Linux keeps it (sk_buffs in the write and retransmit queues): what was written together and
 * will be sent together. Pieces say where PSH goes, where segments must not join, and how much memory is taken.
 */
import { type Seq, seqDiff, seqGe, seqGt, seqLe, seqLt } from '../wire/seq.ts';
import { SendLimits } from './send-limits.ts';

/**
 * Memory of a piece besides its bytes: an sk_buff with room for headers (SKB_TRUESIZE; measured on 6.18, other builds have
 * a little more).
 */
const PIECE_MEMORY = 832;

export class Piece {
  seq: Seq;
  end: Seq;
  /** Its last segment has PSH. */
  push = false;
  /** MSG_EOR: no later bytes join it. */
  whole = false;

  constructor(seq: Seq) {
    this.seq = seq;
    this.end = seq;
  }

  get length(): number {
    return seqDiff(this.end, this.seq);
  }
}

export class SendQueue {
  /** Memory it may take (sk_sndbuf): what was asked for, and grown since. */
  size = 0;
  /** What was asked for, to notice when that changes. */
  asked = 0;
  /** Somebody found no room and wants to be told when there is some (SOCK_NOSPACE). */
  lacksRoom = false;
  /** Behind the last byte that was marked with PSH (pushed_seq). */
  pushedTo: Seq;
  readonly limits: SendLimits = new SendLimits();
  /** Oldest first. */
  readonly #pieces: Piece[] = [];

  constructor(first: Seq) {
    this.pushedTo = first;
  }

  get last(): Piece | undefined {
    return this.#pieces.at(-1);
  }

  /** Memory taken when `bytes` are held. */
  memory(bytes: number): number {
    return bytes + this.#pieces.length * PIECE_MEMORY;
  }

  add(seq: Seq): Piece {
    const piece = new Piece(seq);
    this.#pieces.push(piece);
    return piece;
  }

  /** Everything below `una` has arrived. */
  acknowledge(una: Seq): void {
    const pieces = this.#pieces;
    let done = 0;
    while (done < pieces.length && seqLe(pieces[done]!.end, una)) done++;
    if (done > 0) pieces.splice(0, done);
    if (pieces.length > 0 && seqLt(pieces[0]!.seq, una)) pieces[0]!.seq = una;
  }

  /** The piece that holds the byte at `seq`, or undefined: it is not yet written. */
  at(seq: Seq): Piece | undefined {
    return this.#pieces[this.#find(seq)];
  }

  /** What lies behind `at` becomes a piece of its own: it could not be sent with the rest (tcp_fragment). */
  cut(at: Seq): void {
    const index = this.#find(at);
    const piece = this.#pieces[index];
    if (piece === undefined || piece.seq === at) return;
    const rest = new Piece(at);
    rest.end = piece.end;
    rest.push = piece.push;
    rest.whole = piece.whole;
    piece.end = at;
    piece.push = false;
    piece.whole = false;
    this.#pieces.splice(index + 1, 0, rest);
  }

  /** Does the segment that ends at `end` carry PSH? */
  pushes(end: Seq): boolean {
    const index = this.#find((end - 1) >>> 0);
    const piece = this.#pieces[index];
    return piece?.end === end && piece.push;
  }

  /**
   * How many of `most` bytes at `from` go together when they are sent again. Small neighbours are joined as far as whole
   * ones fit (tcp_retrans_try_collapse), but not beyond the end of a record or `sent`.
   */
  repeatable(from: Seq, most: number, sent: Seq): number {
    let index = this.#find(from);
    const first = this.#pieces[index];
    if (first === undefined) return most;
    const n = seqDiff(first.end, from);
    if (n >= most) return most;
    // Only a piece that is sent whole takes in others.
    if (first.seq !== from) return n;
    for (index++; ; ) {
      const next = this.#pieces[index];
      const done = seqDiff(first.end, from);
      if (next === undefined || first.whole || seqGt(next.end, sent) || done + next.length > most) return done;
      first.end = next.end;
      first.push ||= next.push;
      first.whole = next.whole;
      this.#pieces.splice(index, 1);
    }
  }

  /** Most look at what is sent next, near the end. */
  #find(seq: Seq): number {
    const pieces = this.#pieces;
    let i = pieces.length;
    while (i > 0 && seqGt(pieces[i - 1]!.end, seq)) i--;
    return i < pieces.length && seqGe(seq, pieces[i]!.seq) ? i : pieces.length;
  }
}
