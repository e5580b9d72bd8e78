/** How long a half-open entry lives that nobody answers: the waits of all its SYN/ACKs (RFC 4987 §3.3). */
import type { ServerSpec } from '../sim/flood-model.ts';
import { settingsOf } from '../sim/server-profiles.ts';
import type { Nanos } from '../tcp/types.ts';

/** At the usual settings 63 s on Linux, 15 s on FreeBSD, 75 s on 4.4BSD. Early pruning may end it sooner. */
export function entryLifetime(server: ServerSpec): Nanos {
  const settings = settingsOf(server.profile, server.settings);
  if (settings.tcp_keepinit !== undefined) return settings.tcp_keepinit * 1e9;
  const retries =
    server.tcp.synackRetries ??
    settings.tcp_synack_retries ??
    settings.synack_retries ??
    settings.syncache_rexmtlimit ??
    USUAL_RETRIES;
  const first = server.tcp.initialRto ?? 1e9;
  let sum = 0;
  for (let i = 0, wait = first; i <= retries; i++, wait = Math.min(MOST_WAIT, wait * 2)) sum += wait;
  return sum;
}

const USUAL_RETRIES = 5;
/** No timeout grows further (Linux TCP_RTO_MAX 120 s). */
const MOST_WAIT = 120e9;
