/** Settings of one TCP stack, as plain data. A profile is a value of this type; it claims only what a test holds. */
import { type Habits, LINUX_HABITS, NO_HABITS } from './habits.ts';
import { MS, type Nanos, SEC } from './types.ts';

export interface TcpConfig {
  /** Where this stack leaves the RFCs on purpose. */
  readonly habits: Habits;
  /** MSS we announce over IPv4, the MTU less 40 bytes of headers; over IPv6 it is 20 less (RFC 9293 §3.7.1). 1 .. 65495. */
  readonly mss: number;
  /** Receive buffer in bytes, the most we ever offer as window. 1 .. 2^30. */
  readonly rcvBuf: number;
  /** Send buffer in bytes: the most `send` accepts ahead of acknowledgment. 1 .. 2^30. */
  readonly sndBuf: number;
  /**
   * Linux tcp_wmem: a send buffer that is counted in memory rather than bytes, `initial` at first and growing to `most`;
   * null = `sndBuf`. It also keeps apart what was written apart, so that PSH stands where Linux puts it.
   */
  readonly wmem: { readonly initial: number; readonly most: number } | null;
  /** With `wmem`: unsent bytes at which no more are taken (Linux tcp_notsent_lowat). */
  readonly notSentLowat: number;
  /** Window scale shift we offer, 0 .. 14; -1 offers none (RFC 7323 §2.3). */
  readonly windowScale: number;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** Initial congestion window in segments (RFC 6928: 10). */
  readonly initialWindow: number;
  readonly nagle: boolean;
  /** Delayed ACK timeout; at most 500 ms (RFC 9293 MUST-40 of §3.8.6.3). 0 = acknowledge at once. */
  readonly delayedAck: Nanos;
  /**
   * ACKs sent at once before any is delayed, at most, and while the application does not answer (Linux quick ACKs and
   * ping-pong mode, TCP_MAX_QUICKACKS 16). 0 = each second segment, the others delayed, as RFC 9293 has it.
   */
  readonly quickAcks: number;
  /** Send the last segment again, or a new one, after two round trips without an ACK (RFC 8985 §7, with SACK only). */
  readonly tailLossProbe: boolean;
  /** ECN (RFC 3168): never, when the peer asks, or asking ourselves (Linux tcp_ecn 0, 2, 1). */
  readonly ecn: 'off' | 'answer' | 'ask';
  /** Bytes that an ACK may add to cwnd in slow start, in segments (RFC 5681: 1; RFC 3465, Linux: all it acknowledged). */
  readonly slowStartLimit: number;
  /**
   * A SACK that reports a later segment starts a timer of a quarter round trip and two of these ticks; when it runs out
   * the earlier one counts as lost (RACK, RFC 8985 §6). 0 = only three duplicate ACKs tell (RFC 5681).
   */
  readonly reorderingTick: Nanos;
  /** Report duplicate segments with a SACK block (RFC 2883). */
  readonly dsack: boolean;
  /** cwnd back to the initial window after an idle RTO (RFC 5681 §4.1). */
  readonly restartAfterIdle: boolean;
  /** RTO before the first measurement (RFC 6298 §2.1: 1 s), and its bounds (§2.4, §2.5). */
  readonly initialRto: Nanos;
  readonly minRto: Nanos;
  readonly maxRto: Nanos;
  /** What is never shorter than `minRto`: the whole timeout (RFC 6298 §2.4), or its variance term (Linux tcp_rtt_estimator). */
  readonly rtoFloor: 'timeout' | 'variance';
  /** SYN timeouts that do not double the wait yet (Linux tcp_syn_linear_timeouts); 0 = RFC 6298 §5.5 from the first. */
  readonly synLinearTimeouts: number;
  /** SYN retransmissions before an active open gives up (Linux tcp_syn_retries). */
  readonly synRetries: number;
  /** SYN/ACK retransmissions before a half-open entry is dropped (Linux tcp_synack_retries). */
  readonly synackRetries: number;
  /** Retransmissions of data before giving up (Linux tcp_retries2). */
  readonly dataRetries: number;
  /** R1: so many retransmissions unanswered are reported as a soft error (RFC 9293 SHLD-9, SHLD-10: at least 3). */
  readonly r1: number;
  /** Report soft errors to the application (RFC 9293 MUST-47); false turns that off (SHLD-20). */
  readonly reportSoftErrors: boolean;
  /**
   * Which ICMP errors end a connection: `hard` ones, in any state (RFC 9293 SHLD-26), soft ones never (MUST-56); or any,
   * but only while `opening` (Linux tcp_v4_err; RFC 5461 §4.1 tells why), and none once the connection is up.
   */
  readonly icmpAborts: 'hard' | 'opening';
  /** Least path MTU believed in IPv4 (RFC 1191 §3: 68; Linux min_pmtu 552, against forgeries). IPv6: always 1280. */
  readonly minPathMtu: number;
  /** `dataRetries` of a connection nobody holds any more (Linux tcp_orphan_retries). */
  readonly orphanRetries: number;
  /** Longest time data may stay unacknowledged, 0 = no limit (RFC 9293 §3.9.1 USER TIMEOUT, RFC 5482). */
  readonly userTimeout: Nanos;
  /** Keep-alive idle time, 0 = off (RFC 9293 §3.8.4: off by default); then `keepAliveProbes` probes. */
  readonly keepAliveIdle: Nanos;
  readonly keepAliveInterval: Nanos;
  readonly keepAliveProbes: number;
  /** TIME-WAIT is not ended by an RST (RFC 1337 §3 fix F1; Linux tcp_rfc1337, off by default). */
  readonly timeWaitIgnoresReset: boolean;
  /** TIME-WAIT lasts 2 MSL (RFC 9293 §3.6.1 MUST-13); Linux waits 60 s. */
  readonly timeWait: Nanos;
  /** FIN-WAIT-2 of a connection whose application is gone (Linux tcp_fin_timeout); Infinity = RFC 9293, no limit. */
  readonly finWait2: Nanos;
  /** Least time between two challenge ACKs of one connection (RFC 5961 §7; Linux tcp_invalid_ratelimit 500 ms). 0 = no limit. */
  readonly challengeAckInterval: Nanos;
}

/** RFC 9293 with the RFCs it names, and no vendor's habits. */
export const RFC9293: TcpConfig = {
  habits: NO_HABITS,
  mss: 1460,
  rcvBuf: 65535,
  sndBuf: 65536,
  wmem: null,
  notSentLowat: Infinity,
  windowScale: 7,
  sack: true,
  timestamps: true,
  initialWindow: 10,
  nagle: true,
  delayedAck: 200 * MS,
  quickAcks: 0,
  tailLossProbe: false,
  ecn: 'off',
  slowStartLimit: 1,
  reorderingTick: 0,
  dsack: false,
  restartAfterIdle: true,
  initialRto: 1 * SEC,
  minRto: 1 * SEC,
  maxRto: 60 * SEC,
  rtoFloor: 'timeout',
  synLinearTimeouts: 0,
  synRetries: 7,
  synackRetries: 7,
  dataRetries: 9,
  r1: 3,
  reportSoftErrors: true,
  icmpAborts: 'hard',
  minPathMtu: 68,
  orphanRetries: 9,
  userTimeout: 0,
  keepAliveIdle: 0,
  keepAliveInterval: 75 * SEC,
  keepAliveProbes: 9,
  timeWaitIgnoresReset: false,
  timeWait: 240 * SEC,
  finWait2: Infinity,
  challengeAckInterval: 500 * MS,
};

/** What of Linux 6.x is modelled today: timers, limits and buffers with their documented defaults. */
export const LINUX6: TcpConfig = {
  ...RFC9293,
  habits: LINUX_HABITS,
  // Half of tcp_rmem[1]. Measured on 6.18: the first window is 64240 = 44 × 1460 (ground truth G, "rcv window 64240").
  rcvBuf: 65536,
  // tcp_rmem[2] is 32 MiB on 6.18, and 2^10 × 65535 the first to cover it (ground truth C). Before 6.15: 6 MiB, 7.
  windowScale: 10,
  delayedAck: 40 * MS,
  quickAcks: 16,
  tailLossProbe: true,
  ecn: 'answer',
  slowStartLimit: Infinity,
  reorderingTick: 4 * MS, // a jiffy at HZ = 250
  dsack: true,
  minRto: 200 * MS,
  maxRto: 120 * SEC,
  rtoFloor: 'variance',
  synLinearTimeouts: 4,
  synRetries: 6,
  synackRetries: 5,
  dataRetries: 15,
  icmpAborts: 'opening',
  minPathMtu: 552,
  orphanRetries: 8,
  timeWait: 60 * SEC,
  finWait2: 60 * SEC,
};
