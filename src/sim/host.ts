/** One host of a simulated world: a TCP stack and the application that uses it, driven by the world's clock. */
import type { TcpConfig } from '../tcp/config.ts';
import type { Connection } from '../tcp/connection.ts';
import type { ListenOptions } from '../tcp/listen-options.ts';
import { dropWhenFull } from '../tcp/policy/drop-when-full.ts';
import { synCookies } from '../tcp/policy/syn-cookies.ts';
import type { ListenPolicy } from '../tcp/policy/types.ts';
import { TcpStack } from '../tcp/stack.ts';
import type { Nanos, TcpEvent, Tx } from '../tcp/types.ts';
import { HalfopenError } from '../wire/error.ts';
import type { Segment } from '../wire/segment.ts';
import { stream } from './rng.ts';
import type { Action, AppCall, HostSpec, PolicyName, Trigger } from './scenario-model.ts';

/** What a host needs from the world around it. */
export interface HostDeps {
  readonly seed: number;
  readonly config: TcpConfig;
  /** What the profile's listeners do beside backlog and policy. */
  readonly listening: Partial<ListenOptions>;
  /** Handle of the host's own address. */
  readonly address: number;
  /** Handle of another host's address, by index. */
  addressOf(host: number): number;
  /** Takes the host's packets. */
  readonly tx: Tx;
  /** Asks for `act(action)` at a later time, or at once but as an event of its own. */
  schedule(at: Nanos, action: number): void;
}

/** A connection in the application's hands. */
export interface Held {
  readonly connection: Connection;
  /** How it ended; undefined while it lives. */
  closed: string | undefined;
}

const CHUNK = 4096;

export class Host {
  readonly spec: HostSpec;
  readonly stack: TcpStack;
  /** Connections the application opened or accepted, oldest first; those that ended stay. */
  readonly held: Held[] = [];
  /** Bytes the application has read and written. */
  appRead = 0;
  appWritten = 0;
  /** The time of the pending timer event, for the world. */
  timerAt: Nanos = Infinity;

  readonly #deps: HostDeps;
  readonly #iss: number[];
  /** Ports whose connections are accepted as soon as they are there. */
  readonly #autoAccept = new Set<number>();
  readonly #fired = new Set<Trigger>();
  /** Bytes still to be written to the newest connection, and whether to close it then. */
  #unsent = 0;
  #closeWhenSent = false;
  readonly #buffer = new Uint8Array(CHUNK);

  constructor(spec: HostSpec, deps: HostDeps) {
    this.spec = spec;
    this.#deps = deps;
    this.#iss = [...spec.iss];
    const random = stream(deps.seed, `host/${spec.name}/secret`);
    const secret = Uint32Array.from({ length: 4 }, () => random.uint32());
    this.stack = new TcpStack({ addresses: [deps.address], config: { ...deps.config, ...spec.tcp }, secret });
  }

  /** Schedules the actions that wait for a time: those that listen, or the others. */
  start(listens: boolean): void {
    this.spec.actions.forEach((action, i) => {
      if (action.on !== 'start' || (action.what.do === 'listen') !== listens) return;
      this.#deps.schedule(action.after, i);
    });
  }

  receive(now: Nanos, seg: Readonly<Segment>): void {
    // A listener that answers this segment takes the next chosen ISS; unused, it stays for a later one.
    this.stack.nextIss = this.#iss[0] ?? null;
    this.stack.onSegment(now, seg, this.#deps.tx);
    if (this.#iss.length > 0 && this.stack.nextIss === null) this.#iss.shift();
    this.stack.nextIss = null;
    this.#settle(now);
  }

  expire(now: Nanos): void {
    this.stack.onTimer(now, this.#deps.tx);
    this.#settle(now);
  }

  /** Does the action with this index; its name in `spec.actions[index].what.do`. */
  act(now: Nanos, index: number): void {
    const action = this.#action(index);
    try {
      this.#call(now, action.what);
    } catch (error) {
      if (error instanceof HalfopenError || !(error instanceof Error)) throw error;
      // The stack's own words ("local port 5000 already has a connection …") plus who asked for it.
      throw new HalfopenError(`${this.spec.name} cannot ${action.what.do} at ${now / 1e9} s: ${error.message}`);
    }
    this.#settle(now);
  }

  #action(index: number): Action {
    const action = this.spec.actions[index];
    if (action === undefined) throw new Error(`host ${this.spec.name} has no action ${index}`);
    return action;
  }

  #call(now: Nanos, what: AppCall): void {
    const tx = this.#deps.tx;
    switch (what.do) {
      case 'listen':
        this.stack.listen(what.port, {
          ...this.#deps.listening,
          backlog: what.backlog,
          policy: policyNamed(what.policy),
        });
        if (what.accept === 'auto') this.#autoAccept.add(what.port);
        return;
      case 'connect': {
        const iss = this.#iss.shift();
        const connection = this.stack.connect(now, this.#deps.addressOf(what.to), what.port, tx, {
          ...(this.spec.port > 0 && { localPort: this.spec.port }),
          ...(iss !== undefined && { iss }),
          ...(what.bytes > 0 && { data: payload(0, what.bytes) }),
        });
        this.appWritten += what.bytes;
        this.#hold(connection);
        return;
      }
      case 'send':
        this.#newest(what.do, now);
        this.#unsent += what.bytes;
        return;
      case 'read':
        for (const held of this.held) this.#read(now, held.connection);
        return;
      case 'accept':
        for (const listener of this.stack.listeners) {
          const connection = listener.accept();
          if (connection !== undefined) return this.#hold(connection);
        }
        return;
      case 'close':
        this.#newest(what.do, now);
        this.#closeWhenSent = true;
        return;
      case 'abort':
        this.#newest(what.do, now).abort(now, tx);
        return;
      case 'crash':
        this.stack.crash();
        this.#autoAccept.clear();
        this.held.length = 0;
        this.#unsent = 0;
        this.#closeWhenSent = false;
        return;
      default:
        throw new Error(`no such action: ${JSON.stringify(what satisfies never)}`);
    }
  }

  /** What the application does of its own accord after anything happened: accept, listen to events, read, write on. */
  #settle(now: Nanos): void {
    for (const listener of this.stack.listeners) {
      if (!this.#autoAccept.has(listener.port)) continue;
      for (let c = listener.accept(); c !== undefined; c = listener.accept()) this.#hold(c);
    }
    for (const held of this.held) {
      for (let e = held.connection.pollEvent(); e !== undefined; e = held.connection.pollEvent()) {
        this.#hear(now, held, e);
      }
    }
    this.#write(now);
  }

  #hear(now: Nanos, held: Held, event: TcpEvent): void {
    if (event.type === 'readable' && this.spec.read === 'auto') this.#read(now, held.connection);
    if (event.type === 'closed') held.closed = event.reason;
    if (event.type === 'writable' || event.type === 'urgent' || event.type === 'soft-error') return;
    this.#trigger(now, event.type);
  }

  #trigger(now: Nanos, trigger: Trigger): void {
    if (this.#fired.has(trigger)) return;
    this.#fired.add(trigger);
    this.spec.actions.forEach((action, i) => {
      if (action.on === trigger) this.#deps.schedule(now + action.after, i);
    });
  }

  #read(now: Nanos, connection: Connection): void {
    while (connection.readable > 0) this.appRead += connection.read(now, this.#buffer, this.#deps.tx);
  }

  #write(now: Nanos): void {
    const connection = this.held.at(-1)?.connection;
    if (connection === undefined) return;
    while (this.#unsent > 0) {
      const bytes = payload(this.appWritten, Math.min(this.#unsent, CHUNK));
      const taken = connection.send(now, bytes, this.#deps.tx);
      if (taken === 0) break;
      this.appWritten += taken;
      this.#unsent -= taken;
    }
    if (connection.state === 'CLOSED') this.#unsent = 0;
    if (this.#closeWhenSent && this.#unsent === 0) {
      this.#closeWhenSent = false;
      connection.close(now, this.#deps.tx);
    }
  }

  #hold(connection: Connection): void {
    this.held.push({ connection, closed: undefined });
  }

  #newest(what: string, now: Nanos): Connection {
    const held = this.held.at(-1);
    if (held) return held.connection;
    throw new HalfopenError(`${this.spec.name} cannot ${what} at ${now / 1e9} s: it has no connection yet`);
  }
}

/** Readable bytes that tell their place in the stream: a b c … z a b c … */
export function payload(from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = 0x61 + ((from + i) % 26);
  return bytes;
}

function policyNamed(name: PolicyName): ListenPolicy {
  switch (name) {
    case 'drop-when-full':
      return dropWhenFull();
    case 'syn-cookies':
      return synCookies('always');
    case 'cookies-when-full':
      return synCookies('when-full');
    default:
      throw new Error(`no such policy: ${name satisfies never}`);
  }
}
