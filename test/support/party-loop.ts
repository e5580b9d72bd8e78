/** Carries segments between parties, and lets emitters emit: the least of an arena that tests of traffic need. */
import type { Emitter, Party } from '../../src/sim/arena/types.ts';
import { EventQueue } from '../../src/sim/event-queue.ts';
import type { Nanos, Tx } from '../../src/tcp/types.ts';
import { copySegment, resetSegment, Segment } from '../../src/wire/segment.ts';

export class PartyLoop {
  now: Nanos = 0;
  /** Every segment a party sent, with its time; kept only when asked for. */
  readonly sent: [Nanos, Segment][] = [];
  /** SYNs of emitters. */
  emitted = 0;
  keeps = false;
  onEmit: (now: Nanos, seg: Readonly<Segment>) => void = () => {};
  readonly tx: Tx = { alloc: () => new Segment(), send: (seg) => this.#send(seg) };
  readonly #queue = new EventQueue();
  readonly #flying: Segment[] = [];
  #ranges: readonly { first: number; last: number; party: Party | null }[] = [];
  #parties: readonly Party[] = [];
  #emitters: readonly Emitter[] = [];
  readonly #seg = new Segment();

  join(
    ranges: readonly { first: number; last: number; party: Party | null }[],
    parties: readonly Party[],
    emitters: readonly Emitter[],
  ): void {
    this.#ranges = ranges;
    this.#parties = parties;
    this.#emitters = emitters;
  }

  runTo(until: Nanos): void {
    for (;;) {
      let next = this.#queue.peek();
      for (const party of this.#parties) next = Math.min(next, party.nextTimer());
      for (const emitter of this.#emitters) next = Math.min(next, emitter.next);
      if (next > until) break;
      this.now = Math.max(this.now, next);
      for (const party of this.#parties) if (party.nextTimer() <= this.now) party.onTimer(this.now);
      if (this.#queue.peek() <= this.now) this.#land();
      for (const emitter of this.#emitters) if (emitter.next <= this.now) this.#emit(emitter);
    }
    this.now = until;
  }

  #emit(emitter: Emitter): void {
    resetSegment(this.#seg);
    if (!emitter.emit(this.#seg)) return;
    this.emitted++;
    this.onEmit(this.now, this.#seg);
  }

  #send(seg: Segment): void {
    const flying = new Segment();
    copySegment(seg, flying);
    flying.payload = seg.payload.slice(seg.payloadOff, seg.payloadOff + seg.len);
    flying.payloadOff = 0;
    if (this.keeps) this.sent.push([this.now, flying]);
    const to = this.#partyAt(seg.dst);
    if (to === null) return;
    const delay = (this.#partyAt(seg.src)?.delayOf(seg.src) ?? 0) + to.delayOf(seg.dst);
    this.#queue.push(this.now + delay, this.#flying.push(flying) - 1);
  }

  #land(): void {
    this.#queue.pop();
    const seg = this.#flying[this.#queue.event]!;
    this.#partyAt(seg.dst)?.receive(this.now, seg);
  }

  #partyAt(address: number): Party | null {
    return this.#ranges.find(({ first, last }) => first <= address && address <= last)?.party ?? null;
  }
}
