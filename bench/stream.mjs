/**
 * Memory over an endless capture: one that is made as it is read, so it may be as long as anybody has time for, with the same
 * number of attempts alive at any moment: steady connections that open, talk and close, and a flood of forged SYNs, answered
 * by a server that nobody acknowledges. It is fed to `halfopen watch -` and `halfopen explain -` on standard input; printed
 * is the most memory each was ever resident in, after 500 MB and at the end (Linux tells it in /proc).
 *
 *     node bench/stream.mjs                             1 GB to both
 *     node bench/stream.mjs watch 50 --data 1400        50 GB to watch, with 1,400 bytes in each data segment
 *     node bench/stream.mjs explain 10 --connections 20000 --flood 20000 --bounded
 *
 * Numbers are a second of capture time; 1 GB is 10^9 bytes.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PcapWriter } from '../dist/capture.js';
import { ACK, AddressTable, encodeEthernet, FIN, Segment, SYN } from '../dist/wire.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '20000' },
    flood: { type: 'string', default: '20000' },
    data: { type: 'string', default: '200' },
    bounded: { type: 'boolean', default: false },
  },
});
const commands = positionals.filter((word) => word === 'watch' || word === 'explain');
const gigabytes = Number(positionals.find((word) => !Number.isNaN(Number(word))) ?? 1);
const connections = Number(values.connections);
const flood = Number(values.flood);
const data = Number(values.data);

const FIRST = 500e6;
/** Slices of 10 ms between a connection's opening and its close. */
const LIFE = 50;
const LINKTYPE_ETHERNET = 1;
const SERVER = new AddressTable().parse('203.0.113.80');
const MAIN = new URL('../dist/program/halfopen.js', import.meta.url).pathname;

for (const command of commands.length > 0 ? commands : ['watch', 'explain']) await measure(command);

async function measure(command) {
  const args = command === 'watch' ? ['--quiet'] : ['--limit', '1', ...(values.bounded ? ['--bounded'] : [])];
  const child = spawn(process.execPath, [MAIN, command, '-', ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const begun = performance.now();
  let fed = 0;
  let first = 0;
  let packets = 0;
  for (const { bytes, count } of capture()) {
    if (!child.stdin.write(bytes)) await new Promise((resolve) => child.stdin.once('drain', resolve));
    fed += bytes.length;
    packets += count;
    if (first === 0 && fed >= FIRST) first = peak(child.pid);
    if (fed >= gigabytes * 1e9) break;
  }
  // What is still in the pipe is 64 kB; the end of the input is then another matter, and is measured, too.
  const before = peak(child.pid);
  child.stdin.end();
  const last = await Promise.race([closed.then(() => before), untilGone(child.pid, before)]);
  await closed;
  const seconds = (performance.now() - begun) / 1000;
  const size = `${gigabytes} GB, ${(packets / 1e6).toFixed(0)} million packets`;
  if (first > 0) console.log(`${command}, peak memory after 500 MB: ${megabytes(first)} MB`);
  console.log(`${command}, peak memory after ${size}: ${megabytes(last)} MB`);
  console.log(`${command}, fed with: ${(packets / seconds / 1e6).toFixed(2)} million packets/s`);
}

/** The peak while the child ends. */
async function untilGone(pid, least) {
  let most = least;
  for (;;) {
    const now = peak(pid);
    if (now === 0) return most;
    if (now > most) most = now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** VmHWM in bytes; 0 when there is no such process any more. */
function peak(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

/** Pieces of 10 ms of capture time, for ever: connections that begin, others that end half a second later, forged SYNs. */
function* capture() {
  const writer = new PcapWriter({ linkType: LINKTYPE_ETHERNET });
  yield { bytes: writer.header(), count: 0 };
  const addresses = new AddressTable();
  const opening = new Segment();
  const plain = new Segment();
  Object.assign(opening, { mss: 1460, ws: 7, sackPerm: true, tsVal: 1, tsEcr: 0, wnd: 64_240 });
  Object.assign(plain, { wnd: 502, payload: new Uint8Array(data) });
  const share = (rate, slice) => Math.floor(((slice + 1) * rate) / 100) - Math.floor((slice * rate) / 100);
  let random = 0x2545f491;
  let out;
  let view;
  let at;
  let time;
  const put = (seg, toServer, client, port, flags, seq, ack, len) => {
    seg.src = toServer ? client : SERVER;
    seg.sport = toServer ? port : 80;
    seg.dst = toServer ? SERVER : client;
    seg.dport = toServer ? 80 : port;
    seg.flags = flags;
    seg.seq = seq;
    seg.ack = ack;
    seg.len = len;
    const length = encodeEthernet(seg, addresses, out, at + 16);
    view.setUint32(at, Math.floor(time / 1e9), true);
    view.setUint32(at + 4, time % 1e9, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 12, length, true);
    at += 16 + length;
    time += 50;
  };
  for (let slice = 0, opened = 0, closed = 0; ; slice++) {
    const opens = share(connections, slice);
    const closes = slice < LIFE ? 0 : share(connections, slice - LIFE);
    const forged = share(flood, slice);
    const count = opens * 5 + closes * 3 + forged * 2;
    out = new Uint8Array(count * 128 + opens * 2 * data);
    view = new DataView(out.buffer);
    at = 0;
    // Nanoseconds that fit: capture time counted from zero, not from 1970.
    time = slice * 10_000_000;
    for (let i = 0; i < opens; i++, opened++) {
      const [client, port, x, y] = connection(opened);
      put(opening, true, client, port, SYN, x, 0, 0);
      put(opening, false, client, port, SYN | ACK, y, x + 1, 0);
      put(plain, true, client, port, ACK, x + 1, y + 1, 0);
      put(plain, true, client, port, ACK, x + 1, y + 1, data);
      put(plain, false, client, port, ACK, y + 1, x + 1 + data, data);
    }
    for (let i = 0; i < closes; i++, closed++) {
      const [client, port, x, y] = connection(closed);
      put(plain, true, client, port, FIN | ACK, x + 1 + data, y + 1 + data, 0);
      put(plain, false, client, port, FIN | ACK, y + 1 + data, x + 2 + data, 0);
      put(plain, true, client, port, ACK, x + 2 + data, y + 2 + data, 0);
    }
    for (let i = 0; i < forged; i++) {
      random ^= random << 13;
      random ^= random >>> 17;
      random ^= random << 5;
      const source = random >>> 0;
      const seq = Math.imul(random, 0x9e3779b1) >>> 0;
      const port = 1024 + (seq % 60_000);
      put(opening, true, source, port, SYN, seq, 0, 0);
      put(opening, false, source, port, SYN | ACK, source, (seq + 1) >>> 0, 0);
    }
    yield { bytes: out.subarray(0, at), count };
  }
}

/** Client, port, X and Y of the nth connection: none comes twice among six thousand million. */
function connection(n) {
  const client = 0xc6120000 + (n % 100_000);
  const x = Math.imul(n, 0x9e3779b1) >>> 1;
  return [client, 1024 + (Math.floor(n / 100_000) % 60_000), x, x ^ 0x55555555];
}
