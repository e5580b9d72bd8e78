/** What the ledger asks the tracker about a row of which it is told. */
import type { Verdict } from '../verdict.ts';
import type { Ipv6Hashes } from './key-hash.ts';

/** Of whom a row is. Times in ns. */
export interface RowSockets {
  client: number;
  server: number;
  serverPort: number;
  /** Of the SYN; without one, of what the row began with. */
  synAt: number;
}

/** What became of a row. */
export interface RowEnd extends RowSockets {
  verdict: Verdict;
  /** SYNs and SYN/ACKs sent, the first included, and times of the last of each. */
  syns: number;
  synacks: number;
  lastSynAt: number;
  lastSynackAt: number;
  synTtl: number;
  /** Number of the SYN's option list, 0 without options, `NOT_KEPT` where not known; `AttemptRows.optionBytes` has it. */
  synPrint: number;
  /** Was the attempt answered by SYN/ACK and then heard of no more, from neither side? */
  silent: boolean;
  /** Did the client reset its attempt before it had an answer? Then somebody is there and wants no more. */
  givenUp: boolean;
}

/** A record given is valid until the next call: one of each is filled again and again, which costs one look at the row. */
export interface AttemptRows extends Ipv6Hashes {
  sockets(row: number): Readonly<RowSockets>;
  end(row: number): Readonly<RowEnd>;
  verdict(row: number): Verdict;
  synPrint(row: number): number;
  synacks(row: number): number;
  /** Packet numbers; 0 without. */
  synPacket(row: number): number;
  synackPacket(row: number): number;
  optionBytes(print: number): Uint8Array;
}

export function noSockets(): RowSockets {
  return { client: UNSET, server: UNSET, serverPort: 0, synAt: UNSET };
}

export function noEnd(): RowEnd {
  return {
    ...noSockets(),
    verdict: 0,
    syns: 0,
    synacks: 0,
    lastSynAt: UNSET,
    lastSynackAt: UNSET,
    synTtl: 0,
    synPrint: 0,
    silent: false,
    givenUp: false,
  };
}

/** No whole number, so that V8 keeps these fields as floating point from the first write on. */
const UNSET = 0.5;
