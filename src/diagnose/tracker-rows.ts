/** The tracker's rows as the ledger asks for them. */
import type { AddressTable } from '../wire/address.ts';
import type { AttemptRows } from './detect/attempt-rows.ts';
import type { HandshakeTable } from './handshake-table.ts';
import type { HandshakeTracker } from './handshake-tracker.ts';
import type { OptionPrints } from './option-prints.ts';
import { Fact, Verdict } from './verdict.ts';

export class TrackerRows implements AttemptRows {
  #table: HandshakeTable | undefined = undefined;
  #prints: OptionPrints | undefined = undefined;
  #addresses: AddressTable | undefined = undefined;

  /** The tracker whose rows these are. It is made later, since it wants to know whom to tell; before the first segment. */
  attach(tracker: HandshakeTracker, addresses: AddressTable): void {
    this.#table = tracker.handshakes;
    this.#prints = tracker.prints;
    this.#addresses = addresses;
  }

  get table(): HandshakeTable {
    return this.#table!;
  }

  ipv6Hash(handle: number): number {
    return this.#addresses!.hash(handle);
  }

  client(row: number): number {
    return this.#table!.client(row);
  }

  clientPort(row: number): number {
    return this.#table!.clientPort(row);
  }

  server(row: number): number {
    return this.#table!.server(row);
  }

  serverPort(row: number): number {
    return this.#table!.serverPort(row);
  }

  synAt(row: number): number {
    return this.#table!.synAt(row);
  }

  lastSynAt(row: number): number {
    return this.#table!.lastSynAt(row);
  }

  lastSynackAt(row: number): number {
    return this.#table!.lastSynackAt(row);
  }

  synPacket(row: number): number {
    return this.#table!.synPacket(row);
  }

  synackPacket(row: number): number {
    return this.#table!.synackPacket(row);
  }

  syns(row: number): number {
    return this.#table!.syns(row);
  }

  synacks(row: number): number {
    return this.#table!.synacks(row);
  }

  synTtl(row: number): number {
    return this.#table!.synTtl(row);
  }

  synWindow(row: number): number {
    return this.#table!.synWindow(row);
  }

  synPrint(row: number): number {
    return this.#table!.synPrint(row);
  }

  optionBytes(print: number): Uint8Array {
    return this.#prints!.bytes(print);
  }

  verdict(row: number): Verdict {
    return this.#table!.verdict(row);
  }

  isSilent(row: number): boolean {
    return this.#table!.verdict(row) === Verdict.HalfOpen && !this.#table!.has(row, Fact.ServerRst | Fact.WrongAck);
  }

  isGivenUp(row: number): boolean {
    return this.#table!.has(row, Fact.ClientRst);
  }
}
