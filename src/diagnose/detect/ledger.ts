/**
 * Counts what the tracker tells, per server socket, per host, per source and for the whole capture, in bounded memory. Every
 * target has counts; the busiest are watched (windows, detectors, sketches). What had to give way is counted.
 */

import type { AddressVisitor } from '../../wire/address.ts';
import { DOUBLE_ZERO } from '../../wire/double-zero.ts';
import type { Segment } from '../../wire/segment.ts';
import type { HandshakeObserver } from '../handshake-observer.ts';
import { Verdict } from '../verdict.ts';
import type { AttemptRows } from './attempt-rows.ts';
import { AttemptRun } from './attempt-run.ts';
import type { QueueContext } from './half-open-queue.ts';
import { hashAddress, hashNumber } from './key-hash.ts';
import { LooseEnd } from './loose-ends.ts';
import { SourceEvent, SourceTable } from './source-table.ts';
import { SynShape } from './syn-shape.ts';
import type { LedgerReport, TargetCounts, TargetProfile } from './target-profile.ts';
import { CaptureCounts, EVENTS, Event, TargetTable } from './target-table.ts';
import { TargetWatch } from './target-watch.ts';
import { unlikelySource } from './unlikely-sources.ts';
import { WatchList } from './watch-list.ts';

/** Room. The defaults keep everything within some 50 MiB. */
export interface LedgerOptions {
  /** Stirs the hashes; results do not depend on it while nothing has given way. */
  readonly seed?: number;
  /** When counting begins, in ns since the first packet of the capture. Default 0. */
  readonly since?: number;
  readonly mostTargets?: number;
  /** Watched sockets, and watched hosts. */
  readonly mostWatched?: number;
  /** Sources, in sets of four: a power of two. */
  readonly sourceSets?: number;
}

export class TargetLedger implements HandshakeObserver {
  readonly #rows: AttemptRows;
  readonly #seed: number;
  readonly #targets: TargetTable;
  readonly #sources: SourceTable;
  /** Time of what is being told, ns. In a typed array, since a number of this size as an argument is boxed at each call. */
  readonly #now = new Float64Array(1);
  readonly #capture: TargetWatch;
  readonly #captureCounts = new CaptureCounts(this.#now);
  readonly #sockets: WatchList;
  readonly #hosts: WatchList;
  readonly #end = new LooseEnd();
  readonly #run = new AttemptRun();
  /** Where the last event was: the next is mostly at the same target. Rows of the table, -1 without. */
  #address = -1;
  #port = -1;
  #socket = -1;
  #host = -1;
  #hostHash = 0;
  #portHash = 0;
  /** The second of the last event, and its end in ns. */
  #second = 0;
  #secondEnd: number = DOUBLE_ZERO;

  constructor(rows: AttemptRows, options: LedgerOptions = {}) {
    this.#rows = rows;
    this.#seed = options.seed ?? 0;
    this.#now[0] = options.since ?? 0;
    const most = options.mostWatched ?? MOST_WATCHED;
    // Rows that are watched never give way: there must be others.
    this.#targets = new TargetTable(
      Math.max(options.mostTargets ?? MOST_TARGETS, 4 * most + 16),
      this.#seed,
      this.#now,
    );
    this.#sources = new SourceTable(options.sourceSets ?? SOURCE_SETS, this.#now);
    this.#capture = new TargetWatch('capture', this.#now, this.#sources.newSources);
    this.#sockets = new WatchList('socket', most, this.#targets, this.#now);
    this.#hosts = new WatchList('host', most, this.#targets, this.#now);
  }

  onAttempt(ts: number, row: number, seg: Readonly<Segment>, ttl: number, ipId: number): void {
    const rows = this.#rows;
    const second = this.#secondOf(ts);
    const run = this.#run;
    if (run.length > 0 && run.second === second && seg.dst === this.#address && seg.dport === this.#port) run.add(ts);
    else this.#beginRun(second, ts, seg);
    const source = hashAddress(seg.src, this.#seed, rows);
    const print = rows.synPrint(row);
    const unlikely = unlikelySource(seg.src);
    this.#sources.attempt(seg, source, this.#hostHash, this.#portHash);
    if (this.#capture.synSamples.isDue()) this.#sample(this.#capture, row, seg, ipId);
    const watch = this.#sockets.of(this.#socket);
    let fresh = 0;
    if (watch !== undefined) {
      fresh = watch.attempt(seg, source, ttl, print, unlikely);
      if (watch.synSamples.isDue()) this.#sample(watch, row, seg, ipId);
    }
    const hostWatch = this.#hosts.of(this.#host);
    if (hostWatch !== undefined) {
      if (!hostWatch.borrow(watch, fresh)) hostWatch.attempt(seg, source, ttl, print, unlikely);
      if (hostWatch.synSamples.isDue()) this.#sample(hostWatch, row, seg, ipId);
    }
    // Who is not watched may be from the next attempt on, which its count decides.
    if (hostWatch === undefined || watch === undefined) this.#endRun();
    // The SYN/ACK may stand before its SYN in the capture; nobody told of it then.
    if (rows.synacks(row) > 0) this.#ofAttempt(Event.Answered, SourceEvent.Answered, ts, row);
  }

  /** An attempt at another socket than the last, in another second, or after something else. */
  #beginRun(second: number, ts: number, seg: Readonly<Segment>): void {
    this.#endRun();
    if (seg.dst !== this.#address || seg.dport !== this.#port || this.#socket < 0) this.#goTo(seg.dst, seg.dport);
    this.#run.begin(second, ts);
    this.#capture.advanceTo(second);
    // Asked for with this attempt counted already.
    const host = this.#hosts.make(this.#host, 1);
    const socket = this.#sockets.make(this.#socket, 1);
    host?.advanceTo(second);
    socket?.advanceTo(second);
    if (host?.attempts === 0 && socket?.attempts === 0) host.borrowFrom(socket);
  }

  /** Counts the attempts under way. Whatever looks at counts, or changes them, begins with it. */
  #endRun(): void {
    const run = this.#run;
    const { length, latest } = run;
    if (length === 0) return;
    this.#captureCounts.addMany(Event.Attempt, length, run.first, latest);
    this.#targets.countMany(this.#host, Event.Attempt, length, latest);
    this.#targets.countMany(this.#socket, Event.Attempt, length, latest);
    this.#addRun(this.#capture);
    this.#addRun(this.#hosts.of(this.#host));
    this.#addRun(this.#sockets.of(this.#socket));
    run.length = 0;
  }

  #addRun(watch: TargetWatch | undefined): void {
    watch?.addRun(this.#run, this.#address, this.#hostHash, this.#port, this.#portHash);
  }

  onSynAgain(ts: number, row: number): void {
    this.#ofAttempt(Event.SynAgain, SourceEvent.SynAgain, ts, row);
  }

  onSynAck(ts: number, row: number, seg: Readonly<Segment>, again: boolean): void {
    if (again) {
      this.#at(Event.SynackAgain, ts, seg.src, seg.sport);
      return;
    }
    this.#ofAttempt(Event.Answered, SourceEvent.Answered, ts, row);
    const watch = this.#sockets.of(this.#socket);
    if (watch?.synackSamples.isDue())
      watch.synackSamples.add(ts, seg.seq, seg.dst, seg.dport, -1, this.#rows.synackPacket(row));
  }

  onCompleted(ts: number, row: number): void {
    const since = this.#ofAttempt(Event.Completed, SourceEvent.Completed, ts, row);
    this.#capture.complete(since);
    this.#hosts.of(this.#host)?.complete(since);
    this.#sockets.of(this.#socket)?.complete(since);
    this.#depart(since);
  }

  onRefused(ts: number, row: number): void {
    this.#depart(this.#ofAttempt(Event.Refused, SourceEvent.Refused, ts, row));
  }

  onReset(ts: number, row: number, fromClient: boolean): void {
    const since = fromClient
      ? this.#ofAttempt(Event.Aborted, SourceEvent.Aborted, ts, row)
      : this.#ofRow(Event.TakenBack, ts, row);
    this.#depart(since);
  }

  onFin(ts: number, row: number): void {
    this.#ofRow(Event.Fin, ts, row);
  }

  onUnsolicited(ts: number, _row: number, seg: Readonly<Segment>, _ttl: number): void {
    this.#endRun();
    this.#at(Event.StraySent, ts, seg.src, seg.sport);
    // Reflectors are many and send little each: only who sends more is watched.
    if (this.#targets.counts[this.#host * EVENTS + Event.StraySent]! >= MANY_STRAYS) this.#hosts.make(this.#host);
    // A port that sent nothing is no target: strays count at the host they reach.
    this.#goTo(seg.dst, -1);
    this.#hosts.make(this.#host);
    this.#at(Event.StrayReceived, ts, seg.dst, -1);
  }

  onMidStream(ts: number, row: number, fromClient: boolean): void {
    const event = fromClient ? Event.MidStreamFromClient : Event.MidStreamFromServer;
    this.#ofRow(event, ts, row);
  }

  onRetired(ts: number, row: number): void {
    const rows = this.#rows;
    if (UNFINISHED[rows.verdict(row)] === 0) return;
    this.#endRun();
    const read = rows.end(row);
    const end = this.#end;
    end.read(ts, read, hashAddress(read.client, this.#seed, rows));
    this.#lookAt(read.server, read.serverPort);
    this.#capture.ends.add(end);
    this.#hosts.of(this.#host)?.ends.add(end);
    const watch = this.#sockets.of(this.#socket);
    if (watch === undefined) return;
    watch.ends.add(end);
    if (end.silent) watch.queue.onSilent(read.synacks, ts - read.lastSynackAt);
  }

  /** The capture ends at `ts`: closes the second under way. Nothing may follow but `report`. */
  finish(ts: number): void {
    this.#endRun();
    this.#capture.finish(ts);
    for (const watch of this.#sockets.all) watch.finish(ts);
    for (const watch of this.#hosts.all) watch.finish(ts);
  }

  /** What is known of all seconds before that of `ts`; after `finish`, of everything. */
  report(ts: number): LedgerReport {
    this.#endRun();
    this.#capture.advance(ts);
    const capture = this.#captureCounts.read();
    const read = (watch: TargetWatch): TargetProfile => {
      watch.advance(ts);
      const { address, port } = this.#targets;
      const counts = this.#targets.read(watch.row);
      const host = this.#targets.find(address[watch.row]!, -1);
      const context = contextOf(counts, host < 0 ? counts : this.#targets.read(host), capture, ts);
      return watch.read(address[watch.row]!, port[watch.row]!, counts, context, this.#rows);
    };
    const targets = [...this.#hosts.all, ...this.#sockets.all].map(read);
    targets.sort((a, b) => b.counts.attempts - a.counts.attempts || a.address - b.address || a.port - b.port);
    const whole = { sources: this.#sources.tally(), shape: new SynShape() };
    for (const watch of this.#hosts.all) if (watch.shape !== undefined) whole.shape.merge(watch.shape);
    const context = contextOf(capture, capture, capture, ts);
    return {
      capture: this.#capture.read(-1, -1, capture, context, this.#rows, whole),
      targets,
      sources: this.#sources.read(MOST_SOURCES),
      forgotten: { targets: this.#targets.forgotten, profiles: this.#sockets.forgotten + this.#hosts.forgotten },
    };
  }

  /** Shows every address handle that is kept. */
  eachAddress(visit: AddressVisitor): void {
    this.#endRun();
    visit(this.#address);
    this.#targets.eachAddress(visit);
    this.#sources.eachAddress(visit);
    this.#capture.eachAddress(visit);
    for (const { all } of [this.#sockets, this.#hosts]) for (const watch of all) watch.eachAddress(visit);
  }

  /** Few SYNs come here: whether one is due is asked first, as a call with this much costs more than the rest. */
  #sample({ synSamples }: TargetWatch, row: number, seg: Readonly<Segment>, ipId: number): void {
    synSamples.add(this.#now[0]!, seg.seq, seg.src, seg.sport, ipId, this.#rows.synPacket(row));
  }

  /** An event of an attempt: at its target, and of its source. Gives when the attempt began. */
  #ofAttempt(event: Event, ofSource: SourceEvent, ts: number, row: number): number {
    const { client, server, serverPort, synAt } = this.#rows.sockets(row);
    this.#sources.count(ofSource, client, hashAddress(client, this.#seed, this.#rows));
    this.#at(event, ts, server, serverPort);
    return synAt;
  }

  /** An event of a row at its target only. */
  #ofRow(event: Event, ts: number, row: number): number {
    const { server, serverPort, synAt } = this.#rows.sockets(row);
    this.#at(event, ts, server, serverPort);
    return synAt;
  }

  /** An event at a target, at its host and in the capture. */
  #at(event: Event, ts: number, address: number, port: number): void {
    this.#endRun();
    const second = this.#secondOf(ts);
    this.#goTo(address, port);
    this.#captureCounts.add(event);
    this.#capture.count(event, second);
    this.#targets.count(this.#host, event);
    this.#hosts.of(this.#host)?.count(event, second);
    if (this.#socket < 0) return;
    this.#targets.count(this.#socket, event);
    this.#sockets.of(this.#socket)?.count(event, second);
  }

  /** The entry of an attempt that began at `since`, at the current target, is freed. */
  #depart(since: number): void {
    this.#capture.depart(since);
    this.#hosts.of(this.#host)?.depart(since);
    this.#sockets.of(this.#socket)?.depart(since);
  }

  /** Makes this the current target, with rows in the table. Port -1: a host only. */
  #goTo(address: number, port: number): void {
    this.#lookAt(address, port);
    if (this.#host >= 0 && (this.#socket >= 0 || port < 0)) return;
    if (!this.#targets.hasRoom(2)) {
      this.#targets.cull();
      this.#sockets.renumber();
      this.#hosts.renumber();
      // Rows have other numbers now, and some are gone.
      this.#host = -1;
      this.#lookAt(address, port);
    }
    if (this.#host < 0) this.#host = this.#targets.add(address, -1);
    if (this.#socket < 0 && port >= 0) this.#socket = this.#targets.add(address, port);
  }

  /** Makes this the current target; its rows are -1 where it has none. */
  #lookAt(address: number, port: number): void {
    if (address === this.#address && port === this.#port && this.#host >= 0) return;
    if (address !== this.#address || this.#host < 0) this.#host = this.#targets.find(address, -1);
    this.#socket = port < 0 ? -1 : this.#targets.find(address, port);
    if (address !== this.#address) this.#hostHash = hashAddress(address, this.#seed, this.#rows);
    if (port !== this.#port) this.#portHash = hashNumber(port, this.#seed);
    this.#address = address;
    this.#port = port;
  }

  /** Sets the time, and gives its second. */
  #secondOf(ts: number): number {
    this.#now[0] = ts;
    // A double, even where `ts` came as the small integer it is in the first two seconds.
    const now = this.#now[0];
    if (now < this.#secondEnd && now >= this.#secondEnd - SEC) return this.#second;
    this.#second = Math.max(0, Math.floor(now / SEC));
    this.#secondEnd = now - (now % SEC) + SEC;
    return this.#second;
  }
}

function contextOf(target: TargetCounts, host: TargetCounts, capture: TargetCounts, endedAt: number): QueueContext {
  const heard = (c: TargetCounts): boolean => c.answered + c.refused + c.midStreamFromServer > 0;
  return {
    attempts: target.attempts,
    answered: target.answered,
    refused: target.refused,
    serverHeard: heard(host) || host.straySent > 0,
    anyServerHeard: heard(capture),
    endedAt,
  };
}

/** What retired rows are looked at for. */
const UNFINISHED: Uint8Array = new Uint8Array(8);
for (const verdict of [Verdict.HalfOpen, Verdict.Aborted, Verdict.Refused, Verdict.Unanswered, Verdict.CannotJudge])
  UNFINISHED[verdict] = 1;
const MOST_TARGETS = 65_536;
const MOST_WATCHED = 384;
const SOURCE_SETS = 256;
const MOST_SOURCES = 256;
const MANY_STRAYS = 8;
const SEC = 1e9;
