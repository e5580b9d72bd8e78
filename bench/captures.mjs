/**
 * Captures read from file to verdicts: packets per second of CPU (user and system) and the most memory, of the real
 * program, `halfopen explain`. The captures are made here, in a temporary folder: 2 million packets of complete
 * connections, 5 million SYNs of a spoofed flood, and 5 million packets of SYNs with their SYN/ACKs.
 *
 * Then both kinds compressed, in seconds of wall time and with one and two `--jobs`: best of three runs that take turns.
 *
 * `--small` makes a tenth of each, `--only <word>` those with the word in their name. `--compare` also runs
 * `tshark -q -z conv,tcp`, `tcptrace` and `argus`, where they are installed.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACK, AddressTable, encodeEthernet, FIN, PSH, resetSegment, Segment, SYN } from '../dist/wire.js';

const SERVER = 0xcb007150; // 203.0.113.80
const MAIN = fileURLToPath(new URL('../dist/program/halfopen.js', import.meta.url));
/** Says at its end what it has used, so that nothing but the program itself is measured. */
const METER =
  'data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();' +
  'process.stderr.write("\\n"+(u.userCPUTime+u.systemCPUTime)/1e6+" "+u.maxRSS/1024)})';

/** For each program that is compared. */
const MOST_SECONDS = 60;
const PAYLOAD = new Uint8Array(1448).fill(0x55);
let state = 1;
/** The same captures every time: xorshift32. */
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

function measure(name, fill, packets, ...options) {
  if (!name.includes(only)) return;
  const path = made(fill, packets);
  const args = ['--import', METER, MAIN, 'explain', '--limit', '1', ...options, path];
  const run = spawnSync(...onOneCore(process.execPath, args), { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`explain failed: ${run.stderr}`);
  const [cpu, memory] = run.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  console.log(`packets/s from file to verdicts, ${name}: ${Math.round(packets / cpu)}`);
  console.log(`MiB held at most, ${name}: ${Math.round(memory)}`);
  rmSync(path);
}

/** Held to one core where there is `taskset`: V8's own threads cost more on a second one than they save. */
function onOneCore(program, args) {
  const pin = 'taskset';
  const able = spawnSync(pin, ['-c', '0', program, '--version'], { stdio: 'ignore' }).status === 0;
  return able ? [pin, ['-c', '0', program, ...args]] : [program, args];
}

function measureJobs(name, fill, packets, program, suffix) {
  const title = `${name} as ${suffix}`;
  if (!title.includes(only)) return;
  const path = made(fill, packets);
  const packed = spawnSync(program, [path], { stdio: 'ignore' });
  if (packed.status === 0) {
    const best = [Infinity, Infinity];
    for (let i = 0; i < 6; i++) {
      const began = performance.now();
      const args = [MAIN, 'explain', '--limit', '1', '--jobs', `${1 + (i % 2)}`, path + suffix];
      const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
      if (run.status !== 0) throw new Error(`explain failed: ${run.stderr}`);
      best[i % 2] = Math.min(best[i % 2], (performance.now() - began) / 1000);
    }
    for (const [i, seconds] of best.entries()) {
      console.log(`seconds with --jobs ${i + 1}, ${title}: ${seconds.toFixed(2)}`);
    }
    rmSync(path + suffix);
  } else console.log(`${program} is not installed, so its files are not measured`);
  rmSync(path, { force: true });
}

/**
 * Other programs on the same captures of the same run. tshark gets a tenth of the packets of connections, and nobody but argus
 * the flood: tshark needs gigabytes for it, tcptrace looks each connection up in long lists.
 */
function compare() {
  for (const [fill, packets, program, ...options] of [
    [connections, 200_000 * scale, 'tshark', '-q', '-z', 'conv,tcp', '-r'],
    // Without -n it asks for the name of each address.
    [connections, 2_000_000 * scale, 'tcptrace', '-n'],
    [connections, 2_000_000 * scale, 'argus', '-w', '/dev/null', '-r'],
    [flood, 5_000_000 * scale, 'argus', '-w', '/dev/null', '-r'],
  ]) {
    const path = made(fill, packets);
    const title = `${program}, ${packets} of ${fill.name}`;
    // `times` of POSIX sh: its second line is of the programs it has run. One that is slow must not hold up the others.
    const script = 'timeout "$0" "$@" >/dev/null 2>&1; code=$?; times; exit $code';
    const run = spawnSync('sh', ['-c', script, `${MOST_SECONDS}`, program, ...options, path], { encoding: 'utf8' });
    const cpu = [...(run.stdout.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
      0,
    );
    if (run.status === 0) console.log(`packets/s by ${title}: ${Math.round(packets / cpu)}`);
    else if (run.status === 124) console.log(`${title} had not read them after ${MOST_SECONDS} s`);
    else if (run.status === 127) console.log(`${program} is not installed, so nothing is compared with it`);
    else console.log(`${program} failed with exit code ${run.status}`);
    rmSync(path);
  }
}

function made(fill, packets) {
  const path = join(folder, `${fill.name}.pcap`);
  const file = new PcapFile(path);
  fill(file, packets);
  file.close();
  return path;
}

/** Ten packets each: handshake, a request of 380 bytes, an answer of 2,068 in two segments, an ACK, FINs. 256 at a time. */
function connections(file, packets) {
  const live = Array.from({ length: 256 }, () => ({ step: 0, client: 0, port: 0, x: 0, y: 0 }));
  let begun = 0;
  for (let i = 0; i < packets; i++) {
    const c = live[i % live.length];
    if (c.step === 0) {
      begun++;
      c.client = 0xc6120000 + (begun % 65_000);
      c.port = 1024 + (begun % 60_000);
      c.x = random();
      c.y = random();
    }
    const { x, y } = c;
    const up = (flags, seq, ack, len = 0) => file.segment(c.client, c.port, SERVER, 443, flags, seq, ack, len);
    const down = (flags, seq, ack, len = 0) => file.segment(SERVER, 443, c.client, c.port, flags, seq, ack, len);
    switch (c.step) {
      case 0:
        up(SYN, x, 0);
        break;
      case 1:
        down(SYN | ACK, y, x + 1);
        break;
      case 2:
        up(ACK, x + 1, y + 1);
        break;
      case 3:
        up(ACK | PSH, x + 1, y + 1, 380);
        break;
      case 4:
        down(ACK, y + 1, x + 381, 1448);
        break;
      case 5:
        down(ACK | PSH, y + 1449, x + 381, 620);
        break;
      case 6:
        up(ACK, x + 381, y + 2069);
        break;
      case 7:
        down(ACK | FIN, y + 2069, x + 381);
        break;
      case 8:
        up(ACK | FIN, x + 381, y + 2070);
        break;
      default:
        down(ACK, y + 2070, x + 382);
    }
    c.step = (c.step + 1) % 10;
  }
}

/** Any source, any port, any X, as hping3 --rand-source sends them: no options, one window. */
function flood(file, packets) {
  for (let i = 0; i < packets; i++) {
    file.bare = true;
    file.segment(random(), 1024 + (random() % 64_000), SERVER, 80, SYN, random(), 0, 0);
  }
}

/** The same, and each is answered once, 64 packets later. */
function halfOpen(file, packets) {
  const ring = Array.from({ length: 64 }, () => ({ client: 0, port: 0, x: 0 }));
  file.bare = true;
  for (let i = 0; i < packets / 2; i++) {
    const one = ring[i % ring.length];
    if (i >= ring.length) file.segment(SERVER, 80, one.client, one.port, SYN | ACK, random(), one.x + 1, 0);
    one.client = random();
    one.port = 1024 + (random() % 64_000);
    one.x = random();
    file.segment(one.client, one.port, SERVER, 80, SYN, one.x, 0, 0);
  }
  for (const one of ring) file.segment(SERVER, 80, one.client, one.port, SYN | ACK, random(), one.x + 1, 0);
}

/** A plain pcap file: Ethernet, microseconds, a packet every ten of them. */
class PcapFile {
  /** Without options. */
  bare = false;
  #fd;
  #bytes = Buffer.alloc(1 << 20);
  #at = 24;
  #count = 0;
  #seg = new Segment();
  #addresses = new AddressTable();

  constructor(path) {
    this.#fd = openSync(path, 'w');
    const head = this.#bytes;
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(262_144, 16);
    head.writeUInt32LE(1, 20);
  }

  segment(src, sport, dst, dport, flags, seq, ack, len) {
    if (this.#at > this.#bytes.length - 2048) this.#flush();
    const seg = this.#seg;
    resetSegment(seg);
    Object.assign(seg, {
      src,
      sport,
      dst,
      dport,
      flags,
      seq: seq >>> 0,
      ack: ack >>> 0,
      wnd: this.bare ? 512 : 64_240,
    });
    if (!this.bare) {
      seg.tsVal = this.#count >>> 7;
      seg.tsEcr = 0;
      if ((flags & SYN) !== 0) Object.assign(seg, { mss: 1460, sackPerm: true, ws: 7 });
    }
    seg.payload = PAYLOAD;
    seg.len = len;
    const options = { ttl: this.bare ? 40 + (this.#count % 20) : 57, ipId: random() & 0xffff };
    const size = encodeEthernet(seg, this.#addresses, this.#bytes, this.#at + 16, options);
    const micros = this.#count++ * 10;
    this.#bytes.writeUInt32LE(1_700_000_000 + Math.floor(micros / 1e6), this.#at);
    this.#bytes.writeUInt32LE(micros % 1e6, this.#at + 4);
    this.#bytes.writeUInt32LE(size, this.#at + 8);
    this.#bytes.writeUInt32LE(size, this.#at + 12);
    this.#at += 16 + size;
  }

  close() {
    this.#flush();
    closeSync(this.#fd);
  }

  #flush() {
    writeSync(this.#fd, this.#bytes, 0, this.#at);
    this.#at = 0;
  }
}

const scale = process.argv.includes('--small') ? 0.1 : 1;
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const folder = mkdtempSync(join(tmpdir(), 'halfopen-bench-'));
try {
  measure('complete connections', connections, 2_000_000 * scale);
  measure('spoofed SYNs', flood, 5_000_000 * scale);
  measure('bounded, of spoofed SYNs', flood, 5_000_000 * scale, '--bounded');
  measure('SYNs with SYN/ACKs', halfOpen, 5_000_000 * scale);
  for (const [program, suffix] of [
    ['gzip', '.gz'],
    ['zstd', '.zst'],
  ]) {
    measureJobs('complete connections', connections, 1_000_000 * scale, program, suffix);
    measureJobs('spoofed SYNs', flood, 1_500_000 * scale, program, suffix);
  }
  if (process.argv.includes('--compare')) compare();
} finally {
  rmSync(folder, { recursive: true });
}
