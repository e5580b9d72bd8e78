/**
 * The server profiles of flood scenarios: what a host of each kind is set to as it comes, under the profile's own names,
 * and in which bounds a setting may be changed. Numbers are those of the settings themselves (sysctls in their units).
 *
 * Sources: Linux Documentation/networking/ip-sysctl.rst and measurements on 6.18 (ground truth A to G); FreeBSD
 * syncache(4) and sys/netinet/tcp_syncache.c; Stevens, TCP/IP Illustrated 2, §15.9, for 4.4BSD.
 */

export interface SettingSpec {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
  /** The only values there are, where they are few. */
  readonly of?: readonly number[];
  readonly what: string;
}

export interface ProfileSpec {
  readonly name: string;
  readonly what: string;
  /** Backlog of a listener that names none. */
  readonly backlog: number;
  readonly settings: Readonly<Record<string, SettingSpec>>;
}

/** Names of the profiles, as in files. */
export const SERVER_PROFILE_NAMES = ['linux-6', 'freebsd-14', 'rfc9293', 'bsd-1996'] as const;
export type ServerProfileName = (typeof SERVER_PROFILE_NAMES)[number];

/** Every setting of the profile: its usual value, or the given one. */
export function settingsOf(profile: string, given: Readonly<Record<string, number>>): Record<string, number> {
  const known = SERVER_PROFILES[profile as ServerProfileName]?.settings ?? {}; // any text may ask; none is found
  return Object.fromEntries(Object.entries(known).map(([name, spec]) => [name, given[name] ?? spec.usual]));
}

/** The most that a backlog or a queue limit may be: a million entries are 80 MB. */
const MOST_ENTRIES = 4_194_304;

const flag = (usual: 0 | 1, what: string): SettingSpec => ({ least: 0, most: 1, usual, of: [0, 1], what });

const range = (usual: number, least: number, most: number, what: string): SettingSpec => ({ least, most, usual, what });

const LINUX6: ProfileSpec = {
  name: 'linux-6',
  what: 'Linux 6.18: SYN queue and accept queue rules, early pruning, cookies when the queue is full',
  backlog: 128,
  settings: {
    tcp_syncookies: { ...range(1, 0, 2, '0 never, 1 when the SYN queue is full, 2 always'), of: [0, 1, 2] },
    somaxconn: range(4096, 0, MOST_ENTRIES, 'the most that listen() grants'),
    tcp_max_syn_backlog: range(4096, 1, MOST_ENTRIES, 'its last quarter is for proven peers while cookies are off'),
    tcp_synack_retries: range(5, 0, 255, 'times a SYN/ACK is sent again'),
    tcp_abort_on_overflow: flag(0, 'RST instead of silence when the accept queue is full at the final ACK'),
    tcp_timestamps: { ...range(1, 0, 2, 'offer timestamps'), of: [0, 1, 2] },
    tcp_sack: flag(1, 'offer SACK'),
    tcp_window_scaling: flag(1, 'offer window scaling'),
    tcp_fastopen: range(
      1,
      0,
      0xffff,
      '2: servers take Fast Open; 0x200: without cookies; 0x400: listeners need not ask',
    ),
    fastopen_qlen: range(
      0,
      0,
      MOST_ENTRIES,
      'TCP_FASTOPEN of the listeners: Fast Opens that may be pending; 0 = not asked',
    ),
    // No sysctls, but what changed between versions or depends on how the kernel was built.
    holds_backlog_only: flag(0, '1: the SYN queue holds backlog entries, as before 2025, not one more'),
    rst_in_window_removes: flag(
      0,
      '1: any RST in the window ends a half-open entry, as before 2026; else a challenge ACK',
    ),
    hz: {
      ...range(250, 0, 1000, 'ticks of the kernel per second; 0 = timers that fire exactly'),
      of: [0, 100, 250, 300, 1000],
    },
  },
};

const FREEBSD14: ProfileSpec = {
  name: 'freebsd-14',
  what: 'FreeBSD 14: the SYN cache with its buckets, cookies, and the pause after an overflow',
  backlog: 128,
  settings: {
    syncookies: flag(1, 'net.inet.tcp.syncookies: each SYN/ACK is a cookie as well'),
    syncookies_only: flag(0, 'net.inet.tcp.syncookies_only: no cache at all'),
    syncache_hashsize: range(512, 1, 1_048_576, 'net.inet.tcp.syncache.hashsize: buckets'),
    syncache_bucketlimit: range(30, 1, 65_535, 'net.inet.tcp.syncache.bucketlimit: entries of a bucket'),
    syncache_cachelimit: range(15_360, 1, MOST_ENTRIES, 'net.inet.tcp.syncache.cachelimit: entries of all'),
    syncache_rexmtlimit: range(3, 0, 12, 'net.inet.tcp.syncache.rexmtlimit: times a SYN/ACK is sent again'),
    syncache_rst_on_sock_fail: flag(1, 'net.inet.tcp.syncache.rst_on_sock_fail: RST to a final ACK without room'),
    fastopen_server_enable: flag(0, 'net.inet.tcp.fastopen.server_enable: half a backlog of Fast Opens may be pending'),
    soacceptqueue: range(128, 0, MOST_ENTRIES, 'kern.ipc.soacceptqueue: the most that listen() grants'),
  },
};

const RFC9293: ProfileSpec = {
  name: 'rfc9293',
  what: 'the letter of RFC 9293: the backlog limits both queues, nothing defends them',
  backlog: 128,
  settings: {
    somaxconn: range(4096, 0, MOST_ENTRIES, 'the most that listen() grants'),
    synack_retries: range(7, 0, 255, 'times a SYN/ACK is sent again'),
  },
};

const BSD1996: ProfileSpec = {
  name: 'bsd-1996',
  what: '4.4BSD as of 1996: one small queue for both kinds, entries of 75 s, no defence',
  backlog: 5,
  settings: {
    somaxconn: range(128, 0, MOST_ENTRIES, 'the most that listen() grants'),
    tcp_keepinit: range(75, 1, 3600, 'seconds a half-open connection may take'),
  },
};

export const SERVER_PROFILES: Readonly<Record<ServerProfileName, ProfileSpec>> = {
  'linux-6': LINUX6,
  'freebsd-14': FREEBSD14,
  rfc9293: RFC9293,
  'bsd-1996': BSD1996,
};
