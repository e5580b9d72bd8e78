/** Wireshark display filters that show what a judgement is about. They test single flags: `tcp.flags == 0x002` misses SYNs with ECE and CWR. */
import type { Judgement, Subject } from '../diagnose/findings.ts';
import { type AddressTable, isIpv6 } from '../wire/address.ts';

export interface DisplayFilter {
  readonly filter: string;
  /** What it leaves, as a heading. */
  readonly shows: string;
}

/** The filters for one judgement, the most telling first. */
export function displayFilters(judgement: Judgement, addresses: AddressTable): readonly DisplayFilter[] {
  const { subject, kind, attempts } = judgement;
  const to = clauses(subject, 'dst', addresses);
  const from = clauses(subject, 'src', addresses);
  if (kind === 'reflection' && attempts > 0) {
    return [
      { filter: join(SYN, ...from), shows: 'SYNs with its address' },
      { filter: join(SYN_ACK, ...to), shows: 'What the servers answered' },
      { filter: join('tcp.flags.reset == 1', ...from), shows: 'Answers that it reset' },
    ];
  }
  if (kind === 'backscatter' || kind === 'reflection') {
    const replies = subject.role === 'source' ? from : to;
    const own = subject.role === 'source' ? to : from;
    return [
      { filter: join(SYN_ACK, ...replies), shows: 'SYN/ACKs that nobody asked for' },
      { filter: join('tcp.flags.reset == 1', ...replies), shows: 'RSTs that nobody asked for' },
      { filter: join(SYN, ...own), shows: 'SYNs that would explain them; none or few, if the finding is right' },
    ];
  }
  if (subject.role === 'source') {
    return [
      { filter: join(SYN, ...from), shows: 'Every SYN of this source' },
      { filter: join(SYN_ACK, ...to), shows: 'Open ports: they answered with SYN/ACK' },
      { filter: join('tcp.flags.reset == 1', ...to), shows: 'Closed ports: they answered with RST' },
    ];
  }
  return [
    { filter: join(SYN, ...to), shows: 'Every SYN to the target, also those with ECE and CWR' },
    { filter: join(SYN_ACK, ...from), shows: 'What the target answered' },
    { filter: join('tcp.flags.reset == 1', ...from), shows: 'What the target refused' },
    {
      filter: join('tcp.completeness in {1, 3}', ...to),
      shows: 'SYNs whose conversation ends with them (1) or with the SYN/ACK (3), Wireshark 3.6 and newer',
    },
  ];
}

/** Single packets by number. */
export function packetFilter(packets: readonly number[]): string {
  return `frame.number in {${packets.join(', ')}}`;
}

/** Every SYN of a capture. */
export const ANY_SYN: DisplayFilter = {
  filter: 'tcp.flags.syn == 1 && tcp.flags.ack == 0',
  shows: 'Every SYN of the capture, also those with ECE and CWR',
};

const SYN = ANY_SYN.filter;
const SYN_ACK = 'tcp.flags.syn == 1 && tcp.flags.ack == 1';

function clauses({ address, port, prefix }: Subject, end: 'src' | 'dst', addresses: AddressTable): string[] {
  const host = address >= 0 ? addresses.format(address) : prefix;
  const network = (address >= 0 ? isIpv6(address) : prefix.includes(':')) ? 'ipv6' : 'ip';
  // A prefix is ours, but a filter is pasted elsewhere: only what is an address goes in.
  const hostClause = /^[0-9a-f.:/]+$/i.test(host) ? [`${network}.${end} == ${host}`] : [];
  return port >= 0 ? [...hostClause, `tcp.${end}port == ${port}`] : hostClause;
}

function join(...parts: readonly string[]): string {
  return parts.join(' && ');
}
