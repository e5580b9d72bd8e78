// Forged SYNs per second of CPU through each network defence, from ever new addresses at 100,000 per simulated second; what
// passes is answered by a server that costs nothing. Tables are as large as by default, and full.
import { makeBox } from '../dist/sim/middlebox/box-kind.js';
import { MIDDLEBOXES } from '../dist/sim/middlebox/catalogue.js';
import { resetSegment, Segment } from '../dist/wire.js';

const SYN = 0x02;
const SYN_ACK = 0x12;
const ROUNDS = 4;
const PER_ROUND = 300_000;
const GAP = 10_000;

const spoken = new Segment();
const port = {
  alloc() {
    resetSegment(spoken);
    return spoken;
  },
  toServer() {},
  toNet() {},
};

/** Modes worth a line of their own, beside each kind's defaults. */
const MODES = {
  'syn-proxy': [{ mode: 'cookie' }, { mode: 'table' }, { mode: 'adaptive' }],
  'safe-reset': [{}],
  'tcp-intercept': [{ mode: 'intercept' }, { mode: 'watch' }],
  'rate-limit': [{ per: 'aggregate' }, { per: 'source' }],
  'block-list': [{ after: 5 }],
};

for (const kind of MIDDLEBOXES) {
  for (const params of MODES[kind.name] ?? [{}]) bench(kind, params);
}

function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function bench(kind, params) {
  let seed = 1;
  const below = (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 0x1_0000_0000) * n);
  };
  const box = makeBox(kind, params, { secret: Uint32Array.of(1, 2, 3, 4), below });
  const syn = new Segment();
  Object.assign(syn, { dst: 0xc0000201, dport: 80, sport: 1024, flags: SYN, seq: 1000, wnd: 64240 });
  Object.assign(syn, { mss: 1460, ws: 7, sackPerm: true, tsVal: 1, tsEcr: 0 });
  const answer = new Segment();
  Object.assign(answer, { src: 0xc0000201, sport: 80, dport: 1024, flags: SYN_ACK, seq: 5000, ack: 1001, wnd: 65160 });
  let next = 0;
  const step = () => {
    const now = next * GAP;
    const source = Math.imul(next++, 0x9e3779b1) >>> 0;
    if (box.nextTimer() <= now) box.onTimer(now, port);
    syn.src = source;
    if (!box.fromNet(now, syn, port)) return;
    answer.dst = source;
    box.fromServer(now, answer, port);
  };
  while (next < 300_000) step();
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuTime();
    for (let i = 0; i < PER_ROUND; i++) step();
    best = Math.min(best, cpuTime() - start);
  }
  const mode = Object.values(params).map((value) => ` ${value}`);
  console.log(`SYNs into ${kind.name}${mode.join('')}: ${(PER_ROUND / best / 1000).toFixed(2)} million /s`);
}
