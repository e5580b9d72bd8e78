/** Linux sysctls (Documentation/networking/ip-sysctl.rst) as settings of a host. */
import type { TcpConfig } from '../tcp/config.ts';
import { MS, SEC, US } from '../tcp/types.ts';
import { type HostSettings, scaleFor } from './settings.ts';

/**
 * `settings` with the sysctl `name` at `values`, whose range the caller has checked; undefined when nothing here depends
 * on it.
 */
export function withSysctl(settings: HostSettings, name: string, values: readonly number[]): HostSettings | undefined {
  const change = MAPPED[name];
  const [first] = values;
  if (change === undefined || first === undefined) return undefined;
  return { ...settings, ...change(settings, first, values) };
}

/** The sysctls that `withSysctl` maps. */
export function mappedSysctls(): string[] {
  return Object.keys(MAPPED);
}

type Change = (settings: HostSettings, value: number, values: readonly number[]) => Partial<HostSettings>;

function tcp(change: (value: number) => Partial<TcpConfig>): Change {
  return (settings, value) => ({ tcp: { ...settings.tcp, ...change(value) } });
}

const MAPPED: Readonly<Record<string, Change>> = {
  'net.core.somaxconn': (_settings, value) => ({ somaxconn: value }),
  'net.core.rmem_max': (_settings, value) => ({ rcvBufAsked: value }),
  'net.core.wmem_max': (_settings, value) => ({ sndBufAsked: value }),
  'net.ipv4.tcp_max_syn_backlog': (_settings, value) => ({ maxSynBacklog: value }),
  'net.ipv4.tcp_syncookies': (_settings, value) => ({ syncookies: value === 0 ? 0 : value === 1 ? 1 : 2 }),
  'net.ipv4.tcp_abort_on_overflow': ({ listening }, value) => ({
    listening: { ...listening, abortOnOverflow: value !== 0 },
  }),
  'net.ipv4.tcp_fastopen': ({ fastOpen }, flags) => ({ fastOpen: { ...fastOpen, flags } }),
  'net.ipv4.tcp_fastopen_blackhole_timeout_sec': ({ fastOpen }, value) => ({
    fastOpen: { ...fastOpen, blackholeTimeout: value * SEC },
  }),
  'net.ipv4.tcp_keepalive_time': (_settings, value) => ({ keepAliveTime: value * SEC }),
  'net.ipv4.tcp_timestamps': tcp((v) => ({ timestamps: v > 0 })),
  'net.ipv4.tcp_sack': tcp((v) => ({ sack: v > 0 })),
  'net.ipv4.tcp_dsack': tcp((v) => ({ dsack: v > 0 })),
  'net.ipv4.tcp_window_scaling': (settings, value) => ({
    tcp: { ...settings.tcp, windowScale: value > 0 ? scaleFor(settings.rcvBufMost) : -1 },
  }),
  // Half of the buffer is window (tcp_adv_win_scale = 1); the rest is Linux' bookkeeping.
  'net.ipv4.tcp_rmem': (settings, _least, [, initial, most = settings.rcvBufMost]) => ({
    rcvBufMost: most,
    tcp: {
      ...settings.tcp,
      ...(initial !== undefined && { rcvBuf: Math.max(1, initial >> 1) }),
      ...(settings.tcp.windowScale >= 0 && { windowScale: scaleFor(most) }),
    },
  }),
  'net.ipv4.tcp_wmem': (settings, _least, [, initial, most]) =>
    initial === undefined || most === undefined
      ? {}
      : { tcp: { ...settings.tcp, ...(settings.tcp.wmem === null ? { sndBuf: most } : { wmem: { initial, most } }) } },
  'net.ipv4.tcp_notsent_lowat': tcp((v) => ({ notSentLowat: v })),
  'net.ipv4.tcp_syn_retries': tcp((v) => ({ synRetries: v })),
  'net.ipv4.tcp_synack_retries': tcp((v) => ({ synackRetries: v })),
  'net.ipv4.tcp_syn_linear_timeouts': tcp((v) => ({ synLinearTimeouts: v })),
  'net.ipv4.tcp_retries1': tcp((v) => ({ r1: v })),
  'net.ipv4.tcp_retries2': tcp((v) => ({ dataRetries: v })),
  // 0 stands for 8 (tcp_orphan_retries).
  'net.ipv4.tcp_orphan_retries': tcp((v) => ({ orphanRetries: v === 0 ? 8 : v })),
  'net.ipv4.tcp_rfc1337': tcp((v) => ({ timeWaitIgnoresReset: v > 0 })),
  'net.ipv4.tcp_fin_timeout': tcp((v) => ({ finWait2: v * SEC })),
  'net.ipv4.tcp_keepalive_intvl': tcp((v) => ({ keepAliveInterval: v * SEC })),
  'net.ipv4.tcp_keepalive_probes': tcp((v) => ({ keepAliveProbes: v })),
  'net.ipv4.tcp_invalid_ratelimit': tcp((v) => ({ challengeAckInterval: v * MS })),
  'net.ipv4.tcp_early_retrans': tcp((v) => ({ tailLossProbe: v >= 3 })),
  'net.ipv4.tcp_rto_min_us': tcp((v) => ({ minRto: v * US })),
  'net.ipv4.tcp_rto_max_ms': tcp((v) => ({ maxRto: v * MS })),
  // 3 and more are AccECN's (RFC 9768), which is not modelled: as good as RFC 3168.
  'net.ipv4.tcp_ecn': tcp((v) => ({ ecn: v === 0 ? 'off' : v === 1 || v === 3 || v === 4 ? 'ask' : 'answer' })),
  'net.ipv4.tcp_slow_start_after_idle': tcp((v) => ({ restartAfterIdle: v > 0 })),
};
