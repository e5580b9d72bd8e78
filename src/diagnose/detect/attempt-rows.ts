/** What the ledger asks the tracker about a row of which it is told. */
import type { Verdict } from '../verdict.ts';
import type { Ipv6Hashes } from './key-hash.ts';

export interface AttemptRows extends Ipv6Hashes {
  client(row: number): number;
  clientPort(row: number): number;
  server(row: number): number;
  serverPort(row: number): number;
  /** ns: the SYN (without one, what the row began with), the last copy of it, the last SYN/ACK. */
  synAt(row: number): number;
  lastSynAt(row: number): number;
  lastSynackAt(row: number): number;
  /** Packet numbers; 0 without. */
  synPacket(row: number): number;
  synackPacket(row: number): number;
  /** SYNs and SYN/ACKs sent, the first included. */
  syns(row: number): number;
  synacks(row: number): number;
  synTtl(row: number): number;
  synWindow(row: number): number;
  /** Number of the SYN's option list, 0 without options, `NOT_KEPT` where not known; `optionBytes` has the list. */
  synPrint(row: number): number;
  optionBytes(print: number): Uint8Array;
  verdict(row: number): Verdict;
  /** Was the attempt answered by SYN/ACK and then heard of no more, from neither side? */
  isSilent(row: number): boolean;
  /** Did the client reset its attempt before it had an answer? Then somebody is there and wants no more. */
  isGivenUp(row: number): boolean;
}
