/**
 * A stream socket on virtual time: the calls of socket(2), listen(2), send(2) … over the sans-IO engine, with the
 * results Linux gives. No call ever waits: where the system's would, the outcome is EAGAIN or EINPROGRESS, and
 * `blocking.ts` repeats it until it is not.
 */

import type { TcpConfig } from '../tcp/config.ts';
import type { Connection } from '../tcp/connection.ts';
import type { FastOpenMode } from '../tcp/fast-open-client.ts';
import { fastOpenKeysOf } from '../tcp/fast-open-cookie.ts';
import type { Listener } from '../tcp/listener.ts';
import type { Nanos, TcpEvent, TcpState, Tx } from '../tcp/types.ts';
import { isIpv6 } from '../wire/address.ts';
import { type Errno, fail, type Outcome, ok } from './errno.ts';
import { defaultFastOpenQueue, fastOpenMode, fastOpenServer, TFO } from './fast-open.ts';
import type { SocketHost } from './host.ts';
import { getOption, setOption } from './option-calls.ts';
import { isReadable } from './readiness.ts';
import { SendReports } from './send-reports.ts';
import type { HostSettings } from './settings.ts';
import { SocketOptions } from './socket-options.ts';
import { UrgentByte } from './urgent-byte.ts';
import { WAKE, type Watcher } from './wake.ts';

/** An address handle (wire/address.ts) and a port. */
export interface Endpoint {
  readonly address: number;
  readonly port: number;
}

/** What may come with `send` and `recv`. */
export interface MessageFlags {
  /**
   * MSG_DONTWAIT is the caller's business; MSG_MORE holds back a partial segment, MSG_EOR ends a record, MSG_OOB makes the
   * last byte urgent.
   */
  readonly more?: boolean;
  readonly whole?: boolean;
  readonly urgent?: boolean;
  /** MSG_ZEROCOPY: the error queue tells when the bytes are needed no longer. */
  readonly zerocopy?: boolean;
  /** MSG_PEEK: what is read stays. */
  readonly peek?: boolean;
}

export class StreamSocket {
  readonly family: 'inet' | 'inet6';
  /** O_NONBLOCK. */
  nonblocking = false;
  readonly options: SocketOptions = new SocketOptions();
  /** The error queue, as far as it tells of bytes sent. */
  readonly reports: SendReports = new SendReports();
  connection: Connection | null = null;
  listener: Listener<Connection> | null = null;
  /** Where `bind` put it; null = nowhere yet. */
  bound: Endpoint | null = null;
  /** sk_err: the error that the next call returns and clears. */
  error: Errno | '' = '';
  readShut = false;
  writeShut = false;
  /** Told of what would wake a waiter. */
  readonly watchers: Set<Watcher<StreamSocket>> = new Set();
  closed = false;
  /** connect(2) with TCP_FASTOPEN_CONNECT: where to, once there is something to send. */
  deferred: Endpoint | null = null;
  /** connect(2) has been called: 'waiting' until it has been told of success. */
  connecting: 'no' | 'waiting' | 'told' = 'no';
  /** The peer's FIN has come. */
  peerClosed = false;
  #passiveOpens = 0;
  readonly #urgentByte = new UrgentByte();
  readonly #host: SocketHost;

  /** By `SocketHost.socket()`. */
  constructor(host: SocketHost, family: 'inet' | 'inet6') {
    this.#host = host;
    this.family = family;
  }

  /** What the administrator of its host has set. */
  get settings(): HostSettings {
    return this.#host.settings;
  }

  /** The configuration a connection of this socket gets. */
  get config(): TcpConfig {
    return this.options.configure(this.#host.settings, this.family);
  }

  bind(local: Endpoint): Outcome {
    if (this.bound !== null || this.connection !== null) return fail('EINVAL');
    if (local.address !== ANY && !this.#host.stack.addresses.includes(local.address)) return fail('EADDRNOTAVAIL');
    if (local.port !== 0 && this.#host.portTaken(local.port, this)) return fail('EADDRINUSE');
    this.bound = local;
    return ok(0);
  }

  listen(backlog: number): Outcome {
    if (this.connection !== null) return fail('EINVAL');
    const port = this.bound === null || this.bound.port === 0 ? this.#host.freePort(this) : this.bound.port;
    if (port === undefined) return fail('EADDRINUSE');
    if (this.listener === null && this.#host.stack.listener(port) !== undefined) return fail('EADDRINUSE');
    this.bound = { address: this.bound?.address ?? ANY, port };
    // listen(2) takes the backlog as unsigned, so -1 gives somaxconn (measured: ground truth B, section 2.3).
    const limit = Math.min(backlog < 0 ? Infinity : backlog, this.#host.settings.somaxconn);
    if (this.options.fastOpenQueue === 0) {
      this.options.fastOpenQueue = defaultFastOpenQueue(this.#host.settings.fastOpen, limit);
    }
    if (this.listener !== null) this.listener.setBacklog(limit);
    else {
      this.options.quickAck = true; // inet_csk_listen_start: inet_csk_delack_init
      this.listener = this.#host.stack.listen(port, this.#host.listenOptions(limit, this));
    }
    return ok(0);
  }

  /** The connection that has waited longest, as a socket of its own. EAGAIN when none waits. */
  accept(): StreamSocket | Outcome {
    if (this.listener === null) return fail('EINVAL');
    const connection = this.listener.accept();
    if (connection === undefined) return fail('EAGAIN');
    return this.#host.adopt(connection, this);
  }

  /** EINPROGRESS, and the SYN is on its way; later calls tell how it went. */
  connect(now: Nanos, remote: Endpoint, tx: Tx): Outcome {
    if (this.listener !== null) return fail('EISCONN');
    if (this.deferred !== null) return fail('EISCONN');
    if (this.connection !== null) return this.#connectAgain();
    if ((this.family === 'inet6') !== isIpv6(remote.address)) return fail('EAFNOSUPPORT');
    const fastOpen = this.options.fastOpenConnect ? this.#fastOpenMode : undefined;
    if (fastOpen !== undefined && this.#fastOpenRoom(now, remote) >= 0) {
      this.deferred = remote;
      return ok(0);
    }
    const opened = this.#host.open(now, this, remote, tx, fastOpen === undefined ? {} : { fastOpen });
    if (opened.errno !== '') return opened;
    this.error = '';
    this.connecting = 'waiting';
    return fail('EINPROGRESS');
  }

  /**
   * sendto(2) with MSG_FASTOPEN, or the first send after a connect that waited for it (Linux tcp_sendmsg_fastopen).
   * Takes what rides on the SYN or, for a caller that will wait, as much as the send buffer holds; the rest is for
   * `send`. EINPROGRESS when nothing was taken and the SYN is on its way.
   */
  fastOpen(now: Nanos, remote: Endpoint | 'unspec', bytes: Uint8Array, waits: boolean, tx: Tx): Outcome {
    const { settings } = this.#host;
    if (this.deferred === null && (settings.fastOpen.flags & TFO.CLIENT_ENABLE) === 0) return fail('EOPNOTSUPP');
    if (remote === 'unspec') return fail('EOPNOTSUPP');
    if (this.listener !== null) return fail('EISCONN');
    if (this.connection !== null) return this.#connectAgain();
    if (this.error !== '') return fail(this.takeError());
    if ((this.family === 'inet6') !== isIpv6(remote.address)) return fail('EAFNOSUPPORT');
    const room = this.#fastOpenRoom(now, remote);
    const data = waits ? bytes : bytes.subarray(0, Math.max(0, room));
    const opened = this.#host.open(now, this, remote, tx, { fastOpen: this.#fastOpenMode, data });
    if (opened.errno !== '') return opened;
    this.deferred = null;
    this.connecting = 'waiting';
    const taken = this.connection!.tcb.sendBuffer?.length ?? 0;
    return taken > 0 ? ok(taken) : fail('EINPROGRESS');
  }

  /** Takes bytes and returns how many. EAGAIN when the send buffer is full or the handshake not yet done. */
  send(now: Nanos, bytes: Uint8Array, tx: Tx, flags: MessageFlags = {}): Outcome {
    if (this.error !== '') return fail(this.takeError());
    const c = this.connection;
    if (this.writeShut || c === null || c.state === 'CLOSED') return fail('EPIPE');
    // A Fast Open may answer before the handshake ends.
    if (c.state === 'SYN-SENT' || (c.state === 'SYN-RECEIVED' && c.pendingOpen === null)) return fail('EAGAIN');
    if (bytes.length === 0) return ok(0);
    const n = c.send(now, bytes, tx, flags);
    return n === 0 ? fail('EAGAIN') : ok(n);
  }

  /** Received bytes into `into`; 0 = the peer has closed. EAGAIN when nothing is there. */
  recv(now: Nanos, into: Uint8Array, tx: Tx, flags: MessageFlags = {}): Outcome {
    const c = this.connection;
    if (this.deferred !== null) return fail('EAGAIN');
    if (this.listener !== null || (c === null && this.error === '')) return fail('ENOTCONN');
    if (c !== null && flags.urgent === true) {
      return this.options.oobInline ? fail('EINVAL') : this.#urgentByte.receive(c, into, flags.peek === true);
    }
    if (into.length > 0 && c !== null && c.readable > 0) {
      const { oobInline } = this.options;
      const urgent = this.#urgentByte;
      const n = flags.peek === true ? urgent.peek(c, into, oobInline) : urgent.read(c, into, oobInline, now, tx);
      if (n > 0) return ok(n);
    }
    // In the order of tcp_recvmsg_locked: after the peer's FIN nobody is told of a reset any more.
    if (into.length === 0 || this.peerClosed) return ok(0);
    if (this.error !== '') return fail(this.takeError());
    if (this.readShut) return ok(0);
    return c === null || c.state === 'CLOSED' ? fail('ENOTCONN') : fail('EAGAIN');
  }

  shutdown(now: Nanos, how: 'read' | 'write' | 'both', tx: Tx): Outcome {
    const c = this.connection;
    if (this.listener !== null) {
      if (how !== 'write') this.#host.stopListening(now, this, tx);
      return ok(0);
    }
    // In TIME-WAIT Linux keeps a smaller record, and the socket is closed (tcp_time_wait).
    if (c === null || c.state === 'CLOSED' || c.state === 'TIME-WAIT') return fail('ENOTCONN');
    // Whichever side is shut, what has hardly begun is over (inet_shutdown).
    if (c.state === 'SYN-SENT') return this.disconnect(now, tx);
    if (how !== 'write') {
      this.readShut = true;
      c.shutdownReceive();
    }
    if (how !== 'read') {
      this.writeShut = true;
      c.shutdownSend(now, tx);
    }
    this.#wake(WAKE.STATE);
    return ok(0);
  }

  /** close(2): unread data or SO_LINGER 0 end the connection by RST, else a FIN follows what was sent. */
  close(now: Nanos, tx: Tx): Outcome {
    if (this.closed) return fail('EBADF');
    this.closed = true;
    if (this.listener !== null) this.#host.stopListening(now, this, tx);
    const c = this.connection;
    if (c !== null) {
      if (this.options.linger === 0) c.abort(now, tx);
      else c.closeSocket(now, tx);
    }
    this.#host.closed(this);
    return ok(0);
  }

  /** connect(2) with AF_UNSPEC: the connection ends, and the socket is as new. */
  disconnect(now: Nanos, tx: Tx): Outcome {
    const c = this.connection;
    if (this.listener !== null) this.#host.stopListening(now, this, tx);
    const alive = c !== null && RESET_BY_DISCONNECT.includes(c.state);
    if (c !== null) c.abort(now, tx);
    this.#renew();
    if (alive) this.error = 'ECONNRESET';
    this.#wake(WAKE.STATE);
    return ok(0);
  }

  /** Would the next byte read be the one after urgent data (SIOCATMARK)? */
  atMark(): boolean {
    return this.connection !== null && this.#urgentByte.atMark(this.connection);
  }

  /** Is an urgent byte there to be read apart? */
  get urgentWaits(): boolean {
    return this.connection !== null && this.#urgentByte.waits(this.connection);
  }

  /** What would keep `send` from looking at its bytes at all. */
  sendProblem(): Outcome | undefined {
    if (this.error !== '') return fail(this.takeError());
    return this.writeShut || this.connection === null ? fail('EPIPE') : undefined;
  }

  /** setsockopt(2) with a number. */
  set(now: Nanos, level: string, name: string, value: number, tx: Tx): Outcome {
    return setOption(this, now, level, name, value, tx);
  }

  /** getsockopt(2): a number, or undefined: no such option. */
  get(level: string, name: string): number | undefined {
    return getOption(this, level, name);
  }

  setFastOpenKey(bytes: Uint8Array): Outcome {
    const keys = fastOpenKeysOf(bytes);
    if (keys === undefined) return fail('EINVAL');
    this.options.fastOpenKeys = keys;
    this.tuneFastOpen();
    return ok(0);
  }

  /** What Fast Open may do has changed. */
  tuneFastOpen(): void {
    const { settings } = this.#host;
    this.listener?.setFastOpen(fastOpenServer(settings.fastOpen, this.options, settings.somaxconn));
  }

  /** Returns and clears the pending error, as SO_ERROR does. */
  takeError(): Errno {
    const error = this.error as Errno;
    this.error = '';
    return error;
  }

  /** SO_RCVLOWAT has changed: there may be enough to read now. */
  noticeRcvLowat(): void {
    if (isReadable(this)) this.#wake(WAKE.READABLE);
  }

  /** Called by the host: takes in all that the connection has to tell. */
  hearAll(): void {
    const c = this.connection;
    for (let e = c?.pollEvent(); e !== undefined; e = c?.pollEvent()) this.#hear(e);
  }

  #hear(event: TcpEvent): void {
    if (event.type === 'soft-error') {
      // Linux tcp_v4_err: only who asked for it hears of it at once, as an error that ends nothing.
      if (event.cause !== 'icmp' || !this.options.receiveErrors) return;
      this.error = event.error;
    }
    // Too little to read for SO_RCVLOWAT wakes nobody (tcp_data_ready).
    if (event.type !== 'readable' || isReadable(this)) this.#wake(KEY_OF[event.type]);
    if (event.type === 'peer-closed') {
      this.peerClosed = true;
      this.readShut = true;
    }
    if (event.type !== 'closed') return;
    this.error = this.connection?.error ?? '';
    this.readShut = true;
    this.writeShut = true;
  }

  /** Called by the host: has anything become of bytes that were sent? */
  noticeSent(c: Connection, now: Nanos): void {
    if (this.reports.look(c, now)) this.#wake(WAKE.ERROR);
  }

  /** Called by the host: a connection that waits for accept is a reason to wake. */
  noticeWaiting(): void {
    const waiting = this.listener!.counters.PassiveOpens;
    if (waiting !== this.#passiveOpens) this.#wake(WAKE.READABLE);
    this.#passiveOpens = waiting;
  }

  #wake(key: number): void {
    for (const watcher of this.watchers) watcher.woken(this, key);
  }

  get #fastOpenMode(): FastOpenMode {
    return fastOpenMode(this.#host.settings.fastOpen, this.options);
  }

  #fastOpenRoom(now: Nanos, remote: Endpoint): number {
    const local = this.bound?.address ?? ANY;
    return this.#host.stack.fastOpenRoom(now, remote.address, this.#fastOpenMode, {
      config: this.config,
      ...(local !== ANY && { local }),
    });
  }

  #connectAgain(): Outcome {
    const c = this.connection!;
    // Even after its end: only a failed attempt may be repeated (__inet_stream_connect).
    if (this.connecting === 'told') return fail('EISCONN');
    if (c.state === 'SYN-SENT' || c.state === 'SYN-RECEIVED') return fail('EALREADY');
    if (c.state === 'CLOSED') {
      const error = this.error === '' ? 'ECONNABORTED' : this.takeError();
      this.#renew();
      return fail(error);
    }
    this.connecting = 'told';
    return ok(0);
  }

  /** As it was made, but for its options and what it is bound to. */
  #renew(): void {
    this.connection = null;
    this.deferred = null;
    this.connecting = 'no';
    this.error = '';
    this.readShut = false;
    this.writeShut = false;
    this.peerClosed = false;
  }
}

/** Where connect(AF_UNSPEC) leaves ECONNRESET behind (Linux tcp_disconnect, tcp_need_reset). */
const RESET_BY_DISCONNECT: readonly TcpState[] = [
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'CLOSE-WAIT',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
];

/** INADDR_ANY and in6addr_any: all our addresses. */
export const ANY = 0;

const KEY_OF: Readonly<Record<TcpEvent['type'], number>> = {
  established: WAKE.STATE,
  urgent: WAKE.READABLE,
  readable: WAKE.READABLE,
  writable: WAKE.WRITABLE,
  'soft-error': WAKE.ERROR,
  'peer-closed': WAKE.STATE,
  closed: WAKE.STATE,
};
