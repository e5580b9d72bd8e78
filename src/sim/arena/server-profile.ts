/** From the words of a scenario to the engine's configuration: which stack the server is, and how its ports listen. */
import { BSD1996, bsd1996Listener } from '../../tcp/bsd1996-listener.ts';
import { LINUX6, RFC9293, type TcpConfig } from '../../tcp/config.ts';
import type { FastOpenServer } from '../../tcp/fast-open-server.ts';
import { FREEBSD14, freebsdListener } from '../../tcp/freebsd-listener.ts';
import { type LinuxListenSettings, linuxListener } from '../../tcp/linux-listener.ts';
import type { ListenOptions } from '../../tcp/listen-options.ts';
import { PeerMetrics } from '../../tcp/peer-metrics.ts';
import { HalfopenError } from '../../wire/error.ts';
import type { ListenSpec, ServerSpec } from '../flood-model.ts';
import { makeListenPolicy } from '../listen-policies.ts';
import type { Rng } from '../rng.ts';
import { SERVER_PROFILE_NAMES, settingsOf } from '../server-profiles.ts';

export interface ServerProfile {
  readonly config: TcpConfig;
  readonly secret: Uint32Array;
  /** Peers it remembers; null: this stack does not. */
  readonly peers: PeerMetrics | null;
  /** How a port listens. The profile's own policy gives way to the one that `listen` names. */
  listening(listen: ListenSpec): ListenOptions;
}

/** `random`: the host's own stream; the same draws are made whatever the settings. */
export function serverProfile(spec: ServerSpec, random: Rng): ServerProfile {
  const secret = Uint32Array.from({ length: 4 }, () => random.uint32());
  // Where the jiffies stand when the run begins is as accidental as on a real machine.
  const phase = random.below(2 ** 20);
  const profile = profileNamed(spec, secret, phase);
  return {
    ...profile,
    listening: (listen) => {
      const options = profile.listening(listen);
      if (listen.policy === '') return options;
      const chosen = makeListenPolicy(listen.policy, listen.policyParams, {
        below: (n) => random.below(n),
        secret: secret[0]!,
        ...(profile.peers !== null && { proven: (local, remote) => profile.peers?.proven(local, remote) ?? false }),
      });
      if (chosen === undefined) throw new HalfopenError(`server: no listen policy is called '${listen.policy}'`);
      return { ...options, ...chosen };
    },
  };
}

function profileNamed(spec: ServerSpec, secret: Uint32Array, phase: number): ServerProfile {
  const settings = settingsOf(spec.profile, spec.settings);
  switch (spec.profile) {
    case 'linux-6':
      return linux(spec, settings, secret, phase);
    case 'rfc9293': {
      const config = { ...RFC9293, synackRetries: settings.synack_retries ?? RFC9293.synackRetries, ...spec.tcp };
      const most = settings.somaxconn ?? Infinity;
      return { config, secret, peers: null, listening: ({ backlog }) => ({ backlog: Math.min(backlog, most) }) };
    }
    case 'freebsd-14':
      return freebsd(spec, settings, secret);
    case 'bsd-1996': {
      const config = { ...BSD1996, ...spec.tcp };
      const { somaxconn = 0, tcp_keepinit = 75 } = settings;
      const listening = ({ backlog }: ListenSpec) => bsd1996Listener({ somaxconn, tcp_keepinit, backlog }, config);
      return { config, secret, peers: null, listening };
    }
    default:
      throw new HalfopenError(
        `server: found the profile '${spec.profile}', expected ${SERVER_PROFILE_NAMES.join(', ')}`,
      );
  }
}

function linux(
  spec: ServerSpec,
  settings: Readonly<Record<string, number>>,
  secret: Uint32Array,
  phase: number,
): ServerProfile {
  const value = (name: string): number => settings[name] ?? 0;
  const config: TcpConfig = {
    ...LINUX6,
    timestamps: value('tcp_timestamps') > 0,
    sack: value('tcp_sack') === 1,
    windowScale: value('tcp_window_scaling') === 1 ? LINUX6.windowScale : -1,
    ...spec.tcp,
    synackRetries: value('tcp_synack_retries'),
  };
  // Only a listener without cookies asks who is proven, and remembering costs a little for each connection.
  const asks = value('tcp_syncookies') === 0 || spec.listen.some(({ policy }) => policy !== '');
  const peers = asks ? new PeerMetrics() : null;
  const hz = value('hz');
  const base: Omit<LinuxListenSettings, 'backlog'> = {
    somaxconn: value('somaxconn'),
    tcp_max_syn_backlog: value('tcp_max_syn_backlog'),
    tcp_syncookies: oneOf(value('tcp_syncookies'), [0, 1, 2]),
    tcp_synack_retries: config.synackRetries,
    tcp_abort_on_overflow: oneOf(value('tcp_abort_on_overflow'), [0, 1]),
    wheel: hz === 0 ? null : { hz, phase: spec.settings.jiffies ?? phase },
    // Kernels before 2025 held B entries, those before July 2026 took any RST in the window for good.
    kernel: {
      synQueueRoom: value('holds_backlog_only') === 1 ? 'backlog' : 'backlog+1',
      rstInWindow: value('rst_in_window_removes') === 1 ? 'remove' : 'challenge',
    },
  };
  const proven = (local: number, remote: number): boolean => peers?.proven(local, remote) === true;
  const listening = ({ backlog }: ListenSpec): ListenOptions => {
    const options = linuxListener({ ...base, backlog }, proven, config);
    const fastOpen = linuxFastOpen(value('tcp_fastopen'), value('fastopen_qlen'), options.backlog, base.somaxconn);
    return fastOpen === null ? options : { ...options, fastOpen };
  };
  return { config, secret, peers, listening };
}

/** fastopen_init_queue: what TCP_FASTOPEN asks for, at most somaxconn; with TFO_SERVER_WO_SOCKOPT1 the backlog. */
function linuxFastOpen(flags: number, asked: number, backlog: number, somaxconn: number): FastOpenServer | null {
  const qlen = asked === 0 && (flags & 0x400) !== 0 ? backlog : Math.min(asked, somaxconn);
  if ((flags & 2) === 0 || qlen === 0) return null;
  return { maxPending: qlen, cookies: (flags & 0x200) !== 0 ? 'any' : 'required' };
}

function freebsd(spec: ServerSpec, settings: Readonly<Record<string, number>>, secret: Uint32Array): ServerProfile {
  const value = (name: string): number => settings[name] ?? 0;
  const config = { ...FREEBSD14, ...spec.tcp };
  const base = {
    soacceptqueue: value('soacceptqueue'),
    syncookies: oneOf(value('syncookies'), [0, 1]),
    syncookies_only: oneOf(value('syncookies_only'), [0, 1]),
    syncache_hashsize: value('syncache_hashsize'),
    syncache_bucketlimit: value('syncache_bucketlimit'),
    syncache_cachelimit: value('syncache_cachelimit'),
    syncache_rexmtlimit: value('syncache_rexmtlimit'),
    syncache_rst_on_sock_fail: oneOf(value('syncache_rst_on_sock_fail'), [0, 1]),
    fastopen_server_enable: oneOf(value('fastopen_server_enable'), [0, 1]),
  };
  return {
    config,
    secret,
    peers: null,
    listening: ({ backlog }) => freebsdListener({ ...base, backlog }, secret, config),
  };
}

/** The scenario layer has checked the value. */
function oneOf<const T extends number>(value: number, values: readonly T[]): T {
  const found = values.find((v) => v === value);
  if (found === undefined)
    throw new HalfopenError(`server settings: found ${value}, expected one of ${values.join(', ')}`);
  return found;
}
