/** The server of a flood run: one stack, its listeners and the applications behind them, and what its work costs. */
import type { Connection } from '../../tcp/connection.ts';
import type { Listener } from '../../tcp/listener.ts';
import { TcpStack } from '../../tcp/stack.ts';
import type { Nanos, Tx } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import type { CostSpec, ServerSpec } from '../flood-model.ts';
import type { Rng } from '../rng.ts';
import { ServerApp } from './server-app.ts';
import { type ServerProfile, serverProfile } from './server-profile.ts';

interface Port {
  readonly listener: Listener<Connection>;
  readonly app: ServerApp;
}

export class ServerHost {
  readonly address: number;
  readonly stack: TcpStack;
  readonly ports: readonly Port[];
  /** CPU time spent so far. */
  cpu: Nanos = 0;

  readonly #tx: Tx;
  readonly #cost: CostSpec;
  readonly #news: Connection[];
  readonly #byPort: ReadonlyMap<number, ServerApp>;
  /** MACs of cookies of either kind that have been paid for. */
  #cookies = 0;
  /** Entries that policies looked at in search of victims. */
  #walked = 0;

  /** `random` gives the host's secret words, and the policies' dice. */
  constructor(spec: ServerSpec, address: number, random: Rng, tx: Tx) {
    this.address = address;
    this.#tx = tx;
    this.#cost = spec.cost;
    const profile: ServerProfile = serverProfile(spec, random);
    this.stack = new TcpStack({
      addresses: [address],
      config: profile.config,
      secret: profile.secret,
      timeWait: 'rows',
      ...(profile.peers !== null && { peerMetrics: profile.peers }),
    });
    this.#news = this.stack.listNews();
    this.ports = spec.listen.map((listen) => {
      const listener = this.stack.listen(listen.port, profile.listening(listen));
      return { listener, app: new ServerApp(listener, listen.app, tx) };
    });
    this.#byPort = new Map(this.ports.map(({ listener, app }) => [listener.port, app]));
  }

  /** Connections the applications hold. */
  get open(): number {
    let sum = 0;
    for (const { app } of this.ports) sum += app.open;
    return sum;
  }

  /** The Fast Open cookie that who asks from `client` is given at `port`, at the start of `out`; its length, 0 = none. */
  fastOpenCookie(port: number, client: number, out: Uint8Array): number {
    const asked = this.ports.find(({ listener }) => listener.port === port);
    return asked?.listener.fastOpenCookie(client, this.address, out) ?? 0;
  }

  receive(now: Nanos, seg: Readonly<Segment>): void {
    this.stack.onSegment(now, seg, this.#tx);
    this.cpu += this.#cost.perSegment;
    if (this.#cost.perCookie > 0) this.#payCookies();
    if (this.#cost.perListElement > 0) this.#payWalks();
    this.#settle(now);
  }

  /** The arena saw a SYN/ACK leave. */
  paySynAck(): void {
    this.cpu += this.#cost.perSynAck;
  }

  onTimer(now: Nanos): void {
    if (this.stack.nextTimer() <= now) this.stack.onTimer(now, this.#tx);
    for (const { app } of this.ports) if (app.nextTimer() <= now) app.onTimer(now);
    this.#settle(now);
  }

  nextTimer(): Nanos {
    let next = this.stack.nextTimer();
    for (const { app } of this.ports) {
      const at = app.nextTimer();
      if (at < next) next = at;
    }
    return next;
  }

  #payCookies(): void {
    let made = 0;
    for (const { listener } of this.ports) {
      const { SyncookiesSent, TCPFastOpenPassive, TCPFastOpenPassiveFail } = listener.counters;
      // A Fast Open cookie is one MAC to check; who brings a wrong one is given the right one as well.
      made += SyncookiesSent + TCPFastOpenPassive + 2 * TCPFastOpenPassiveFail;
    }
    this.cpu += (made - this.#cookies) * this.#cost.perCookie;
    this.#cookies = made;
  }

  #payWalks(): void {
    let walked = 0;
    for (const { listener } of this.ports) walked += listener.policy.walked ?? 0;
    this.cpu += (walked - this.#walked) * this.#cost.perListElement;
    this.#walked = walked;
  }

  /** Accepts what is waiting, then hears what connections have to tell: their answers may bring more of both. */
  #settle(now: Nanos): void {
    const news = this.#news;
    do {
      for (const { listener, app } of this.ports) if (listener.acceptQueue.length > 0) app.accept(now);
      for (let c = news.pop(); c !== undefined; c = news.pop()) {
        c.listed = false;
        this.#byPort.get(c.tcb.localPort)?.news(now, c);
      }
      // Closing puts a connection on the stack's list only when the stack is asked again.
      this.stack.catchUp();
    } while (news.length > 0);
  }
}
