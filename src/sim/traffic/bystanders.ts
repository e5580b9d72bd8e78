/**
 * Hosts whose addresses are forged by others. They opened nothing: a SYN/ACK that reaches one is answered with RST, which
 * frees the server's half-open entry (RFC 9293 §3.5.2 group 1; RFC 4987 §3 calls for spoofing silent addresses instead).
 */
import { sendRstFor } from '../../tcp/output.ts';
import type { Nanos, Tx } from '../../tcp/types.ts';
import { RST, type Segment, segLen } from '../../wire/segment.ts';
import type { Party } from '../arena/types.ts';
import { LiveHosts } from './live-hosts.ts';

/** All owners of addresses in a forged range, as one party without memory. */
export class Bystanders implements Party {
  /** Segments that reached a host, and an address without one; what was answered. */
  received = 0;
  unowned = 0;
  resets = 0;
  readonly #hosts: LiveHosts;
  readonly #tx: Tx;

  /** `live`: share of addresses that belong to somebody, 0 .. 1. */
  constructor(seed: number, live: number, tx: Tx) {
    this.#hosts = new LiveHosts(seed, live);
    this.#tx = tx;
  }

  ownerOf(address: number): 'live' | 'silent' {
    return this.#hosts.isLive(address) ? 'live' : 'silent';
  }

  /** To them everything belongs to no connection: CLOSED, RFC 9293 §3.10.7.1. */
  receive(_now: Nanos, seg: Readonly<Segment>): void {
    if (!this.#hosts.isLive(seg.dst)) {
      this.unowned++;
      return;
    }
    this.received++;
    if ((seg.flags & RST) !== 0) return;
    this.resets++;
    sendRstFor(seg, segLen(seg), this.#tx);
  }

  onTimer(): void {}

  nextTimer(): Nanos {
    return Infinity;
  }

  delayOf(address: number): Nanos {
    return this.#hosts.delayOf(address);
  }
}
