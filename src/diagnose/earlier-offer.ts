/**
 * SYN/ACKs with different Y for one SYN: a cookie and then an entry, or an entry made anew. A client takes the first that
 * reaches it, which need not be the latest that passed here, so the one before that is remembered. Its place are the
 * fields of the ACK, which has not come yet.
 */
import { seqDiff } from '../wire/seq.ts';
import type { HandshakeTable } from './handshake-table.ts';
import { Later, LaterTime } from './handshake-words.ts';
import { Fact } from './verdict.ts';

/** The SYN/ACK of the row is about to be replaced. */
export function keepOffer(t: HandshakeTable, row: number): void {
  if (t.later(row, Later.ackPacket) !== 0) return;
  t.setLater(row, Later.ackSeq, t.y(row));
  t.setLater(row, Later.ackAck, t.synackPacket(row));
  t.setLaterTime(row, LaterTime.ack, t.synackAt(row));
}

/** Where `ack` acknowledges the SYN/ACK before the latest, that one is the row's again. */
export function takeEarlierOffer(t: HandshakeTable, row: number, ack: number): void {
  if (!t.has(row, Fact.SynAckChanged) || t.later(row, Later.ackPacket) !== 0) return;
  const y = t.later(row, Later.ackSeq);
  if (seqDiff(ack, y) !== 1) return;
  t.setAnswer(row, y, t.synackAck(row), t.later(row, Later.ackAck), t.laterTime(row, LaterTime.ack));
}
