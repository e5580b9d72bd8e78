/** Which segments meet another one on the way: their labels must leave the middle of the ladder free. */
import type { Flight, Recording } from '../sim/recording.ts';

/** One entry per flight: something travelled the other way at the same time. Known for the whole run, so labels do not jump. */
export function crossedFlights(recording: Recording): boolean[] {
  return recording.flights.map((flight) => recording.flights.some((other) => cross(flight, other)));
}

function cross(a: Flight, b: Flight): boolean {
  const opposite = a.from === b.to && a.to === b.from;
  return opposite && a.sentAt < b.arrivesAt && b.sentAt < a.arrivesAt;
}
