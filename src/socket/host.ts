/** The sockets of one host: a TCP stack, its administrator's settings, and who hears what of which connection. */

import type { Connection } from '../tcp/connection.ts';
import type { ListenOptions } from '../tcp/listen-options.ts';
import { LocalPorts } from '../tcp/local-ports.ts';
import { OpenError } from '../tcp/open-error.ts';
import { TcpStack } from '../tcp/stack.ts';
import type { ConnectOptions } from '../tcp/stack-options.ts';
import type { Nanos, Endpoint as SansIo, Tx } from '../tcp/types.ts';
import type { AddressTable } from '../wire/address.ts';
import type { IcmpError } from '../wire/icmp.ts';
import type { Segment } from '../wire/segment.ts';
import { fail, type Outcome, ok } from './errno.ts';
import { fastOpenServer } from './fast-open.ts';
import { type HostSettings, policyOf } from './settings.ts';
import { type Endpoint, StreamSocket } from './stream-socket.ts';

export interface SocketHostOptions {
  /** Address handles; the first is the source of active opens. */
  readonly addresses: readonly number[];
  readonly settings: HostSettings;
  /** Names IPv6 addresses: without it their Fast Open cookies are not those of Linux. */
  readonly addressTable?: AddressTable;
  /** Four uint32 from a random stream of the caller. */
  readonly secret: Uint32Array;
}

export class SocketHost implements SansIo {
  readonly stack: TcpStack;
  #settings: HostSettings;
  /** Open sockets, and closed ones whose connection still lives. */
  readonly #sockets = new Set<StreamSocket>();
  readonly #ports = new LocalPorts(32768, 60999, 0); // net.ipv4.ip_local_port_range

  constructor(options: SocketHostOptions) {
    this.#settings = options.settings;
    this.stack = new TcpStack({
      addresses: options.addresses,
      config: options.settings.tcp,
      secret: options.secret,
      ...(options.addressTable !== undefined && { addressTable: options.addressTable }),
    });
    this.stack.fastOpen.blackholeTimeout = options.settings.fastOpen.blackholeTimeout;
  }

  /**
   * May be replaced at any time; holds for sockets made or opened afterwards. Those of Fast Open and of SYN cookies hold
   * for listeners at once.
   */
  get settings(): HostSettings {
    return this.#settings;
  }

  set settings(settings: HostSettings) {
    this.#settings = settings;
    this.stack.fastOpen.blackholeTimeout = settings.fastOpen.blackholeTimeout;
    const policy = policyOf(settings);
    for (const socket of this.#sockets) {
      socket.tuneFastOpen();
      if (socket.listener !== null) socket.listener.policy = policy;
    }
  }

  /** socket(2) for SOCK_STREAM. */
  socket(family: 'inet' | 'inet6' = 'inet'): StreamSocket {
    const socket = new StreamSocket(this, family);
    this.#sockets.add(socket);
    return socket;
  }

  onSegment(now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
    this.stack.onSegment(now, seg, tx);
    this.settle(now);
  }

  /** An ICMP error that the network below passes up. */
  onIcmp(now: Nanos, icmp: Readonly<IcmpError>, tx: Tx): void {
    this.stack.onIcmp(now, icmp, tx);
    this.settle(now);
  }

  onTimer(now: Nanos, tx: Tx): void {
    this.stack.onTimer(now, tx);
    this.settle(now);
  }

  nextTimer(): Nanos {
    return this.stack.nextTimer();
  }

  /** Lets each socket hear what its connection or listener has to tell. Called after each call that may change something. */
  settle(now: Nanos): void {
    for (const socket of this.#sockets) {
      const c = socket.connection;
      if (socket.closed) {
        if (!hasLiveConnection(socket)) this.#sockets.delete(socket);
        continue;
      }
      if (c !== null) {
        socket.hearAll();
        socket.noticeSent(c, now);
      }
      if (socket.listener !== null) socket.noticeWaiting();
    }
  }

  // For StreamSocket.

  /** Active OPEN for `socket`. */
  open(
    now: Nanos,
    socket: StreamSocket,
    remote: Endpoint,
    tx: Tx,
    fastOpen: Pick<ConnectOptions, 'fastOpen' | 'data'> = {},
  ): Outcome {
    const local = socket.bound;
    try {
      socket.connection = this.stack.connect(now, remote.address, remote.port, tx, {
        config: socket.config,
        ...fastOpen,
        ...(local !== null && local.address !== 0 && { local: local.address }),
        ...(local !== null && local.port !== 0 && { localPort: local.port }),
      });
    } catch (error) {
      if (!(error instanceof OpenError)) throw error;
      return fail(error.errno);
    }
    // TCP_QUICKACK does not outlast the handshake (tcp_enter_quickack_mode, by tcp_rcv_synsent_state_process).
    if (socket.options.cork) socket.connection.cork(true, now, tx);
    return ok(0);
  }

  adopt(connection: Connection, from: StreamSocket): StreamSocket {
    connection.inherit(from.options.cork, from.options.quickAck);
    const socket = new StreamSocket(this, from.family);
    socket.options.inherit(from.options);
    socket.connection = connection;
    socket.connecting = 'told';
    this.#sockets.add(socket);
    socket.hearAll();
    return socket;
  }

  listenOptions(backlog: number, socket: StreamSocket): ListenOptions {
    const { settings } = this;
    return {
      ...settings.listening,
      backlog,
      policy: policyOf(settings),
      config: socket.config,
      fastOpen: fastOpenServer(settings.fastOpen, socket.options, settings.somaxconn),
    };
  }

  stopListening(now: Nanos, socket: StreamSocket, tx: Tx): void {
    if (socket.listener === null) return;
    this.stack.unlisten(socket.listener.port, now, tx);
    socket.listener = null;
  }

  /** `socket` was closed; while its connection lives its port is taken. */
  closed(socket: StreamSocket): void {
    if (!hasLiveConnection(socket)) this.#sockets.delete(socket);
  }

  portTaken(port: number, by: StreamSocket): boolean {
    if (this.stack.listener(port) !== undefined) return true;
    for (const other of this.#sockets) {
      if (other === by || !holds(other, port)) continue;
      if (!(other.options.reuseAddress && by.options.reuseAddress)) return true;
    }
    return false;
  }

  /** A port for `socket`, which has none; undefined: all are taken. */
  freePort(socket: StreamSocket): number | undefined {
    return this.#ports.take((port) => this.portTaken(port, socket));
  }
}

function hasLiveConnection({ connection: c }: StreamSocket): boolean {
  return c !== null && c.state !== 'CLOSED';
}

/** By bind(2), or by its connection, whose port was its listener's or was chosen (inet_bind_bucket). */
function holds(socket: StreamSocket, port: number): boolean {
  if (hasLiveConnection(socket) && socket.connection!.tcb.localPort === port) return true;
  return !socket.closed && socket.bound?.port === port;
}
