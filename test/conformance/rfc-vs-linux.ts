/** Where an RFC says one thing and Linux 6.18 does another: which of the two each profile follows, and what shows it. */
import type { Habits } from '../../src/tcp/habits.ts';

export interface Difference {
  readonly rule: string;
  readonly rfc: string;
  readonly linux: string;
  readonly rfc9293: 'RFC' | 'Linux';
  readonly linux6: 'RFC' | 'Linux';
  /** What switches it: a habit, a field of `TcpConfig` or `ListenOptions`; '' = both profiles do the same. */
  readonly setting: keyof Habits | `config.${string}` | `listen.${string}` | '';
  /** Tests and scripts, relative to the root. */
  readonly shownBy: readonly string[];
}

type Row = readonly [rule: string, rfc: string, linux: string, setting: Difference['setting'], ...shownBy: string[]];

/** Each profile its own way. */
const APART: readonly Row[] = [
  // Opening
  [
    'A new SYN in the window of a half-open entry',
    'RFC 9293 §3.10.7.4 fourth: back to LISTEN',
    'RST/ACK, the entry is removed (tcp_check_req)',
    'listen.synInWindow',
    script('syn-received/syn-in-window-removes-entry'),
    'src/tcp/listener.test.ts',
  ],
  [
    'A new SYN in the window of a Fast Open not yet confirmed',
    'RFC 5961 §4.2: challenge ACK',
    'RST/ACK, the connection stays (tcp_check_req)',
    'listen.synInWindow',
    'src/tcp/fast-open-server.test.ts',
  ],
  [
    'SYN with FIN to LISTEN',
    'RFC 9293 §3.10.7.2 third: the SYN counts',
    'dropped (tcp_rcv_state_process)',
    'listen.dropSynFin',
    script('listen/syn-fin-is-dropped'),
    'src/tcp/listener.test.ts',
  ],
  [
    'Half-open entries while the SYN queue is more than half full',
    'RFC 9293 §3.8.3: each is given all its retransmissions',
    'old ones are given up after two (reqsk_timer_handler)',
    'listen.pruneWhenHalfFull',
    'src/tcp/linux-listener.test.ts',
  ],
  [
    'Text on a SYN/ACK without Fast Open',
    'RFC 9293 §3.10.7.3 fourth: kept and acknowledged',
    'not kept; the peer sends it again (tcp_rcv_synsent_state_process)',
    'synAckTextDropped',
    script('handshake/synack-data-dropped-by-client'),
    script('syn-sent/synack-with-fin'),
  ],
  [
    'A wrong ACK in SYN-SENT',
    'RFC 9293 §3.10.7.3 first: RST, and the SYN waits for its timer',
    'RST, and the SYN goes again after two ticks, once (tcp_rcv_synsent_state_process)',
    'synAgainAfterWrongAck',
    script('syn-sent/synack-with-wrong-ack-is-reset'),
    script('syn-sent/reset-with-wrong-ack-ignored'),
  ],
  [
    'Options of the SYN/ACK in a simultaneous open',
    'RFC 7323 §2.2, §3.2: those that both SYNs offered',
    'all that the own SYN offered (tcp_send_synack)',
    'synAckRepeatsOffer',
    script('simultaneous/synack-repeats-own-offer'),
  ],
  [
    'RST in the SYN-RECEIVED of a simultaneous open',
    'RFC 9293 §3.10.7.4 second: "connection refused"',
    'ECONNRESET (tcp_reset)',
    'crossingIsReset',
    script('simultaneous/reset-is-connection-refused-or-reset'),
  ],
  [
    'SYN/ACK with a wrong ACK number to a half-open entry',
    'RFC 9293 §3.10.7.4 first: outside the window, an ACK',
    'RST (tcp_check_req looks at the ACK number first)',
    'wrongAckFirst',
    script('syn-received/synack-with-wrong-ack-is-reset'),
  ],
  [
    'Giving up after unanswered keep-alives',
    'RFC 9293 §3.8.4 says nothing of a RST',
    'the peer is reset (tcp_keepalive_timer)',
    'keepAliveResets',
    script('keep-alive/unanswered-ends-connection'),
  ],
  [
    'The user timeout while the window is closed',
    'RFC 9293 §3.8.3: from when the text was handed over',
    'from the first probe (tcp_probe_timer)',
    'userTimeoutFromProbe',
    script('zero-window/user-timeout-from-first-probe'),
  ],
  [
    'Waits between the first SYNs',
    'RFC 6298 §5.5: doubled from the first on',
    'four times 1 s, then doubled (tcp_syn_linear_timeouts)',
    'config.synLinearTimeouts',
    script('syn-retransmission/linear-then-doubling'),
    'test/conformance/retransmission.test.ts',
  ],
  [
    'How long a SYN is sent again',
    'RFC 9293 MUST-23: 3 minutes at least',
    '131 s (tcp_syn_retries 6)',
    'config.synRetries',
    'test/conformance/retransmission.test.ts',
  ],
  [
    'A single lost SYN or SYN/ACK',
    'RFC 5681 §3.1: the initial window is one segment',
    'forgiven once (tcp_init_transfer)',
    'firstSynLossForgiven',
    script('rto/first-rto-three-seconds-after-lost-synack'),
  ],
  // Receiving
  [
    'A segment without timestamps although they were agreed',
    'RFC 7323 §3.2: dropped in silence',
    'taken (saw_tstamp)',
    'untimedAccepted',
    script('paws/missing-timestamp-accepted'),
    'test/conformance/timestamps.test.ts',
  ],
  [
    'A bare ACK a little older than TS.Recent',
    'RFC 7323 §5.3 R1: answered by an ACK',
    'dropped without an answer (tcp_disordered_ack_check)',
    'disorderedAckIgnored',
    script('paws/reordered-bare-ack-tolerated'),
  ],
  [
    'The edges of the receive window',
    'RFC 9293 table 6: RCV.NXT + RCV.WND is outside, and so is text that ends at RCV.NXT',
    'both edges count as inside (tcp_sequence)',
    'edgesAcceptable',
    script('reassembly/old-data-with-new-ack'),
    script('syn-received/reset-at-window-end-is-challenged'),
  ],
  [
    'The window offered',
    'RFC 7323 §2.3: all that is free, shifted right',
    'whole segments, and rounded up to a unit of the scale (tcp_select_initial_window)',
    'wholeSegmentWindow',
    script('window-scale/own-window-scaled-after-syn'),
    script('zero-window/receiver-closes-and-reopens'),
  ],
  [
    'A smaller window with no news in sequence and ACK number',
    'RFC 9293 §3.10.7.4 fifth: taken',
    'taken for an overtaken ACK’s and ignored (tcp_may_update_window)',
    'staleWindowIgnored',
    script('zero-window/same-ack-smaller-window'),
  ],
  [
    'Segments with an MD5 signature nobody asked for',
    'RFC 9293 MUST-6: an unknown option is skipped',
    'the segment is dropped (tcp_inbound_hash)',
    'signedDropped',
    script('options/syn-with-unexpected-md5-dropped'),
  ],
  [
    'The first acknowledgments',
    'RFC 9293 SHLD-18, SHLD-19: delayed, every second segment at once',
    'sixteen at once, and none delayed until the application answers (quick ACKs, ping-pong mode)',
    'config.quickAcks',
    script('delayed-ack/first-segments-acknowledged-at-once'),
    script('delayed-ack/after-a-reply-40-ms'),
  ],
  [
    'RST with the number of the FIN before it',
    'RFC 5961 §3.2: not RCV.NXT, hence challenged or dropped',
    'resets (tcp_reset_check)',
    'resetAtFin',
    script('reset-synchronized/close-wait-rst-at-fin-number-obeyed'),
  ],
  // Sending
  [
    'Nagle’s algorithm',
    'RFC 9293 §3.7.4: a small segment waits behind any unacknowledged data',
    'only behind another small one (tcp_minshall_check)',
    'smallBehindSmall',
    script('nagle/tail-behind-full-segment-goes'),
    'test/conformance/sending.test.ts',
  ],
  [
    'Zero-window probes',
    'RFC 9293 §3.8.6.1: one octet of new data',
    'no data, and a number below SND.UNA (tcp_xmit_probe_skb)',
    'emptyProbes',
    script('zero-window/probe-schedule'),
    'test/conformance/window.test.ts',
  ],
  [
    'Least retransmission timeout',
    'RFC 6298 §2.4: 1 s',
    '200 ms',
    'config.minRto',
    script('rto/backoff-doubles'),
    'test/conformance/retransmission.test.ts',
  ],
  [
    'What that least applies to',
    'RFC 6298 §2.4: the timeout',
    'its variance term (tcp_rtt_estimator)',
    'config.rtoFloor',
    script('rto/includes-round-trip-time'),
    'src/tcp/rto.test.ts',
  ],
  [
    'What tells a loss',
    'RFC 5681 §3.2, RFC 6675: three duplicate ACKs or three segments reported',
    'also a quarter of a round trip after a later segment arrived (RACK, RFC 8985)',
    'config.reorderingTick',
    script('sack/block-reports-segment-beyond-hole'),
    script('fast-retransmit/sack-one-hole'),
  ],
  [
    'The last segments of a flight are lost',
    'RFC 6298: the timer',
    'a probe after two round trips (RFC 8985 §7)',
    'config.tailLossProbe',
    script('fast-retransmit/lost-repetition-waits-for-timer'),
  ],
  [
    'Slow start',
    'RFC 5681 §3.1: at most one segment for each ACK',
    'all that it acknowledged (RFC 3465 without its limit)',
    'config.slowStartLimit',
    script('congestion/slow-start-adds-what-is-acknowledged'),
    'test/conformance/retransmission.test.ts',
  ],
  [
    'cwnd after NewReno recovery',
    'RFC 6582 §3.2 option 1: no more than is in flight, plus a segment',
    'ssthresh (option 2; tcp_end_cwnd_reduction)',
    'recoveryEndsAtThreshold',
    script('fast-retransmit/newreno-partial-ack'),
  ],
  [
    'Duplicate segments',
    'RFC 9293 §3.10.7.4 first: acknowledged (RFC 2883 is optional)',
    'also reported by a SACK block (tcp_dsack)',
    'config.dsack',
    script('sack/duplicate-reported-as-dsack'),
  ],
  // ICMP
  [
    'Soft ICMP errors while a connection is being opened',
    'RFC 9293 MUST-56: end nothing',
    'end it (tcp_v4_err; RFC 5461 §4.1 defends it)',
    'config.icmpAborts',
    script('icmp/syn-sent-host-unreachable-fails-connect'),
    'test/conformance/icmp.test.ts',
  ],
  [
    'Hard ICMP errors in a synchronized state',
    'RFC 9293 SHLD-26: abort',
    'remembered, and told when the connection times out (tcp_v4_err; RFC 5927 §5.2 defends it)',
    'config.icmpAborts',
    script('icmp/hard-error-in-established-is-soft'),
    script('icmp/soft-error-told-when-giving-up'),
    'test/conformance/icmp.test.ts',
  ],
  [
    'ICMP errors for a half-open entry',
    'RFC 9293 SHLD-26: port and protocol unreachable remove it',
    'net and host unreachable, time exceeded and parameter problem do (tcp_req_err)',
    'config.icmpAborts',
    script('icmp/half-open-host-unreachable-removes-entry'),
    script('icmp/half-open-port-unreachable-keeps-entry'),
    'test/conformance/icmp.test.ts',
  ],
  [
    'An unreachable host reported for a retransmission',
    'RFC 6298 §5.5: the backoff stays',
    'takes one doubling back (RFC 6069)',
    'icmpRevertsBackoff',
    script('icmp/error-reverts-backoff'),
    'test/conformance/icmp.test.ts',
  ],
  [
    'Least path MTU believed',
    'RFC 1191 §3: 68',
    '552 (min_pmtu), against forgeries',
    'config.minPathMtu',
    script('icmp/pmtu-never-below-552'),
    'test/conformance/icmp.test.ts',
  ],
  [
    'An ICMPv6 packet too big for a SYN',
    'RFC 8201 §4: the path MTU is taken from it',
    'ignored: it is not less than 536, the MSS of before the SYN/ACK (tcp_v6_mtu_reduced)',
    'earlyTooBigIgnored',
    script('ipv6-opening/packet-too-big-while-connecting-ignored'),
  ],
  // Closing
  [
    'RST of an abort',
    'RFC 9293 §3.10.5: <SEQ=SND.NXT><CTL=RST>',
    'with ACK, window and timestamps (tcp_send_active_reset)',
    'resetAcknowledges',
    script('closing/linger-zero-resets'),
    'test/conformance/close-socket.test.ts',
  ],
  [
    'FIN-WAIT-2 of a connection whose application is gone',
    'RFC 9293 §3.6: no limit',
    'ends after 60 s (tcp_fin_timeout)',
    'config.finWait2',
    script('closing/fin-wait-2-timeout'),
    'test/conformance/close-socket.test.ts',
  ],
  [
    'RST in such a FIN-WAIT-2',
    'RFC 5961 §3.2: challenged unless it is at RCV.NXT',
    'any in the window ends it (tcp_timewait_state_process)',
    'orphanObeysReset',
    script('reset-synchronized/orphaned-fin-wait-2-any-rst-in-window-obeyed'),
  ],
  [
    'RST in TIME-WAIT, in the window but not at RCV.NXT',
    'RFC 5961 §3.2: challenged',
    'dropped without an answer (tcp_timewait_state_process)',
    'timeWaitUnchallenged',
    script('time-wait/inexact-rst-unanswered'),
  ],
  [
    'Data of a connection whose application is gone',
    'RFC 9293 §3.8.3: sent again up to R2',
    'eight times (tcp_orphan_retries)',
    'config.orphanRetries',
    'test/conformance/close-socket.test.ts',
  ],
  [
    'TIME-WAIT',
    'RFC 9293 MUST-13, §3.4.2: 2 MSL, 4 minutes',
    '60 s (TCP_TIMEWAIT_LEN)',
    'config.timeWait',
    'test/conformance/opening.test.ts',
  ],
];

/** Both profiles as the RFC says. */
const BOTH_RFC: readonly Row[] = [
  [
    'R1 retransmissions without an answer',
    'RFC 9293 SHLD-9: told to the application',
    'nobody is told (tcp_retries1 only looks for another route)',
    '',
    'test/conformance/retransmission.test.ts',
  ],
  [
    'Where urgent data is read',
    'RFC 9293 §3.8.5, RFC 6093 §6: in line, up to the pointer',
    'its last octet apart, unless SO_OOBINLINE is set (tcp_check_urg). The socket calls over the engine do so in both profiles; the pointer on the wire is the same',
    '',
    'test/conformance/urgent.test.ts',
    script('urgent/receive-oob'),
    script('urgent/oob-inline'),
  ],
];

/** Both profiles as Linux, where no stack does what the RFC says. */
const BOTH_LINUX: readonly Row[] = [
  [
    'The same SYN again for a half-open entry',
    'RFC 9293 §3.10.7.4 first: unacceptable, answered by an ACK',
    'the same SYN/ACK again, and the timer starts anew (tcp_check_req)',
    '',
    script('syn-received/duplicate-syn-gets-same-synack'),
    'src/tcp/listener.test.ts',
  ],
  [
    'Timestamps missing in the ACK that completes the handshake',
    'RFC 7323 §3.2: dropped',
    'taken (tcp_check_req)',
    '',
    script('syn-received/timestamps-missing-in-third-segment'),
    'src/tcp/listener.test.ts',
  ],
  [
    'CLOSE of a Fast Open not yet confirmed, with text sent',
    'RFC 9293 §3.10.4: the FIN waits for ESTABLISHED',
    'close(2): FIN at once, FIN-WAIT-1 (tcp_close_state); shutdown(2): it waits (tcp_shutdown)',
    '',
    'src/tcp/fast-open-server.test.ts',
    'src/socket/fast-open.test.ts',
  ],
  [
    'SYNs with Fast Open that are lost',
    'RFC 7413 §4.1.3.1: the client remembers the server and does without for a while',
    'counted per server, and only shown; if asked for, three timeouts in a row pause it for all (tcp_fastopen_active_disable)',
    '',
    'src/tcp/fast-open-client.test.ts',
  ],
  [
    'Text on a SYN without Fast Open',
    'RFC 9293 §3.10.7.2 third, §3.10.7.3 fourth: queued until ESTABLISHED',
    'not kept: the SYN alone is acknowledged, and the peer sends it again (tcp_conn_request)',
    '',
    script('handshake/syn-data-ignored-without-fast-open'),
    script('simultaneous/data-in-the-peers-syn'),
  ],
  [
    'Text received in order before a RST',
    'RFC 9293 §3.10.7.4 second: all queues are flushed',
    'can still be read; the error comes after it (tcp_reset)',
    '',
    script('reset-synchronized/established-rst-leaves-queued-data-readable'),
  ],
  [
    'An MSS of a few octets, or of none',
    'RFC 9293 MUST-16: no larger segments',
    'raised to 48 with options (tcp_min_snd_mss); none counts as no option',
    '',
    script('options/passive-tiny-mss'),
    script('options/passive-zero-mss'),
  ],
  [
    'Bare ACKs that are unacceptable',
    'RFC 9293 §3.10.7.4 first: each answered by an ACK',
    'answered at most every 500 ms, or two ends would answer each other for ever (tcp_oow_rate_limited)',
    '',
    script('challenge-ack/limit-shared-between-reasons'),
    'test/connection.test.ts',
  ],
  [
    'Several SYNs for a half-open entry in a row',
    'RFC 9293 §3.10.7.4 first: each is answered (RFC 5961 §7 recommends a limit)',
    'one answer in 500 ms, and the rest do not restart the timer (tcp_oow_rate_limited)',
    '',
    script('syn-received/duplicate-syns-are-rate-limited'),
    script('syn-received/syns-outside-window-are-rate-limited'),
    script('synack-retransmission/suppressed-duplicate-does-not-rearm'),
  ],
  [
    'A SYN/ACK that echoes a time we have not sent',
    'RFC 7323: no such check',
    'RST, and the SYN waits for its timer (tcp_rcv_synsent_state_process)',
    '',
    script('syn-sent/synack-echoing-time-never-sent'),
  ],
  [
    'The ACK of the handshake echoes a time we have not sent',
    'RFC 7323: no such check',
    'an ACK, and the entry stays (tcp_check_req, TSEcrRejected)',
    '',
    script('syn-received/timestamps-echo-never-sent'),
  ],
  [
    'The MSS that a SYN cookie can hold',
    'RFC 9293 MUST-16: no larger segments than the peer announced',
    'rounded down to one of four, but up to 536 (IPv6: 1220) below the least (cookie_init_sequence)',
    '',
    script('cookies/small-mss-becomes-536'),
    script('cookies/mss-is-rounded-down'),
    script('ipv6-opening/cookies-round-to-their-own-table'),
  ],
  [
    'A cookie’s ACK without the timestamps agreed on',
    'RFC 7323 §3.2: dropped',
    'taken, and all options are lost: the two sides disagree about the window scale (cookie_timestamp_decode)',
    '',
    script('cookies/timestamp-missing-in-ack-loses-options'),
  ],
  [
    'A Fast Open connection reset before accept()',
    'RFC 7413 §5.1: counts as pending for a while',
    'gives its place back; one already accepted keeps it for 60 s (reqsk_fastopen_remove)',
    '',
    script('fast-open-server/reset-before-accept-frees-place'),
    script('fast-open-server/reset-while-pending-keeps-its-place'),
  ],
  [
    'A server that has given no cookie',
    'RFC 7413 §4.1.2: asked again with option 34',
    'asked with the experimental option 254 the next time (tcp_fastopen_cookie_check)',
    '',
    script('fast-open-client/answer-without-cookie-then-experimental-option'),
  ],
  [
    'Text that fits on a Fast Open SYN',
    'RFC 7413 §4.1.3: the MSS less the options used',
    'the MSS less 40 octets (tcp_send_syn_data)',
    '',
    script('fast-open-client/syn-data-bounded-by-known-mss'),
  ],
  [
    'Active OPEN on a socket that listens',
    'RFC 9293 §3.10.1: becomes active',
    'EISCONN; the listener goes on (__inet_stream_connect)',
    '',
    script('opening-calls/connect-on-listener'),
  ],
];

export const RFC_VS_LINUX: readonly Difference[] = [
  ...APART.map((row) => difference(row, 'RFC', 'Linux')),
  ...BOTH_RFC.map((row) => difference(row, 'RFC', 'RFC')),
  ...BOTH_LINUX.map((row) => difference(row, 'Linux', 'Linux')),
];

function difference(
  [rule, rfc, linux, setting, ...shownBy]: Row,
  rfc9293: Difference['rfc9293'],
  linux6: Difference['linux6'],
): Difference {
  return { rule, rfc, linux, rfc9293, linux6, setting, shownBy };
}

function script(name: string): string {
  return `test/scripts/${name}.pkt`;
}
