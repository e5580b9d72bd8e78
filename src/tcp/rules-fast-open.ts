/** The rules of Fast Open, each with its source: first the server's in the order of tcp_try_fastopen, then the client's. */
import type { Rule, ValueKind } from './why.ts';

// A SYN that carries the option, or data.
export const FO_ASKED: Rule = rule(
  'fast-open-asked',
  'RFC 7413 §4.2.1',
  'an empty Fast Open option: the client asks for a cookie',
);
export const FO_ROOM: Rule = rule(
  'fast-open-room',
  'RFC 7413 §5.1, Linux tcp_fastopen_queue_check',
  'room for one more Fast Open: {0} pending < {1}',
  'n',
  'n',
);
export const FO_RESET_OVER: Rule = rule(
  'fast-open-reset-over',
  'Linux tcp_fastopen_queue_check',
  'a Fast Open that was reset more than {0} ago no longer counts',
  'ns',
);
export const FO_NO_COOKIE_NEEDED: Rule = rule(
  'fast-open-no-cookie-needed',
  'RFC 7413 §7.3, Linux tcp_fastopen 0x200',
  'this listener takes data from anybody, without a cookie',
);
export const FO_COOKIE_VALID: Rule = rule(
  'fast-open-cookie-valid',
  'RFC 7413 §4.1.2',
  "the cookie is ours for this client's address",
);
export const FO_OLD_KEY: Rule = rule(
  'fast-open-old-key',
  'RFC 7413 §4.1.2, Linux tcp_fastopen_cookie_gen_check',
  'the cookie was made with the key that is being phased out: it still counts, and a new one goes along',
);
export const FO_COOKIE_SENT: Rule = rule(
  'fast-open-cookie-sent',
  'RFC 7413 §4.1.2',
  'the SYN/ACK carries a cookie of {0} bytes for next time',
  'n',
);
export const FO_TAKEN: Rule = rule(
  'fast-open-taken',
  'RFC 7413 §4.2.2',
  'take {0} bytes with the SYN: RCV.NXT = {1}; the application has them at once; {2} pending now',
  'n',
  'remote',
  'n',
);
export const FO_COMPLETE: Rule = rule(
  'fast-open-complete',
  'RFC 7413 §4.2.2',
  'the SYN/ACK is acknowledged: this Fast Open is no longer pending',
);
export const FO_RESET_COUNTS: Rule = rule(
  'fast-open-reset-counts',
  'RFC 7413 §5.1, Linux reqsk_fastopen_remove',
  'the client says it opened nothing: the address may be forged, so this counts as pending for {0} more',
  'ns',
);
export const FO_SYN_REFUSED: Rule = rule(
  'fast-open-syn-refused',
  'Linux tcp_check_req',
  'another SYN in the window: send RST/ACK, the connection stays',
);

// Opening with data.
export const FO_PAUSED: Rule = rule(
  'fast-open-paused',
  'Linux tcp_fastopen_active_should_disable',
  'Fast Open was seen to fail {0} ago: an ordinary SYN until {1} have passed',
  'ns',
  'ns',
);
export const FO_ASK: Rule = rule(
  'fast-open-ask',
  'RFC 7413 §4.2.1',
  'no cookie of this server is known: ask for one by option kind {0}; the data waits',
  'n',
);
export const FO_DATA: Rule = rule(
  'fast-open-data',
  'RFC 7413 §4.2.2',
  'a cookie of {0} bytes is known: {1} bytes ride on the SYN, {2} could',
  'n',
  'n',
  'n',
);
export const FO_DATA_FREE: Rule = rule(
  'fast-open-data-free',
  'RFC 7413 §7.3, Linux tcp_fastopen 0x4',
  'no cookie is needed: {0} bytes ride on the SYN, {1} could',
  'n',
  'n',
);
export const FO_PLAIN_SYN: Rule = rule(
  'fast-open-plain-syn',
  'RFC 7413 §4.1.3.1, Linux tcp_send_syn_data',
  'the SYN goes again without option and data: something on the way may not like them',
);
export const FO_ACKED: Rule = rule(
  'fast-open-acked',
  'RFC 7413 §4.2.2',
  'the SYN/ACK acknowledges all that rode on the SYN: {0} of {1} bytes; the rest goes again',
  'n',
  'n',
);
export const FO_COOKIE_KEPT: Rule = rule(
  'fast-open-cookie-kept',
  'RFC 7413 §4.1.3',
  'keep the cookie of {0} bytes and MSS {1} for the next connection to this server',
  'n',
  'n',
);
export const FO_COOKIE_IGNORED: Rule = rule(
  'fast-open-cookie-ignored',
  'RFC 7413 §4.2.1, Linux tcp_rcv_fastopen_synack',
  'a cookie that nobody asked for: ignore it',
);
export const FO_COOKIE_DENIED: Rule = rule(
  'fast-open-cookie-denied',
  'RFC 7413 §4.1.3.1, Linux tcp_rcv_fastopen_synack',
  'asked by kind {0} and got no cookie: next time by kind {1}',
  'n',
  'n',
);
export const FO_SYN_LOST: Rule = rule(
  'fast-open-syn-lost',
  'RFC 7413 §4.1.3.1, Linux tcp_rcv_fastopen_synack',
  'only the plain SYN was answered: SYNs with data lost in a row: {0}',
  'n',
);
export const FO_BLACKHOLE: Rule = rule(
  'fast-open-blackhole',
  'RFC 7413 §7.1, Linux tcp_fastopen_active_disable',
  'Fast Open connections vanish on the way: no more of them for {0}',
  'ns',
);

function rule(id: string, ref: string, text: string, ...values: ValueKind[]): Rule {
  return { id, ref, text, values };
}
