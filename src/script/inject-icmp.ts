/** An ICMP error of the script on its way into the stack. */
import { isIpv6 } from '../wire/address.ts';
import { IcmpError, setIcmp } from '../wire/icmp.ts';
import type { IcmpAction } from './ast.ts';
import type { Bench } from './bench.ts';
import { ScriptError } from './error.ts';
import type { Mapping } from './mapping.ts';

/**
 * The script's side reports an error about a segment of the connection `map`. Without a quoted range it quotes sequence
 * number 0, as the original does: that is our SYN or SYN/ACK. What quotes no TCP segment, or is no error, is nothing to a
 * stack that has TCP only.
 */
export function injectIcmp(action: IcmpAction, map: Mapping, bench: Bench, file: string): void {
  const v6 = isIpv6(bench.local);
  const icmp = new IcmpError();
  icmp.src = bench.remote;
  icmp.dst = bench.local;
  setIcmp(icmp, v6, typeOf(action, v6, file), codeOf(action, v6, file));
  if ((action.quoted?.protocol ?? 'tcp') !== 'tcp' || icmp.kind === 'other') return;
  icmp.mtu = action.mtu ?? 0;
  const { quoted } = icmp;
  quoted.src = bench.local;
  quoted.sport = map.localPort;
  quoted.dst = bench.remote;
  quoted.dport = map.remotePort;
  quoted.seq = map.toLiveLocal(action.quoted?.seq ?? 0, false);
  quoted.len = action.quoted?.len ?? 0;
  bench.reasons.length = 0;
  bench.host.onIcmp(bench.now, icmp, bench.tx);
}

function typeOf(action: IcmpAction, v6: boolean, file: string): number {
  const numeric = /^type_(\d+)$/.exec(action.type);
  if (numeric !== null) return Number(numeric[1]);
  const type = (v6 ? TYPES6 : TYPES4)[action.type];
  if (type !== undefined) return type;
  throw new ScriptError(file, action.place, `expected an ${version(v6)} type, found '${action.type}'`);
}

function codeOf(action: IcmpAction, v6: boolean, file: string): number {
  if (action.code === '') return 0;
  const numeric = /^code_(\d+)$/.exec(action.code);
  if (numeric !== null) return Number(numeric[1]);
  const code = (v6 ? CODES6 : CODES4)[action.code];
  if (code !== undefined) return code;
  throw new ScriptError(file, action.place, `expected an ${version(v6)} code, found '${action.code}'`);
}

function version(v6: boolean): string {
  return v6 ? 'ICMPv6' : 'ICMP';
}

// RFC 792, RFC 950, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1
const TYPES4: Readonly<Record<string, number>> = {
  echo_reply: 0,
  unreachable: 3,
  source_quench: 4,
  redirect: 5,
  echo_request: 8,
  time_exceeded: 11,
  parameter_problem: 12,
  timestamp_request: 13,
  timestamp_reply: 14,
  information_request: 15,
  information_reply: 16,
  address_mask_request: 17,
  address_mask_reply: 18,
};
const CODES4: Readonly<Record<string, number>> = {
  net_unreachable: 0,
  host_unreachable: 1,
  protocol_unreachable: 2,
  port_unreachable: 3,
  frag_needed: 4,
  source_route_failed: 5,
  net_unknown: 6,
  host_unknown: 7,
  source_host_isolated: 8,
  net_prohibited: 9,
  host_prohibited: 10,
  net_unreachable_for_tos: 11,
  host_unreachable_for_tos: 12,
  packet_filtered: 13,
  precedence_violation: 14,
  precedence_cutoff: 15,
};
// RFC 4443 §3, §4
const TYPES6: Readonly<Record<string, number>> = {
  unreachable: 1,
  packet_too_big: 2,
  time_exceeded: 3,
  parameter_problem: 4,
  echo_request: 128,
  echo_reply: 129,
};
const CODES6: Readonly<Record<string, number>> = {
  no_route: 0,
  admin_prohibited: 1,
  not_neighbour: 2,
  address_unreachable: 3,
  port_unreachable: 4,
  exceeded_hop_limit: 0,
  exceeded_frag_time: 1,
  header_field: 0,
  unknown_next_header: 1,
  unknown_option: 2,
};
