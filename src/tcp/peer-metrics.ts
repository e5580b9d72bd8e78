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
  /** Slot of each peer, by local address, then by the peer's. */
  readonly #slots = new Map<number, Map<number, number>>();
  /** A ring of slots, filled in order: the next to be filled is the oldest. A negative round trip: free. */
  readonly #locals: Float64Array;
  readonly #remotes: Float64Array;
  readonly #rtts: Float64Array;
  #next = 0;

  /** `most`: peers remembered, at least 1. */
  constructor(most: number = MOST) {
    this.#locals = new Float64Array(most);
    this.#remotes = new Float64Array(most);
    this.#rtts = new Float64Array(most).fill(-1);
  }

  get size(): number {
    let sum = 0;
    for (const peers of this.#slots.values()) sum += peers.size;
    return sum;
  }

  /** Whether a connection with this peer closed in order and measured a round trip. */
  proven(local: number, remote: number): boolean {
    return this.rtt(local, remote) >= 0;
  }

  /** The round trip last remembered, in ns; -1: none. */
  rtt(local: number, remote: number): Nanos {
    const slot = this.#slots.get(local)?.get(remote);
    return slot === undefined ? -1 : this.#rtts[slot]!;
  }

  /** Remembers a round trip, or forgets the peer when it is negative. */
  note(local: number, remote: number, rtt: Nanos): void {
    let peers = this.#slots.get(local);
    if (peers === undefined) {
      peers = new Map();
      this.#slots.set(local, peers);
    }
    const slot = peers.get(remote);
    if (slot !== undefined) {
      this.#rtts[slot] = -1;
      peers.delete(remote);
    }
    if (rtt >= 0) this.#add(peers, local, remote, rtt);
  }

  /**
   * Looks at a connection something has happened to: one that has closed in order, or has only TIME-WAIT before it, leaves
   * its round trip behind. One that measured none, or is backing off, takes away what was known (tcp_update_metrics).
   */
  see(t: Readonly<Tcb>): void {
    if (t.state !== 'TIME-WAIT' && (t.state !== 'CLOSED' || t.ended?.reason !== 'closed' || t.metAt < 0)) return;
    this.note(t.local, t.remote, t.rtt.backoff > 0 ? -1 : t.rtt.srtt);
  }

  #add(peers: Map<number, number>, local: number, remote: number, rtt: Nanos): void {
    const slot = this.#next;
    this.#next = (slot + 1) % this.#rtts.length;
    // By slot and not by a map's first key: a map whose first entries were deleted looks for that one by one.
    if (this.#rtts[slot]! >= 0) this.#slots.get(this.#locals[slot]!)?.delete(this.#remotes[slot]!);
    this.#locals[slot] = local;
    this.#remotes[slot] = remote;
    this.#rtts[slot] = rtt;
    peers.set(remote, slot);
  }
}
