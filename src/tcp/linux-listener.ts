/**
 * How Linux listens, from the names of its settings: what a `linux-6` server is built from. Measured on 6.18
 * (docs/fidelity.md); where kernels of the 6.x line differ, `kernel` says which.
 */
import { LINUX6, type TcpConfig } from './config.ts';
import type { ListenOptions } from './listen-options.ts';
import { dropWhenFull } from './policy/drop-when-full.ts';
import { synCookies } from './policy/syn-cookies.ts';
import type { ListenPolicy } from './policy/types.ts';
import type { WheelOptions } from './timer-wheel.ts';

export interface LinuxListenSettings {
  /** What the program gives listen(): -1 means somaxconn. */
  readonly backlog: number;
  readonly somaxconn: number;
  readonly tcp_max_syn_backlog: number;
  readonly tcp_syncookies: 0 | 1 | 2;
  readonly tcp_synack_retries: number;
  readonly tcp_abort_on_overflow: 0 | 1;
  /** HZ of the kernel, and where its jiffies stand at time 0; null = timers that fire exactly. */
  readonly wheel: WheelOptions | null;
  readonly kernel: LinuxVersion;
}

/** What differs between kernels. */
export interface LinuxVersion {
  /** `q > B` since January 2025, so that backlog 0 admits one; `q >= B` before. */
  readonly synQueueRoom: 'backlog+1' | 'backlog';
  /** A challenge ACK for an RST in the window of a half-open entry since July 2026; before, such an RST removed it. */
  readonly rstInWindow: 'challenge' | 'remove';
}

/** The kernel that was measured, 6.18.44. */
export const LINUX_6_18: LinuxVersion = { synQueueRoom: 'backlog+1', rstInWindow: 'challenge' };
/** A kernel of 2024, before both changes. */
export const LINUX_6_6: LinuxVersion = { synQueueRoom: 'backlog', rstInWindow: 'remove' };

/** The defaults of 6.18 on a machine with enough memory, listen() with 4096. */
export const LINUX_LISTEN: LinuxListenSettings = {
  backlog: 4096,
  somaxconn: 4096,
  tcp_max_syn_backlog: 4096,
  tcp_syncookies: 1,
  tcp_synack_retries: 5,
  tcp_abort_on_overflow: 0,
  wheel: { hz: 250, phase: 0 },
  kernel: LINUX_6_18,
};

/** Which hosts may have the last quarter of the SYN queue: `PeerMetrics.proven` of the stack the listener is in. */
export type Proven = (local: number, remote: number) => boolean;

/**
 * The options of a listener under these settings, its TCP configuration included. `config` is what its connections use
 * beside. Settings that change later: `linuxBacklog` for listen() called again, `linuxPolicy` for a sysctl.
 */
export function linuxListener(
  settings: LinuxListenSettings,
  proven?: Proven,
  config: TcpConfig = LINUX6,
): ListenOptions & { readonly config: TcpConfig } {
  const { kernel, wheel } = settings;
  return {
    config: { ...config, synackRetries: settings.tcp_synack_retries },
    backlog: linuxBacklog(settings.backlog, settings.somaxconn),
    policy: linuxPolicy(settings, proven),
    abortOnOverflow: settings.tcp_abort_on_overflow === 1,
    synQueueRoom: kernel.synQueueRoom,
    rstInWindow: kernel.rstInWindow,
    synInWindow: 'reset',
    dropSynFin: true,
    pruneWhenHalfFull: true,
    ...(wheel === null ? {} : { timerWheel: wheel }),
  };
}

/** B as listen() sets it: the backlog is unsigned there, so a negative one is more than any somaxconn. */
export function linuxBacklog(backlog: number, somaxconn: number): number {
  return backlog < 0 ? somaxconn : Math.min(backlog, somaxconn);
}

/** The rules of tcp_conn_request. The last quarter of tcp_max_syn_backlog is kept back only without cookies. */
export function linuxPolicy(
  settings: Pick<LinuxListenSettings, 'tcp_syncookies' | 'tcp_max_syn_backlog'>,
  proven?: Proven,
): ListenPolicy {
  const { tcp_syncookies: cookies, tcp_max_syn_backlog: maxSynBacklog } = settings;
  if (cookies === 0) return dropWhenFull(proven === undefined ? { maxSynBacklog } : { maxSynBacklog, proven });
  return synCookies(cookies === 2 ? 'always' : 'when-full');
}
