/** Which ICMP errors refuse a connection attempt whose SYN they quote. */
import type { IcmpKind } from '../wire/icmp.ts';

/**
 * The hard errors of RFC 1122 §4.2.3.9 (protocol, port), those that say somebody forbids it (RFC 1812 §5.2.7.1), and the
 * soft ones that say the host or network cannot be reached: RFC 1122 lets TCP go on trying after those, but Linux ends a
 * connection in SYN-SENT with any of them (tcp_v4_err), and for whoever asked the answer was no. An error about size,
 * speed or route says nothing of the kind, and an exceeded time to live may be a loop that mends.
 */
export const REFUSING: readonly IcmpKind[] = [
  'protocol-unreachable',
  'port-unreachable',
  'net-unreachable',
  'host-unreachable',
  'net-unknown',
  'host-unknown',
  'source-isolated',
  'net-prohibited',
  'host-prohibited',
  'admin-prohibited',
  'net-tos',
  'host-tos',
  'precedence-violation',
  'precedence-cutoff',
  'policy-failed',
  'route-rejected',
];
