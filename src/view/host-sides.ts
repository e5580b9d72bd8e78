/** Which look a host gets. Two equal peers must still be told apart: the first looks like a client, the last like a server. */
import type { HostInfo, Recording } from '../sim/recording.ts';
import type { Nanos } from '../tcp/types.ts';

/** The recording with every host's `role` replaced by the side it is drawn as. */
export function withSides(recording: Recording): Recording {
  const last = recording.hosts.length - 1;
  return { ...recording, hosts: recording.hosts.map((host, i) => ({ ...host, role: sideOf(host, i, last) })) };
}

/** The shortest way there and back that any segment of this run took; -1 when nothing was sent. */
export function roundTrip(recording: Recording): Nanos {
  const journeys = recording.flights.map((flight) => flight.arrivesAt - flight.sentAt).filter((ns) => ns > 0);
  return journeys.length === 0 ? -1 : 2 * Math.min(...journeys);
}

function sideOf(host: HostInfo, index: number, last: number): HostInfo['role'] {
  if (host.role !== 'peer') return host.role;
  if (index === 0) return 'client';
  return index === last ? 'server' : 'peer';
}
