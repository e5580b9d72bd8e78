// SYNs per second from ever new addresses into a listener whose SYN queue is full, for each defence.
// Targets: 2 million/s where they are dropped, 1 million/s where each gets a cookie, SipHash and SYN/ACK included.
// Where an entry is given up for each SYN, what bounds it is the work of an entry: the row that goes, the one that comes and
// their neighbours in the lists of ages and timers, an ISN and a timestamp offset (SipHash), and the SYN/ACK. In a queue of
// a million, 80 MB, each of those rows is a miss of the cache and of the TLB.
import {
  adaptiveCookies,
  cookiePause,
  cookiesOnOverflow,
  dropWhenFull,
  IsnGenerator,
  LINUX6,
  Listener,
  oldestDrop,
  randomDrop,
  resetWhenFull,
  synCache,
  synCookies,
} from '../dist/tcp.js';
import { Segment } from '../dist/wire.js';

const secret = Uint32Array.of(1, 2, 3, 4);
const isns = new IsnGenerator(secret);
const synAck = new Segment();
const tx = { alloc: () => synAck, send: () => {} };
const ROUNDS = 5;
const PER_ROUND = 300_000;

/** As good as random for choosing victims, and next to nothing. */
let state = 1;
const below = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 0x1_0000_0000) * n);
};

const cache = (capacity) =>
  synCache({ buckets: 2 ** Math.round(Math.log2(capacity / 30)), bucketLimit: 30, secret: 7 });

for (const capacity of [1_000, 1_000_000]) {
  const at = capacity.toLocaleString('en');
  bench(`SYNs dropped at a full queue of ${at}`, capacity, () => dropWhenFull());
  bench(`SYNs refused with RST at a full queue of ${at}`, capacity, () => resetWhenFull());
  bench(`SYNs answered with a cookie at a full queue of ${at}`, capacity, () => synCookies('when-full'));
  bench(`SYNs each in place of the oldest of ${at}`, capacity, () => oldestDrop());
  bench(`SYNs each in place of a random one of ${at}`, capacity, () => randomDrop(below));
  bench(`SYNs into a SYN cache of ${at}`, capacity, () => cache(capacity));
}
bench('SYNs answered with a cookie, none kept', 1, () => synCookies('always'));
bench('SYNs answered with a cookie, adaptive', 15_360, () => adaptiveCookies());
bench('SYNs answered with a cookie at a full SYN cache', 15_360, () => cookiesOnOverflow(cache(15_360)));
bench('SYNs answered with a cookie of FreeBSD in its pause', 15_360, () => cookiePause(cache(15_360)), {
  cookies: 'freebsd',
});

/** Milliseconds of CPU this process has taken: the targets are per second of CPU, and neighbours do not count. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function bench(name, capacity, policy, options = {}) {
  const listener = new Listener(
    80,
    { backlog: capacity - 1, policy: policy(), ...options },
    {
      config: LINUX6,
      secret,
      isn: (now, a, b, c, d) => isns.isn(now, a, b, c, d),
      tsNow: (now) => Math.floor(now / 1e6) >>> 0,
      promote: () => ({ state: 'ESTABLISHED' }),
    },
  );
  const syn = new Segment();
  Object.assign(syn, { dst: 0xc0000201, dport: 80, sport: 1024, flags: 0x02, seq: 1000, wnd: 64240 });
  Object.assign(syn, { mss: 1460, ws: 7, sackPerm: true, tsVal: 1 });
  let next = 0;
  for (; next < 2 * capacity; next++) {
    syn.src = Math.imul(next, 0x9e3779b1) >>> 0;
    listener.onSegment(next * 10, syn, tx);
  }
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuTime();
    for (let i = 0; i < PER_ROUND; i++) {
      syn.src = Math.imul(next, 0x9e3779b1) >>> 0;
      listener.onSegment(next++ * 10, syn, tx);
      listener.nextTimer();
    }
    best = Math.min(best, cpuTime() - start);
  }
  const { synQueue } = listener;
  if (synQueue.length > synQueue.capacity) throw new Error(`${name}: ${synQueue.length} of ${synQueue.capacity}`);
  console.log(`${name}: ${(PER_ROUND / best / 1000).toFixed(2)} million /s`);
}
