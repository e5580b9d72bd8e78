/**
 * Decoding speed: TCP headers alone (with the timestamps that nearly every segment carries), whole frames with their
 * checksums verified, and IP packets encoded and decoded, as two stacks in one process do that pass bytes.
 */
import { performance } from 'node:perf_hooks';
import {
  ACK,
  AddressTable,
  decodeFrame,
  decodeIp,
  decodeTcp,
  encodeEthernet,
  encodeIpPacket,
  Packet,
  Segment,
  SYN,
} from '../dist/wire.js';

const addresses = new AddressTable();
const LINKTYPE_ETHERNET = 1;
const FRAMES = 256;

/** Frames of a plausible mix: every eighth a SYN with all its options, the others ACKs with timestamps. */
function frames() {
  const bytes = new Uint8Array(FRAMES * 128);
  const offsets = [];
  let at = 0;
  for (let i = 0; i < FRAMES; i++) {
    const seg = new Segment();
    seg.src = addresses.parse('192.0.2.1') + i;
    seg.dst = addresses.parse('203.0.113.80');
    seg.sport = 30000 + i;
    seg.dport = 80;
    seg.seq = (i * 0x1234567) >>> 0;
    seg.ack = (i * 0x7654321) >>> 0;
    seg.flags = i % 8 === 0 ? SYN : ACK;
    seg.wnd = 64240;
    seg.tsVal = 0x90000000 + i;
    seg.tsEcr = i;
    if (seg.flags === SYN) Object.assign(seg, { mss: 1460, sackPerm: true, ws: 7 });
    offsets.push(at);
    at += encodeEthernet(seg, addresses, bytes, at);
  }
  offsets.push(at);
  return { bytes, view: new DataView(bytes.buffer), offsets };
}

/** Best of several runs of about 0.3 s, in operations per second: the least disturbed one says what the code can do. */
function best(operation, perCall) {
  let rate = 0;
  for (let run = 0; run < 6; run++) {
    let calls = 0;
    const start = performance.now();
    let elapsed = 0;
    while (elapsed < 300) {
      for (let i = 0; i < 100; i++) operation();
      calls += 100;
      elapsed = performance.now() - start;
    }
    rate = Math.max(rate, (calls * perCall * 1000) / elapsed);
  }
  return rate;
}

function report(name, rate) {
  console.log(`${name}: ${Math.round(rate).toLocaleString('en')}`);
}

const { bytes, view, offsets } = frames();
const packet = new Packet();
const seg = new Segment();
let sink = 0;

report(
  'tcp headers decoded/s',
  best(() => {
    for (let i = 0; i < FRAMES; i++) {
      sink += decodeTcp(bytes, view, offsets[i] + 34, offsets[i + 1], seg) + (seg.seq & 1);
    }
  }, FRAMES),
);
report(
  'segments decoded/s (Ethernet+IPv4+TCP with checksums)',
  best(() => {
    for (let i = 0; i < FRAMES; i++) {
      decodeFrame(bytes, view, offsets[i], offsets[i + 1], LINKTYPE_ETHERNET, addresses, packet);
      sink += packet.tcpChecksum === 'ok' ? 0 : 1;
    }
  }, FRAMES),
);

const out = new Uint8Array(1600);
const outView = new DataView(out.buffer);
const made = Object.assign(new Segment(), { src: 0xc0000201, dst: 0xcb007150, sport: 40000, dport: 80, wnd: 64240 });
Object.assign(made, { flags: SYN, seq: 0x90000000, mss: 1460, sackPerm: true, tsVal: 0x80000001, tsEcr: 0, ws: 7 });
report(
  'SYNs encoded and decoded/s (IPv4+TCP with checksums)',
  best(() => {
    for (let i = 0; i < FRAMES; i++) {
      const n = encodeIpPacket(made, addresses, out, 0);
      sink += decodeIp(out, outView, 0, n, addresses, packet);
    }
  }, FRAMES),
);
Object.assign(made, { mss: -1, sackPerm: false, ws: -1, flags: ACK, payload: new Uint8Array(1448).fill(7), len: 1448 });
report(
  'full data segments encoded and decoded/s (1448 bytes, with checksums)',
  best(() => {
    for (let i = 0; i < FRAMES; i++) {
      const n = encodeIpPacket(made, addresses, out, 0);
      sink += decodeIp(out, outView, 0, n, addresses, packet);
    }
  }, FRAMES),
);
if (sink < 0) console.log(sink);
