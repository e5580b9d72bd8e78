/**
 * What a host remembers of peers whose connections closed in order (Linux tcp_metrics.c): their round trip. A listener
 * lets such proven peers have the last quarter of its SYN queue (tcp_peer_is_proven). Kept per pair of addresses, not per
 * port (measured).
 */
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';

/** Linux keeps a few entries in each of up to 16384 buckets; here the oldest goes when so many are kept. */
const MOST: number = 2 ** 16;

export class PeerMetrics {
  /** By local address, then by the peer's; each inner map in the order of entry. */
  readonly #peers = new Map<number, Map<number, Nanos>>();
  readonly #most: number;
  #size = 0;

  /** `most`: peers remembered, at least 1. */
  constructor(most: number = MOST) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether a connection with this peer closed in order and measured a round trip. */
  proven(local: number, remote: number): boolean {
    return this.rtt(local, remote) >= 0;
  }

  /** The round trip last remembered, in ns; -1: none. */
  rtt(local: number, remote: number): Nanos {
    return this.#peers.get(local)?.get(remote) ?? -1;
  }

  /** Remembers a round trip, or forgets the peer when it is negative. */
  note(local: number, remote: number, rtt: Nanos): void {
    let peers = this.#peers.get(local);
    if (peers === undefined) {
      peers = new Map();
      this.#peers.set(local, peers);
    }
    if (peers.delete(remote)) this.#size--;
    if (rtt < 0) return;
    if (this.#size >= this.#most) this.#dropOldest(peers);
    peers.set(remote, rtt);
    this.#size++;
  }

  /**
   * Looks at a connection something has happened to: one that has closed in order, or has only TIME-WAIT before it, leaves
   * its round trip behind. One that measured none, or is backing off, takes away what was known (tcp_update_metrics).
   */
  see(t: Readonly<Tcb>): void {
    if (t.state !== 'TIME-WAIT' && (t.state !== 'CLOSED' || t.ended?.reason !== 'closed' || t.metAt < 0)) return;
    this.note(t.local, t.remote, t.rtt.backoff > 0 ? -1 : t.rtt.srtt);
  }

  #dropOldest(own: Map<number, Nanos>): void {
    for (const peers of [own, ...this.#peers.values()]) {
      for (const remote of peers.keys()) {
        peers.delete(remote);
        this.#size--;
        return;
      }
    }
  }
}
