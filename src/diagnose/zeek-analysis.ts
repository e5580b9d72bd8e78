/**
 * What Zeek makes of one segment of a flow: states of both sides, history, sizes and gaps. The steps are those of
 * `TCPSessionAdapter::Process` and what it calls (Zeek 9.1-dev), in their order and with their quirks, because the columns are
 * there to be compared with Zeek's. A payload that the capture cut short counts as seen: it was not lost.
 */
import { ACK, FIN, RST, type Segment, SYN } from '../wire/segment.ts';
import { seqAdd, seqDiff } from '../wire/seq.ts';
import { AGAIN, FlowLosses, GAPS, SYN_AT, ZERO_WINDOWS } from './flow-losses.ts';
import {
  ACKED,
  BEFORE_SHIFT,
  BITS,
  CLOSED,
  CLOSING,
  CODE,
  CUT,
  DELIVERED,
  END_A,
  END_B,
  FIN_END,
  FIN_SEEN,
  FLIPPED,
  GIVEN_UP,
  HISTORY_SHIFT,
  IP_BYTES,
  LAST,
  LAST_AT,
  LAST_WRAPS_SHIFT,
  LETTER_SHIFT,
  LETTERS,
  LOSSES,
  PACKETS,
  PARTIAL,
  RST_AT,
  SEEN_ORIG,
  SEEN_RESP,
  START,
  STATE,
  STRIDE,
} from './flow-rows.ts';
import { ROW_MASK, ROW_SHIFT, RowChunks } from './row-chunks.ts';
import { HistoryTree, Letter, NO_HISTORY, RESPONDER } from './zeek-history.ts';
import { acknowledge, advance, begin, NOTHING, nothingAcked, stateBefore, wrapsAt } from './zeek-numbers.ts';
import { Peer } from './zeek-state.ts';

export class ZeekAnalysis {
  readonly rows: RowChunks = new RowChunks(STRIDE);
  readonly losses: FlowLosses = new FlowLosses();
  readonly histories: HistoryTree = new HistoryTree();
  /** The chunk of the flow in hand, and where its row begins in it. */
  words: Uint32Array = new Uint32Array(0);
  doubles: Float64Array = new Float64Array(0);
  at = 0;
  /** The histories of a SYN and its SYN/ACK, and of a SYN/ACK alone. */
  readonly answered: number = this.histories.append(
    this.histories.append(NO_HISTORY, Letter.Syn),
    Letter.SynAck + RESPONDER,
  );
  readonly synAckOnly: number = this.histories.append(NO_HISTORY, Letter.SynAck);
  readonly #synAckFlipped: number = this.histories.append(
    this.histories.append(NO_HISTORY, Letter.Flipped),
    Letter.SynAck + RESPONDER,
  );

  /** Takes a flow in hand. */
  turnTo(flow: number): void {
    this.words = this.rows.words[flow >>> ROW_SHIFT]!;
    this.doubles = this.rows.doubles[flow >>> ROW_SHIFT]!;
    this.at = (flow & ROW_MASK) * STRIDE;
  }

  /** A segment of the flow in hand. */
  step(fromOpener: boolean, ts: number, seg: Readonly<Segment>, ipBytes: number): void {
    const w = this.words;
    const at = this.at;
    const mine = at + (fromOpener ? END_A : END_B);
    const theirs = at + (fromOpener ? END_B : END_A);
    const { flags, len, seq } = seg;
    if (((w[mine + BITS]! | w[theirs + BITS]!) & CLOSED) !== 0 && this.#isGone(ts)) return;
    w[mine + PACKETS]!++;
    this.doubles[(mine + IP_BYTES) >> 1]! += ipBytes;
    const code = w[at + CODE]!;
    // Stays what it was if the sides change places below: so it does in Zeek.
    const isOrig = fromOpener === ((code & FLIPPED) === 0);
    if ((code & (isOrig ? SEEN_ORIG : SEEN_RESP)) === 0) this.#judgePartial(isOrig, flags);

    const past = seqAdd(seq, ((flags & RST) === 0 ? len : 0) + ((flags & SYN) >> 1) + (flags & FIN));
    const before = w[mine + BITS]! & STATE;
    if (before === Peer.Inactive || (flags & SYN) !== 0) begin(w, mine, flags, seq, past);
    const rel = (seq - w[mine + START]!) >>> 0;
    const early = (rel | 0) < 0 && wrapsAt(seq, w[mine + LAST]!, w[mine + BITS]! >>> LAST_WRAPS_SHIFT) === 0;
    this.#note(mine, flags, rel, len);
    if (seg.wnd === 0 && (flags & RST) === 0) this.#noteZeroWindow(mine, theirs);
    // The ACK of the last FIN no longer belongs to the connection's duration.
    if ((w[mine + BITS]! & w[theirs + BITS]! & CLOSED) === 0) this.#seen(ts);
    if ((flags & FIN) !== 0) {
      w[mine + BITS]! |= FIN_SEEN;
      w[mine + FIN_END] = rel + ((past - seq) >>> 0);
    }
    let acked = NOTHING;
    if ((flags & ACK) !== 0) acked = acknowledge(w, theirs, seg.ack, (flags & RST) !== 0);
    // Zeek takes data on a first SYN for payload sent again; here it is not.
    if (advance(w, mine, past, flags) && len > 0 && before !== Peer.Inactive) {
      this.addCounted(mine, AGAIN, Letter.Again);
    }
    const control = (flags & (SYN | FIN | RST)) !== 0 || before === Peer.Inactive;
    const ends = control && this.#changeState(mine, theirs, isOrig, flags, len);
    if (acked !== NOTHING) this.#trim(theirs, mine, acked);
    w[at + CODE]! |= isOrig ? SEEN_ORIG : SEEN_RESP;
    if (len > 0 && (flags & RST) === 0 && !early) this.#deliver(mine, (rel + ((flags & SYN) >> 1)) >>> 0, len);
    if (ends) this.#close(mine, theirs);
    else if (((w[mine + BITS]! | w[theirs + BITS]!) & CLOSING) !== 0) {
      if ((w[mine + BITS]! & CLOSING) !== 0) this.#close(mine, theirs);
      if ((w[theirs + BITS]! & CLOSING) !== 0) this.#close(theirs, mine);
    }
  }

  /** Has the flow in hand ended: by both sides, by a reset, or by the only side that was captured? */
  isOver(): boolean {
    const a = this.words[this.at + END_A + BITS]!;
    const b = this.words[this.at + END_B + BITS]!;
    const stateA = a & STATE;
    const stateB = b & STATE;
    if (stateA === Peer.Reset || stateB === Peer.Reset) return true;
    if (((a | b) & CLOSED) === 0) return false;
    return (a & b & CLOSED) !== 0 || stateA === Peer.Inactive || stateB === Peer.Inactive;
  }

  /** Would Zeek have forgotten the flow by now? */
  #isGone(ts: number): boolean {
    return ts - this.doubles[(this.at >> 1) + LAST_AT]! > CLOSE_DELAY && this.isOver();
  }

  /** Adds a letter, in the case of the side that `end` is. */
  addLetter(end: number, letter: number): void {
    const code = this.words[this.at + CODE]!;
    const isOrig = (end === this.at + END_A) === ((code & FLIPPED) === 0);
    this.#setHistory(this.histories.append(code >>> HISTORY_SHIFT, isOrig ? letter : letter + RESPONDER));
  }

  /** Adds a letter if it is the first of its kind from that side. `kind`: letters of one kind are counted together. */
  addOnce(end: number, letter: number, kind: number): boolean {
    const bit = 1 << (LETTER_SHIFT + kind);
    if ((this.words[end + BITS]! & bit) !== 0) return false;
    this.words[end + BITS]! |= bit;
    this.addLetter(end, letter);
    return true;
  }

  /** Counts one more of something, and adds its letter at the first, tenth, hundredth, … */
  addCounted(end: number, counter: number, letter: number): void {
    if (this.losses.count(this.lossesRow(), end === this.at + END_A ? 0 : 1, counter)) this.addLetter(end, letter);
  }

  /** The row of losses of the flow in hand; it gets one if it has none. */
  lossesRow(): number {
    const at = this.at + LOSSES;
    if (this.words[at] === 0) this.words[at] = this.losses.rows.add() + 1;
    return this.words[at]! - 1;
  }

  /** Originator and responder change places. The letters stay with the part, not with the side, as they do in Zeek. */
  flip(): void {
    const w = this.words;
    const a = this.at + END_A + BITS;
    const b = this.at + END_B + BITS;
    const letters = w[a]! & LETTERS;
    w[a] = (w[a]! & ~LETTERS) | (w[b]! & LETTERS);
    w[b] = (w[b]! & ~LETTERS) | letters;
    const code = w[this.at + CODE]! ^ FLIPPED;
    const seen = ((code & SEEN_ORIG) !== 0 ? SEEN_RESP : 0) | ((code & SEEN_RESP) !== 0 ? SEEN_ORIG : 0);
    w[this.at + CODE] = (code & ~(SEEN_ORIG | SEEN_RESP | PARTIAL)) | seen;
    this.#setHistory(this.histories.append(code >>> HISTORY_SHIFT, Letter.Flipped));
  }

  #seen(ts: number): void {
    const lastAt = (this.at >> 1) + LAST_AT;
    if (ts > this.doubles[lastAt]!) this.doubles[lastAt] = ts;
  }

  #setHistory(node: number): void {
    const at = this.at + CODE;
    if (node < 0) this.words[at]! |= CUT;
    else if ((this.words[at]! & CUT) === 0) this.words[at] = (this.words[at]! & 0xffff) | (node << HISTORY_SHIFT);
  }

  #judgePartial(isOrig: boolean, flags: number): void {
    const w = this.words;
    const at = this.at + CODE;
    if (isOrig) {
      if ((flags & (SYN | ACK)) === SYN) w[at]! &= ~PARTIAL;
      else w[at]! |= PARTIAL;
    } else if ((flags & SYN) === 0) w[at]! |= PARTIAL;
  }

  /** Letters for the flags (`update_history`). */
  #note(end: number, flags: number, rel: number, len: number): void {
    const w = this.words;
    switch (flags & (SYN | FIN | RST)) {
      case 0:
        if (len > 0) this.#noteSpeech(end, Letter.Data);
        else if ((flags & ACK) !== 0) this.#noteSpeech(end, Letter.Ack);
        return;
      case SYN: {
        const letter = (flags & ACK) !== 0 ? Letter.SynAck : Letter.Syn;
        const side = end === this.at + END_A ? 0 : 1;
        const losses = w[this.at + LOSSES]!;
        const last = losses === 0 ? 0 : this.losses.get(losses - 1, side, SYN_AT);
        if (!this.addOnce(end, letter, Letter.Syn) && rel !== last) this.addLetter(end, letter);
        if (rel !== last) this.losses.set(this.lossesRow(), side, SYN_AT, rel);
        return;
      }
      case FIN:
        if (!this.addOnce(end, Letter.Fin, Letter.Fin) && (rel + len + 1) >>> 0 !== w[end + FIN_END]) {
          this.addLetter(end, Letter.Fin);
        }
        return;
      case RST:
        if (!this.addOnce(end, Letter.Rst, Letter.Rst) && rel !== w[end + RST_AT]) this.addLetter(end, Letter.Rst);
        w[end + RST_AT] = rel;
        return;
      case SYN | FIN:
      case SYN | RST:
        this.addOnce(end, Letter.ManyFlags, Letter.ManyFlags);
        return;
      default:
        this.addOnce(end, Letter.FinRst, Letter.FinRst);
    }
  }

  #noteSpeech(end: number, letter: number): void {
    if ((this.words[end + BITS]! & (1 << (LETTER_SHIFT + letter))) !== 0) return;
    // A SYN/ACK alone may be a probe of its sender; once anybody speaks it was the answer to a SYN not captured.
    if (this.words[this.at + CODE]! >>> HISTORY_SHIFT === this.synAckOnly) {
      this.flip();
      this.words[this.at + CODE]! |= SEEN_ORIG;
      this.#setHistory(this.#synAckFlipped);
    }
    this.addOnce(end, letter, letter);
  }

  /** A window of zero says nothing once the other side has finished, or this one has reset. */
  #noteZeroWindow(mine: number, theirs: number): void {
    if ((this.words[theirs + BITS]! & STATE) === Peer.Closed || (this.words[mine + BITS]! & STATE) === Peer.Reset)
      return;
    this.addCounted(mine, ZERO_WINDOWS, Letter.ZeroWindow);
  }

  /** What a segment does to the states (`UpdateStateMachine`). True if it ends what its side has to say. */
  #changeState(mine: number, theirs: number, isOrig: boolean, flags: number, len: number): boolean {
    const state = this.words[mine + BITS]! & STATE;
    const other = this.words[theirs + BITS]! & STATE;
    const fin = (flags & FIN) !== 0;
    const rst = (flags & RST) !== 0;
    switch (state) {
      case Peer.Inactive:
        this.#wake(mine, theirs, isOrig, flags, len);
        break;
      case Peer.Established:
      case Peer.Partial:
        if ((flags & (SYN | ACK)) === SYN && state === Peer.Partial && other === Peer.Inactive) {
          this.#setState(mine, Peer.SynSent);
        }
        // A FIN and then a RST from one side was a normal end after all, once the other side has finished, too.
        if (fin && !rst && other === Peer.Reset && stateBefore(this.words[theirs + BITS]!) === Peer.Closed) {
          this.#setState(theirs, Peer.Closed);
        }
        break;
      case Peer.Closed:
        if (!rst || other === Peer.Closed) return false;
        this.#setState(mine, Peer.Reset);
        return (this.words[mine + BITS]! & CLOSED) === 0;
      case Peer.Reset:
        return false;
    }
    if (rst) this.#setState(mine, Peer.Reset);
    else if (fin) this.#setState(mine, Peer.Closed);
    return fin || rst;
  }

  /** The first segment of a side (`UpdateInactiveState`). */
  #wake(mine: number, theirs: number, isOrig: boolean, flags: number, len: number): void {
    const w = this.words;
    const other = w[theirs + BITS]! & STATE;
    if ((flags & SYN) !== 0) {
      if (isOrig) {
        this.#setState(mine, (flags & ACK) !== 0 ? Peer.SynAckSent : Peer.SynSent);
      } else {
        if ((flags & ACK) === 0 && other === Peer.SynAckSent) {
          // SYN and SYN/ACK were captured in the wrong order.
          this.flip();
          w[this.at + CODE]! |= SEEN_ORIG;
          this.#setState(theirs, Peer.Established);
        } else if (other === Peer.SynSent) {
          this.#setState(theirs, Peer.Established);
        }
        this.#setState(mine, Peer.Established);
      }
    } else if ((flags & (FIN | RST)) === 0) {
      const ack = (flags & ACK) !== 0;
      if (ack && other === Peer.Established) {
        // After a SYN/ACK: the SYN was missed.
        this.#setState(mine, Peer.Established);
        w[this.at + CODE] = (w[this.at + CODE]! & ~PARTIAL) | (isOrig ? SEEN_ORIG : SEEN_RESP);
      } else if (isOrig || len > 0 || other !== Peer.SynSent) {
        // Some servers acknowledge a SYN before they answer it; that is no beginning.
        this.#setState(mine, Peer.Partial);
      }
    }
  }

  #setState(end: number, state: number): void {
    const bits = this.words[end + BITS]!;
    if ((bits & STATE) === state) return;
    this.words[end + BITS] = (bits & ~(STATE | (STATE << BEFORE_SHIFT))) | ((bits & STATE) << BEFORE_SHIFT) | state;
  }

  /** `end` was acknowledged up to `acked`: what of its stream was not captured before that never will be. */
  #trim(end: number, other: number, acked: number): void {
    const w = this.words;
    const bits = w[end + BITS]!;
    const upTo = (bits & FIN_SEEN) !== 0 && seqDiff(acked, w[end + FIN_END]!) >= 0 ? w[end + FIN_END]! - 1 : acked;
    if (seqDiff(upTo, w[end + DELIVERED]!) <= 0) return;
    const guessed = upTo <= 2 && (w[this.at + CODE]! & PARTIAL) !== 0;
    const clean = !guessed && (bits & GIVEN_UP) === 0 && isClean(bits) && isClean(w[other + BITS]!);
    const side = end === this.at + END_A ? 0 : 1;
    while (seqDiff(upTo, w[end + DELIVERED]!) > 0) {
      const losses = w[this.at + LOSSES]!;
      const gapEnd = losses === 0 ? upTo : this.losses.nextPiece(losses - 1, side, upTo);
      if (clean) {
        this.addCounted(end, GAPS, Letter.Gap);
        this.losses.addMissed(this.lossesRow(), seqDiff(gapEnd, w[end + DELIVERED]!));
      }
      w[end + DELIVERED] = losses === 0 ? gapEnd : this.losses.join(losses - 1, side, gapEnd);
    }
  }

  /** Payload at relative number `from`. */
  #deliver(end: number, from: number, len: number): void {
    const w = this.words;
    const whole = w[end + DELIVERED]!;
    const to = (from + len) >>> 0;
    if (seqDiff(to, whole) <= 0 || (w[end + BITS]! & GIVEN_UP) !== 0) return;
    const side = end === this.at + END_A ? 0 : 1;
    if (seqDiff(from, whole) <= 0) {
      const losses = w[this.at + LOSSES]!;
      w[end + DELIVERED] = losses === 0 ? to : this.losses.join(losses - 1, side, to);
      return;
    }
    const row = this.lossesRow();
    this.losses.hold(row, side, from, to);
    // Zeek stops following a stream that nobody acknowledges and that lacks its beginning.
    if (nothingAcked(this.words, end) && seqDiff(this.losses.lastPieceEnd(row, side), whole) > MOST_ABOVE_HOLE) {
      this.losses.forget(row, side);
      w[end + BITS]! |= GIVEN_UP;
    }
  }

  /** The side has finished or reset; it counts as closed once nothing before that is missing (`ConnectionClosed`). */
  #close(end: number, other: number): void {
    const pending = (this.words[end + BITS]! & GIVEN_UP) === 0 && this.#isPending(end, other);
    const bits = this.words[end + BITS]! & ~(CLOSED | CLOSING);
    this.words[end + BITS] = bits | (pending ? CLOSING : CLOSED);
  }

  #isPending(end: number, other: number): boolean {
    const w = this.words;
    const ahead = seqDiff(w[end + LAST]!, seqAdd(w[end + START]!, w[end + DELIVERED]! | 0));
    if (ahead < 0) return false;
    if (ahead > 1) return true;
    if ((w[end + BITS]! & STATE) === Peer.Reset) return false;
    return seqDiff(seqAdd(w[other + START]!, w[other + DELIVERED]! | 0), w[other + ACKED]!) > 0;
  }
}

/** Established, or finished after having been (`is_clean`). */
function isClean(bits: number): boolean {
  const state = bits & STATE;
  return state === Peer.Established || (state === Peer.Closed && stateBefore(bits) === Peer.Established);
}

/** `tcp_close_delay`: for so long what comes after the end still belongs to it. */
const CLOSE_DELAY = 5e9;
/** `tcp_max_above_hole_without_any_acks`. */
const MOST_ABOVE_HOLE = 16_384;
