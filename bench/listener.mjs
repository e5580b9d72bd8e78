// SYNs per second into a listener that already holds so many half-open entries, and bytes per entry.
// Targets: 400,000/s at 20,000 entries, as fast at 1,000,000; at most 96 bytes per IPv4 entry at 1,000,000. The same
// while entries are added, their SYN/ACKs sent again and the old ones pruned as Linux does, on its timer wheel.
import { IsnGenerator, LINUX_LISTEN, LINUX6, Listener, linuxListener } from '../dist/tcp.js';
import { Segment } from '../dist/wire.js';

const SYN = 0x02;
const RST = 0x04;
const secret = Uint32Array.of(1, 2, 3, 4);
const isns = new IsnGenerator(secret);
const synAck = new Segment();
const tx = { alloc: () => synAck, send: () => {} };

for (const held of [20_000, 1_000_000]) flood(held);
for (const held of [1_000, 20_000, 1_000_000]) turnOver(held);

/** Steady state: each round a SYN from a new address, and a RST that ends the entry of an old one, in random order. */
function flood(held) {
  const listener = new Listener(
    80,
    { backlog: 2 * held },
    {
      config: LINUX6,
      secret,
      isn: (now, a, b, c, d) => isns.isn(now, a, b, c, d),
      tsNow: (now) => Math.floor(now / 1e6) >>> 0,
      promote: () => ({ state: 'ESTABLISHED' }),
    },
  );
  const syn = segment(SYN, 1000);
  const rst = segment(RST, 1001);
  const start = performance.now();
  for (let i = 0; i < held; i++) {
    syn.src = address(i);
    listener.onSegment(i * 100, syn, tx);
  }
  const filled = performance.now() - start;
  const bytes = listener.synQueue.bytes / listener.synQueue.length;
  const rounds = 400_000;
  let best = Infinity;
  let next = held;
  let now = held * 100;
  for (let round = 0; round < 3; round++) {
    const t0 = performance.now();
    for (let i = 0; i < rounds; i++) {
      rst.src = address(next - held);
      listener.onSegment(now, rst, tx);
      syn.src = address(next++);
      listener.onSegment(now, syn, tx);
      now += 10;
      listener.nextTimer();
    }
    best = Math.min(best, performance.now() - t0);
  }
  if (listener.synQueue.length !== held) throw new Error(`holds ${listener.synQueue.length}, not ${held}`);
  const name = held.toLocaleString('en');
  console.log(
    `SYNs into a listener filling up to ${name} half-open entries: ${((held / filled) * 1000).toFixed(0)} /s`,
  );
  console.log(
    `SYNs into a listener holding ${name} half-open entries, each after a RST that frees one: ` +
      `${((rounds / best) * 1000).toFixed(0)} /s`,
  );
  if (held === 1_000_000) console.log(`bytes per half-open entry at ${name}: ${bytes.toFixed(1)} B`);
}

/**
 * SYNs that nobody answers, for a listener that prunes at `held` entries: each is sent its SYN/ACK twice more and given up
 * at its third timer, or lives on for up to 63 s while there are no more than that. Three to four timers for each SYN.
 */
function turnOver(held) {
  const options = linuxListener({
    ...LINUX_LISTEN,
    backlog: 2 * held,
    somaxconn: 2 * held,
    tcp_syncookies: 0,
    tcp_max_syn_backlog: 8 * held,
  });
  const listener = new Listener(80, options, {
    config: options.config,
    secret,
    isn: (now, a, b, c, d) => isns.isn(now, a, b, c, d),
    tsNow: (now) => Math.floor(now / 1e6) >>> 0,
    promote: () => ({ state: 'ESTABLISHED' }),
  });
  const syn = segment(SYN, 1000);
  const gap = Math.round(20e9 / held);
  let now = 0;
  let next = 0;
  const send = (count) => {
    for (let i = 0; i < count; i++) {
      now += gap;
      while (listener.nextTimer() <= now) listener.onTimer(listener.nextTimer(), tx);
      syn.src = address(next++);
      listener.onSegment(now, syn, tx);
    }
  };
  send(4 * held);
  const rounds = 400_000;
  const { TCPTimeouts } = listener.counters;
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const t0 = performance.now();
    send(rounds);
    best = Math.min(best, performance.now() - t0);
  }
  const timers = (listener.counters.TCPTimeouts - TCPTimeouts) / (3 * rounds);
  const { length, bytes } = listener.synQueue;
  if (Math.abs(length / held - 1) > 0.2) throw new Error(`holds ${length}, not about ${held}`);
  console.log(
    `SYNs into a Linux listener holding ${held.toLocaleString('en')} half-open entries, repeated and pruned ` +
      `(${timers.toFixed(1)} timers each): ${((rounds / best) * 1000).toFixed(0)} /s`,
  );
  if (held === 1_000_000) console.log(`memory of that SYN queue: ${(bytes / 1e6).toFixed(1)} MB`);
}

function segment(flags, seq) {
  const s = new Segment();
  Object.assign(s, { dst: 0xc0000201, dport: 80, sport: 1024, flags, seq, wnd: 64240 });
  if (flags === SYN) Object.assign(s, { mss: 1460, ws: 7, sackPerm: true, tsVal: 1 });
  return s;
}

/** Scattered addresses: an odd multiplier visits every uint32 once. */
function address(i) {
  return Math.imul(i, 0x9e3779b1) >>> 0;
}
