// SYNs per second that simulated floods make, before anything happens to them: one source, and botnets drawn in sums.
// The botnet of a million bots is that of a flood of 60 simulated seconds: all join, learn of an order and obey it.

import { makeBotnet } from '../dist/sim/traffic/botnet/botnet.js';
import { floodSources } from '../dist/sim/traffic/flood-source.js';
import { resetSegment, Segment } from '../dist/wire.js';

const SEC = 1e9;
const around = { seed: 1, target: '203.0.113.80', ingress: { deployed: 0, mode: 'strict' } };
const seg = new Segment();

/** SYNs emitted before `until`. */
function emitted(emitter, until) {
  let n = 0;
  while (emitter.next < until) {
    resetSegment(seg);
    if (emitter.emit(seg)) n++;
  }
  return n;
}

function source(rate, shape) {
  const spoof = { mode: 'random', prefix: '10.0.0.0/8', live: 0 };
  const [flood] = floodSources({ name: 'f', port: 80, rate, from: 0, to: Infinity, spoof, shape, retries: 0 }, around);
  const start = performance.now();
  const n = emitted(flood, 20 * SEC);
  return (n / (performance.now() - start)) * 1000;
}

function botnet(count) {
  const rtt = { shape: 'uniform', least: 0.02 * SEC, most: 0.15 * SEC };
  const bots = [{ kind: 'iot', count, prefix: '10.0.0.0/8', networkBits: 24, uplink: 1000, rtt }];
  const order = { port: 80, rate: 100_000 / count, spoof: 'random', prefix: '198.18.0.0/15', live: 0, shape: 'bare' };
  const orders = [{ ...order, at: 5 * SEC, duration: 60 * SEC }];
  const start = performance.now();
  const made = makeBotnet(
    { name: 'b', bots, c2: '203.0.113.66', poll: 5 * SEC, joinWithin: 4 * SEC, orders, takeDown: null, as: 'sum' },
    around,
  );
  const n = emitted(made.emitters[0], 65 * SEC);
  made.report(65 * SEC);
  return (n / (performance.now() - start)) * 1000;
}

const best = (measure, ...args) => Math.max(...[0, 1, 2].map(() => measure(...args)));
const show = (name, value) =>
  console.log(`${name.padEnd(52)} ${Math.round(value).toLocaleString('en').padStart(12)}   target none`);

show('flood SYNs emitted/s, constant rate', best(source, { process: 'constant', rate: 100_000 }, 'bare'));
show('flood SYNs emitted/s, Poisson', best(source, { process: 'poisson', rate: 100_000 }, 'bare'));
show('flood SYNs emitted/s, Poisson, as of Linux', best(source, { process: 'poisson', rate: 100_000 }, 'linux'));
show('flood SYNs emitted/s, ten thousand bots', best(botnet, 10_000));
show('flood SYNs emitted/s, a million bots', best(botnet, 1_000_000));
