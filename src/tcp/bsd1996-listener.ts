/**
 * How 4.4BSD-Lite2 listens, the stack that the floods of 1996 met: one small queue, no defence. Read in uipc_socket2.c
 * (sonewconn1), tcp_input.c, tcp_timer.c, tcp_timer.h and tcp_subr.c (tcp_newtcpcb) of 4.4BSD-Lite2; nothing here was measured.
 *
 * Not as there: timers count in steps of 500 ms there and fire up to one step early. A SYN that comes again gets the SYN/ACK
 * here, which begins the present wait anew, and there an ACK; and any segment for a half-open connection sets its 75 s to
 * the keep-alive time of two hours there (tcp_input), so that only the retransmission limit ends it. An ACK of ISS itself
 * completes the handshake there, and is answered with a RST here.
 */
import { RFC9293, type TcpConfig } from './config.ts';
import type { ListenOptions } from './listen-options.ts';
import { oneLimit } from './policy/one-limit.ts';
import { MS, type Nanos, SEC } from './types.ts';

export interface Bsd1996ListenSettings {
  /** What the program gives listen(); negative means 0. */
  readonly backlog: number;
  /** The most that listen() grants: SOMAXCONN, 5 at first, 128 in later systems. */
  readonly somaxconn: number;
  /** Seconds a half-open connection may take (TCPTV_KEEP_INIT). */
  readonly tcp_keepinit: number;
}

export const BSD1996_LISTEN: Bsd1996ListenSettings = { backlog: 5, somaxconn: 128, tcp_keepinit: 75 };

/** What of 4.4BSD-Lite2 is modelled: how it opens passively. What follows is RFC 9293's with these numbers. */
export const BSD1996: TcpConfig = {
  ...RFC9293,
  rcvBuf: 8192, // tcp_recvspace
  sndBuf: 8192, // tcp_sendspace
  windowScale: 0, // tcp_do_rfc1323 = 1, but the buffers need no scale
  sack: false,
  initialWindow: 1,
  initialRto: 6 * SEC,
  minRto: 1000 * MS, // TCPTV_MIN
  maxRto: 64 * SEC, // TCPTV_REXMTMAX
  timeWait: 60 * SEC, // 2 × TCPTV_MSL
  challengeAckInterval: 0,
};

/** The options of a listener under these settings. */
export function bsd1996Listener(
  settings: Bsd1996ListenSettings,
  config: TcpConfig = BSD1996,
): ListenOptions & { readonly config: TcpConfig } {
  const waits = bsd1996Waits(settings.tcp_keepinit * SEC);
  return {
    config: { ...config, synackRetries: waits.length - 1 },
    backlog: Math.max(0, Math.min(settings.backlog, settings.somaxconn)), // solisten
    policy: oneLimit(),
    synQueueRoom: '3/2',
    acceptQueueRoom: '3/2',
    synAckWaits: waits,
    // tcp_input before RFC 5961: an RST or a SYN anywhere in the window ends the connection, the SYN with a RST.
    rstInWindow: 'remove',
    synInWindow: 'reset',
  };
}

/**
 * Waits until the connection-establishment timer (TCPT_KEEP) ends it all. The first is the 6 s that tcp_newtcpcb sets
 * (t_rxtcur: half of 4 × TCPTV_SRTTDFLT of 3 s). The next are TCP_REXMTVAL, 12 s while nothing has been measured, times
 * tcp_backoff of 2, 4 …: 24 s, 48 s, then TCPTV_REXMTMAX of 64 s. With 75 s: SYN/ACKs at 0, 6 and 30 s.
 */
function bsd1996Waits(life: Nanos): Nanos[] {
  const waits: Nanos[] = [];
  let left = life;
  for (let wait = 6 * SEC, shift = 1; left > 0; shift++) {
    waits.push(Math.min(wait, left));
    left -= wait;
    wait = Math.min(12 * SEC * 2 ** Math.min(shift, 6), 64 * SEC);
  }
  return waits;
}
