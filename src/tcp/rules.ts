/** The rules a connection follows, each with its source, in the order in which RFC 9293 §3.10.7 checks them. */
import type { Rule, ValueKind } from './why.ts';

export const SIGNED: Rule = rule(
  'signed',
  'Linux tcp_inbound_hash',
  'signed, and no key was agreed with this peer: drop the segment',
);
export const REORDERING_OVER: Rule = rule(
  'reordering-over',
  'RFC 8985 §6.2',
  'a later segment arrived a reordering window ago: {0} counts as lost',
  'local',
);
export const PROBE_DUE: Rule = rule(
  'probe-due',
  'RFC 8985 §7.3',
  'no ACK for two round trips: send a tail loss probe, {0} to {1} unacknowledged',
  'local',
  'local',
);
export const ECN_AGREED: Rule = rule('ecn-agreed', 'RFC 3168 §6.1.1', 'ECE without CWR: both use ECN');
export const ECN_MARKED: Rule = rule(
  'ecn-marked',
  'RFC 3168 §6.1.3',
  'a router marked the packet with text at {0}: echo that until CWR comes',
  'remote',
);
export const ECN_ECHOED: Rule = rule(
  'ecn-echoed',
  'RFC 3168 §6.1.2',
  'ECE: a router marked our packets; ssthresh = cwnd = {0}',
  'n',
);
export const PROBE_LOSS: Rule = rule(
  'probe-loss',
  'RFC 8985 §7.4',
  'the probe repaired a loss: ssthresh = cwnd = {0}',
  'n',
);

function rule(id: string, ref: string, text: string, ...values: ValueKind[]): Rule {
  return { id, ref, text, values };
}

// Opening, RFC 9293 §3.10.1 and §3.10.7.3
export const OPEN_ACTIVE: Rule = rule(
  'open-active',
  'RFC 9293 §3.10.1',
  'active OPEN: choose ISS = {0}, send SYN',
  'local',
);
export const SYN_SENT_ACK: Rule = rule(
  'syn-sent-ack',
  'RFC 9293 §3.10.7.3',
  'ISS {0} < SEG.ACK {1} <= SND.NXT {2}',
  'local',
  'local',
  'local',
);
export const SYN_SENT_TSECR: Rule = rule(
  'syn-sent-tsecr',
  'Linux tcp_rcv_synsent_state_process, PAWSActiveRejected',
  'our first TSval {0} <= SEG.TSecr {1} <= our clock {2}',
  'ts',
  'ts',
  'ts',
);
export const SYN_SENT_RST: Rule = rule(
  'syn-sent-rst',
  'RFC 9293 §3.10.7.3',
  'RST with an acceptable ACK: connection refused',
);
export const SYN_SENT_RST_BLIND: Rule = rule(
  'syn-sent-rst-blind',
  'RFC 9293 §3.10.7.3',
  'RST without an ACK proves nothing: drop it',
);
export const SYN_SENT_SYN: Rule = rule(
  'syn-sent-syn',
  'RFC 9293 §3.10.7.3',
  'SYN set: IRS = {0}, RCV.NXT = {1}',
  'remote',
  'remote',
);
export const SYN_SENT_NEITHER: Rule = rule(
  'syn-sent-neither',
  'RFC 9293 §3.10.7.3',
  'neither SYN nor RST: drop the segment',
);
export const OUR_SYN_ACKED: Rule = rule(
  'our-syn-acked',
  'RFC 9293 §3.10.7.3',
  'our SYN is acknowledged: SND.UNA {0} > ISS {1}',
  'local',
  'local',
);
export const SIMULTANEOUS: Rule = rule(
  'simultaneous-open',
  'RFC 9293 §3.5 figure 7',
  'SYN without ACK: both sides opened at once; answer SYN/ACK',
);
export const SIMULTANEOUS_SYNACK: Rule = rule(
  'simultaneous-syn-ack',
  'RFC 9293 §3.5 figure 7',
  "the peer's SYN {0} again, now with an ACK: its SYN is old, its ACK counts",
  'remote',
);

// First check: sequence number
export const SEQ_ACCEPTABLE: Rule = rule(
  'seq-acceptable',
  'RFC 9293 §3.10.7.4 first',
  'RCV.NXT {0} <= SEG.SEQ {1} < RCV.NXT + RCV.WND {2}',
  'remote',
  'remote',
  'remote',
);
export const PAWS: Rule = rule('paws', 'RFC 7323 §5.3 R1', 'SEG.TSval {0} >= TS.Recent {1}', 'ts', 'ts');
export const TS_MISSING: Rule = rule(
  'ts-missing',
  'RFC 7323 §3.2',
  'timestamps were agreed and this segment has none: drop it',
);
export const DUP_ACKED: Rule = rule(
  'unacceptable-acked',
  'RFC 9293 §3.10.7.4 first',
  'not acceptable: answer ACK {0}, drop the segment',
  'remote',
);

// Second: RST (RFC 5961 §3)
export const RST_EXACT: Rule = rule(
  'rst-exact',
  'RFC 9293 §3.10.7.4 second',
  'RST with SEG.SEQ {0} = RCV.NXT {1}',
  'remote',
  'remote',
);
export const RST_OUTSIDE: Rule = rule(
  'rst-outside',
  'RFC 9293 §3.10.7.4 second',
  'RST outside the window: drop it silently',
);
export const CHALLENGE_RST: Rule = rule(
  'challenge-rst',
  'RFC 5961 §3.2',
  'RST in the window but not at RCV.NXT: send a challenge ACK',
);

// Fourth: SYN (RFC 5961 §4)
export const CHALLENGE_SYN: Rule = rule(
  'challenge-syn',
  'RFC 5961 §4.2',
  'SYN in a synchronized state: send a challenge ACK, drop the segment',
);
export const CHALLENGE_LIMITED: Rule = rule(
  'challenge-limited',
  'RFC 5961 §7',
  'challenge ACK withheld: the last one was {0} ago, less than {1}',
  'ns',
  'ns',
);

// Fifth: ACK
export const NO_ACK: Rule = rule('no-ack', 'RFC 9293 §3.10.7.4 fifth', 'no ACK flag: drop the segment');
export const ACK_SYN_RECEIVED: Rule = rule(
  'ack-syn-received',
  'RFC 9293 §3.10.7.4 fifth',
  'SND.UNA {0} < SEG.ACK {1} <= SND.NXT {2}',
  'local',
  'local',
  'local',
);
export const ACK_RANGE: Rule = rule(
  'ack-range',
  'RFC 5961 §5.2',
  'SND.UNA - MAX.SND.WND {0} <= SEG.ACK {1} <= SND.NXT {2}',
  'local',
  'local',
  'local',
);
export const ACK_NEW: Rule = rule(
  'ack-new',
  'RFC 9293 §3.10.7.4 fifth',
  'SND.UNA {0} < SEG.ACK {1} <= SND.NXT {2}: acknowledges something new',
  'local',
  'local',
  'local',
);
export const WINDOW_UPDATE: Rule = rule('window-update', 'RFC 9293 §3.10.7.4 fifth', 'SND.WND becomes {0}', 'n');
export const FIN_ACKED: Rule = rule('fin-acked', 'RFC 9293 §3.10.7.4 fifth', 'our FIN is acknowledged');
export const RST_FOR_BAD_ACK: Rule = rule(
  'rst-for-bad-ack',
  'RFC 9293 §3.10.7',
  'send RST with SEQ = SEG.ACK {0}',
  'local',
);

// Sixth: URG
export const URGENT_AHEAD: Rule = rule(
  'urgent-ahead',
  'RFC 9293 §3.10.7.4 sixth, MUST-32',
  'urgent data up to {0}, beyond {1}: tell the application',
  'remote',
  'remote',
);
export const URGENT_OLD: Rule = rule(
  'urgent-old',
  'RFC 9293 §3.10.7.4 sixth',
  'the urgent pointer {0} is not beyond {1}: nothing new',
  'remote',
  'remote',
);

// Seventh and eighth: text and FIN
export const TEXT: Rule = rule(
  'text',
  'RFC 9293 §3.10.7.4 seventh',
  '{0} bytes in order: RCV.NXT = {1}',
  'n',
  'remote',
);
export const TEXT_AHEAD: Rule = rule(
  'text-ahead',
  'RFC 9293 SHLD-31',
  '{0} bytes beyond a gap at RCV.NXT {1}: hold them, acknowledge at once',
  'n',
  'remote',
);
export const FIN_TAKEN: Rule = rule('fin-taken', 'RFC 9293 §3.10.7.4 eighth', 'FIN in order: RCV.NXT = {0}', 'remote');

export const TEXT_UNWANTED: Rule = rule(
  'text-unwanted',
  'RFC 9293 §3.6.1 SHLD-3, Linux TCPAbortOnData',
  '{0} new bytes after the application closed both directions: send RST, nobody will read them',
  'n',
);
export const UNREAD_AT_CLOSE: Rule = rule(
  'unread-at-close',
  'RFC 9293 §3.6.1 SHLD-3, RFC 2525 §2.17',
  'closed with {0} bytes unread: send RST, they are lost',
  'n',
);

// Timers
export const RTO_EXPIRED: Rule = rule(
  'rto-expired',
  'RFC 6298 §5.4-5.6',
  'retransmission timer ran out: send {0} again, next wait {1}',
  'local',
  'ns',
);
export const RTO_AFTER_SYN: Rule = rule(
  'rto-after-syn',
  'RFC 6298 §5.7',
  'the SYN timer had expired: data starts with an RTO of {0}',
  'ns',
);
export const GAVE_UP: Rule = rule(
  'gave-up',
  'RFC 9293 §3.8.3 R2',
  'retransmissions without an answer: {0} of {1} allowed; give up',
  'n',
  'n',
);
export const R1_REACHED: Rule = rule(
  'r1-reached',
  'RFC 9293 §3.8.3 R1, SHLD-9',
  'retransmissions without an answer: {0} >= R1 {1}; tell the application',
  'n',
  'n',
);
export const PROBE: Rule = rule(
  'zero-window-probe',
  'RFC 9293 §3.8.6.1',
  'window closed: probe with one byte, next wait {0}',
  'ns',
);
export const QUEUE_FULL: Rule = rule(
  'queue-full',
  'Linux tcp_send_probe0',
  'the queue below takes nothing: try again in {0}',
  'ns',
);
export const OVERRIDE: Rule = rule(
  'silly-window-override',
  'RFC 9293 §3.8.6.2.1',
  'waited long enough for a window worth filling: send what fits into {0}',
  'n',
);
export const DELAYED_ACK: Rule = rule(
  'delayed-ack',
  'RFC 9293 §3.8.6.3',
  'nothing to piggyback on: send the delayed ACK {0}',
  'remote',
);
export const TIME_WAIT_OVER: Rule = rule('time-wait-over', 'RFC 9293 §3.10.8', '2 MSL have passed: delete the TCB');
export const FIN_WAIT_2_OVER: Rule = rule(
  'fin-wait-2-over',
  'Linux tcp_fin_timeout',
  'no FIN from the peer for {0}, and nobody waits for it: delete the TCB',
  'ns',
);
export const USER_TIMEOUT: Rule = rule('user-timeout', 'RFC 9293 §3.10.8', 'user timeout of {0} passed: abort', 'ns');
export const KEEP_ALIVE: Rule = rule('keep-alive', 'RFC 9293 §3.8.4', 'idle: probe {0} of {1}', 'n', 'n');
export const FAST_RETRANSMIT: Rule = rule(
  'fast-retransmit',
  'RFC 5681 §3.2, RFC 6582',
  'third duplicate ACK: send {0} again; ssthresh = {1}',
  'local',
  'n',
);
export const PARTIAL_ACK: Rule = rule(
  'partial-ack',
  'RFC 6582 §3.2',
  'SEG.ACK {0} < recover {1}: the next hole is lost too',
  'local',
  'local',
);

// The stack, §3.10.7.1 and §3.10.7.2
export const SOURCE_INVALID: Rule = rule(
  'source-invalid',
  'RFC 9293 §3.9.2.3 MUST-63, RFC 1122 §3.2.1.3',
  'no host has the source address: discard in silence',
);
export const CLOSED_RST_IN: Rule = rule('closed-rst', 'RFC 9293 §3.10.7.1', 'RST to a closed port: discard');
export const CLOSED_NO_ACK: Rule = rule(
  'closed-no-ack',
  'RFC 9293 §3.10.7.1',
  'no such connection, ACK off: answer RST with SEQ = 0, ACK = SEG.SEQ + SEG.LEN {0}',
  'remote',
);
export const CLOSED_ACK: Rule = rule(
  'closed-ack',
  'RFC 9293 §3.10.7.1',
  'no such connection, ACK on: answer RST with SEQ = SEG.ACK {0}',
  'local',
);
export const LISTEN_RST: Rule = rule('listen-rst', 'RFC 9293 §3.10.7.2 first', 'RST in LISTEN: ignore');
export const LISTEN_ACK: Rule = rule(
  'listen-ack',
  'RFC 9293 §3.10.7.2 second',
  'ACK in LISTEN is bad: answer RST with SEQ = SEG.ACK {0}',
  'local',
);
export const LISTEN_OTHER: Rule = rule(
  'listen-other',
  'RFC 9293 §3.10.7.2 fourth',
  'neither RST, ACK nor SYN: drop the segment',
);
export const TIME_WAIT_REOPEN: Rule = rule(
  'time-wait-reopen',
  'RFC 6191 §2',
  'a new SYN {0} beyond RCV.NXT {1} ends TIME-WAIT early',
  'remote',
  'remote',
);
