/**
 * How clients of an operating system open connections: the options of their SYN and when they repeat it. Plain data on
 * top of the engine's profiles.
 */
import { LINUX6, RFC9293, type TcpConfig } from '../../tcp/config.ts';
import { type Nanos, SEC } from '../../tcp/types.ts';
import type { ClientOs } from '../flood-model.ts';

export interface ClientProfile {
  readonly config: TcpConfig;
  /** connect() fails after this long without an answer. */
  readonly giveUp: Nanos;
}

/**
 * TIME-WAIT of people in a crowd. It is there to answer a FIN that comes again, after 0.2, 0.6, 1.4 and 3 s, and to keep a
 * port from being used too soon, which no address of a crowd does: longer ones would only fill memory.
 */
const TIME_WAIT: Nanos = 5 * SEC;

/** SYNs at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 s (tcp_syn_retries 6, tcp_syn_linear_timeouts 4); fails at 131 s. */
const LINUX: ClientProfile = { config: { ...LINUX6, timeWait: TIME_WAIT }, giveUp: 131 * SEC };

/**
 * BSD's tcp_syn_backoff (1 1 1 1 1 2 4 8 16 32 …) gives the same moments; the connection-establishment timer ends it at
 * 75 s (TCPTV_KEEP_INIT; FreeBSD tcp_timer.c, XNU tcp_timer.c).
 */
const BSD: TcpConfig = { ...RFC9293, timeWait: TIME_WAIT, windowScale: 6, synLinearTimeouts: 4, synRetries: 6 };

/**
 * SYNs at 0, 3, 9 s, fails at 21 s: initialRto 3000 ms and two retransmissions, Windows' documented default before
 * Windows 8 and what many still measure after. No timestamps.
 */
const WINDOWS: TcpConfig = {
  ...RFC9293,
  timeWait: TIME_WAIT,
  windowScale: 8,
  timestamps: false,
  initialRto: 3 * SEC,
  synRetries: 2,
};

/** RFC 6298 §5.5: each wait twice the last. SYNs at 0, 1, 3, 7 s, fails at 15 s. */
const PLAIN: TcpConfig = { ...RFC9293, timeWait: TIME_WAIT, synRetries: 3 };

export const CLIENT_OS: Readonly<Record<ClientOs, ClientProfile>> = {
  linux: LINUX,
  android: LINUX,
  macos: { config: BSD, giveUp: 75 * SEC },
  ios: { config: BSD, giveUp: 75 * SEC },
  freebsd: { config: BSD, giveUp: 75 * SEC },
  windows: { config: WINDOWS, giveUp: 21 * SEC },
  rfc6298: { config: PLAIN, giveUp: 15 * SEC },
};
