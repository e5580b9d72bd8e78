/**
 * The command-and-control host of a botnet: a web server on the engine's TCP that takes registrations and reports and
 * hands out orders, until it is taken down.
 */
import { LINUX6, type TcpConfig } from '../../../tcp/config.ts';
import type { Connection } from '../../../tcp/connection.ts';
import { TcpStack } from '../../../tcp/stack.ts';
import { type Nanos, SEC, type Tx } from '../../../tcp/types.ts';
import type { Segment } from '../../../wire/segment.ts';
import type { Party } from '../../arena/types.ts';
import type { OrderSpec, TakeDownSpec } from '../../flood-model.ts';
import { HttpReader, type HttpStatus, responseBytes } from './http-message.ts';
import { holds } from './order-syns.ts';
import { orderLine } from './order-text.ts';

export const COMMAND_PORT = 80;

export interface CommandHostOptions {
  readonly address: number;
  /** Of the server that orders name. */
  readonly target: string;
  readonly orders: readonly OrderSpec[];
  readonly takeDown: TakeDownSpec | null;
  /** Four words for its stack. */
  readonly secret: Uint32Array;
  readonly tx: Tx;
}

export class CommandHost implements Party {
  /** Requests that were answered with 200, by what they asked for, and those that were not. */
  registrations = 0;
  ordersAsked = 0;
  reports = 0;
  /** SYNs that bots say they have sent. */
  reportedSyns = 0;
  refused = 0;
  takenDown = false;
  /** Segments that died at the edge of its network. */
  blocked = 0;
  readonly #options: CommandHostOptions;
  readonly #stack: TcpStack;
  readonly #news: Connection[];
  readonly #requests = new Map<Connection, HttpReader>();
  readonly #buffer = new Uint8Array(4096);

  constructor(options: CommandHostOptions) {
    this.#options = options;
    this.#stack = new TcpStack({ addresses: [options.address], config: CONFIG, secret: options.secret });
    this.#news = this.#stack.listNews();
    this.#stack.listen(COMMAND_PORT, { backlog: 65535 });
  }

  receive(now: Nanos, seg: Readonly<Segment>): void {
    this.#fall(now);
    if (this.#cutOff) {
      this.blocked++;
      return;
    }
    this.#stack.onSegment(now, seg, this.#options.tx);
    this.#settle(now);
  }

  onTimer(now: Nanos): void {
    this.#fall(now);
    if (this.#cutOff) return;
    this.#stack.onTimer(now, this.#options.tx);
    this.#settle(now);
  }

  nextTimer(): Nanos {
    const { takeDown } = this.#options;
    const falls = takeDown === null || this.takenDown ? Infinity : takeDown.at;
    return this.#cutOff ? Infinity : Math.min(falls, this.#stack.nextTimer());
  }

  /** It stands at the core: the round trip of a bot is the one to this host. */
  delayOf(): Nanos {
    return 0;
  }

  /** What it sends would die at the edge too, so it might as well not exist. */
  get #cutOff(): boolean {
    return this.takenDown && this.#options.takeDown?.how === 'edge-block';
  }

  #fall(now: Nanos): void {
    const { takeDown, tx } = this.#options;
    if (takeDown === null || this.takenDown || now < takeDown.at) return;
    this.takenDown = true;
    if (takeDown.how !== 'outage') return;
    // The program is gone, the host is not: its TCP resets what is open and refuses what comes (RFC 9293 §3.10.7.1).
    for (const connection of this.#requests.keys()) connection.abort(now, tx);
    this.#requests.clear();
    this.#stack.unlisten(COMMAND_PORT, now, tx);
  }

  #settle(now: Nanos): void {
    const listener = this.#stack.listener(COMMAND_PORT);
    const news = this.#news;
    do {
      for (let c = listener?.accept(); c !== undefined; c = listener?.accept()) {
        this.#requests.set(c, new HttpReader('request'));
        this.#hear(now, c);
      }
      for (let c = news.pop(); c !== undefined; c = news.pop()) {
        c.listed = false;
        this.#hear(now, c);
      }
      // What was sent and closed above becomes news only when the stack looks.
      this.#stack.nextTimer();
    } while (news.length > 0);
  }

  #hear(now: Nanos, connection: Connection): void {
    const reader = this.#requests.get(connection);
    if (reader === undefined) return;
    for (let event = connection.pollEvent(); event !== undefined; event = connection.pollEvent()) {
      if (event.type === 'readable') this.#read(now, connection, reader);
      if (event.type === 'closed') this.#requests.delete(connection);
    }
  }

  #read(now: Nanos, connection: Connection, reader: HttpReader): void {
    const { tx } = this.#options;
    const waiting = reader.state === 'reading';
    while (connection.readable > 0) reader.add(this.#buffer, connection.read(now, this.#buffer, tx));
    if (!waiting || reader.state === 'reading') return;
    connection.send(now, this.#answer(now, reader), tx);
    connection.closeSocket(now, tx);
  }

  #answer(now: Nanos, request: HttpReader): Uint8Array {
    if (request.state === 'bad') return this.#refuse(400);
    // Where the name leads to a sinkhole, somebody else answers, who knows none of these paths.
    if (this.takenDown) return this.#refuse(404);
    const asked = `${request.method} ${request.target}`;
    if (asked === 'GET /orders') {
      this.ordersAsked++;
      return responseBytes(200, this.#orders(now));
    }
    if (asked === 'POST /register' && REGISTRATION.test(request.body)) {
      this.registrations++;
      return responseBytes(200, 'registered\n');
    }
    const report = asked === 'POST /report' ? REPORT.exec(request.body) : null;
    if (report === null) return this.#refuse(request.method === 'POST' ? 400 : 404);
    this.reports++;
    this.reportedSyns += Number(report[1]);
    return responseBytes(200, 'thanks\n');
  }

  #refuse(status: HttpStatus): Uint8Array {
    this.refused++;
    return responseBytes(status, '');
  }

  #orders(now: Nanos): string {
    const { orders, target } = this.#options;
    let lines = '';
    orders.forEach((order, number) => {
      if (holds(order, now)) lines += orderLine(number, target, order);
    });
    return lines;
  }
}

/** Nothing in this network is duplicated or late enough to need 60 s, and TIME-WAIT of every poll would add up. */
const CONFIG: TcpConfig = { ...LINUX6, timeWait: 1 * SEC };

const REGISTRATION = /^bot=\d+ kind=(pc|phone|iot|server)\n$/;
const REPORT = /^bot=\d+ order=\d+ syns=(\d+)\n$/;
