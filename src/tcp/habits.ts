/**
 * Where a stack leaves the RFCs on purpose, or chooses where they leave a choice. Each is off in the `rfc9293` profile and
 * has a script in test/scripts that shows Linux doing it.
 */
export interface Habits {
  /** A zero-window probe carries no byte but an old sequence number (tcp_xmit_probe_skb); RFC 9293 MUST-36: a new byte. */
  readonly emptyProbes: boolean;
  /** An abort's RST also acknowledges, and carries timestamps (tcp_send_active_reset); RFC 9293 §3.10.5: RST alone. */
  readonly resetAcknowledges: boolean;
  /** Nagle holds a small segment back only behind another small one (tcp_minshall_check), not behind any (RFC 9293 §3.7.4). */
  readonly smallBehindSmall: boolean;
  /** Windows are offered in whole segments, rounded up to what the scale can say (tcp_select_initial_window). */
  readonly wholeSegmentWindow: boolean;
  /** A smaller window with no news in either number is taken for an overtaken ACK's (tcp_may_update_window). */
  readonly staleWindowIgnored: boolean;
  /** Both edges of the window count as inside, and old text that ends at our last ACK (tcp_sequence). */
  readonly edgesAcceptable: boolean;
  /** A segment without timestamps is taken though they were agreed (saw_tstamp); RFC 7323 §3.2 drops it. */
  readonly untimedAccepted: boolean;
  /** A bare ACK a little older than TS.Recent is dropped without an answer (tcp_disordered_ack_check). */
  readonly disorderedAckIgnored: boolean;
  /** Text on a SYN/ACK is not kept unless Fast Open asked for it (tcp_rcv_synsent_state_process). */
  readonly synAckTextDropped: boolean;
  /** After the peer's FIN an RST with the number of that FIN resets too (tcp_reset_check). */
  readonly resetAtFin: boolean;
  /** FIN-WAIT-2 without an application obeys any RST in its window (tcp_timewait_state_process). */
  readonly orphanObeysReset: boolean;
  /** TIME-WAIT drops an RST that is in the window but not at RCV.NXT, unanswered (tcp_timewait_state_process). */
  readonly timeWaitUnchallenged: boolean;
  /** Signed segments (RFC 2385, RFC 5925) are dropped, since no key was agreed (tcp_inbound_hash). */
  readonly signedDropped: boolean;
  /** After NewReno recovery cwnd is ssthresh at once (RFC 6582 §3.2 option 2, tcp_end_cwnd_reduction). */
  readonly recoveryEndsAtThreshold: boolean;
  /** A wrong ACK in SYN-SENT is taken for an old connection's answer: the SYN goes again after two ticks (tcp_rcv_synsent_state_process). */
  readonly synAgainAfterWrongAck: boolean;
  /** The SYN/ACK of a simultaneous open repeats what the SYN offered (tcp_send_synack); RFC 7323 §2.2: what both offered. */
  readonly synAckRepeatsOffer: boolean;
  /** Giving up after keep-alive probes also resets the peer (tcp_keepalive_timer). */
  readonly keepAliveResets: boolean;
  /** In SYN-RECEIVED a SYN/ACK with a wrong ACK number is reset whatever its sequence number (tcp_check_req). */
  readonly wrongAckFirst: boolean;
  /** An RST in the SYN-RECEIVED of a simultaneous open is ECONNRESET (tcp_reset); RFC 9293 §3.10.7.4 second: refused. */
  readonly crossingIsReset: boolean;
  /** One lost SYN or SYN/ACK does not shrink the initial window yet (tcp_init_transfer); RFC 5681 §3.1: it does. */
  readonly firstSynLossForgiven: boolean;
  /** An unreachable net or host reported for a retransmission takes one doubling of the RTO back (RFC 6069, tcp_ld_RTO_revert). */
  readonly icmpRevertsBackoff: boolean;
  /** In SYN-SENT a path MTU told by ICMPv6 is held against 536, the MSS of before the SYN/ACK: no news (tcp_v6_mtu_reduced). */
  readonly earlyTooBigIgnored: boolean;
  /** While nothing can be sent the user timeout runs from the first probe, not from the write (tcp_probe_timer). */
  readonly userTimeoutFromProbe: boolean;
}

export const NO_HABITS: Habits = {
  emptyProbes: false,
  resetAcknowledges: false,
  smallBehindSmall: false,
  wholeSegmentWindow: false,
  staleWindowIgnored: false,
  edgesAcceptable: false,
  untimedAccepted: false,
  disorderedAckIgnored: false,
  synAckTextDropped: false,
  resetAtFin: false,
  orphanObeysReset: false,
  timeWaitUnchallenged: false,
  signedDropped: false,
  recoveryEndsAtThreshold: false,
  synAgainAfterWrongAck: false,
  synAckRepeatsOffer: false,
  keepAliveResets: false,
  wrongAckFirst: false,
  crossingIsReset: false,
  firstSynLossForgiven: false,
  icmpRevertsBackoff: false,
  earlyTooBigIgnored: false,
  userTimeoutFromProbe: false,
};

export const LINUX_HABITS: Habits = {
  emptyProbes: true,
  resetAcknowledges: true,
  smallBehindSmall: true,
  wholeSegmentWindow: true,
  staleWindowIgnored: true,
  edgesAcceptable: true,
  untimedAccepted: true,
  disorderedAckIgnored: true,
  synAckTextDropped: true,
  resetAtFin: true,
  orphanObeysReset: true,
  timeWaitUnchallenged: true,
  signedDropped: true,
  recoveryEndsAtThreshold: true,
  synAgainAfterWrongAck: true,
  synAckRepeatsOffer: true,
  keepAliveResets: true,
  wrongAckFirst: true,
  crossingIsReset: true,
  firstSynLossForgiven: true,
  icmpRevertsBackoff: true,
  earlyTooBigIgnored: true,
  userTimeoutFromProbe: true,
};
