/**
 * What a SYN looks like apart from its addresses: window and options as that sender writes them. It matters, since a
 * server keeps what a SYN offers, and a cookie cannot.
 */
import { type Segment, SYN } from '../../wire/segment.ts';
import { OptionKind } from '../../wire/tcp-options.ts';
import type { SynShape } from '../flood-model.ts';
import type { Rng } from '../rng.ts';

/**
 * Makes `seg`, which is reset, a SYN of that shape with a port and an initial sequence number of its own. `again`: ns
 * since it was first sent, for a repetition made from the same draws.
 */
export function writeSyn(seg: Segment, shape: SynShape, rng: Rng, again: number): void {
  seg.flags = SYN;
  seg.sport = drawPort(rng);
  // RFC 6528 and its likes: to anybody else the number looks random, and flood tools draw it.
  seg.seq = rng.uint32();
  switch (shape) {
    case 'bare':
      seg.wnd = 512; // hping3 DEFAULT_SRCWINSIZE; it writes no options
      return;
    case 'mss':
      seg.wnd = 1024; // Nmap's SYN probe, with TCP_SYN_PROBE_OPTIONS "\x02\x04\x05\xb4"
      seg.mss = 1460;
      return;
    case 'linux':
      // p0f mss*44,mss,sok,ts,nop,ws; the scale is that of 6.18 (ground truth C and G).
      seg.wnd = 64240;
      seg.mss = 1460;
      seg.sackPerm = true;
      seg.ws = 10;
      // The clock is moved by a secret per pair of addresses (secure_tcp_ts_off): random to anybody else.
      seg.tsVal = (rng.uint32() + Math.floor(again / 1e6)) >>> 0;
      seg.tsEcr = 0;
      return;
    case 'windows':
      // p0f mss,nop,ws,nop,nop,sok with scale 8; 64240 since Windows 10, 8192 before. No timestamps by default.
      seg.wnd = 64240;
      seg.mss = 1460;
      seg.ws = 8;
      seg.sackPerm = true;
      seg.rawOpt = WINDOWS_OPTIONS;
      seg.rawOptLen = WINDOWS_OPTIONS.length;
      return;
    default:
      throw new Error(`no such SYN shape: ${shape satisfies never}`);
  }
}

/** 1024 .. 65535: no sender takes a well-known port (RFC 6056 §3.2). */
function drawPort(rng: Rng): number {
  let port = rng.uint32() >>> 16;
  while (port < 1024) port = rng.uint32() >>> 16;
  return port;
}

/** Our own order of options is that of Linux; these keep theirs when they are written to a file. */
const WINDOWS_OPTIONS: Uint8Array = Uint8Array.of(
  ...[OptionKind.Mss, 4, 1460 >>> 8, 1460 & 0xff],
  ...[OptionKind.Nop, OptionKind.WindowScale, 3, 8],
  ...[OptionKind.Nop, OptionKind.Nop, OptionKind.SackPermitted, 2],
);
