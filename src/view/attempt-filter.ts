/** Which attempts people want to see: by host, port, verdict, detail and time. */
import type { Attempt, Detail } from '../diagnose/attempt.ts';
import type { Verdict } from '../diagnose/verdict.ts';
import type { AddressTable } from '../wire/address.ts';
import { isIpv6 } from '../wire/address.ts';
import { isAttempt } from './detail-text.ts';

/** An address or a network: 4 or 16 bytes, of which the first `prefix` bits count. */
export interface HostRange {
  readonly bytes: Uint8Array;
  readonly prefix: number;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** All that is given must hold; of several hosts, ports or verdicts, one. Empty lists ask for nothing. */
export interface AttemptFilter {
  /** On either side. */
  readonly hosts: readonly HostRange[];
  readonly ports: readonly PortRange[];
  readonly verdicts: readonly Verdict[];
  readonly details: readonly Detail[];
  /** When the first packet was captured, in ns since the first of all; both included. */
  readonly from: number;
  readonly to: number;
}

export function passes(filter: AttemptFilter, attempt: Attempt, addresses: AddressTable): boolean {
  const { hosts, ports, verdicts, details } = filter;
  if (attempt.firstAt < filter.from || attempt.firstAt > filter.to) return false;
  if (verdicts.length + details.length > 0) {
    if (!verdicts.includes(attempt.verdict) && !details.includes(attempt.detail)) return false;
  }
  if (ports.length > 0 && !ports.some((range) => holds(range, attempt))) return false;
  return hosts.length === 0 || hosts.some((range) => has(range, attempt, addresses));
}

/**
 * Flows that are no attempts (no SYN in the capture) would drown the attempts in a list for people, so they stand there
 * only when asked for by verdict or detail.
 */
export function listed(filter: AttemptFilter, attempt: Attempt): boolean {
  return isAttempt(attempt.verdict) || filter.verdicts.length + filter.details.length > 0;
}

function holds({ first, last }: PortRange, { clientPort, serverPort }: Attempt): boolean {
  return (clientPort >= first && clientPort <= last) || (serverPort >= first && serverPort <= last);
}

function has(range: HostRange, { client, server }: Attempt, addresses: AddressTable): boolean {
  return inRange(range, client, addresses) || inRange(range, server, addresses);
}

function inRange({ bytes, prefix }: HostRange, address: number, addresses: AddressTable): boolean {
  if ((bytes.length === 16) !== isIpv6(address)) return false;
  addresses.bytes(address, SCRATCH, 0);
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (SCRATCH[i] !== bytes[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || ((SCRATCH[whole]! ^ bytes[whole]!) & (0xff00 >> rest) & 0xff) === 0;
}

const SCRATCH: Uint8Array = new Uint8Array(16);
