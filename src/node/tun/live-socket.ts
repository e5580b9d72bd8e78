/** Sockets of a `TunHost` for programs: callbacks as things happen, and writes that wait for room by themselves. */
import type { Outcome } from '../../socket/errno.ts';
import { ANY, type StreamSocket } from '../../socket/stream-socket.ts';
import type { CloseReason, Nanos, Tx } from '../../tcp/types.ts';
import { HalfopenError } from '../../wire/error.ts';
import type { TunHost, Watcher } from './host.ts';

export interface SocketEvents {
  readonly established?: () => void;
  /** Received bytes; the memory is used again after the call. */
  readonly data?: (bytes: Uint8Array) => void;
  /** All that was written has been taken by the engine. */
  readonly drained?: () => void;
  /** The peer has closed its sending side, and all before that was read; ours may go on. */
  readonly ended?: () => void;
  /** Both directions are over: CLOSED, or TIME-WAIT, which is nothing to the application. */
  readonly closed?: (reason: CloseReason) => void;
}

const CHUNK = 65536;

export class LiveSocket implements Watcher {
  readonly socket: StreamSocket;
  events: SocketEvents;
  bytesRead = 0;
  readonly #host: TunHost;
  readonly #buffer = new Uint8Array(CHUNK);
  /** Written and not yet taken by the engine. */
  #pending: Uint8Array[] = [];
  #established: boolean;
  #paused = false;
  #ending = false;
  #ended = false;

  constructor(host: TunHost, socket: StreamSocket, events: SocketEvents) {
    this.#host = host;
    this.socket = socket;
    this.events = events;
    // One that was accepted is.
    this.#established = socket.connecting === 'told';
    host.watchers.add(this);
  }

  /** Sends bytes, now or as room comes. They are not copied: leave them alone until `drained`. */
  write(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#host.act(() => undefined);
  }

  /** Closes our sending side after all that was written; receiving goes on. */
  end(): void {
    this.#ending = true;
    this.#host.act(() => undefined);
  }

  /** Ends at once, by RST. */
  abort(): void {
    this.#host.act((now, tx) => this.socket.connection?.abort(now, tx));
  }

  /** Until `resume` nothing is read: the receive buffer fills, and the window closes. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#host.act(() => undefined);
  }

  settle(now: Nanos, tx: Tx): void {
    const c = this.socket.connection;
    if (c === null) return;
    const { state } = c;
    if (!this.#established && state !== 'SYN-SENT' && state !== 'SYN-RECEIVED' && state !== 'CLOSED') {
      this.#established = true;
      this.events.established?.();
    }
    if (!this.#paused) this.#read(now, tx);
    if (this.#established) this.#pump(now, tx);
    if (c.state !== 'CLOSED' && c.state !== 'TIME-WAIT') return;
    this.#host.watchers.delete(this);
    this.socket.close(now, tx);
    this.events.closed?.(c.closed ?? 'closed');
  }

  #read(now: Nanos, tx: Tx): void {
    if (this.#ended) return;
    while (!this.#paused) {
      const { value, errno } = this.socket.recv(now, this.#buffer, tx);
      // EAGAIN, or the end by an error, which `closed` tells.
      if (errno !== '') return;
      if (value === 0) {
        this.#ended = true;
        this.events.ended?.();
        return;
      }
      this.bytesRead += value;
      this.#host.appRead += value;
      this.events.data?.(this.#buffer.subarray(0, value));
    }
  }

  #pump(now: Nanos, tx: Tx): void {
    const had = this.#pending.length;
    for (let bytes = this.#pending[0]; bytes !== undefined; bytes = this.#pending[0]) {
      const { value, errno } = this.socket.send(now, bytes, tx);
      if (errno === 'EAGAIN') return;
      if (errno === '') this.#host.appWritten += value;
      if (errno === '' && value < bytes.length) this.#pending[0] = bytes.subarray(value);
      else if (errno === '') this.#pending.shift();
      else this.#pending = []; // nobody is there to send to any more
    }
    if (this.#ending) {
      this.#ending = false;
      this.socket.shutdown(now, 'write', tx);
    } else if (had > 0) this.events.drained?.();
  }
}

/** Opens a connection to an address handle and port, from `localPort` or, with 0, from any that is free. */
export function connect(host: TunHost, remote: number, port: number, events: SocketEvents, localPort = 0): LiveSocket {
  return host.act((now, tx) => {
    const socket = host.sockets.socket(host.addresses.isV6(remote) ? 'inet6' : 'inet');
    const local = host.sourceFor(remote);
    if (local !== undefined) check('bind', socket.bind({ address: local, port: localPort }));
    check('connect', socket.connect(now, { address: remote, port }, tx));
    return new LiveSocket(host, socket, events);
  }, 'connect');
}

/** Listens on a port of all own addresses; each connection is accepted at once. Returns how to stop. */
export function serve(
  host: TunHost,
  port: number,
  backlog: number,
  accepted: (socket: LiveSocket) => SocketEvents,
): () => void {
  const listening = host.sockets.socket();
  host.act(() => {
    // As servers do: a port in TIME-WAIT is no obstacle.
    listening.options.reuseAddress = true;
    check('bind', listening.bind({ address: ANY, port }));
    check('listen', listening.listen(backlog));
  }, 'listen');
  const watcher: Watcher = {
    settle: (now, tx) => {
      for (let next = listening.accept(); !('errno' in next); next = listening.accept()) {
        const socket = new LiveSocket(host, next, {});
        socket.events = accepted(socket);
        socket.settle(now, tx);
      }
    },
  };
  host.watchers.add(watcher);
  return () => {
    host.watchers.delete(watcher);
    host.act((now, tx) => listening.close(now, tx));
  };
}

function check(call: string, { errno }: Outcome): void {
  if (errno !== '' && errno !== 'EINPROGRESS') throw new HalfopenError(`cannot ${call}: ${errno}`);
}
