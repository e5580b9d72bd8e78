/**
 * When a firewall goes over to SYN cookies and back (OpenBSD pf_syncookies.c, `set syncookies adaptive`): on when more than
 * `high` of the connections it let pass are half open; off when, at one of its looks every 15 s, half-open ones and cookies
 * under way together are fewer than `low`. Cookies count as under way for two looks, after which their key is replaced.
 */
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { EntryTable } from './entry-table.ts';

/** pf: PF_SYNCOOKIE_SECRET_LIFETIME. */
const LOOK_EVERY: Nanos = 15 * SEC;
/** pf's timeout tcp.opening, which holds once the server has answered (pf_tcp_track_full). */
const OPENING: Nanos = 30 * SEC;

export class HalfOpenWatch {
  active = false;
  readonly #high: number;
  readonly #low: number;
  readonly #table: EntryTable;
  /** Cookies sent and not redeemed, in this period and the one before. */
  #now = 0;
  #before = 0;
  #lookAt: Nanos = Infinity;

  constructor(high: number, low: number, secret: Uint32Array) {
    this.#high = high;
    this.#low = low;
    this.#table = new EntryTable(high + 2, 1, 0, secret);
  }

  get length(): number {
    return this.#table.length;
  }

  get inFlight(): number {
    return this.#now + this.#before;
  }

  /** A SYN comes. True: this is the moment to go over to cookies. */
  tooMany(now: Nanos): boolean {
    if (this.active || this.#table.length <= this.#high) return false;
    this.active = true;
    this.#lookAt = now + LOOK_EVERY;
    return true;
  }

  /** Whether this SYN repeats one that has passed: then it passes as well. */
  knows(syn: Readonly<Segment>): boolean {
    return this.#table.find(syn.src, syn.sport, syn.dst, syn.dport) >= 0;
  }

  passed(now: Nanos, syn: Readonly<Segment>): void {
    const row = this.#table.find(syn.src, syn.sport, syn.dst, syn.dport);
    if (row < 0) this.#table.insert(syn.src, syn.sport, syn.dst, syn.dport, 0, now);
  }

  /** A client that goes on, or gives up, is not half open any more. */
  fromNet(seg: Readonly<Segment>): void {
    if ((seg.flags & SYN) !== 0 || (seg.flags & (ACK | RST)) === 0) return;
    const row = this.#table.find(seg.src, seg.sport, seg.dst, seg.dport);
    if (row >= 0) this.#table.remove(row);
  }

  fromServer(seg: Readonly<Segment>): void {
    if ((seg.flags & RST) === 0) return;
    const row = this.#table.find(seg.dst, seg.dport, seg.src, seg.sport);
    if (row >= 0) this.#table.remove(row);
  }

  sent(): void {
    this.#now++;
  }

  redeemed(): void {
    if (this.#now > 0) this.#now--;
    else this.#before--;
  }

  /** True: cookies end. */
  onTimer(now: Nanos): boolean {
    while (this.#table.due(0, OPENING) <= now) this.#table.remove(this.#table.oldest(0));
    if (now < this.#lookAt) return false;
    const ends = this.active && this.#table.length + this.inFlight < this.#low;
    if (ends) this.active = false;
    this.#before = this.#now;
    this.#now = 0;
    this.#lookAt = this.active || this.#before > 0 ? now + LOOK_EVERY : Infinity;
    return ends;
  }

  nextTimer(): Nanos {
    return Math.min(this.#lookAt, this.#table.due(0, OPENING));
  }
}
