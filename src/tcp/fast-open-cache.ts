/**
 * What a client remembers of each server for Fast Open (RFC 7413 §4.1.3; Linux tcp_metrics): cookie and MSS, and how
 * asking and sending went. Per pair of addresses, since a server bakes the client's address into the cookie.
 */
import { OptionKind } from '../wire/tcp-options.ts';
import type { Nanos } from './types.ts';

export interface FastOpenMemory {
  /** MSS of the server's last SYN/ACK, as announced; 0 = unknown. */
  mss: number;
  /** 4 to 16 bytes, or none. */
  cookie: Uint8Array;
  /** Option kind that brought the cookie. */
  kind: number;
  /** 0: asked by kind 34 so far; 1: in vain, so the next request goes by kind 254; 2: that was in vain, too. */
  experiment: 0 | 1 | 2;
  /**
   * SYNs with data lost in a row, and when the last was. For people to look at (`ip tcp_metrics`): Linux acts on
   * consecutive timeouts of any connection instead, see `FastOpenClient.blackholeTimeout`.
   */
  synLosses: number;
  lastSynLossAt: Nanos;
}

const NO_COOKIE: Uint8Array = new Uint8Array(0);
/** Servers remembered for each of our addresses; then the oldest goes. A page rarely needs more than a few hundred. */
const CAPACITY = 4096;

export class FastOpenCache {
  readonly #byLocal = new Map<number, Map<number, FastOpenMemory>>();
  readonly #capacity: number;

  constructor(capacity: number = CAPACITY) {
    this.#capacity = capacity;
  }

  get(local: number, remote: number): Readonly<FastOpenMemory> | undefined {
    return this.#byLocal.get(local)?.get(remote);
  }

  /** What is remembered, to be changed; made when there is nothing. */
  of(local: number, remote: number): FastOpenMemory {
    let servers = this.#byLocal.get(local);
    if (servers === undefined) {
      servers = new Map();
      this.#byLocal.set(local, servers);
    }
    let memory = servers.get(remote);
    if (memory === undefined) {
      if (servers.size >= this.#capacity) for (const oldest of servers.keys()) if (servers.delete(oldest)) break;
      memory = {
        mss: 0,
        cookie: NO_COOKIE,
        kind: OptionKind.FastOpen,
        experiment: 0,
        synLosses: 0,
        lastSynLossAt: 0,
      };
      servers.set(remote, memory);
    }
    return memory;
  }

  /** Forgets all servers (`ip tcp_metrics flush all`). */
  clear(): void {
    this.#byLocal.clear();
  }
}
