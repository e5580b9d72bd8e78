/**
 * The application behind a listening port: takes connections from the accept queue, reads a request up to its last byte,
 * a newline, answers after a while and closes when the client has closed.
 */
import type { Connection } from '../../tcp/connection.ts';
import type { Listener } from '../../tcp/listener.ts';
import type { Nanos, Tx } from '../../tcp/types.ts';
import { EventQueue } from '../event-queue.ts';
import type { AppSpec } from '../flood-model.ts';

/** The byte that ends a request and a response. */
export const END = 0x0a;

/** A connection in the application's hands. */
interface Held {
  readonly connection: Connection;
  /** What of the response is still to be written. */
  unsent: number;
  /** A worker is busy with it. */
  worked: boolean;
}

export class ServerApp {
  /** Connections it holds. */
  open = 0;

  readonly #listener: Listener<Connection>;
  readonly #spec: AppSpec;
  readonly #tx: Tx;
  /** By their connections' tags. */
  readonly #held: (Held | null)[] = [];
  readonly #spareTags: number[] = [];
  /** Answers to be given, by number; numbers are used again. */
  readonly #answers = new EventQueue(64);
  readonly #answering: (Held | null)[] = [];
  readonly #spareNumbers: number[] = [];
  readonly #buffer = new Uint8Array(4096);
  readonly #response: Uint8Array;
  #busy = 0;
  #woken = false;

  constructor(listener: Listener<Connection>, spec: AppSpec, tx: Tx) {
    this.#listener = listener;
    this.#spec = spec;
    this.#tx = tx;
    this.#response = new Uint8Array(Math.min(spec.response, RESPONSE_CHUNK)).fill(FILLER);
  }

  /** Takes what may be taken from the accept queue. */
  accept(now: Nanos): void {
    const { accept, workers, acceptFrom } = this.#spec;
    if (accept === 'never' || now < acceptFrom) return;
    this.#woken = true;
    while (accept === 'auto' || this.#busy < workers) {
      const connection = this.#listener.accept();
      if (connection === undefined) return;
      const held: Held = { connection, unsent: 0, worked: accept === 'workers' };
      if (held.worked) this.#busy++;
      connection.tag = this.#spareTags.pop() ?? this.#held.length;
      this.#held[connection.tag] = held;
      this.open++;
      this.#hear(now, held);
    }
  }

  /** A connection of this port has something to tell. One that still waits in the accept queue is asked when it is taken. */
  news(now: Nanos, connection: Connection): void {
    const held = connection.tag < 0 ? null : this.#held[connection.tag];
    if (held) this.#hear(now, held);
  }

  onTimer(now: Nanos): void {
    if (!this.#woken && now >= this.#spec.acceptFrom) this.accept(now);
    while (this.#answers.peek() <= now) {
      this.#answers.pop();
      const number = this.#answers.event;
      const held = this.#answering[number];
      this.#answering[number] = null;
      this.#spareNumbers.push(number);
      if (held) this.#answer(now, held);
    }
  }

  nextTimer(): Nanos {
    const next = this.#answers.peek();
    return this.#woken || this.#spec.accept === 'never' ? next : Math.min(next, this.#spec.acceptFrom);
  }

  #hear(now: Nanos, held: Held): void {
    const { connection } = held;
    for (let event = connection.pollEvent(); event !== undefined; event = connection.pollEvent()) {
      if (event.type === 'readable') this.#read(now, held);
      else if (event.type === 'writable') this.#write(now, held);
      else if (event.type === 'peer-closed') {
        this.#release(now, held);
        connection.closeSocket(now, this.#tx);
      } else if (event.type === 'closed') {
        this.#held[connection.tag] = null;
        this.#spareTags.push(connection.tag);
        connection.tag = -1;
        this.open--;
        this.#release(now, held);
      }
    }
  }

  #read(now: Nanos, held: Held): void {
    const { connection } = held;
    let last = -1;
    while (connection.readable > 0) {
      const n = connection.read(now, this.#buffer, this.#tx);
      last = this.#buffer[n - 1]!;
    }
    if (last !== END) return;
    if (this.#spec.response === 0) return this.#release(now, held);
    const number = this.#spareNumbers.pop() ?? this.#answering.length;
    this.#answering[number] = held;
    this.#answers.push(now + this.#spec.service, number);
  }

  #answer(now: Nanos, held: Held): void {
    held.unsent = this.#spec.response;
    this.#write(now, held);
  }

  #write(now: Nanos, held: Held): void {
    const { connection } = held;
    while (held.unsent > 0) {
      const size = Math.min(held.unsent, this.#response.length);
      // Only the very last byte of a response ends it.
      this.#response[size - 1] = size === held.unsent ? END : FILLER;
      const taken = connection.send(now, this.#response.subarray(0, size), this.#tx);
      this.#response[size - 1] = FILLER;
      held.unsent -= taken;
      if (taken === 0) {
        if (connection.state === 'CLOSED') held.unsent = 0;
        return;
      }
      if (held.unsent === 0) this.#release(now, held);
    }
  }

  /** The worker is free for the next in the accept queue. */
  #release(now: Nanos, held: Held): void {
    if (!held.worked) return;
    held.worked = false;
    this.#busy--;
    this.accept(now);
  }
}

const RESPONSE_CHUNK = 4096;
const FILLER = 0x2e;
