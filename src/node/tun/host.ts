/**
 * An engine in real time: a `SocketHost` between a packet device and the monotonic clock. Packets of the kernel are
 * decoded and checked, what the engine sends is encoded, and one timer serves all its deadlines.
 */
import { randomBytes } from 'node:crypto';
import { SocketHost } from '../../socket/host.ts';
import type { HostSettings } from '../../socket/settings.ts';
import { MS, type Nanos, SEC, type Tx } from '../../tcp/types.ts';
import type { AddressTable } from '../../wire/address.ts';
import { decodeIp, encodeIpPacket, Packet } from '../../wire/packet.ts';
import { resetSegment, Segment } from '../../wire/segment.ts';
import { DecodeStatus } from '../../wire/status.ts';
import { type Impairment, Road } from './link.ts';

/** What `TunDevice` is to the host; tests bring their own. */
export interface PacketDevice {
  start(onPacket: (bytes: Uint8Array, length: number) => void): void;
  send(bytes: Uint8Array, length: number): void;
  close(): void;
}

export interface TunHostOptions {
  readonly device: PacketDevice;
  readonly addresses: AddressTable;
  /** The engine's own addresses; the first of a version is the source of its active opens. */
  readonly own: readonly number[];
  readonly settings: HostSettings;
  /** What happens to packets between engine and device, each way; nothing when left out. */
  readonly toKernel?: Impairment;
  readonly toEngine?: Impairment;
  /** Of the randomness in that, 0 .. 2^32 - 1. */
  readonly seed?: number;
  /** Sees each packet at the engine's side: all it sends, and all that reaches it. */
  readonly tap?: (direction: 'in' | 'out', now: Nanos, bytes: Uint8Array, length: number) => void;
}

/** What became of the packets that came in. */
export interface TunHostCounters {
  /** Handed to the engine. */
  segments: number;
  /** IP or TCP checksum wrong: dropped. */
  badChecksum: number;
  /** Not TCP: the kernel's router solicitations and multicast reports, pings. Ignored. */
  notTcp: number;
  /** Fragments and malformed packets: dropped. */
  malformed: number;
}

/** Told after anything happened at the host; to be quick, and to use `host.act` for whatever it does. */
export interface Watcher {
  settle(now: Nanos, tx: Tx): void;
}

export class TunHost {
  readonly sockets: SocketHost;
  readonly addresses: AddressTable;
  readonly counters: TunHostCounters = { segments: 0, badChecksum: 0, notTcp: 0, malformed: 0 };
  /** Applications: each is told after every event. */
  readonly watchers: Set<Watcher> = new Set();
  readonly toKernel: Road | null;
  readonly toEngine: Road | null;
  /** Bytes that applications have read and written. */
  appRead = 0;
  appWritten = 0;
  /** Called around each event, for whoever writes down what happens. */
  observer: HostObserver | null = null;

  readonly #device: PacketDevice;
  readonly #own: readonly number[];
  readonly #tap: TunHostOptions['tap'];
  readonly #began = process.hrtime();
  readonly #packet = new Packet();
  #view: DataView = new DataView(new ArrayBuffer(0));
  readonly #out = Buffer.alloc(65536);
  readonly #pool: Segment[] = [];
  readonly #tx: Tx;
  #timer: NodeJS.Timeout | null = null;
  #timerAt: Nanos = Infinity;
  #immediate: NodeJS.Immediate | null = null;
  #acting = false;
  #closed = false;

  constructor(options: TunHostOptions) {
    const { device, addresses, own, settings, seed = 0 } = options;
    this.addresses = addresses;
    const random = randomBytes(16);
    const secret = Uint32Array.from({ length: 4 }, (_, i) => random.readUInt32LE(4 * i));
    this.sockets = new SocketHost({ addresses: own, addressTable: addresses, settings, secret });
    this.toKernel = options.toKernel === undefined ? null : new Road(options.toKernel, seed, 'to-kernel');
    this.toEngine = options.toEngine === undefined ? null : new Road(options.toEngine, seed, 'to-engine');
    this.#device = device;
    this.#own = own;
    this.#tap = options.tap;
    this.#tx = { alloc: () => this.#alloc(), send: (seg) => this.#send(seg) };
    device.start((bytes, length) => this.#fromDevice(bytes, length));
  }

  /** Nanoseconds since the host began, as the engine counts them. */
  now(): Nanos {
    const [sec, nanos] = process.hrtime(this.#began);
    return sec * SEC + nanos;
  }

  /** The own address that can talk to `remote`; undefined when there is none of its version. */
  sourceFor(remote: number): number | undefined {
    return this.#own.find((own) => this.addresses.isV6(own) === this.addresses.isV6(remote));
  }

  /** Does something to the sockets, then lets applications and timers follow. `label` names it for an observer. */
  act<T>(what: (now: Nanos, tx: Tx) => T, label = ''): T {
    const now = this.now();
    // A watcher that acts is already inside an event, which settles and arms when it is over.
    if (this.#acting) return what(now, this.#tx);
    return this.#event('app', now, null, what, label);
  }

  /** Ends the device and the timer. Connections are forgotten, and nobody is told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#device.close();
  }

  #event<T>(
    kind: 'arrive' | 'timer' | 'app',
    now: Nanos,
    seg: Readonly<Segment> | null,
    what: (now: Nanos, tx: Tx) => T,
    label = '',
  ): T {
    this.observer?.begin(kind, now, seg, label);
    this.#acting = true;
    try {
      const result = what(now, this.#tx);
      this.sockets.settle(now);
      for (const watcher of this.watchers) watcher.settle(now, this.#tx);
      return result;
    } finally {
      this.#acting = false;
      this.observer?.end(now);
      this.#arm(now);
    }
  }

  #fromDevice(bytes: Uint8Array, length: number): void {
    if (this.#closed) return;
    const now = this.now();
    if (this.toEngine === null) return this.#arrive(now, bytes, length);
    this.toEngine.offer(now, bytes, length);
    this.#arm(now);
  }

  #arrive(now: Nanos, bytes: Uint8Array, length: number): void {
    const packet = this.#packet;
    // The device reads into one buffer for ever.
    if (this.#view.buffer !== bytes.buffer || this.#view.byteOffset !== bytes.byteOffset) {
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const status = decodeIp(bytes, this.#view, 0, length, this.addresses, packet);
    if (status === DecodeStatus.NotTcp) {
      this.counters.notTcp++;
      return;
    }
    if (status !== DecodeStatus.Ok || packet.tunnels > 0) {
      this.counters.malformed++;
      return;
    }
    // A packet whose checksum is still to be completed by hardware has not been through any: it is as wrong.
    if (packet.tcpChecksum !== 'ok' || (packet.network === 4 && packet.ipChecksum !== 'ok')) {
      this.counters.badChecksum++;
      return;
    }
    this.counters.segments++;
    this.#tap?.('in', now, bytes, length);
    const { seg } = packet;
    this.#event('arrive', now, seg, (_, tx) => this.sockets.onSegment(now, seg, tx));
  }

  #alloc(): Segment {
    const seg = this.#pool.pop() ?? new Segment();
    resetSegment(seg);
    return seg;
  }

  #send(seg: Segment): void {
    const now = this.now();
    const length = encodeIpPacket(seg, this.addresses, this.#out, 0);
    this.#tap?.('out', now, this.#out, length);
    this.observer?.sent(now, seg);
    this.#pool.push(seg);
    if (this.#closed) return;
    if (this.toKernel === null) this.#device.send(this.#out, length);
    else this.toKernel.offer(now, this.#out, length);
  }

  /** One timer for the engine's deadlines and for packets on their way. One that is early only looks again. */
  #arm(now: Nanos): void {
    if (this.#closed || this.#immediate !== null) return;
    const next = Math.min(
      this.sockets.nextTimer(),
      this.toKernel?.next() ?? Infinity,
      this.toEngine?.next() ?? Infinity,
    );
    if (next <= now) {
      this.#immediate = setImmediate(() => {
        this.#immediate = null;
        this.#expire();
      });
      return;
    }
    if (next >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = next;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Infinity;
        this.#expire();
      },
      Math.min(MAX_TIMEOUT, Math.ceil((next - now) / MS)),
    );
  }

  #expire(): void {
    const now = this.now();
    while (this.toKernel?.take(now)) this.#device.send(this.toKernel.bytes, this.toKernel.length);
    while (this.toEngine?.take(now)) this.#arrive(now, this.toEngine.bytes, this.toEngine.length);
    if (this.sockets.nextTimer() <= now) {
      this.#event('timer', now, null, (_, tx) => this.sockets.onTimer(now, tx));
    } else this.#arm(now);
  }
}

/** Hears what happens at a host, event by event; each ends before the next begins. */
export interface HostObserver {
  /** `seg` is what arrived; `label` what an application does (`listen`, `connect`). */
  begin(kind: 'arrive' | 'timer' | 'app', now: Nanos, seg: Readonly<Segment> | null, label: string): void;
  sent(now: Nanos, seg: Readonly<Segment>): void;
  end(now: Nanos): void;
}

/** setTimeout takes 32 bits; longer waits are taken in pieces. */
const MAX_TIMEOUT = 2 ** 31 - 1;
