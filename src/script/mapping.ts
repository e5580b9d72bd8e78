/**
 * One connection of a script, and how its numbers relate to the stack's: sequence numbers of the script count from the
 * initial ones, timestamps from the first seen. SYNs carry the script's own absolute numbers.
 */
import type { StreamSocket } from '../socket/stream-socket.ts';
import { ACK, type Segment, SYN } from '../wire/segment.ts';
import type { Seq } from '../wire/seq.ts';

export type Phase =
  /** socket() has been called. */
  | 'new'
  | 'listening'
  | 'connecting'
  /** The script expects, or has seen, our SYN. */
  | 'syn-sent'
  | 'syn-acked'
  /** The script has sent a segment to a listener or a closed port. */
  | 'arrived'
  /** The script expects, or has seen, our SYN/ACK. */
  | 'answered'
  | 'completed';

export class Mapping {
  phase: Phase;
  /** Known by accept() or socket(); null for a child that was not accepted yet. */
  socket: StreamSocket | null;
  localPort = 0;
  remotePort = 0;
  /** ISN of our side as the script writes it, and as the stack chose it. */
  scriptIsn: Seq = 0;
  liveIsn: Seq = 0;
  /** The script's side chooses its own ISN: it is the same on both sides. */
  remoteIsn: Seq = 0;
  /** TSval that we sent, by the script's numbers. */
  readonly #tsVals = new Map<number, number>();
  #firstTs: { readonly script: number; readonly live: number } | null = null;

  constructor(phase: Phase, socket: StreamSocket | null) {
    this.phase = phase;
    this.socket = socket;
  }

  /** A sequence number of our side, from the script's counting. */
  toLiveLocal(script: Seq, syn: boolean): Seq {
    return (script + this.liveIsn - (syn ? this.scriptIsn : 0)) >>> 0;
  }

  toScriptLocal(live: Seq, syn: boolean): Seq {
    return (live - this.liveIsn + (syn ? this.scriptIsn : 0)) >>> 0;
  }

  /** A sequence number of the script's side. */
  toLiveRemote(script: Seq, syn: boolean): Seq {
    return syn ? script : (script + this.remoteIsn) >>> 0;
  }

  toScriptRemote(live: Seq, syn: boolean): Seq {
    return syn ? live : (live - this.remoteIsn) >>> 0;
  }

  /** Rewrites the numbers of a segment that the stack sent into the script's, in place. */
  toScript(seg: Segment): void {
    const syn = (seg.flags & SYN) !== 0;
    seg.seq = this.toScriptLocal(seg.seq, syn);
    if ((seg.flags & ACK) !== 0) seg.ack = this.toScriptRemote(seg.ack, syn);
    for (let i = 0; i < 2 * seg.sackCount; i++) seg.sack[i] = this.toScriptRemote(seg.sack[i]!, syn);
  }

  /** Learns that `script` stands for the TSval `live`; returns `live` in the script's counting. */
  learnTs(script: number, live: number): number {
    this.#tsVals.set(script, live);
    this.#firstTs ??= { script, live };
    return (live - this.#firstTs.live + this.#firstTs.script) >>> 0;
  }

  /** The TSval that a TSecr of the script echoes, or undefined when the script has seen none such. */
  liveTs(script: number, scaled: boolean): number | undefined {
    const exact = this.#tsVals.get(script);
    if (exact !== undefined || !scaled || this.#firstTs === null) return exact;
    return (script - this.#firstTs.script + this.#firstTs.live) >>> 0;
  }

  /** A live TSval in the script's counting, for messages. */
  scriptTs(live: number): number {
    return this.#firstTs === null ? live : (live - this.#firstTs.live + this.#firstTs.script) >>> 0;
  }
}
