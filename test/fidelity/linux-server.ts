/**
 * The measured set-up on virtual time: a Linux server with one listener on port 80, remote hosts that exist only as
 * the segments they send, and no path between (a SYN is processed the moment it is written).
 */
import { LINUX6, type TcpConfig } from '../../src/tcp/config.ts';
import type { Connection } from '../../src/tcp/connection.ts';
import { type LinuxListenSettings, linuxListener } from '../../src/tcp/linux-listener.ts';
import type { Listener } from '../../src/tcp/listener.ts';
import { PeerMetrics } from '../../src/tcp/peer-metrics.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import type { Nanos, Tx } from '../../src/tcp/types.ts';
import { Segment } from '../../src/wire/segment.ts';

const HOST = 0xc0000201; // 192.0.2.1
export const PORT = 80;
/** Remote host number 0, 198.18.0.1: the others follow, of the benchmark range. */
export const PEER = 0xc6120001;

/** HZ of the measured kernel. */
export const HZ = 250;

interface Planned {
  readonly at: Nanos;
  readonly order: number;
  readonly act: () => void;
}

export class LinuxServer {
  now: Nanos = 0;
  readonly stack: TcpStack;
  readonly listener: Listener<Connection>;
  readonly metrics: PeerMetrics = new PeerMetrics();
  /** Told about each segment the server sends. It may send in turn, by `plan`. */
  onSent: (seg: Readonly<Segment>) => void = () => undefined;
  readonly #tx: Tx = { alloc: () => new Segment(), send: (seg) => this.onSent(seg) };
  readonly #planned: Planned[] = [];
  #order = 0;

  /** `phase`: where the kernel's jiffies stand at time 0. */
  constructor(settings: LinuxListenSettings, phase: Nanos = 0, config: TcpConfig = LINUX6) {
    const { metrics } = this;
    this.stack = new TcpStack({
      addresses: [HOST],
      config: { ...config, synackRetries: settings.tcp_synack_retries },
      secret: Uint32Array.of(11, 22, 33, 44),
      peerMetrics: metrics,
    });
    const wheel = { hz: HZ, phase };
    const proven = (local: number, remote: number): boolean => metrics.proven(local, remote);
    this.listener = this.stack.listen(PORT, linuxListener({ ...settings, wheel }, proven, config));
  }

  get tx(): Tx {
    return this.#tx;
  }

  /** A segment from a remote host arrives now. */
  recv(fields: Partial<Segment> & { readonly src: number }): void {
    const seg = Object.assign(new Segment(), { sport: 1024, dst: HOST, dport: PORT, wnd: 64240 }, fields);
    this.stack.onSegment(this.now, seg, this.#tx);
  }

  /** Plans `act` for time `at`; of two at the same time the one planned first comes first, both after timers. */
  plan(at: Nanos, act: () => void): void {
    const planned: Planned = { at, order: this.#order++, act };
    const heap = this.#planned;
    let i = heap.push(planned) - 1;
    for (let up = (i - 1) >> 1; i > 0 && before(planned, heap[up]!); up = (i - 1) >> 1) {
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = planned;
  }

  /** Runs timers and plans up to and including `until`. */
  run(until: Nanos): void {
    for (;;) {
      const timer = this.stack.nextTimer();
      const planned = this.#planned[0];
      const at = Math.min(timer, planned === undefined ? Infinity : planned.at);
      if (at > until) break;
      this.now = at;
      if (timer <= at) this.stack.onTimer(at, this.#tx);
      else this.#pop().act();
    }
    this.now = until;
  }

  #pop(): Planned {
    const heap = this.#planned;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let i = 0;
    for (let down = 1; down < heap.length; down = 2 * i + 1) {
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down++;
      if (!before(heap[down]!, last)) break;
      heap[i] = heap[down]!;
      i = down;
    }
    heap[i] = last;
    return top;
  }
}

function before(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
