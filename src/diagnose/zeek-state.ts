/**
 * What Zeek calls the state of a connection: a state for each side, and the `conn_state` that the two make. The rules are
 * those of Zeek 9.1-dev (`TCP_Endpoint.h`; function `conn_state` of `scripts/base/protocols/conn/main.zeek`).
 */

/** State of one side. */
export const Peer = {
  /** Nothing seen. */
  Inactive: 0,
  SynSent: 1,
  /** SYN/ACK seen from a side that was not asked. */
  SynAckSent: 2,
  /** Segments seen, but no SYN. */
  Partial: 3,
  Established: 4,
  /** FIN seen. */
  Closed: 5,
  Reset: 6,
} as const;

/** `conn_state` from the states of both sides, whether neither of them sent payload, and the history. */
export function connState(orig: number, resp: number, empty: boolean, history: string): string {
  const origInactive = orig === Peer.Inactive || orig === Peer.Partial;
  const respInactive = resp === Peer.Inactive || resp === Peer.Partial;
  if (resp === Peer.Reset) {
    if (orig === Peer.SynSent || orig === Peer.SynAckSent || (orig === Peer.Reset && empty)) return 'REJ';
    return origInactive ? 'RSTRH' : 'RSTR';
  }
  if (orig === Peer.Reset) {
    if (!respInactive) return 'RSTO';
    return SYN_THEN_RST.test(history) ? 'RSTOS0' : 'OTH';
  }
  if (orig === Peer.Closed) {
    if (resp === Peer.Closed) return 'SF';
    return respInactive ? 'SH' : 'S2';
  }
  if (resp === Peer.Closed) return origInactive ? 'SHR' : 'S3';
  if (orig === Peer.SynSent && resp === Peer.Inactive) return 'S0';
  if (orig === Peer.Established && resp === Peer.Established) return 'S1';
  return 'OTH';
}

/** A SYN, and nothing but losses of the originator before its RST. */
const SYN_THEN_RST = /^\^?S[^HAFGIQ]*R/;

/**
 * Does Zeek take a port for a server's? Where a flow begins without a SYN this decides who is called the originator.
 * TCP ports that its scripts for protocols register (`likely_server_ports`).
 */
export function isServerPort(port: number): boolean {
  return SERVER_PORTS.has(port);
}

const SERVER_PORTS: ReadonlySet<number> = new Set([
  ...[21, 22, 25, 53, 79, 80, 81, 88, 135, 139, 143, 389, 443, 445, 465, 502, 514, 563, 585, 587, 614, 631, 636],
  ...[989, 990, 992, 993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379],
  ...[6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000],
]);
