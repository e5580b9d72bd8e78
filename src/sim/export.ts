/** The packets of a recording in the order in which a capture would hold them, for whoever writes capture files. */
import type { Nanos } from '../tcp/types.ts';
import type { Recording } from './recording.ts';

export interface CapturedPacket {
  /** Nanoseconds since the run began. */
  readonly t: Nanos;
  /** A whole IP packet, checksums included; not to be written to. */
  readonly bytes: Uint8Array;
}

/**
 * What a capture on the path sees: every packet as it leaves its sender, the lost ones too. With `host`, what a capture
 * on that host sees: what it sends when it sends it, and what reaches it when it arrives.
 */
export function* packetsOf(recording: Recording, host = -1): Generator<CapturedPacket> {
  const seen: { t: Nanos; bytes: Uint8Array }[] = [];
  for (const flight of recording.flights) {
    const { bytes } = flight.segment;
    // A copy is made on the way, by the network: its sender never saw it leave.
    const leaves = host < 0 || (flight.from === host && flight.copyOf < 0 && !flight.scripted);
    if (leaves) seen.push({ t: flight.sentAt, bytes });
    if (flight.to === host && flight.fate === 'delivered') seen.push({ t: flight.arrivesAt, bytes });
  }
  // Stable: packets of one instant keep the order in which they were sent.
  seen.sort((a, b) => a.t - b.t);
  yield* seen;
}
