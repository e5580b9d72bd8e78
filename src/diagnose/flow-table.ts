/**
 * The flows that are under way, as Zeek and Wireshark see them: for each a row of 104 bytes (and 120 more once something
 * is lost) with what both tools would say of it. Rows are used again, and the table grows without copying.
 *
 * What begins a flow is the caller's decision; from there on the rules are those of the two tools.
 */
import { ACK, Segment, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import type { FlowFacts, Side } from './attempt.ts';
import { Completeness, firstCompleteness, laterCompleteness } from './completeness.ts';
import { AGAIN, CORRUPT, ZERO_WINDOWS } from './flow-losses.ts';
import {
  ACKED,
  BEFORE_SHIFT,
  BITS,
  CODE,
  COMPLETENESS_SHIFT,
  CUT,
  DELIVERED,
  END_A,
  END_B,
  FIRST_AT,
  FLIPPED,
  HISTORY_SHIFT,
  IP_BYTES,
  LAST,
  LAST_AT,
  LETTER_SHIFT,
  LOSSES,
  PACKETS,
  SEEN_ORIG,
  SEEN_RESP,
  START,
  STATE,
  STRIDE,
} from './flow-rows.ts';
import { ROW_MASK, ROW_SHIFT } from './row-chunks.ts';
import { ZeekAnalysis } from './zeek-analysis.ts';
import { Letter } from './zeek-history.ts';
import { payloadBytes } from './zeek-numbers.ts';
import { connState, isServerPort, Peer } from './zeek-state.ts';
import { isSteady, moveOn } from './zeek-steady.ts';

export class FlowTable {
  readonly #zeek = new ZeekAnalysis();
  readonly #synack = synAck();

  /** Flows that have a row. */
  get live(): number {
    return this.#zeek.rows.live;
  }

  /** Bytes held for flows. */
  get bytes(): number {
    return this.#zeek.rows.bytes + this.#zeek.losses.rows.bytes;
  }

  /** A flow that begins with this segment of `ipBytes` bytes of IP, at `ts` ns. Its sender is the opener. */
  open(ts: number, seg: Readonly<Segment>, ipBytes: number): number {
    const zeek = this.#zeek;
    const flow = this.#add(ts, ts);
    zeek.words[zeek.at + CODE]! |= firstCompleteness(seg) << COMPLETENESS_SHIFT;
    if (isFromResponder(seg)) zeek.flip();
    zeek.step(true, ts, seg, ipBytes);
    return flow;
  }

  /**
   * A flow of which so far only one SYN was seen, `sent` times from `firstAt` to `lastAt`: number `x`, `len` bytes of
   * data, `ipBytes` bytes of IP in all copies together, and the window as on the wire. The same as `open` with the first
   * copy and `packet` with each of the others.
   */
  openWithSyn(
    firstAt: number,
    lastAt: number,
    sent: number,
    x: number,
    len: number,
    ipBytes: number,
    window: number,
  ): number {
    const flow = this.#add(firstAt, lastAt);
    const zeek = this.#zeek;
    const w = zeek.words;
    const a = zeek.at + END_A;
    const shown = len > 0 ? Completeness.Syn | Completeness.Data : Completeness.Syn;
    w[zeek.at + CODE] = (shown << COMPLETENESS_SHIFT) | SEEN_ORIG;
    w[a + START] = x;
    w[a + ACKED] = x;
    w[a + LAST] = seqAdd(x, 1 + len);
    w[a + DELIVERED] = 1 + len;
    w[a + PACKETS] = sent;
    w[a + BITS] = Peer.SynSent;
    zeek.doubles[(a + IP_BYTES) >> 1] = ipBytes;
    zeek.addOnce(a, Letter.Syn, Letter.Syn);
    // Only copies count as payload sent again, so the n-th of these is one segment later than the n-th zero window.
    for (let power = 1; power <= sent; power *= 10) {
      if (window === 0) zeek.addLetter(a, Letter.ZeroWindow);
      if (len > 0 && power < sent) zeek.addLetter(a, Letter.Again);
    }
    if (window === 0) zeek.losses.set(zeek.lossesRow(), 0, ZERO_WINDOWS, sent);
    if (len > 0 && sent > 1) zeek.losses.set(zeek.lossesRow(), 0, AGAIN, sent - 1);
    return flow;
  }

  /**
   * Then one SYN/ACK from the other side, `sent` times: number `y`, acknowledging `ack`, `ipBytes` bytes of IP each. The
   * same as `packet` with each; with `openWithSyn`, for attempts that need no row until somebody asks.
   */
  answer(
    flow: number,
    firstAt: number,
    lastAt: number,
    sent: number,
    y: number,
    ack: number,
    ipBytes: number,
    window: number,
  ): void {
    const seg = this.#synack;
    seg.seq = y;
    seg.ack = ack;
    seg.wnd = window;
    for (let i = 0; i < sent; i++) this.packet(flow, false, i === 0 ? firstAt : lastAt, seg, ipBytes);
  }

  /**
   * A flow of which so far one SYN was seen, number `x`, and one SYN/ACK, number `y`, which acknowledges just that SYN; neither
   * with data, with a window of zero, or with the last number before zero. The same as `openWithSyn` and `answer`: nearly
   * all connections begin so, and it is a fifth of what the two cost.
   */
  openAnswered(synAt: number, synackAt: number, x: number, y: number, synBytes: number, synackBytes: number): number {
    const zeek = this.#zeek;
    const flow = this.#add(synAt, Math.max(synAt, synackAt));
    const ints = zeek.rows.ints[flow >>> ROW_SHIFT]!;
    const { at, doubles } = zeek;
    const shown = (Completeness.Syn | Completeness.SynAck) << COMPLETENESS_SHIFT;
    ints[at + CODE] = (zeek.answered << HISTORY_SHIFT) | shown | SEEN_ORIG | SEEN_RESP;
    const a = at + END_A;
    ints[a + PACKETS] = 1;
    ints[a + START] = x;
    ints[a + LAST] = x + 1;
    ints[a + ACKED] = x + 1;
    ints[a + BITS] = OPENED | (Peer.SynSent << BEFORE_SHIFT);
    doubles[(a + IP_BYTES) >> 1] = synBytes;
    const b = at + END_B;
    ints[b + PACKETS] = 1;
    ints[b + START] = y;
    ints[b + LAST] = y + 1;
    ints[b + ACKED] = y;
    ints[b + BITS] = OPENED;
    doubles[(b + IP_BYTES) >> 1] = synackBytes;
    return flow;
  }

  /** What the tools say of a flow that is one SYN and copies of it; arguments as for `openWithSyn`. Leaves no row. */
  lonelySyn(
    firstAt: number,
    lastAt: number,
    sent: number,
    x: number,
    len: number,
    ipBytes: number,
    window: number,
  ): FlowFacts {
    const flow = this.openWithSyn(firstAt, lastAt, sent, x, len, ipBytes, window);
    const facts = this.read(flow, 'client');
    this.release(flow);
    return facts;
  }

  /**
   * The next segment of a flow, of `ipBytes` bytes of IP, from its opener or from the other side. What comes more than 5 s
   * after the end is another connection for Zeek, and counts for Wireshark only.
   */
  packet(flow: number, fromOpener: boolean, ts: number, seg: Readonly<Segment>, ipBytes: number): void {
    if (this.#goOn(flow, fromOpener, ts, seg, ipBytes)) return;
    const zeek = this.#zeek;
    zeek.turnTo(flow);
    zeek.words[zeek.at + CODE]! |= laterCompleteness(seg) << COMPLETENESS_SHIFT;
    zeek.step(fromOpener, ts, seg, ipBytes);
  }

  /** The same for what is steady (`isSteady`); false, with nothing done, for anything else. */
  #goOn(flow: number, fromOpener: boolean, ts: number, seg: Readonly<Segment>, ipBytes: number): boolean {
    const zeek = this.#zeek;
    const { rows } = zeek;
    const ints = rows.ints[flow >>> ROW_SHIFT]!;
    const at = (flow & ROW_MASK) * STRIDE;
    const mine = at + (fromOpener ? END_A : END_B);
    const theirs = at + (fromOpener ? END_B : END_A);
    if (!isSteady(ints, at, mine, theirs, fromOpener, zeek.synAckOnly, seg)) return false;
    const doubles = rows.doubles[flow >>> ROW_SHIFT]!;
    const data = seg.len > 0;
    const letter = data ? Letter.Data : Letter.Ack;
    if ((ints[mine + BITS]! & (1 << (LETTER_SHIFT + letter))) === 0) {
      zeek.turnTo(flow);
      zeek.addOnce(mine, letter, letter);
    }
    ints[at + CODE]! |= (data ? Completeness.Data : Completeness.Ack) << COMPLETENESS_SHIFT;
    moveOn(ints, mine, theirs, seg);
    ints[mine + PACKETS]!++;
    doubles[(mine + IP_BYTES) >> 1]! += ipBytes;
    if (ts > doubles[(at >> 1) + LAST_AT]!) doubles[(at >> 1) + LAST_AT] = ts;
    return true;
  }

  /**
   * A segment of the flow whose checksum is wrong: its receiver dropped it, so for Zeek it is a letter and no more.
   * Wireshark does not look at checksums.
   */
  corrupt(flow: number, fromOpener: boolean, seg: Readonly<Segment>): void {
    const zeek = this.#zeek;
    zeek.turnTo(flow);
    zeek.words[zeek.at + CODE]! |= laterCompleteness(seg) << COMPLETENESS_SHIFT;
    zeek.addCounted(zeek.at + (fromOpener ? END_A : END_B), CORRUPT, Letter.Corrupt);
  }

  /** Has the flow ended: by both sides, by a reset, or by the only side that was captured? */
  isOver(flow: number): boolean {
    this.#zeek.turnTo(flow);
    return this.#zeek.isOver();
  }

  /** What the tools say of a flow so far. `opener`: which side its opener is in the attempt this is for. */
  read(flow: number, opener: Side): FlowFacts {
    const zeek = this.#zeek;
    zeek.turnTo(flow);
    const { words, doubles, at } = zeek;
    const code = words[at + CODE]!;
    const flipped = (code & FLIPPED) !== 0;
    const orig = at + (flipped ? END_B : END_A);
    const resp = at + (flipped ? END_A : END_B);
    const history = zeek.histories.text(code >>> HISTORY_SHIFT) + ((code & CUT) !== 0 ? 'X' : '');
    const origBytes = payloadBytes(words, orig, resp);
    const respBytes = payloadBytes(words, resp, orig);
    const losses = words[at + LOSSES]!;
    return {
      connState: connState(
        words[orig + BITS]! & STATE,
        words[resp + BITS]! & STATE,
        origBytes === 0 && respBytes === 0,
        history,
      ),
      history,
      completeness: (code >>> COMPLETENESS_SHIFT) & 0xff,
      originator: flipped === (opener === 'client') ? 'server' : 'client',
      firstAt: doubles[(at >> 1) + FIRST_AT]!,
      lastAt: doubles[(at >> 1) + LAST_AT]!,
      origPackets: words[orig + PACKETS]!,
      origBytes,
      origIpBytes: doubles[(orig + IP_BYTES) >> 1]!,
      respPackets: words[resp + PACKETS]!,
      respBytes,
      respIpBytes: doubles[(resp + IP_BYTES) >> 1]!,
      missedBytes: losses === 0 ? 0 : zeek.losses.missed(losses - 1),
    };
  }

  /** Lets go of a flow; its number may be given to another. */
  release(flow: number): void {
    const zeek = this.#zeek;
    zeek.turnTo(flow);
    const losses = zeek.words[zeek.at + LOSSES]!;
    if (losses !== 0) zeek.losses.rows.release(losses - 1);
    zeek.rows.release(flow);
  }

  /** A new row, in hand. */
  #add(firstAt: number, lastAt: number): number {
    const zeek = this.#zeek;
    const flow = zeek.rows.add();
    zeek.turnTo(flow);
    zeek.words[zeek.at + END_A + DELIVERED] = 1;
    zeek.words[zeek.at + END_B + DELIVERED] = 1;
    zeek.doubles[(zeek.at >> 1) + FIRST_AT] = firstAt;
    zeek.doubles[(zeek.at >> 1) + LAST_AT] = lastAt;
    return flow;
  }
}

/** Zeek's guess where the first segment captured is no plain SYN (`TCPAnalyzer::WantConnection`). */
function isFromResponder(seg: Readonly<Segment>): boolean {
  const syn = (seg.flags & SYN) !== 0;
  if ((syn && (seg.flags & ACK) === 0) || !isServerPort(seg.sport)) return false;
  return !isServerPort(seg.dport) || (!syn && seg.sport < seg.dport);
}

/** An end whose SYN was seen and which is open. */
const OPENED: number = Peer.Established | (1 << (LETTER_SHIFT + Letter.Syn));

function synAck(): Segment {
  const seg = new Segment();
  seg.flags = SYN | ACK;
  return seg;
}
