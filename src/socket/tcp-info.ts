/** What getsockopt(TCP_INFO) tells of a connection (Linux tcp_get_info), with the kernel's names and units. */
import type { Connection } from '../tcp/connection.ts';
import { receivedMss } from '../tcp/intake.ts';
import { ownMss } from '../tcp/options.ts';
import { BUFFER_LIMITED, BUSY, WINDOW_LIMITED } from '../tcp/send-limits.ts';
import type { Tcb } from '../tcp/tcb.ts';
import { MS, type Nanos, type TcpState, US } from '../tcp/types.ts';
import { isIpv6 } from '../wire/address.ts';
import { seqDiff, seqLt } from '../wire/seq.ts';
import type { StreamSocket } from './stream-socket.ts';

/** include/net/tcp_states.h */
export const TCP_STATE_NUMBER: Readonly<Record<TcpState, number>> = {
  ESTABLISHED: 1,
  'SYN-SENT': 2,
  'SYN-RECEIVED': 3,
  'FIN-WAIT-1': 4,
  'FIN-WAIT-2': 5,
  'TIME-WAIT': 6,
  CLOSED: 7,
  'CLOSE-WAIT': 8,
  'LAST-ACK': 9,
  LISTEN: 10,
  CLOSING: 11,
};

/** enum tcp_ca_state. */
export const CA_STATE = { Open: 0, Disorder: 1, CWR: 2, Recovery: 3, Loss: 4 } as const;

/** Bits of tcpi_options. */
export const TCPI_OPT = {
  TIMESTAMPS: 1,
  SACK: 2,
  WSCALE: 4,
  ECN: 8,
  ECN_SEEN: 16,
  SYN_DATA: 32,
  USEC_TS: 64,
  TFO_CHILD: 128,
} as const;

/** The fields as a plain record, `tcpi_…`. Fields that this stack has no notion of are absent. */
export function tcpInfo(socket: StreamSocket, now: Nanos): Readonly<Record<string, number>> {
  if (socket.listener !== null) {
    const { acceptQueue } = socket.listener;
    // tcp_get_info reuses these two for a listener's queue and its limit.
    return { tcpi_state: 10, tcpi_unacked: acceptQueue.length, tcpi_sacked: acceptQueue.limit };
  }
  if (socket.connection === null) return { tcpi_state: socket.deferred === null ? 7 : 2, tcpi_options: 0 };
  return connectionInfo(socket.connection, now);
}

function connectionInfo(c: Connection, now: Nanos): Readonly<Record<string, number>> {
  const t = c.tcb;
  const mss = t.sndMss;
  const flying = seqDiff(t.sndNxt, t.sndUna);
  const sacked = t.scoreboard === null ? 0 : t.scoreboard.bytes();
  const holes =
    t.scoreboard === null || t.scoreboard.empty ? 0 : seqDiff(t.scoreboard.highest(t.sndUna), t.sndUna) - sacked;
  const lost = t.loss === null ? 0 : Math.max(seqDiff(t.loss.end, t.loss.next), t.loss.inRecovery ? holes : 0);
  return {
    // Linux keeps a smaller record of TIME-WAIT, and closes the socket (tcp_time_wait).
    tcpi_state: TCP_STATE_NUMBER[t.state === 'TIME-WAIT' ? 'CLOSED' : t.state],
    tcpi_ca_state: caState(c),
    tcpi_retransmits: t.retransmits,
    tcpi_probes: t.probesUnanswered,
    tcpi_backoff: Math.max(t.rtt.backoff, t.persistBackoff),
    tcpi_options: options(c),
    tcpi_snd_wscale: t.sndScale,
    tcpi_rcv_wscale: t.rcvScale,
    tcpi_rto: Math.floor(t.rtt.timeout(t.config) / US),
    tcpi_ato: Math.floor((t.config.quickAcks === 0 ? t.config.delayedAck : (t.intake?.ato ?? 0)) / US),
    tcpi_snd_mss: mss,
    tcpi_rcv_mss: receivedMss(t),
    tcpi_advmss: ownMss(t.config, t.remote),
    tcpi_pmtu: Math.min(ownMss(t.config, t.remote), t.path?.mss ?? Infinity) + (isIpv6(t.remote) ? 60 : 40),
    tcpi_unacked: Math.ceil(flying / mss),
    tcpi_sacked: Math.ceil(sacked / mss),
    tcpi_lost: Math.ceil(lost / mss),
    tcpi_retrans: Math.ceil(repeated(c) / mss),
    tcpi_delivered: delivered(c, sacked),
    tcpi_rtt: t.rtt.srtt < 0 ? 0 : Math.floor(t.rtt.srtt / US),
    tcpi_rttvar: Math.floor(t.rtt.rttvar / US),
    tcpi_snd_cwnd: Math.floor(t.cwnd / mss),
    tcpi_snd_ssthresh: t.ssthresh >= 0x7fffffff ? 0x7fffffff : Math.floor(t.ssthresh / mss),
    tcpi_reordering: 3,
    tcpi_total_retrans: t.totalRetransmits,
    tcpi_bytes_acked: t.synAcked ? Math.max(0, seqDiff(t.sndUna, t.iss) - 1) : 0,
    tcpi_bytes_received: t.state === 'SYN-SENT' ? 0 : Math.max(0, seqDiff(t.rcvNxt, t.irs) - 1),
    tcpi_notsent_bytes: c.unsent,
    tcpi_last_data_recv: lastData(t) < 0 ? 0 : Math.floor((now - lastData(t)) / MS),
    ...limits(t, now),
    ...memory(t),
    tcpi_bytes_sent: t.flight?.bytes ?? 0,
    tcpi_data_segs_in: t.intake?.segments ?? 0,
    tcpi_data_segs_out: t.flight?.segments ?? 0,
    tcpi_snd_wnd: t.sndWnd,
    tcpi_rcv_wnd: c.rcvWnd,
  };
}

/** When data came last; before any, Linux counts from the handshake (lrcvtime). */
function lastData({ intake, metAt }: Tcb): Nanos {
  return intake === null || intake.lastAt < 0 ? metAt : intake.lastAt;
}

/** Time spent sending, and held up by the peer's window or by our own buffer, in microseconds. */
function limits({ sendQueue }: Tcb, now: Nanos): Readonly<Record<string, number>> {
  const spent = (kind: 1 | 2 | 3): number =>
    sendQueue === null ? 0 : Math.floor(sendQueue.limits.spent(kind, now) / US);
  return {
    tcpi_busy_time: spent(BUSY),
    tcpi_rwnd_limited: spent(WINDOW_LIMITED),
    tcpi_sndbuf_limited: spent(BUFFER_LIMITED),
  };
}

/** What of SO_MEMINFO follows from the rules of Linux that are modelled. */
function memory(t: Tcb): Readonly<Record<string, number>> {
  const queue = t.sendQueue;
  const { wmem } = t.config;
  if (wmem === null) return {};
  return {
    SK_MEMINFO_SNDBUF: queue === null ? wmem.initial : queue.size,
    SK_MEMINFO_WMEM_QUEUED: queue === null ? 0 : queue.memory(t.sendBuffer?.length ?? 0),
  };
}

/** Bytes sent again and not yet acknowledged. */
function repeated(c: Connection): number {
  const { loss, sndUna } = c.tcb;
  if (loss === null) return 0;
  return Math.max(0, seqDiff(loss.inRecovery ? loss.highRxt : loss.next, sndUna));
}

/** Segments the peer has, as if all had been full; a SYN and its data are one (Linux tcp_rcv_fastopen_synack). */
function delivered(c: Connection, sacked: number): number {
  const t = c.tcb;
  if (!t.synAcked || t.pendingOpen !== null) return 0;
  const request = t.fastOpenRequest;
  const onSyn = request?.synDataAcked === true ? request.sent : 0;
  return 1 + Math.ceil((Math.max(0, seqDiff(t.sndUna, t.iss) - 1 - onSyn) + sacked) / t.sndMss);
}

function options(c: Connection): number {
  const t = c.tcb;
  return (
    (t.tsOk ? TCPI_OPT.TIMESTAMPS : 0) |
    (t.sackOk ? TCPI_OPT.SACK : 0) |
    (t.scaleOk ? TCPI_OPT.WSCALE : 0) |
    (t.ecn === null ? 0 : TCPI_OPT.ECN) |
    (t.ecn?.seen === true ? TCPI_OPT.ECN_SEEN : 0) |
    (t.fastOpen?.synDataAcked === true ? TCPI_OPT.SYN_DATA : 0) |
    (t.fastOpen?.side === 'server' ? TCPI_OPT.TFO_CHILD : 0)
  );
}

function caState(c: Connection): number {
  const t = c.tcb;
  if (t.loss?.inRecovery === true) return CA_STATE.Recovery;
  if (t.loss !== null) return CA_STATE.Loss;
  if (t.ecn?.slowing === true && seqLt(t.sndUna, t.ecn.slowedAt)) return CA_STATE.CWR;
  return t.dupAcks > 0 || (t.scoreboard !== null && !t.scoreboard.empty) ? CA_STATE.Disorder : CA_STATE.Open;
}
