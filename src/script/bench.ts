/** The stack under test on virtual time: its sockets, what it has sent and not yet been asked about, and its reasons. */
import { SocketHost } from '../socket/host.ts';
import type { HostSettings } from '../socket/settings.ts';
import type { Nanos, Tx } from '../tcp/types.ts';
import type { Rule, WhySink } from '../tcp/why.ts';
import { AddressTable } from '../wire/address.ts';
import { copySegment, NO_BYTES, Segment } from '../wire/segment.ts';

/** A segment that the stack has sent. */
export interface Sent {
  readonly at: Nanos;
  readonly seg: Segment;
}

/** A reason the engine gave, as it was given. */
export interface Reason {
  readonly rule: Rule;
  /** undefined: an action, no check. */
  readonly held: boolean | undefined;
  readonly values: readonly [number, number, number];
}

/** More timers in one stretch of waiting than any script needs: something is spinning. */
const MOST_TIMERS = 100_000;
/** Reasons kept for a failure report. */
const KEPT_REASONS = 12;

export class Bench {
  readonly host: SocketHost;
  readonly addresses: AddressTable = new AddressTable();
  /** Handles of the stack's own address and of the script's. */
  readonly local: number;
  readonly remote: number;
  now: Nanos = 0;
  /** When the call that waits gives up by itself. */
  alarm: Nanos = Infinity;
  /** Room of the queue below IP: 0 loses all that is sent. */
  queueLimit: number = Infinity;
  /** Sent and not yet expected by the script, oldest first. */
  readonly outbox: Sent[] = [];
  /** The latest reasons, oldest first. */
  readonly reasons: Reason[] = [];
  /** Asked after each thing that happened: calls that wait try again here. */
  onProgress: () => void = () => undefined;
  readonly tx: Tx;

  constructor(settings: HostSettings, local: string, remote: string) {
    this.local = this.addresses.parse(local);
    this.remote = this.addresses.parse(remote);
    // A fixed key: the same script gives the same run. Nobody outside can see this stack.
    const secret = Uint32Array.of(0x68616c66, 0x6f70656e, 0x73637269, 0x70740001);
    this.host = new SocketHost({ addresses: [this.local], addressTable: this.addresses, settings, secret });
    this.host.stack.why = this.#sink();
    const full = (): boolean => this.queueLimit === 0;
    this.tx = {
      get full(): boolean {
        return full();
      },
      alloc: () => new Segment(),
      send: (seg) => {
        if (this.queueLimit === 0) return;
        const kept = new Segment();
        copySegment(seg, kept);
        kept.payload = NO_BYTES;
        kept.payloadOff = 0;
        this.outbox.push({ at: this.now, seg: kept });
      },
    };
  }

  /** Lets time pass until `at`, timers due exactly then included. */
  advance(at: Nanos): void {
    this.#run(at, () => false);
    if (at > this.now) this.now = at;
  }

  /** Lets time pass until `done` or, at the latest, `limit`. Returns whether it is done. */
  advanceUntil(limit: Nanos, done: () => boolean): boolean {
    if (done()) return true;
    return this.#run(limit, done);
  }

  inject(seg: Readonly<Segment>): void {
    this.reasons.length = 0;
    this.host.onSegment(this.now, seg, this.tx);
    this.onProgress();
  }

  #run(limit: Nanos, done: () => boolean): boolean {
    for (let n = 0; ; n++) {
      const next = Math.min(this.host.nextTimer(), this.alarm);
      if (next === Infinity || next > limit) return false;
      if (n > MOST_TIMERS) throw new Error(`more than ${MOST_TIMERS} timers before ${limit} ns`);
      if (next > this.now) {
        this.now = next;
        this.reasons.length = 0;
      }
      if (this.alarm <= this.now) this.alarm = Infinity;
      this.host.onTimer(this.now, this.tx);
      this.onProgress();
      if (done()) return true;
    }
  }

  #sink(): WhySink {
    const keep = (rule: Rule, held: boolean | undefined, a: number, b: number, c: number): void => {
      if (this.reasons.length === KEPT_REASONS) this.reasons.shift();
      this.reasons.push({ rule, held, values: [a, b, c] });
    };
    return {
      check: keep,
      act: (rule, a, b, c) => keep(rule, undefined, a, b, c),
      state: () => undefined,
    };
  }
}
