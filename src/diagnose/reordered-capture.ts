/** Segments that a capture holds before the one they answer: they count once that one is there. */
import { seqAdd, seqDiff } from '../wire/seq.ts';
import { Later, LaterTime } from './handshake-words.ts';
import { Fact } from './verdict.ts';
import type { VerdictBook } from './verdict-book.ts';

/** The client's ACK stood before the SYN/ACK that has now come, perhaps even before the SYN. True: it completes the row. */
export function takeEarlyAck(book: VerdictBook, row: number): boolean {
  const t = book.table;
  if (!t.isAttempt(row)) recallAck(book, row);
  if (!t.has(row, Fact.AnswerNotCaptured)) return false;
  const ahead = seqDiff(t.later(row, Later.ackAck), t.y(row));
  if (ahead < 1 || ahead >= MAX_LATE) return false;
  book.judge(row, Fact.Acked | (ahead === 1 ? 0 : Fact.LateAck));
  return true;
}

/** A row that began with a segment of the client: what it acknowledged counts once SYN or SYN/ACK are there. */
export function recallAck(book: VerdictBook, row: number): void {
  const t = book.table;
  if (t.has(row, Fact.ServerFirst | Fact.AnswerNotCaptured) || !t.has(row, Fact.ClientSpoke)) return;
  t.setLater(row, Later.ackSeq, seqAdd(t.x(row), 1));
  t.setLater(row, Later.ackAck, t.firstNumber(row));
  t.setLater(row, Later.ackPacket, t.synPacket(row));
  t.setLaterTime(row, LaterTime.ack, t.synAt(row));
  book.judge(row, Fact.AnswerNotCaptured | (t.has(row, Fact.ServerSpoke) ? Fact.ServerWentOn : 0));
}

/** A row that began with a RST that acknowledges the SYN which now comes. */
export function recallReset(book: VerdictBook, row: number): void {
  const t = book.table;
  const began = t.facts(row) & (Fact.ServerFirst | Fact.LateRst | Fact.ClientSpoke | Fact.ServerSpoke | Fact.SynAck);
  if (began !== (Fact.ServerFirst | Fact.LateRst)) return;
  t.setLater(row, Later.rstSeq, t.firstNumber(row));
  t.setLater(row, Later.rstAck, seqAdd(t.x(row), 1));
  t.setLater(row, Later.rstHasAck, 1);
  t.setLater(row, Later.rstPacket, t.synPacket(row));
  t.setLaterTime(row, LaterTime.rst, t.synAt(row));
  book.judge(row, Fact.ServerRst);
}

/** A completing segment may come this far after the handshake: 2^30 bytes. */
export const MAX_LATE = 0x4000_0000;
