/**
 * Two SYNs on one pair of sockets, one from each side, before either was answered: a simultaneous open (RFC 9293 §3.5,
 * figure 7), or a split handshake. Each is an attempt, and each is complete once both SYNs have been acknowledged.
 */
import { ACK, type Segment, SYN } from '../wire/segment.ts';
import { seqAdd, seqDiff } from '../wire/seq.ts';
import type { HandshakeTable } from './handshake-table.ts';
import { Later } from './handshake-words.ts';
import { Fact } from './verdict.ts';
import type { VerdictBook } from './verdict-book.ts';

/** Does a SYN from `src` cross the attempt `row`: opposite direction, not answered, and still young? */
export function crosses(t: HandshakeTable, row: number, src: number, sport: number, ts: number): boolean {
  if (t.isClient(row, src, sport)) return false;
  return (t.facts(row) & ~PLAIN_SYN) === 0 && t.isAttempt(row) && ts - t.synAt(row) < CROSS_WITHIN;
}

/**
 * What `seg` acknowledges of a crossed pair, `newest` being one of them. The other row, when both are complete with this
 * segment, else -1.
 */
export function acknowledgeCrossed(
  book: VerdictBook,
  newest: number,
  seg: Readonly<Segment>,
  packet: number,
  ts: number,
): number {
  const t = book.table;
  if (newest < 0 || !t.has(newest, Fact.Crossed) || (seg.flags & ACK) === 0) return -1;
  const other = t.older(newest);
  if (other < 0 || !t.has(other, Fact.Crossed) || t.has(newest, Fact.Acked)) return -1;
  acknowledge(t, newest, seg, packet, ts);
  acknowledge(t, other, seg, packet, ts);
  const common = t.facts(newest) & t.facts(other);
  if ((common & Fact.CrossAcked) === 0) return -1;
  const both = (common & Fact.CrossSynAck) !== 0 ? Fact.BothSynAcks : 0;
  complete(book, newest, other, both);
  complete(book, other, newest, both);
  return other;
}

function acknowledge(t: HandshakeTable, row: number, seg: Readonly<Segment>, packet: number, ts: number): void {
  if (!t.isClient(row, seg.dst, seg.dport) || t.has(row, Fact.CrossAcked)) return;
  const past = seqDiff(seg.ack, t.x(row));
  if (past < 1 || past > 1 + t.later(row, Later.synLen)) return;
  t.addFacts(row, Fact.CrossAcked | ((seg.flags & SYN) !== 0 ? Fact.CrossSynAck : 0));
  t.setAck(row, seg, packet, ts);
}

/** The peer's SYN stands for the SYN/ACK where there was none. */
function complete(book: VerdictBook, row: number, peer: number, both: number): void {
  const t = book.table;
  if (!t.has(row, Fact.SynAck)) book.answer(row, t.x(peer), seqAdd(t.x(row), 1), t.synPacket(peer), t.synAt(peer));
  book.judge(row, Fact.Acked | both);
}

/** SYNs that cross are at most a few round trips apart; later ones are attempts of their own. */
const CROSS_WITHIN = 10_000_000_000;
const PLAIN_SYN: number = Fact.Syn | Fact.DataOnSyn | Fact.FastOpen | Fact.EcnSetup | Fact.Crossed;
