/** What the ledger asks the tracker about a row of which it is told. */
import type { Verdict } from '../verdict.ts';

export interface AttemptRows {
  client(row: number): number;
  clientPort(row: number): number;
  server(row: number): number;
  serverPort(row: number): number;
  /** ns: the first SYN, the last copy of it, the last SYN/ACK. */
  synAt(row: number): number;
  lastSynAt(row: number): number;
  lastSynackAt(row: number): number;
  /** SYNs and SYN/ACKs sent, the first included. */
  syns(row: number): number;
  synacks(row: number): number;
  verdict(row: number): Verdict;
}
