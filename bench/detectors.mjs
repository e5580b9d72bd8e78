// What counting, windows, sketches and detectors cost: ns per SYN of a spoofed flood at one socket, and of a scan of millions
// of sockets, without decoding and without the tracker. Then the memory of it all.
import { TargetLedger } from '../dist/diagnose/detect/ledger.js';
import { Verdict } from '../dist/diagnose.js';
import { Segment, SYN } from '../dist/wire.js';

const SERVER = 0xcb007150;
const STRETCH = 50_000;

/** Seconds of CPU: neighbours on the machine do not count. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Rows as the tracker would hold them, of attempts that nobody answers. */
class Rows {
  constructor(n) {
    this.n = n;
    this.step = 10e9 / n;
  }
  client(row) {
    return Math.imul(row + 1, 0x9e3779b1) >>> 0;
  }
  clientPort(row) {
    return 1024 + (row & 0x7fff);
  }
  server() {
    return SERVER;
  }
  serverPort() {
    return 80;
  }
  synAt(row) {
    return row * this.step;
  }
  lastSynAt(row) {
    return row * this.step;
  }
  lastSynackAt() {
    return 0;
  }
  synPacket(row) {
    return row + 1;
  }
  synackPacket() {
    return 0;
  }
  syns() {
    return 1;
  }
  synacks() {
    return 0;
  }
  synTtl() {
    return 242;
  }
  synWindow() {
    return 512;
  }
  synPrint() {
    return 0;
  }
  ipv6Hash() {
    return 0;
  }
  optionBytes() {
    return new Uint8Array(0);
  }
  verdict() {
    return Verdict.Unanswered;
  }
  isSilent() {
    return false;
  }
  isGivenUp() {
    return false;
  }
}

/** The quickest of many short stretches, in ns per call: what the neighbours on a machine do, they do not do all the time. */
function quickest(n, call) {
  let best = Infinity;
  for (let from = 0; from < n; from += STRETCH) {
    const start = cpu();
    for (let row = from; row < from + STRETCH; row++) call(row);
    best = Math.min(best, (1e9 * (cpu() - start)) / STRETCH);
  }
  return best;
}

function feed(n, aim) {
  const rows = new Rows(n);
  const ledger = new TargetLedger(rows);
  const seg = new Segment();
  seg.flags = SYN;
  seg.wnd = 512;
  const attempt = quickest(n, (row) => {
    seg.seq = Math.imul(row, 0x85ebca6b) >>> 0;
    aim(seg, row, rows);
    ledger.onAttempt(rows.synAt(row), row, seg, 242, row & 0xffff);
  });
  const retired = quickest(n, (row) => ledger.onRetired(10e9, row));
  const start = cpu();
  ledger.finish(10e9);
  const { capture } = ledger.report(10e9);
  if (capture.counts.attempts !== n) throw new Error(`${capture.counts.attempts} of ${n} attempts were counted`);
  return { attempt, retired, report: 1e3 * (cpu() - start), ledger };
}

const flood = (seg, row, rows) => {
  seg.src = rows.client(row);
  seg.sport = rows.clientPort(row);
  seg.dst = SERVER;
  seg.dport = 80;
};
/** One source tries 1,024 ports of one host after the other. */
const scan = (seg, row) => {
  seg.src = 0xc6336407;
  seg.sport = 40_000;
  seg.dst = 0xc6120000 + (row >>> 10);
  seg.dport = row & 0x3ff;
};

const show = (name, value, target) =>
  console.log(`${name.padEnd(52)} ${value.toFixed(1).padStart(12)}   target ${target}`);
const held = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const { attempt, retired, report } = feed(4_000_000, flood);
show('detectors: ns per SYN, spoofed flood', attempt, '<= 150');
show('detectors: ns per attempt let go of', retired, 'none');
show('detectors: ms for a report', report, 'none');
const before = held();
const scanned = feed(4_000_000, scan);
show('detectors: ns per SYN, scan of 4 million sockets', scanned.attempt, 'none');
if (globalThis.gc === undefined) console.log('detectors: MiB held after that scan: run with node --expose-gc');
else show('detectors: MiB held after that scan', (held() - before) / 2 ** 20, '<= 60');
if (scanned.ledger === undefined) throw new Error('keeps it alive');
