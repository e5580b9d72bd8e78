/**
 * The settings of Linux TCP that a script may make with sysctl, and what they hold (Documentation/networking/ip-sysctl.rst
 * and net/ipv4/sysctl_net_ipv4.c of Linux 6.18). Which of them the engine has an equal for, src/socket/sysctl.ts says.
 */
import { nearest } from '../wire/suggest.ts';

export type SysctlValue =
  /** One number. */
  | { readonly kind: 'int'; readonly value: number }
  /** `tcp_rmem`: least, default, most. Fewer leave the later ones as they are. */
  | { readonly kind: 'ints'; readonly values: readonly number[] }
  | { readonly kind: 'text'; readonly value: string }
  /** Fast Open keys, 16 bytes each, the first one in use (RFC 7413 §4.1.2 leaves the form open). */
  | { readonly kind: 'keys'; readonly keys: readonly Uint8Array[] };

/** `/proc/sys/net/ipv4/tcp_sack` and `net/ipv4/tcp_sack` as `net.ipv4.tcp_sack`. */
export function sysctlName(written: string): string {
  const path = written.replace(/^\/proc\/sys\//, '');
  return path.includes('/') ? path.replaceAll('/', '.') : path;
}

export function isSysctl(name: string): boolean {
  return TABLE.has(name);
}

/** For an unknown setting: the known name nearest to it. */
export function nearestSysctl(name: string): string | undefined {
  return nearest(name, [...TABLE.keys()]);
}

/** The value of a known setting, or what was expected. */
export function parseSysctl(name: string, text: string): SysctlValue | string {
  const row = TABLE.get(name);
  const trimmed = text.trim();
  if (row === undefined || row.kind === 'text') return trimmed === '' ? 'a value' : { kind: 'text', value: trimmed };
  if (row.kind === 'keys') {
    const keys = trimmed.split(',').map(parseKey);
    const good = keys.filter((key) => key !== undefined);
    return good.length === keys.length ? { kind: 'keys', keys: good } : 'keys of four hexadecimal words (1-2-3-4)';
  }
  const values = trimmed.split(/\s+/).map((word) => parseInteger(word));
  const range = `from ${row.min} to ${row.max}`;
  const fits = values.every((value) => value >= row.min && value <= row.max);
  if (row.kind === 'ints')
    return fits && values.length <= 3 ? { kind: 'ints', values } : `one to three whole numbers ${range}`;
  const [value = Number.NaN] = values;
  return fits && values.length === 1 ? { kind: 'int', value } : `a whole number ${range}`;
}

/** As the kernel reads numbers: 0x is hexadecimal, a leading 0 octal. NaN for anything else. */
function parseInteger(word: string): number {
  if (/^-?(?:0x[0-9a-f]+|0|[1-9][0-9]*)$/i.test(word))
    return word.startsWith('-') ? -Number(word.slice(1)) : Number(word);
  return /^0[0-7]+$/.test(word) ? Number.parseInt(word, 8) : Number.NaN;
}

/** Four 32-bit words; the kernel stores each little-endian (proc_tcp_fastopen_key). */
function parseKey(text: string): Uint8Array | undefined {
  const words = text.trim().split('-');
  if (words.length !== 4 || !words.every((word) => /^[0-9a-f]{1,8}$/i.test(word))) return undefined;
  const key = new Uint8Array(16);
  const view = new DataView(key.buffer);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, Number.parseInt(word, 16), true);
  return key;
}

interface Row {
  readonly kind: SysctlValue['kind'];
  readonly min: number;
  readonly max: number;
}

const INT_MAX = 0x7fff_ffff;
const UINT_MAX = 0xffff_ffff;

const TABLE: ReadonlyMap<string, Row> = new Map([
  ...rows('int', 0, INT_MAX, [
    'net.core.rmem_default',
    'net.core.rmem_max',
    'net.core.somaxconn',
    'net.core.wmem_default',
    'net.core.wmem_max',
    'net.ipv4.ip_no_pmtu_disc',
    'net.ipv4.tcp_abort_on_overflow',
    'net.ipv4.tcp_dsack',
    'net.ipv4.tcp_early_retrans',
    'net.ipv4.tcp_ecn',
    'net.ipv4.tcp_base_mss',
    'net.ipv4.tcp_challenge_ack_limit',
    'net.ipv4.tcp_fastopen',
    'net.ipv4.tcp_fastopen_blackhole_timeout_sec',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_invalid_ratelimit',
    'net.ipv4.tcp_keepalive_intvl',
    'net.ipv4.tcp_keepalive_probes',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_max_syn_backlog',
    'net.ipv4.tcp_min_snd_mss',
    'net.ipv4.tcp_orphan_retries',
    'net.ipv4.tcp_reordering',
    'net.ipv4.tcp_retries1',
    'net.ipv4.tcp_retries2',
    'net.ipv4.tcp_rfc1337',
    'net.ipv4.tcp_rto_max_ms',
    'net.ipv4.tcp_rto_min_us',
    'net.ipv4.tcp_slow_start_after_idle',
    'net.ipv4.tcp_syn_linear_timeouts',
    'net.ipv4.tcp_tw_reuse',
  ]),
  ...rows('int', 0, 255, ['net.ipv4.tcp_sack', 'net.ipv4.tcp_window_scaling', 'net.ipv4.tcp_synack_retries']),
  ...rows('int', 0, 2, ['net.ipv4.tcp_timestamps', 'net.ipv4.tcp_syncookies']),
  // MAX_TCP_SYNCNT.
  ...rows('int', 1, 127, ['net.ipv4.tcp_syn_retries']),
  ...rows('int', 1, 255, ['net.ipv4.ip_default_ttl']),
  ...rows('ints', 1, INT_MAX, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']),
  ...rows('keys', 0, 0, ['net.ipv4.tcp_fastopen_key']),
  ...rows('int', 0, UINT_MAX, [
    'net.core.netdev_max_backlog',
    'net.core.optmem_max',
    'net.ipv4.tcp_app_win',
    'net.ipv4.tcp_autocorking',
    'net.ipv4.tcp_backlog_ack_defer',
    'net.ipv4.tcp_child_ehash_entries',
    'net.ipv4.tcp_comp_sack_delay_ns',
    'net.ipv4.tcp_comp_sack_nr',
    'net.ipv4.tcp_comp_sack_rtt_percent',
    'net.ipv4.tcp_comp_sack_slack_ns',
    'net.ipv4.tcp_early_demux',
    'net.ipv4.tcp_ecn_fallback',
    'net.ipv4.tcp_ecn_option',
    'net.ipv4.tcp_ecn_option_beacon',
    'net.ipv4.tcp_ehash_entries',
    'net.ipv4.tcp_fack',
    'net.ipv4.tcp_frto',
    'net.ipv4.tcp_fwmark_accept',
    'net.ipv4.tcp_l3mdev_accept',
    'net.ipv4.tcp_limit_output_bytes',
    'net.ipv4.tcp_low_latency',
    'net.ipv4.tcp_max_orphans',
    'net.ipv4.tcp_max_reordering',
    'net.ipv4.tcp_max_tw_buckets',
    'net.ipv4.tcp_migrate_req',
    'net.ipv4.tcp_min_rtt_wlen',
    'net.ipv4.tcp_min_tso_segs',
    'net.ipv4.tcp_moderate_rcvbuf',
    'net.ipv4.tcp_mtu_probe_floor',
    'net.ipv4.tcp_mtu_probing',
    'net.ipv4.tcp_no_metrics_save',
    'net.ipv4.tcp_no_ssthresh_metrics_save',
    'net.ipv4.tcp_notsent_lowat',
    'net.ipv4.tcp_pacing_ca_ratio',
    'net.ipv4.tcp_pacing_ss_ratio',
    'net.ipv4.tcp_pingpong_thresh',
    'net.ipv4.tcp_plb_cong_thresh',
    'net.ipv4.tcp_plb_enabled',
    'net.ipv4.tcp_plb_idle_rehash_rounds',
    'net.ipv4.tcp_plb_rehash_rounds',
    'net.ipv4.tcp_plb_suspend_rto_sec',
    'net.ipv4.tcp_probe_interval',
    'net.ipv4.tcp_probe_threshold',
    'net.ipv4.tcp_rcvbuf_low_rtt',
    'net.ipv4.tcp_recovery',
    'net.ipv4.tcp_reflect_tos',
    'net.ipv4.tcp_retrans_collapse',
    'net.ipv4.tcp_shrink_window',
    'net.ipv4.tcp_stdurg',
    'net.ipv4.tcp_thin_linear_timeouts',
    'net.ipv4.tcp_tso_rtt_log',
    'net.ipv4.tcp_tso_win_divisor',
    'net.ipv4.tcp_tw_reuse_delay',
    'net.ipv4.tcp_workaround_signed_windows',
    'net.ipv4.ip_early_demux',
    'net.ipv6.auto_flowlabels',
    'net.ipv6.flowlabel_consistency',
    'net.ipv6.flowlabel_reflect',
  ]),
  ...rows('int', -31, 31, ['net.ipv4.tcp_adv_win_scale']),
  ...rows('ints', 0, Number.MAX_SAFE_INTEGER, ['net.ipv4.tcp_mem']),
  ...rows('text', 0, 0, [
    'net.core.default_qdisc',
    'net.ipv4.tcp_allowed_congestion_control',
    'net.ipv4.tcp_available_congestion_control',
    'net.ipv4.tcp_available_ulp',
    'net.ipv4.tcp_congestion_control',
  ]),
]);

function rows(kind: SysctlValue['kind'], min: number, max: number, names: readonly string[]): [string, Row][] {
  return names.map((name) => [name, { kind, min, max }]);
}
