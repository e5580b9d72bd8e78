/** What an ICMP error means to TCP: soft or hard (RFC 9293 §3.9.2.2, RFC 5461 §2), and the errno Linux gives it. */
import type { IcmpKind } from '../wire/icmp.ts';
import type { Errno } from './types.ts';

/** Source Quench MUST be discarded in silence (MUST-55); a redirect is the IP layer's. */
export function concernsTcp(kind: IcmpKind): boolean {
  return kind !== 'source-quench' && kind !== 'redirect' && kind !== 'other';
}

/**
 * Hard errors: protocol and port unreachable; for IPv6 also "communication prohibited" (RFC 5461 §2.2). "Fragmentation
 * needed", which RFC 1122 counted among them, tells the path MTU instead. RFC 9293 is silent on the other codes of
 * Destination Unreachable: they are soft, since routers send them in the middle of a connection.
 */
export function isHard(kind: IcmpKind, v6: boolean): boolean {
  return kind === 'protocol-unreachable' || kind === 'port-unreachable' || (v6 && kind === 'admin-prohibited');
}

/**
 * Does Linux drop a half-open entry for it? IPv4 (tcp_v4_err): for what says that the peer cannot be reached, and not for
 * what says that nobody listens there. IPv6 (tcp_v6_err): for what icmpv6_err_convert calls fatal.
 */
export function linuxDropsHalfOpen(kind: IcmpKind, v6: boolean): boolean {
  if (v6) return FATAL6.includes(kind);
  return FATAL4.includes(kind);
}

/** Linux icmp_err_convert and icmpv6_err_convert. */
export function icmpErrno(kind: IcmpKind, v6: boolean): Errno {
  return (v6 ? ERRNO6[kind] : undefined) ?? ERRNO4[kind] ?? 'EHOSTUNREACH';
}

const FATAL4: readonly IcmpKind[] = ['net-unreachable', 'host-unreachable', 'time-exceeded', 'parameter-problem'];
const FATAL6: readonly IcmpKind[] = [
  'admin-prohibited',
  'port-unreachable',
  'policy-failed',
  'route-rejected',
  'parameter-problem',
];

/** All that is not EHOSTUNREACH. */
const ERRNO4: Readonly<Partial<Record<IcmpKind, Errno>>> = {
  'net-unreachable': 'ENETUNREACH',
  'net-unknown': 'ENETUNREACH',
  'net-prohibited': 'ENETUNREACH',
  'net-tos': 'ENETUNREACH',
  'protocol-unreachable': 'ENOPROTOOPT',
  'port-unreachable': 'ECONNREFUSED',
  'frag-needed': 'EMSGSIZE',
  'source-route-failed': 'EOPNOTSUPP',
  'host-unknown': 'EHOSTDOWN',
  'source-isolated': 'ENONET',
  'parameter-problem': 'EPROTO',
};
const ERRNO6: Readonly<Partial<Record<IcmpKind, Errno>>> = {
  'admin-prohibited': 'EACCES',
  'policy-failed': 'EACCES',
  'route-rejected': 'EACCES',
  'host-unknown': 'EHOSTUNREACH',
};
