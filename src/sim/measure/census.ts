/**
 * Every handshake of a flood run as those who took part know it: what reached the server and what it answered, and each
 * client's attempt by its own connection. It grows with the traffic, so a run keeps one only for who asks: whoever reads
 * a capture of the run can be held to it.
 */
import type { ListenCounters } from '../../tcp/listen-counters.ts';
import type { Tcb } from '../../tcp/tcb.ts';
import type { Nanos } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { seqDiff } from '../../wire/seq.ts';
import type { Failure } from '../crowd/attempts.ts';
import { synsSent } from '../crowd/syns-sent.ts';

/** A distinct SYN: one pair of sockets and one initial sequence number, whoever sent it and however often. */
export interface ServedSyn {
  readonly client: number;
  readonly clientPort: number;
  readonly port: number;
  /** Initial sequence number. */
  readonly x: number;
  /** Bytes of data that it carried when it first came. */
  readonly len: number;
  /** Times it reached the server. */
  syns: number;
  /** SYN/ACKs that the server sent to that socket, and resets before any of them. */
  synAcks: number;
  /** When the latest SYN/ACK was sent, and its initial sequence number; -1: none was. */
  answeredAt: Nanos;
  y: number;
  /** Of the SYN/ACKs: sent at the same instant as the one before and no different, as when a timer and a SYN meet. */
  twins: number;
  refusals: number;
  /** The server made a connection of it, by its own counter. */
  opened: boolean;
  /** Its client's segments reached the server: with ACK; with RST, before one with ACK. */
  acknowledged: boolean;
  reset: boolean;
}

/** A client's attempt by its own connection. */
export class ClientAttempt {
  readonly client: number;
  readonly clientPort: number;
  readonly port: number;
  readonly x: number;
  /** -1: never. */
  connectedAt: Nanos = -1;
  /** Why its handshake failed; '': it did not, or not yet. */
  failure: '' | Failure = '';
  /** null: its handshake is over. */
  #opening: Tcb | null;
  #synsSent = 0;

  constructor(tcb: Tcb) {
    this.client = tcb.local;
    this.clientPort = tcb.localPort;
    this.port = tcb.remotePort;
    this.x = tcb.iss;
    this.#opening = tcb;
  }

  /** Repetitions included. */
  get synsSent(): number {
    return this.#opening === null ? this.#synsSent : synsSent(this.#opening);
  }

  connected(now: Nanos): void {
    this.connectedAt = now;
    this.#over();
  }

  failed(why: Failure): void {
    if (this.#opening === null) return;
    this.failure = why;
    this.#over();
  }

  #over(): void {
    this.#synsSent = this.synsSent;
    this.#opening = null;
  }
}

export class Census {
  readonly served: ServedSyn[] = [];
  readonly attempts: ClientAttempt[] = [];
  /** Of each remote socket, by address * 2^16 + port, the newest last. */
  readonly #bySocket = new Map<number, ServedSyn[]>();
  #opensBefore = 0;

  /** A client has sent its first SYN. */
  begin(tcb: Tcb): ClientAttempt {
    const attempt = new ClientAttempt(tcb);
    this.attempts.push(attempt);
    return attempt;
  }

  /** The server is about to deal with a segment. */
  serving(seg: Readonly<Segment>, counters: Readonly<ListenCounters> | undefined): void {
    this.#opensBefore = counters?.PassiveOpens ?? 0;
    const ofSocket = this.#bySocket.get(socketOf(seg.src, seg.sport));
    if ((seg.flags & (SYN | ACK | RST)) === SYN) {
      let syn = ofSocket?.find(({ x, port }) => x === seg.seq && port === seg.dport);
      if (syn === undefined) {
        syn = newSyn(seg);
        this.served.push(syn);
        if (ofSocket === undefined) this.#bySocket.set(socketOf(seg.src, seg.sport), [syn]);
        else ofSocket.push(syn);
      }
      syn.syns++;
    } else if ((seg.flags & RST) !== 0) {
      // Who answers a SYN/ACK that it did not ask for takes the number from it (RFC 9293 §3.5.2).
      const syn = covering(ofSocket, seg.seq) ?? ofSocket?.at(-1);
      if (syn !== undefined) syn.reset ||= !syn.acknowledged;
    } else if ((seg.flags & ACK) !== 0) {
      const syn = ofSocket?.at(-1);
      if (syn !== undefined) syn.acknowledged = true;
    }
  }

  /** It has. */
  dealt(seg: Readonly<Segment>, counters: Readonly<ListenCounters> | undefined): void {
    if (counters === undefined || counters.PassiveOpens === this.#opensBefore) return;
    const syn = this.#bySocket.get(socketOf(seg.src, seg.sport))?.at(-1);
    if (syn !== undefined) syn.opened = true;
  }

  /** The server sends a segment. */
  left(now: Nanos, seg: Readonly<Segment>): void {
    if ((seg.flags & (SYN | RST)) === 0) return;
    const ofSocket = this.#bySocket.get(socketOf(seg.dst, seg.dport));
    const syn = (seg.flags & ACK) !== 0 ? covering(ofSocket, seg.ack) : ofSocket?.at(-1);
    if (syn === undefined) return;
    if ((seg.flags & RST) !== 0) {
      if (syn.synAcks === 0) syn.refusals++;
      return;
    }
    syn.synAcks++;
    if (now === syn.answeredAt && seg.seq === syn.y) syn.twins++;
    syn.answeredAt = now;
    syn.y = seg.seq;
  }
}

/** The SYN that `ack` acknowledges, the last byte of its data at most. */
function covering(syns: readonly ServedSyn[] | undefined, ack: number): ServedSyn | undefined {
  return syns?.findLast(({ x, len }) => {
    const past = seqDiff(ack, x);
    return past >= 1 && past <= 1 + len;
  });
}

function newSyn(seg: Readonly<Segment>): ServedSyn {
  return {
    client: seg.src,
    clientPort: seg.sport,
    port: seg.dport,
    x: seg.seq,
    len: seg.len,
    syns: 0,
    synAcks: 0,
    answeredAt: -1,
    y: -1,
    twins: 0,
    refusals: 0,
    opened: false,
    acknowledged: false,
    reset: false,
  };
}

function socketOf(address: number, port: number): number {
  return address * 0x1_0000 + port;
}
