/** Settings of one TCP stack, as plain data. A profile is a value of this type; it claims only what a test holds. */
import { MS, type Nanos, SEC } from './types.ts';

export interface TcpConfig {
  /** MSS we announce over IPv4, the MTU less 40 bytes of headers; over IPv6 it is 20 less (RFC 9293 §3.7.1). 1 .. 65495. */
  readonly mss: number;
  /** Receive buffer in bytes, the most we ever offer as window. 1 .. 2^30. */
  readonly rcvBuf: number;
  /** Send buffer in bytes: the most `send` accepts ahead of acknowledgment. 1 .. 2^30. */
  readonly sndBuf: number;
  /** Window scale shift we offer, 0 .. 14; -1 offers none (RFC 7323 §2.3). */
  readonly windowScale: number;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** Initial congestion window in segments (RFC 6928: 10). */
  readonly initialWindow: number;
  readonly nagle: boolean;
  /** Delayed ACK timeout; at most 500 ms (RFC 9293 MUST-40 of §3.8.6.3). 0 = acknowledge at once. */
  readonly delayedAck: Nanos;
  /** RTO before the first measurement (RFC 6298 §2.1: 1 s), and its bounds (§2.4, §2.5). */
  readonly initialRto: Nanos;
  readonly minRto: Nanos;
  readonly maxRto: Nanos;
  /** SYN retransmissions before an active open gives up (Linux tcp_syn_retries). */
  readonly synRetries: number;
  /** SYN/ACK retransmissions before a half-open entry is dropped (Linux tcp_synack_retries). */
  readonly synackRetries: number;
  /** Retransmissions of data before giving up (Linux tcp_retries2). */
  readonly dataRetries: number;
  /** Longest time data may stay unacknowledged, 0 = no limit (RFC 9293 §3.9.1 USER TIMEOUT, RFC 5482). */
  readonly userTimeout: Nanos;
  /** Keep-alive idle time, 0 = off (RFC 9293 §3.8.4: off by default); then `keepAliveProbes` probes. */
  readonly keepAliveIdle: Nanos;
  readonly keepAliveInterval: Nanos;
  readonly keepAliveProbes: number;
  /** TIME-WAIT lasts 2 MSL (RFC 9293 §3.6.1 MUST-13); Linux waits 60 s. */
  readonly timeWait: Nanos;
  /** Least time between two challenge ACKs of one connection (RFC 5961 §7; Linux tcp_invalid_ratelimit 500 ms). 0 = no limit. */
  readonly challengeAckInterval: Nanos;
}

/** RFC 9293 with the RFCs it names, and no vendor's habits. */
export const RFC9293: TcpConfig = {
  mss: 1460,
  rcvBuf: 65535,
  sndBuf: 65536,
  windowScale: 7,
  sack: true,
  timestamps: true,
  initialWindow: 10,
  nagle: true,
  delayedAck: 200 * MS,
  initialRto: 1 * SEC,
  minRto: 1 * SEC,
  maxRto: 60 * SEC,
  synRetries: 7,
  synackRetries: 7,
  dataRetries: 9,
  userTimeout: 0,
  keepAliveIdle: 0,
  keepAliveInterval: 75 * SEC,
  keepAliveProbes: 9,
  timeWait: 240 * SEC,
  challengeAckInterval: 500 * MS,
};

/** What of Linux 6.x is modelled today: timers, limits and buffers with their documented defaults. */
export const LINUX6: TcpConfig = {
  ...RFC9293,
  // Measured on 6.18: the first window is 64240 = 44 × 1460 (ground truth G, "rcv window 64240").
  rcvBuf: 64240,
  delayedAck: 40 * MS,
  minRto: 200 * MS,
  maxRto: 120 * SEC,
  synRetries: 6,
  synackRetries: 5,
  dataRetries: 15,
  timeWait: 60 * SEC,
};
