/** The totals of a tracker: how many rows of each verdict, kept in step with every change, so that nobody counts rows. */
import type { HandshakeTable } from './handshake-table.ts';
import { VERDICT_NAMES, Verdict, verdictOf } from './verdict.ts';

export class VerdictBook {
  readonly table: HandshakeTable;
  /** Rows by verdict, those let go included. */
  readonly byVerdict: Float64Array = new Float64Array(VERDICT_NAMES.length);
  /** SYN/ACK frames whose SYN is not in the capture. */
  synackWithoutSyn = 0;
  synRetransmissions = 0;
  synackRetransmissions = 0;
  /** SYN and SYN/ACK frames recorded more than once. */
  duplicates = 0;

  constructor(table: HandshakeTable) {
    this.table = table;
  }

  /** A new row, of which nothing is known. */
  open(): void {
    this.byVerdict[Verdict.MidStream]!++;
  }

  /** A new attempt, of which only the SYN is known. */
  openAttempt(): void {
    this.byVerdict[Verdict.Unanswered]!++;
  }

  /** Adds facts to a row. */
  judge(row: number, facts: number): void {
    const before = this.table.facts(row);
    this.table.addFacts(row, facts);
    this.#move(verdictOf(before), verdictOf(before | facts));
  }

  /** The first SYN/ACK of a row. */
  answer(row: number, y: number, ack: number, packet: number, ts: number): void {
    const before = this.table.verdict(row);
    this.table.setAnswer(row, y, ack, packet, ts);
    this.#move(before, this.table.verdict(row));
  }

  #move(from: Verdict, to: Verdict): void {
    this.byVerdict[from]!--;
    this.byVerdict[to]!++;
  }
}
