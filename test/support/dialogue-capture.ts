/** A capture written as a dialogue, for tests of the tracker: a packet each millisecond unless told otherwise. */
import type { Attempt } from '../../src/diagnose/attempt.ts';
import type { HandshakeObserver } from '../../src/diagnose/handshake-observer.ts';
import type { HandshakeTable } from '../../src/diagnose/handshake-table.ts';
import { HandshakeTracker, type TrackerOptions } from '../../src/diagnose/handshake-tracker.ts';
import { readAttempt } from '../../src/diagnose/read-attempt.ts';
import { VERDICT_NAMES } from '../../src/diagnose/verdict.ts';
import { isIpv6 } from '../../src/wire/address.ts';
import { Packet } from '../../src/wire/packet.ts';
import { resetSegment, type Segment } from '../../src/wire/segment.ts';

export const CLIENT = 0x0a000001;
export const SERVER = 0x0a000002;
export const MS = 1e6;

export type Fields = Partial<
  Pick<Segment, 'flags' | 'seq' | 'ack' | 'len' | 'tfoLen' | 'wnd' | 'mss' | 'ws' | 'sackPerm' | 'tsVal' | 'tsEcr'>
>;

/** What the IP header and the capture say: identification, time to live, ns since the packet before. */
export interface How {
  readonly ipId?: number;
  readonly ttl?: number;
  readonly wait?: number;
}

export class DialogueCapture {
  readonly tracker: HandshakeTracker;
  readonly table: HandshakeTable;
  now = 0;
  packets = 0;
  readonly #packet = new Packet();

  constructor(options: TrackerOptions = {}) {
    this.tracker = new HandshakeTracker(options);
    this.table = this.tracker.handshakes;
  }

  segment(src: number, sport: number, dst: number, dport: number, fields: Fields, how: How = {}): this {
    this.now += how.wait ?? MS;
    const packet = this.#packet;
    packet.network = isIpv6(src) ? 6 : 4;
    // Each frame its own identification, as a host gives them, so that no two are taken for one recorded twice.
    packet.ipId = how.ipId ?? (this.packets + 1) & 0xffff;
    packet.ttl = how.ttl ?? 64;
    resetSegment(packet.seg);
    Object.assign(packet.seg, { src, sport, dst, dport }, fields);
    this.tracker.onSegment(this.now, packet, ++this.packets);
    return this;
  }

  client(fields: Fields, how?: How): this {
    return this.segment(CLIENT, 40000, SERVER, 80, fields, how);
  }

  server(fields: Fields, how?: How): this {
    return this.segment(SERVER, 80, CLIENT, 40000, fields, how);
  }

  attempts(): Attempt[] {
    const rows = Array.from({ length: this.table.end }, (_, row) => row).filter((row) => this.table.isHeld(row));
    return rows.map((row) => readAttempt(this.tracker, row));
  }

  /** 'verdict synPacket synackPacket ackPacket rstPacket' per row. */
  rows(): string[] {
    return this.attempts().map((a) => {
      const packets = [a.syn, a.synack, a.ack, a.rst].map((evidence) => evidence?.packet ?? 0);
      return `${VERDICT_NAMES[a.verdict]} ${packets.join(' ')}`;
    });
  }

  /** 'verdict detail' per row. */
  details(): string[] {
    return this.attempts().map((a) => `${VERDICT_NAMES[a.verdict]} ${a.detail}`);
  }
}

export function capture(observer?: HandshakeObserver): DialogueCapture {
  return new DialogueCapture({ observer });
}
