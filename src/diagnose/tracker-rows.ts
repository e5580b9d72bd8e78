/** The tracker's rows as the ledger asks for them. */
import type { AddressTable } from '../wire/address.ts';
import { type AttemptRows, noEnd, noSockets, type RowEnd, type RowSockets } from './detect/attempt-rows.ts';
import type { HandshakeTable } from './handshake-table.ts';
import type { HandshakeTracker } from './handshake-tracker.ts';
import type { OptionPrints } from './option-prints.ts';
import type { Verdict } from './verdict.ts';

export class TrackerRows implements AttemptRows {
  #table: HandshakeTable | undefined = undefined;
  #prints: OptionPrints | undefined = undefined;
  #addresses: AddressTable | undefined = undefined;
  readonly #sockets: RowSockets = noSockets();
  readonly #end: RowEnd = noEnd();

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

  sockets(row: number): Readonly<RowSockets> {
    this.#table!.readSockets(row, this.#sockets);
    return this.#sockets;
  }

  end(row: number): Readonly<RowEnd> {
    this.#table!.readEnd(row, this.#end);
    return this.#end;
  }

  verdict(row: number): Verdict {
    return this.#table!.verdict(row);
  }

  synPrint(row: number): number {
    return this.#table!.synPrint(row);
  }

  synacks(row: number): number {
    return this.#table!.synacks(row);
  }

  synPacket(row: number): number {
    return this.#table!.synPacket(row);
  }

  synackPacket(row: number): number {
    return this.#table!.synackPacket(row);
  }

  optionBytes(print: number): Uint8Array {
    return this.#prints!.bytes(print);
  }
}
