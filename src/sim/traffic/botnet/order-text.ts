/** Orders as the command host writes them into a response: a line each, in fields of name and value. */
import type { Nanos } from '../../../tcp/types.ts';
import type { OrderSpec, SynShape } from '../../flood-model.ts';

/** What a bot reads in an order. */
export interface Order {
  readonly number: number;
  readonly target: string;
  readonly port: number;
  readonly rate: number;
  readonly until: Nanos;
  readonly spoof: OrderSpec['spoof'];
  readonly shape: SynShape;
}

export function orderLine(number: number, target: string, order: OrderSpec): string {
  const until = order.at + order.duration;
  return `order=${number} target=${target} port=${order.port} rate=${order.rate} until=${until} spoof=${order.spoof} shape=${order.shape}\n`;
}

/** The orders of a response; undefined: one of its lines is none. */
export function readOrders(body: string): Order[] | undefined {
  const orders: Order[] = [];
  for (const line of body.split('\n').slice(0, -1)) {
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const [, number, target = '', port, rate, until, spoof, shape] = match;
    orders.push({
      number: Number(number),
      target,
      port: Number(port),
      rate: Number(rate),
      until: Number(until),
      // The expression admits no others.
      spoof: spoof as Order['spoof'],
      shape: shape as SynShape,
    });
  }
  return body === '' || body.endsWith('\n') ? orders : undefined;
}

const LINE =
  /^order=(\d+) target=([\d.]+) port=(\d+) rate=(\d+(?:\.\d+)?(?:e[+-]\d+)?) until=(\d+) spoof=(own|subnet|random) shape=(bare|mss|linux|windows)$/;
