/** The small notations of scenario files: times, rates, flags, sequence expressions, `host:port`. */
import type { SeqExpr } from '../sim/scenario-model.ts';
import { MS, type Nanos, SEC, US } from '../tcp/types.ts';
import { ACK, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../wire/segment.ts';

/** JSON Schema patterns, so that an editor marks a wrong value while it is typed. */
export const DURATION_PATTERN: RegExp = /^(0|\d+(\.\d+)?(ns|us|ms|s|m))$/;
export const RATE_PATTERN: RegExp = /^\d+(\.\d+)?(bit|kbit|mbit|gbit)$/;
export const SEQ_PATTERN: RegExp = /^([XY]([+-]\d+)?|\d+)$/;
export const FLAGS_PATTERN: RegExp = /^(SYN|ACK|FIN|RST|PSH|URG|ECE|CWR)(,(SYN|ACK|FIN|RST|PSH|URG|ECE|CWR))*$/;
export const TARGET_PATTERN: RegExp = /^[a-z][a-z0-9-]*:\d{1,5}$/;

/** `40ms`, `1.5s`, `2m`, `0` -> nanoseconds; -1 when it is none of these. */
export function parseDuration(text: string): Nanos {
  const parts = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m)$/.exec(text);
  if (!parts) return text === '0' ? 0 : -1;
  return Math.round(Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? 0));
}

/** A time of a file whose notation the schema has checked. */
export function time(value: string | 0): Nanos {
  return value === 0 ? 0 : parseDuration(value);
}

/** `10mbit` -> bits per second; -1 when it is not a rate. */
export function parseRate(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(bit|kbit|mbit|gbit)$/.exec(text);
  return parts ? Math.round(Number(parts[1]) * (RATES[parts[2] ?? ''] ?? 0)) : -1;
}

/** `SYN,ACK` -> control bits; -1 when a name is unknown. */
export function parseFlags(text: string): number {
  let flags = 0;
  for (const name of text.split(',')) {
    const bit = FLAGS[name.trim()];
    if (bit === undefined) return -1;
    flags |= bit;
  }
  return flags;
}

/** `X+1`, `Y-100`, `5000`; undefined when it is none of these. */
export function parseSeq(text: string): SeqExpr | undefined {
  const parts = /^([XY])([+-]\d+)?$/.exec(text);
  if (parts) return { base: parts[1] === 'X' ? 'X' : 'Y', plus: Number(parts[2] ?? 0) };
  if (!/^\d+$/.test(text) || Number(text) > 0xffff_ffff) return undefined;
  return { base: '', plus: Number(text) };
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: US, ms: MS, s: SEC, m: 60 * SEC };
const RATES: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const FLAGS: Readonly<Record<string, number>> = { FIN, SYN, RST, PSH, ACK, URG, ECE, CWR };
