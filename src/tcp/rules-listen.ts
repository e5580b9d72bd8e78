/** The rules a listener follows, each with its source, in the order in which they are checked. */
import type { Rule, ValueKind } from './why.ts';

// A SYN that matches no entry: RFC 9293 §3.10.7.2, then the admission rules of tcp_conn_request in Linux's order.
export const LISTEN_SYN: Rule = rule(
  'listen-syn',
  'RFC 9293 §3.10.7.2 third',
  'SYN: IRS = {0}, RCV.NXT = {1}',
  'remote',
  'remote',
);
export const LISTEN_SYN_FIN: Rule = rule(
  'listen-syn-fin',
  'Linux tcp_rcv_state_process',
  'SYN with FIN: drop the segment',
);
export const COOKIES_ALWAYS: Rule = rule(
  'cookies-always',
  'Linux tcp_conn_request, tcp_syncookies = 2',
  'cookies for each SYN: no entry is made',
);
export const SYN_QUEUE_ROOM: Rule = rule(
  'syn-queue-room',
  'Linux tcp_conn_request, inet_csk_reqsk_queue_is_full',
  'room in the SYN queue: {0} half-open < {1} (backlog {2})',
  'n',
  'n',
  'n',
);
export const ACCEPT_QUEUE_ROOM: Rule = rule(
  'accept-queue-room',
  'Linux tcp_conn_request, sk_acceptq_is_full',
  'room in the accept queue: {0} waiting < {1} (backlog {2})',
  'n',
  'n',
  'n',
);
export const RESERVE_UNTOUCHED: Rule = rule(
  'reserve-untouched',
  'Linux tcp_conn_request, tcp_max_syn_backlog',
  'the last quarter is for known peers: {0} - {1} half-open >= {2}',
  'n',
  'n',
  'n',
);
export const PEER_PROVEN: Rule = rule(
  'peer-proven',
  'Linux tcp_peer_is_proven',
  'the host has closed a connection in order before: the last quarter is open to it',
);
export const SYN_DROPPED: Rule = rule(
  'syn-dropped',
  'Linux tcp_conn_request',
  'drop the SYN silently; the client will try again',
);
export const SYN_RESET: Rule = rule('syn-reset', 'listen policy', 'refuse the SYN with RST/ACK');
export const EVICTED: Rule = rule('evicted', 'RFC 4987 §3.4', 'give up an older entry (ISS {0}) to make room', 'n');
export const QUEUED: Rule = rule(
  'queued',
  'RFC 9293 §3.10.7.2 third',
  'keep a half-open entry, choose ISS = {0}, send SYN/ACK; {1} half-open now',
  'local',
  'n',
);
export const SYNACK_TIMER: Rule = rule('synack-timer', 'RFC 6298 §5.1, §5.5', 'SYN/ACK timer armed for {0}', 'ns');
export const COOKIE_SENT: Rule = rule(
  'cookie-sent',
  'RFC 4987 §3.6, Linux cookie_v4_init_sequence',
  'keep nothing: the ISS {0} of the SYN/ACK is a cookie for MSS {1}',
  'local',
  'n',
);

// A segment for a half-open entry: SYN-RECEIVED, RFC 9293 §3.10.7.4.
export const SYN_AGAIN: Rule = rule(
  'syn-again',
  'Linux tcp_check_req',
  'the same SYN again: SEG.SEQ {0} = IRS {1}',
  'remote',
  'remote',
);
export const ANSWER_LIMITED: Rule = rule(
  'answer-limited',
  'RFC 5961 §7, Linux tcp_oow_rate_limited',
  'answer withheld: the last one was {0} ago, less than {1}',
  'ns',
  'ns',
);
export const SYNACK_AGAIN: Rule = rule(
  'syn-ack-again',
  'Linux tcp_check_req',
  'send the same SYN/ACK again, ISS {0}',
  'local',
);
export const HALF_SEQ: Rule = rule(
  'half-seq',
  'RFC 9293 §3.10.7.4 first',
  'RCV.NXT {0} <= SEG.SEQ {1} < RCV.NXT + RCV.WND {2}',
  'remote',
  'remote',
  'remote',
);
export const HALF_RST_OUTSIDE: Rule = rule(
  'half-rst-outside',
  'RFC 9293 §3.10.7.4 first',
  'RST outside the window: drop it silently',
);
export const HALF_ACK: Rule = rule(
  'half-ack',
  'RFC 9293 §3.10.7.4 first',
  'not acceptable: answer ACK {0}, drop the segment',
  'remote',
);
export const HALF_PAWS: Rule = rule('half-paws', 'RFC 7323 §5.3 R1', 'SEG.TSval {0} >= TS.Recent {1}', 'ts', 'ts');
export const HALF_TSECR: Rule = rule(
  'half-tsecr',
  'Linux tcp_check_req, TSEcrRejected',
  'first TSval {0} <= SEG.TSecr {1} <= last TSval {2}',
  'ts',
  'ts',
  'ts',
);
export const HALF_RST: Rule = rule(
  'half-rst',
  'RFC 9293 §3.10.7.4 second',
  'RST with SEG.SEQ {0} = RCV.NXT {1}: the entry is removed',
  'remote',
  'remote',
);
export const HALF_CHALLENGE: Rule = rule(
  'half-challenge',
  'RFC 5961 §3.2',
  'RST in the window but not at RCV.NXT: send a challenge ACK {0}',
  'remote',
);
export const HALF_RST_WINDOW: Rule = rule(
  'half-rst-window',
  'RFC 793 p. 70, Linux tcp_check_req before 2026',
  'RST in the window: the entry is removed',
);
export const HALF_RST_BAD_ACK: Rule = rule(
  'half-rst-bad-ack',
  'Linux tcp_check_req before 2026',
  'RST with ACK {0}, not of our SYN: drop the segment',
  'local',
);
export const HALF_SYN_LISTEN: Rule = rule(
  'half-syn-listen',
  'RFC 9293 §3.10.7.4 fourth',
  'SYN in the window after a passive OPEN: back to LISTEN, the entry is removed',
);
export const HALF_SYN_RESET: Rule = rule(
  'half-syn-reset',
  'Linux tcp_check_req',
  'SYN in the window: send RST/ACK, the entry is removed',
);
export const HALF_SYN_CHALLENGE: Rule = rule(
  'half-syn-challenge',
  'RFC 5961 §4.2',
  'SYN in the window: send a challenge ACK {0}, the entry stays',
  'remote',
);
export const HALF_NO_ACK: Rule = rule('half-no-ack', 'RFC 9293 §3.10.7.4 fifth', 'no ACK flag: drop the segment');
export const HALF_ACKED: Rule = rule(
  'half-acked',
  'RFC 9293 §3.10.7.4 fifth',
  'SND.UNA {0} < SEG.ACK {1} <= SND.NXT {2}',
  'local',
  'local',
  'local',
);
export const HALF_BAD_ACK: Rule = rule(
  'half-bad-ack',
  'RFC 9293 §3.10.7.4 fifth',
  'our SYN is not what it acknowledges: send RST with SEQ = SEG.ACK {0}; the entry stays',
  'local',
);
export const ACK_DROPPED: Rule = rule(
  'ack-dropped',
  'Linux tcp_v4_syn_recv_sock, inet_csk_complete_hashdance',
  'no room for the connection: drop the segment; the client believes it is connected',
);
export const ACK_ABORTED: Rule = rule(
  'ack-aborted',
  'Linux tcp_check_req, tcp_abort_on_overflow',
  'no room for the connection: send RST, the entry is removed',
);
export const PROMOTED: Rule = rule(
  'promoted',
  'RFC 9293 §3.10.7.4 fifth',
  'the handshake is complete: {0} waiting for accept()',
  'n',
);

// An ACK that matches no entry, where cookies are in use.
export const COOKIE_RECENT: Rule = rule(
  'cookie-recent',
  'Linux cookie_v4_check, tcp_synq_no_recent_overflow',
  'a cookie was sent {0} ago, at most {1}',
  'ns',
  'ns',
);
export const COOKIE_VALID: Rule = rule(
  'cookie-valid',
  'RFC 4987 §3.6, Linux __cookie_v4_check',
  'SEG.ACK - 1 = {0} is a cookie of this or the last minute',
  'local',
);
export const COOKIE_REDEEMED: Rule = rule(
  'cookie-redeemed',
  'Linux cookie_v4_check',
  'state rebuilt from the cookie: MSS {0}, window scale {1}, SACK {2}',
  'n',
  'n',
  'n',
);

// The SYN/ACK timer.
export const SYNACK_EXPIRED: Rule = rule(
  'syn-ack-expired',
  'Linux tcp_synack_retries',
  'SYN/ACK timer: {0} retransmissions so far < {1} allowed',
  'n',
  'n',
);
export const PRUNE_CROWDED: Rule = rule(
  'prune-crowded',
  'Linux reqsk_timer_handler',
  'more than half full: 2 × {0} half-open > {1}',
  'n',
  'n',
);
export const PRUNE_LIMIT: Rule = rule(
  'prune-limit',
  'Linux reqsk_timer_handler',
  'only {0} of {1} entries have not timed out yet: {2} retransmissions allowed for now',
  'n',
  'n',
  'n',
);
export const HALF_REMOVED: Rule = rule(
  'half-removed',
  'RFC 9293 §3.8.3, Linux reqsk_timer_handler',
  'give up: the entry is removed and nothing is sent',
);
export const LISTEN_CLOSED: Rule = rule(
  'listen-closed',
  'RFC 9293 §3.10.4',
  'CLOSE in LISTEN: {0} half-open entries are forgotten',
  'n',
);

function rule(id: string, ref: string, text: string, ...values: ValueKind[]): Rule {
  return { id, ref, text, values };
}
