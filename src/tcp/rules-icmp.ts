/** The rules for ICMP errors, each with its source. */
import type { Rule, ValueKind } from './why.ts';

export const ICMP_SEQ: Rule = rule(
  'icmp-seq',
  'RFC 5927 §4.1, Linux tcp_v4_err',
  'the ICMP error is about a segment under way: SND.UNA {0} <= quoted SEQ {1} <= SND.NXT {2}',
  'local',
  'local',
  'local',
);
export const ICMP_QUENCH: Rule = rule(
  'icmp-quench',
  'RFC 9293 MUST-55',
  'Source Quench, Redirect or unknown: discard in silence',
);
export const ICMP_STRAY: Rule = rule(
  'icmp-stray',
  'RFC 9293 MUST-54',
  'the ICMP error belongs to a connection of this host',
);
export const ICMP_HARD: Rule = rule(
  'icmp-hard',
  'RFC 9293 §3.9.2.2, MUST-56, SHLD-26',
  'a hard error ends the connection; a soft one is only reported',
);
export const ICMP_OPENING: Rule = rule(
  'icmp-opening',
  'Linux tcp_v4_err, RFC 5461 §4.1',
  'any error ends a connection that is being opened; later it is only reported',
);
export const ICMP_HALF_LINUX: Rule = rule(
  'icmp-half-open',
  'Linux tcp_v4_err, tcp_req_err',
  'the peer cannot be reached: the half-open entry is removed',
);
export const PATH_MTU: Rule = rule(
  'path-mtu',
  'RFC 1191 §6.4, RFC 8201 §4',
  'the path carries {0} bytes, at least {1}: segments of {2} from now on',
  'n',
  'n',
  'n',
);
export const PATH_MTU_EARLY: Rule = rule(
  'path-mtu-early',
  'Linux tcp_v6_mtu_reduced',
  'the path carries {0} bytes: no news while 536 is the MSS, before the SYN/ACK',
  'n',
);
export const BACKOFF_REVERTED: Rule = rule(
  'backoff-reverted',
  'RFC 6069 §4',
  'what was sent again met a broken path, not a full one: the timeout is {0} again',
  'ns',
);

function rule(id: string, ref: string, text: string, ...values: ValueKind[]): Rule {
  return { id, ref, text, values };
}
