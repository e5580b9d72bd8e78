// SYNs per second that simulated floods make, before anything happens to them: one source, and botnets drawn in sums.
// Then a whole run: a million bots join, learn of an order and flood a server for 60 simulated seconds at 100,000 SYN/s.

import { runFlood } from '../dist/sim/flood-run.js';
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

function botnetSpec(count) {
  const rtt = { shape: 'uniform', least: 0.02 * SEC, most: 0.15 * SEC };
  const bots = [{ kind: 'iot', count, prefix: '10.0.0.0/8', networkBits: 24, uplink: 1000, rtt }];
  const order = { port: 80, rate: 100_000 / count, spoof: 'random', prefix: '198.18.0.0/15', live: 0, shape: 'bare' };
  const orders = [{ ...order, at: 5 * SEC, duration: 60 * SEC }];
  return { name: 'b', bots, c2: '203.0.113.66', poll: 5 * SEC, joinWithin: 4 * SEC, orders, takeDown: null, as: 'sum' };
}

function botnet(count) {
  const start = performance.now();
  const made = makeBotnet(botnetSpec(count), around);
  const n = emitted(made.emitters[0], 65 * SEC);
  made.report(65 * SEC);
  return (n / (performance.now() - start)) * 1000;
}

/** Seconds of CPU, and MB of memory more than before. */
function wholeRun(count, cookies) {
  const app = { accept: 'auto', workers: 0, service: 0, response: 0, acceptFrom: 0 };
  const scenario = {
    ...{ kind: 'flood', id: 'bench', title: '', summary: '', order: 1, seed: 1, until: 66 * SEC, sampleEvery: SEC },
    server: {
      ...{ address: around.target, profile: 'linux-6', label: '', settings: { tcp_syncookies: cookies }, tcp: {} },
      listen: [{ port: 80, backlog: 4096, policy: '', policyParams: {}, app }],
      cost: { perSegment: 0, perSynAck: 0, perCookie: 0, perListElement: 0, limits: false, queue: 0 },
    },
    ...{ clients: [], followed: null, floods: [], botnets: [botnetSpec(count)], ingress: around.ingress, boxes: [] },
    ...{ access: { delay: 0, rate: 0, queue: 1000, loss: 0 }, expect: [], lesson: [] },
  };
  globalThis.gc?.();
  const memory = process.memoryUsage().rss;
  const before = process.cpuUsage();
  runFlood(scenario);
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, (process.memoryUsage().rss - memory) / 1e6];
}

const best = (measure, ...args) => Math.max(...[0, 1, 2].map(() => measure(...args)));
const show = (name, value) =>
  console.log(`${name.padEnd(52)} ${Math.round(value).toLocaleString('en').padStart(12)}   target none`);

show('flood SYNs emitted/s, constant rate', best(source, { process: 'constant', rate: 100_000 }, 'bare'));
show('flood SYNs emitted/s, Poisson', best(source, { process: 'poisson', rate: 100_000 }, 'bare'));
show('flood SYNs emitted/s, Poisson, as of Linux', best(source, { process: 'poisson', rate: 100_000 }, 'linux'));
show('flood SYNs emitted/s, ten thousand bots', best(botnet, 10_000));
show('flood SYNs emitted/s, a million bots', best(botnet, 1_000_000));

const [seconds, memory] = wholeRun(1_000_000, 0);
console.log(
  `${'CPU seconds, a million bots for a minute'.padEnd(52)} ${seconds.toFixed(1).padStart(12)}   target <= 15`,
);
console.log(`${'memory of that run: MB'.padEnd(52)} ${Math.max(0, memory).toFixed(1).padStart(12)}   target none`);
