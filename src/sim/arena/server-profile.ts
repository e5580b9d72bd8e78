/** From the words of a scenario to the engine's configuration: which stack the server is, and how its ports listen. */
import { LINUX6, RFC9293, type TcpConfig } from '../../tcp/config.ts';
import { LINUX_LISTEN, type LinuxListenSettings, linuxListener } from '../../tcp/linux-listener.ts';
import type { ListenOptions } from '../../tcp/listen-options.ts';
import { PeerMetrics } from '../../tcp/peer-metrics.ts';
import { HalfopenError } from '../../wire/error.ts';
import type { ListenSpec, ServerSpec } from '../flood-model.ts';
import type { Rng } from '../rng.ts';

export interface ServerProfile {
  readonly config: TcpConfig;
  readonly secret: Uint32Array;
  /** Peers it remembers; null: this stack does not. */
  readonly peers: PeerMetrics | null;
  listening(listen: ListenSpec): ListenOptions;
}

/** `random`: the host's own stream; the same draws are made whatever the settings. */
export function serverProfile(spec: ServerSpec, random: Rng): ServerProfile {
  const secret = Uint32Array.from({ length: 4 }, () => random.uint32());
  // Where the jiffies stand when the run begins is as accidental as on a real machine.
  const phase = random.below(2 ** 20);
  if (spec.profile === 'linux-6') return linux(spec, secret, phase);
  if (spec.profile === 'rfc9293') {
    const config = { ...RFC9293, ...spec.tcp };
    return { config, secret, peers: null, listening: ({ backlog }) => ({ backlog }) };
  }
  throw new HalfopenError(`server: found the profile '${spec.profile}', expected linux-6 or rfc9293`);
}

function linux(spec: ServerSpec, secret: Uint32Array, phase: number): ServerProfile {
  const config = { ...LINUX6, ...spec.tcp };
  const peers = new PeerMetrics();
  const value = (name: string, otherwise: number): number => spec.settings[name] ?? otherwise;
  const base: Omit<LinuxListenSettings, 'backlog'> = {
    somaxconn: value('somaxconn', LINUX_LISTEN.somaxconn),
    tcp_max_syn_backlog: value('tcp_max_syn_backlog', LINUX_LISTEN.tcp_max_syn_backlog),
    tcp_syncookies: oneOf(value('tcp_syncookies', 1), [0, 1, 2]),
    tcp_synack_retries: value('tcp_synack_retries', config.synackRetries),
    tcp_abort_on_overflow: oneOf(value('tcp_abort_on_overflow', 0), [0, 1]),
    wheel: value('hz', 250) === 0 ? null : { hz: value('hz', 250), phase: value('jiffies', phase) },
    // Kernels before 2025 held B entries, those before July 2026 took any RST in the window for good.
    kernel: {
      synQueueRoom: value('holds_backlog_only', 0) === 1 ? 'backlog' : 'backlog+1',
      rstInWindow: value('rst_in_window_removes', 0) === 1 ? 'remove' : 'challenge',
    },
  };
  const proven = (local: number, remote: number): boolean => peers.proven(local, remote);
  return {
    config: { ...config, synackRetries: base.tcp_synack_retries },
    secret,
    peers,
    listening: ({ backlog }) => linuxListener({ ...base, backlog }, proven, config),
  };
}

/** The scenario layer has checked the value. */
function oneOf<const T extends number>(value: number, values: readonly T[]): T {
  const found = values.find((v) => v === value);
  if (found === undefined)
    throw new HalfopenError(`server settings: found ${value}, expected one of ${values.join(', ')}`);
  return found;
}
