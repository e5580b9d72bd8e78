/** A recording as a pcapng capture: what a tap beside each sender would have seen, with real checksums. */
import { PcapngWriter } from '../capture/pcapng-writer.ts';
import type { Flight, Recording } from '../sim/recording.ts';

/** LINKTYPE_RAW: packets begin with their IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;

/**
 * The pieces of a pcapng file, in order. Every segment stands once, at the moment it was sent; one that did not arrive
 * says so in its packet comment, which Wireshark shows. Time 0 of the recording is the epoch plus `epochSec` seconds.
 */
export function recordingToPcapng(recording: Recording, epochSec = 0): Uint8Array[] {
  const writer = new PcapngWriter();
  const pieces = [writer.header('halfopen'), writer.addInterface({ linkType: LINKTYPE_RAW, name: recording.scenario })];
  const flights = recording.flights
    // A duplicate made by the network was never sent: the tap at the sender does not see it.
    .filter((flight) => flight.copyOf < 0 && flight.segment.bytes.length > 0)
    .sort((a, b) => a.sentAt - b.sentAt || a.index - b.index);
  for (const flight of flights) {
    const sec = Math.floor(flight.sentAt / 1e9);
    const nanos = flight.sentAt - sec * 1e9;
    pieces.push(writer.packet(epochSec + sec, nanos, flight.segment.bytes, { comment: commentOf(flight) }));
  }
  return pieces;
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
