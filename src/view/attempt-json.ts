/** One attempt for `halfopen explain --json`, as plain data. Field names are part of the public interface. */
import type { Attempt, Evidence, Schedule } from '../diagnose/attempt.ts';
import { VERDICT_NAMES } from '../diagnose/verdict.ts';
import type { AddressTable } from '../wire/address.ts';
import { factNames } from './fact-names.ts';

/** Addresses as text, names for numbers; what an attempt lacks is left out. Times in ns since the first packet. */
export function attemptJson(attempt: Attempt, addresses: AddressTable): Readonly<Record<string, unknown>> {
  const { syn, synack, ack, rst, icmp } = attempt;
  return {
    verdict: VERDICT_NAMES[attempt.verdict]!,
    detail: attempt.detail,
    client: addresses.format(attempt.client),
    clientPort: attempt.clientPort,
    server: addresses.format(attempt.server),
    serverPort: attempt.serverPort,
    direction: attempt.direction,
    firstPacket: attempt.firstPacket,
    firstAt: attempt.firstAt,
    lastAt: attempt.lastAt,
    ...(syn && { syn: evidence(syn) }),
    ...(synack && { synack: evidence(synack) }),
    ...(ack && { ack: evidence(ack) }),
    ...(rst && { rst: { ...evidence(rst), from: rst.from } }),
    ...(icmp && { icmp: { packet: icmp.packet, at: icmp.ts, from: addresses.format(icmp.from), kind: icmp.kind } }),
    dataOnSyn: attempt.synLen,
    ...(syn && { synSchedule: schedule(attempt.synSchedule) }),
    ...(synack && { synackSchedule: schedule(attempt.synackSchedule) }),
    duplicates: attempt.duplicates,
    ...(attempt.timing && { timing: attempt.timing }),
    ...(attempt.clientOptions && { clientOptions: attempt.clientOptions }),
    ...(attempt.serverOptions && { serverOptions: attempt.serverOptions }),
    ...(attempt.clientPrint && { clientPrint: attempt.clientPrint }),
    ...(attempt.serverPrint && { serverPrint: attempt.serverPrint }),
    facts: factNames(attempt.facts),
    flow: attempt.flow,
  };
}

function evidence({ packet, ts, seq, ack }: Evidence): Readonly<Record<string, number>> {
  return { packet, at: ts, seq, ...(ack >= 0 && { ack }) };
}

function schedule({ sent, gaps, kind }: Schedule): Readonly<Record<string, unknown>> {
  return { sent, kind, gaps };
}
