/**
 * The TCP of one host: its listeners and connections, and who gets which segment (RFC 9293 §3.10.7).
 * Answers for ports where nothing listens, and keeps the timers of all its connections.
 */
import { type AddressTable, isIpv6 } from '../wire/address.ts';
import { isHostAddress } from '../wire/host-address.ts';
import type { IcmpError } from '../wire/icmp.ts';
import { ACK, RST, type Segment, SYN } from '../wire/segment.ts';
import type { Seq } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import { Connection } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { FastOpenClient, type FastOpenMode } from './fast-open-client.ts';
import type { FastOpenChild } from './fast-open-server.ts';
import type { HalfOpen } from './half-open.ts';
import { IsnGenerator } from './isn.ts';
import type { ListenOptions } from './listen-options.ts';
import { Listener } from './listener.ts';
import { LocalPorts } from './local-ports.ts';
import { answerClosed, answerListen } from './no-connection.ts';
import { OpenError } from './open-error.ts';
import type { PeerMetrics } from './peer-metrics.ts';
import * as rules from './rules.ts';
import * as rulesIcmp from './rules-icmp.ts';
import type { ConnectOptions, StackCounters, StackOptions } from './stack-options.ts';
import { finish } from './tcb.ts';
import { beginsAnew } from './time-wait-reopen.ts';
import { TimeWaitRows } from './time-wait-rows.ts';
import { TimerHeap } from './timer-heap.ts';
import { type Endpoint, MS, type Nanos, type Tx } from './types.ts';
import type { WhySink } from './why.ts';

const FIRST_EPHEMERAL = 49152; // RFC 6335 §6: the dynamic ports

export class TcpStack implements Endpoint {
  readonly config: TcpConfig;
  readonly addresses: readonly number[];
  readonly counters: StackCounters = {
    outRsts: 0,
    notOurs: 0,
    signed: 0,
    invalidSource: 0,
    outOfWindowIcmps: 0,
    strayIcmps: 0,
    activeOpens: 0,
    passiveOpens: 0,
    TCPFastOpenActive: 0,
    TCPFastOpenActiveFail: 0,
    TCPFastOpenBlackhole: 0,
  };
  /** Cookies of servers, and whether to use them. */
  readonly fastOpen: FastOpenClient = new FastOpenClient(this.counters);
  /** Chosen ISS of the next passive open, for figures of the RFC and for tests; null = RFC 6528's. */
  nextIss: Seq | null = null;
  readonly #address: number;
  readonly #secret: Uint32Array;
  readonly #addressTable: AddressTable | null;
  readonly #broadcasts: readonly number[] | null;
  readonly #metrics: PeerMetrics | null;
  readonly #isns: IsnGenerator;
  readonly #table: ConnectionTable;
  readonly #listeners = new Map<number, Listener<Connection>>();
  readonly #timers = new TimerHeap();
  #touched: Connection[] = [];
  readonly #ports: LocalPorts;
  readonly #owns: ((address: number) => boolean) | null;
  readonly #waiting: TimeWaitRows | null;
  #news: Connection[] | null = null;
  /** ISS of the connection that follows one in TIME-WAIT; -1 = none does. */
  #reopenIss = -1;
  #why: WhySink | null = null;

  constructor(options: StackOptions) {
    if (options.addresses.length === 0) throw new Error('a TCP stack needs at least one address');
    this.config = options.config;
    this.addresses = options.addresses;
    this.#address = options.addresses[0]!;
    this.#secret = options.secret;
    this.#addressTable = options.addressTable ?? null;
    this.#broadcasts = options.broadcasts ?? null;
    this.#metrics = options.peerMetrics ?? null;
    this.#owns = options.owns ?? null;
    this.#waiting = options.timeWait === 'rows' ? new TimeWaitRows(options.secret[2]!) : null;
    this.#isns = new IsnGenerator(options.secret);
    this.#table = new ConnectionTable(options.secret[0]!);
    this.#ports = new LocalPorts(FIRST_EPHEMERAL, 65535, options.secret[1]!);
  }

  /** Where reasons go; null costs nothing. Holds for all connections and listeners, present and to come. */
  get why(): WhySink | null {
    return this.#why;
  }

  set why(sink: WhySink | null) {
    this.#why = sink;
    for (const c of this.#table) c.why = sink;
    for (const listener of this.#listeners.values()) listener.why = sink;
  }

  get listeners(): Iterable<Listener<Connection>> {
    return this.#listeners.values();
  }

  listener(port: number): Listener<Connection> | undefined {
    return this.#listeners.get(port);
  }

  /**
   * From now on connections with events to poll are listed: the list is yours to empty, and each connection stands in it
   * once until its `listed` is false again. For applications with too many connections to ask each of them.
   */
  listNews(): Connection[] {
    this.#news ??= [];
    return this.#news;
  }

  /** Looks at what the application has closed, sent or read since: only then is it news. */
  catchUp(): void {
    this.#drain();
  }

  connections(): Iterable<Connection> {
    this.#drain();
    return this.#table;
  }

  /** Passive OPEN on all our addresses. Throws when the port is taken. */
  listen(port: number, options: ListenOptions): Listener<Connection> {
    if (this.#listeners.has(port)) throw new Error(`port ${port} already has a listener`);
    const listener = new Listener<Connection>(port, options, {
      config: options.config ?? this.config,
      secret: this.#secret,
      isn: (now, local, localPort, remote, remotePort) => this.#isn(now, local, localPort, remote, remotePort),
      tsNow: (now) => Math.floor(now / MS) >>> 0,
      addresses: this.#addressTable,
      promote: (now, config, half, seg, tx, pending) => this.#promote(now, config, half, seg, tx, pending),
    });
    listener.why = this.#why;
    this.#listeners.set(port, listener);
    return listener;
  }

  /** Stops listening: half-open entries are forgotten, connections not yet accepted are reset (Linux inet_csk_listen_stop). */
  unlisten(port: number, now: Nanos, tx: Tx): void {
    const listener = this.#listeners.get(port);
    if (listener === undefined) return;
    this.#listeners.delete(port);
    for (let c = listener.accept(); c !== undefined; c = listener.accept()) c.abort(now, tx);
    listener.close();
  }

  /**
   * Active OPEN: makes a connection and sends its SYN. Throws an OpenError when the 4-tuple is in use, or the remote
   * address is none a host can have (RFC 9293 MUST-46).
   */
  connect(now: Nanos, remote: number, remotePort: number, tx: Tx, options: ConnectOptions = {}): Connection {
    this.#drain(); // a connection the application has just aborted no longer holds its ports
    this.#waiting?.expire(now);
    if (!this.#canBeHost(remote)) {
      throw new OpenError('ENETUNREACH', 'the remote address is a broadcast or multicast address');
    }
    const local = options.local ?? this.#sourceFor(remote);
    const localPort = options.localPort ?? this.#freePort(local, remote, remotePort);
    if (this.#isTaken(local, localPort, remote, remotePort)) {
      throw new OpenError('EADDRNOTAVAIL', `local port ${localPort} already has a connection to that address and port`);
    }
    const iss = options.iss ?? this.#isns.isn(now, local, localPort, remote, remotePort);
    const c = Connection.connect(options.config ?? this.config, local, localPort, remote, remotePort, iss);
    this.#adopt(c);
    this.counters.activeOpens++;
    const mode = options.fastOpen;
    c.open(
      now,
      tx,
      options.data,
      mode === undefined ? null : this.fastOpen.request(now, local, remote, mode, c.tcb.config, this.#why),
    );
    return c;
  }

  /**
   * How many bytes could ride on a Fast Open SYN to `remote` now; -1: none, since a cookie must be asked for first or
   * Fast Open pauses. Changes nothing.
   */
  fastOpenRoom(
    now: Nanos,
    remote: number,
    mode: FastOpenMode,
    options: Pick<ConnectOptions, 'config' | 'local'> = {},
  ): number {
    const { config = this.config, local = this.#address } = options;
    return this.fastOpen.request(now, local, remote, mode, config, null).room;
  }

  onSegment(now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
    // Most hosts have one address, and searching an array shows in bench/handshakes.mjs (7%).
    if (seg.dst !== this.#address && !this.#isOurs(seg.dst)) {
      this.counters.notOurs++;
      return;
    }
    if (seg.signed && this.config.habits.signedDropped) {
      this.counters.signed++;
      if (this.#why !== null) this.#why.check(rules.SIGNED, true, 0, 0, 0);
      return;
    }
    this.#drain(); // what the application closed since is not there any more
    // That a row's time is over shows only when somebody asks: no timer of its own, which each of them would need.
    this.#waiting?.expire(now);
    const c = this.#table.find(seg) ?? this.#wake(seg);
    if (c !== null && !this.#reopens(c, seg)) {
      c.onSegment(now, seg, tx);
      this.#settle(c);
      return;
    }
    if (!this.#canBeHost(seg.src)) {
      this.counters.invalidSource++;
      if (this.#why !== null) this.#why.check(rules.SOURCE_INVALID, true, 0, 0, 0);
      return;
    }
    const listener = this.#listeners.get(seg.dport);
    if (listener === undefined) answerClosed(seg, this.counters, this.#why, tx);
    else if (!listener.onSegment(now, seg, tx)) answerListen(seg, this.counters, this.#why, tx);
    this.#reopenIss = -1;
  }

  /**
   * An ICMP error that the IP layer passes up, directed to the connection or half-open entry whose segment it quotes
   * (RFC 9293 §3.9.2.2, MUST-54).
   */
  onIcmp(now: Nanos, icmp: Readonly<IcmpError>, tx: Tx): void {
    this.#drain();
    const { src, sport, dst, dport } = icmp.quoted;
    const c = this.#table.get(src, sport, dst, dport);
    let answer = -1;
    if (c !== null) {
      answer = c.onIcmp(now, icmp, tx) ? 1 : 0;
      this.#settle(c);
    } else if (this.#isOurs(src)) answer = this.#listeners.get(sport)?.onIcmp(icmp) ?? -1;
    if (answer === 0) this.counters.outOfWindowIcmps++;
    if (answer < 0) this.counters.strayIcmps++;
    if (answer <= 0 && this.#why !== null) this.#why.check(rulesIcmp.ICMP_STRAY, answer === 0, 0, 0, 0);
  }

  onTimer(now: Nanos, tx: Tx): void {
    this.#drain();
    for (let c = this.#timers.due(now); c !== null; c = this.#timers.due(now)) {
      c.onTimer(now, tx);
      this.#settle(c);
    }
    for (const listener of this.#listeners.values()) {
      if (listener.nextTimer() <= now) listener.onTimer(now, tx);
    }
  }

  nextTimer(): Nanos {
    this.#drain();
    let next = this.#timers.next();
    for (const listener of this.#listeners.values()) {
      const at = listener.nextTimer();
      if (at < next) next = at;
    }
    return next;
  }

  /** The host loses power: every connection, entry and listener is forgotten, and nobody is told (RFC 9293 §3.5.1). */
  crash(): void {
    this.#table.clear();
    this.#timers.clear();
    this.#waiting?.clear();
    this.#listeners.clear();
    this.#touched = [];
  }

  #promote(
    now: Nanos,
    config: TcpConfig,
    half: HalfOpen,
    seg: Readonly<Segment>,
    tx: Tx,
    pending: FastOpenChild | null,
  ): Connection {
    this.counters.passiveOpens++;
    const c =
      pending === null
        ? Connection.accepted(config, half, now, seg, tx, this.#why)
        : Connection.fastOpened(config, half, seg, pending, now, tx, this.#why);
    this.#adopt(c);
    this.#timers.schedule(c);
    if (this.#news !== null) this.#list(c, this.#news);
    return c;
  }

  #adopt(c: Connection): void {
    c.owner = this.#touched;
    c.why = this.#why;
    this.#table.add(c);
  }

  /** After anything happened to `c`: out of the table once closed, else under its next deadline. */
  #settle(c: Connection): void {
    if (this.#metrics !== null) this.#metrics.see(c.tcb);
    if (this.#waiting !== null && c.state === 'TIME-WAIT' && isDone(c)) {
      this.#waiting.add(c.tcb);
      finish(c.tcb, 'closed');
    }
    if (this.#news !== null) this.#list(c, this.#news);
    if (c.state !== 'CLOSED') return this.#timers.schedule(c);
    this.#table.remove(c);
    this.#timers.remove(c);
  }

  /** The connection in TIME-WAIT that `seg` is for, back from its row. */
  #wake(seg: Readonly<Segment>): Connection | null {
    if (this.#waiting === null || this.#waiting.size === 0) return null;
    const c = this.#waiting.wake(seg);
    // Whoever held it has been told of its end: what it says from now on concerns nobody.
    if (c !== null) this.#adopt(c);
    return c;
  }

  #isTaken(local: number, localPort: number, remote: number, remotePort: number): boolean {
    if (this.#table.get(local, localPort, remote, remotePort) !== null) return true;
    return this.#waiting?.has(local, localPort, remote, remotePort) === true;
  }

  #list(c: Connection, news: Connection[]): void {
    if (c.listed || c.tcb.events === 0) return;
    c.listed = true;
    news.push(c);
  }

  #drain(): void {
    if (this.#touched.length === 0) return;
    for (let c = this.#touched.pop(); c !== undefined; c = this.#touched.pop()) {
      c.touched = false;
      this.#settle(c);
    }
  }

  /** A new SYN for a connection in TIME-WAIT: RFC 6191 lets a newer one begin again at once. */
  #reopens(c: Connection, seg: Readonly<Segment>): boolean {
    const t = c.tcb;
    if (t.state !== 'TIME-WAIT' || (seg.flags & (SYN | ACK | RST)) !== SYN || !this.#listeners.has(seg.dport))
      return false;
    const newer = beginsAnew(t, seg);
    if (this.#why !== null) this.#why.check(rules.TIME_WAIT_REOPEN, newer, seg.seq, t.rcvNxt, 0);
    if (newer) {
      // RFC 9293 §3.6.1 MAY-2 (1): beyond all that the old connection used (Linux tcp_timewait_state_process).
      this.#reopenIss = (t.sndNxt + 65535 + 2) >>> 0;
      finish(t, 'closed');
      this.#settle(c);
    }
    return newer;
  }

  #isOurs(address: number): boolean {
    return this.addresses.includes(address) || this.#owns?.(address) === true;
  }

  #canBeHost(address: number): boolean {
    if (this.#broadcasts?.includes(address) === true) return false;
    return isHostAddress(address, this.#addressTable);
  }

  /** MUST-44: the application need not say which address the connection is opened from. */
  #sourceFor(remote: number): number {
    if (isIpv6(this.#address) === isIpv6(remote)) return this.#address;
    const other = this.addresses.find((address) => isIpv6(address) === isIpv6(remote));
    if (other === undefined) throw new OpenError('ENETUNREACH', 'this host has no address of that IP version');
    return other;
  }

  #isn(now: Nanos, local: number, localPort: number, remote: number, remotePort: number): Seq {
    const chosen = this.nextIss;
    if (chosen === null) {
      return this.#reopenIss >= 0 ? this.#reopenIss : this.#isns.isn(now, local, localPort, remote, remotePort);
    }
    this.nextIss = null;
    return chosen;
  }

  #freePort(local: number, remote: number, remotePort: number): number {
    const port = this.#ports.take(
      (candidate) => this.#listeners.has(candidate) || this.#isTaken(local, candidate, remote, remotePort),
    );
    if (port !== undefined) return port;
    throw new OpenError('EADDRNOTAVAIL', 'no free local port towards that address and port');
  }
}

/** Nothing is left that only the connection itself could tell; somebody who asks for reasons may still want to watch. */
function isDone(c: Connection): boolean {
  return c.tcb.closing && c.why === null && c.readable === 0;
}
