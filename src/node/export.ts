/** A recording as a pcapng capture: what a tap beside each sender would have seen, with real checksums. */
import { PcapngWriter } from '../capture/pcapng-writer.ts';
import type { Flight, Recording } from '../sim/recording.ts';

/** LINKTYPE_RAW: packets begin with their IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;

export interface PcapngExport {
  /** Index of the host whose own capture is wanted; -1, the default, for a tap beside every sender. */
  readonly host?: number;
  /** What time 0 of the recording is, in seconds since the epoch. Default 0. */
  readonly epochSec?: number;
}

/**
 * The pieces of a pcapng file, in order. Without a host, every segment stands once, at the moment it was sent, and one
 * that did not arrive says so in its packet comment. With a host, what a capture there would hold: what it sent, when it
 * was sent, and what reached it, when it arrived.
 */
export function recordingToPcapng(recording: Recording, options: PcapngExport = {}): Uint8Array[] {
  const host = options.host ?? -1;
  const writer = new PcapngWriter();
  const name = recording.hosts[host]?.name ?? recording.scenario;
  const pieces = [writer.header('halfopen'), writer.addInterface({ linkType: LINKTYPE_RAW, name })];
  for (const { t, flight } of seenAt(recording, host)) {
    const sec = Math.floor(t / 1e9);
    const comment = host < 0 ? commentOf(flight) : '';
    pieces.push(writer.packet((options.epochSec ?? 0) + sec, t - sec * 1e9, flight.segment.bytes, { comment }));
  }
  return pieces;
}

function seenAt(recording: Recording, host: number): { t: number; flight: Flight }[] {
  const seen: { t: number; flight: Flight }[] = [];
  for (const flight of recording.flights) {
    // A copy is made on the way, a scripted segment by nobody: neither passes a capture at its sender.
    const own = flight.copyOf < 0 && (host < 0 || (flight.from === host && !flight.scripted));
    if (own) seen.push({ t: flight.sentAt, flight });
    if (flight.to === host && flight.fate === 'delivered') seen.push({ t: flight.arrivesAt, flight });
  }
  // Stable: what happened in one instant keeps its order.
  return seen.sort((a, b) => a.t - b.t);
}

function commentOf(flight: Flight): string {
  switch (flight.fate) {
    case 'delivered':
      return '';
    case 'in-flight':
      return 'still on its way when the run ended';
    case 'filtered':
      return 'discarded by a filter on the path';
    case 'overflow':
      return 'lost: the queue of the link was full';
    default:
      return 'lost on the way';
  }
}
