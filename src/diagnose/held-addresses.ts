/** Who refers to addresses, so that those nobody refers to can be forgotten (`AddressTable.sweep`). */
import type { AddressVisitor } from '../wire/address.ts';
import type { Attempt } from './attempt.ts';
import type { Judgement } from './findings.ts';
import type { HandshakeTable } from './handshake-table.ts';
import { Fact } from './verdict.ts';

/** Shows every address handle it holds. One that is left out may stand for another address afterwards. */
export type AddressHolder = (visit: AddressVisitor) => void;

export function visitRows(table: HandshakeTable, visit: AddressVisitor): void {
  for (let row = 0; row < table.end; row++) {
    if (!table.isHeld(row)) continue;
    visit(table.client(row));
    visit(table.server(row));
    if (table.has(row, Fact.IcmpRefused)) visit(table.reporter(row));
  }
}

export function visitAttempt({ client, server, icmp }: Attempt, visit: AddressVisitor): void {
  visit(client);
  visit(server);
  if (icmp !== undefined) visit(icmp.from);
}

export function visitJudgement({ subject, sources }: Judgement, visit: AddressVisitor): void {
  visit(subject.address);
  for (const { address } of sources.top) visit(address);
}
