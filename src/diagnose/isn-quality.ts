/**
 * How initial sequence numbers of one side were chosen, as far as samples in order of capture can tell (RFC 9293 §3.4.1,
 * RFC 6528 §3). A guessable ISN lets a blind sender complete handshakes; a patterned one betrays a tool.
 */

import { grouped } from './figures.ts';
import type { IsnQuality } from './findings.ts';

/**
 * Judges `count` initial sequence numbers (uint32) with their times in ns, in order of capture. They should be one host's:
 * the numbers of many hosts together look random even where each one counts.
 */
export function isnQuality(
  of: IsnQuality['of'],
  times: ArrayLike<number>,
  isns: ArrayLike<number>,
  count: number,
): IsnQuality {
  const whose = of === 'server' ? 'the server' : 'the clients';
  const as = (kind: IsnQuality['kind'], sentence: string): IsnQuality => ({ of, samples: count, kind, sentence });
  if (count < LEAST_SAMPLES) {
    return as(
      'too-few',
      `${count} initial sequence numbers of ${whose} are too few to judge; ${LEAST_SAMPLES} would do.`,
    );
  }
  const distinct = new Set(Array.from({ length: count }, (_, i) => isns[i]!)).size;
  if (distinct === 1) return as('constant', `All ${count} SYNs of ${whose} have the sequence number ${isns[0]!}.`);
  // Of random 32-bit numbers, 4,096 hold two equal ones in one sample of 500; a quarter of them equal, never.
  if (distinct <= count / 4) {
    return as('few-values', `${count} SYNs of ${whose} have only ${distinct} different sequence numbers.`);
  }
  const step = commonStep(isns, count);
  const hertz = clockRate(times, isns, count);
  if (CLOCKS.includes(hertz) || (step === 0 && hertz > 0)) {
    return as(
      'clock',
      `The sequence numbers of ${whose} follow a clock of ${grouped(hertz)} ticks a second${ofRfc793(hertz)}.`,
    );
  }
  if (step !== 0) return as('counter', `The sequence numbers of ${whose} go up by ${step} each time: a counter.`);
  if (share(isns, count, (a, b) => Math.abs((b - a) | 0) <= SMALL_STEP) >= MOST) {
    return as('counter', `The sequence numbers of ${whose} go up in small steps: a counter, not RFC 6528.`);
  }
  const fixed = fixedLowBits(isns, count);
  if (fixed >= 8) {
    const values = grouped(2 ** (32 - fixed));
    return as(
      'few-values',
      `The lowest ${fixed} bits of the sequence numbers of ${whose} are the same in nearly all, so of 2^32 numbers only ${values} occur.`,
    );
  }
  return as('random', `The sequence numbers of ${whose} look random, as RFC 6528 asks (${count} samples).`);
}

/** The difference that most neighbours have, if it is small; 0: none. */
function commonStep(isns: ArrayLike<number>, count: number): number {
  const seen = new Map<number, number>();
  for (let i = 1; i < count; i++) {
    const step = (isns[i]! - isns[i - 1]!) | 0;
    if (step !== 0 && Math.abs(step) <= SMALL_STEP) seen.set(step, (seen.get(step) ?? 0) + 1);
  }
  for (const [step, times] of seen) if (times >= MOST * (count - 1)) return step;
  return 0;
}

/** Ticks a second of a clock that most samples follow; 0: none. RFC 793's first, then what the samples suggest. */
function clockRate(times: ArrayLike<number>, isns: ArrayLike<number>, count: number): number {
  const passed: number[] = [];
  const steps: number[] = [];
  let before = 0;
  for (let i = 1; i < count; i++) {
    const seconds = (times[i]! - times[before]!) / 1e9;
    if (seconds < CLOCK_APART) continue;
    passed.push(seconds);
    steps.push((isns[i]! - isns[before]!) >>> 0);
    before = i;
  }
  if (passed.length < LEAST_SAMPLES / 2) return 0;
  const slopes = steps.map((step, i) => step / passed[i]!).sort((a, b) => a - b);
  const median = Math.round(slopes[slopes.length >> 1]!);
  for (const hertz of [...CLOCKS, median]) {
    if (hertz < 1000) continue;
    let follow = 0;
    for (let i = 0; i < passed.length; i++) {
      const off = steps[i]! - hertz * passed[i]!;
      // Modulo 2^32: a clock of 1 MHz wraps in 72 minutes. Both hosts' clocks drift, and packets wait on their way.
      const error = Math.abs(off - 2 ** 32 * Math.round(off / 2 ** 32));
      const allowed = hertz * (0.001 + 0.02 * passed[i]!);
      // Where the allowance is no small part of the number space, agreement says nothing.
      if (allowed < 2 ** 28 && error <= allowed) follow++;
    }
    if (follow >= MOST * passed.length) return hertz;
  }
  return 0;
}

function ofRfc793(hertz: number): string {
  return hertz === 250_000 ? ', as in RFC 793: one tick in 4 µs' : '';
}

/** How many of the lowest bits are one and the same in most samples. */
function fixedLowBits(isns: ArrayLike<number>, count: number): number {
  for (const bits of [24, 16, 12, 8]) {
    const mask = 2 ** bits - 1;
    const seen = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const low = isns[i]! & mask;
      seen.set(low, (seen.get(low) ?? 0) + 1);
    }
    if (Math.max(...seen.values()) >= MOST * count) return bits;
  }
  return 0;
}

function share(isns: ArrayLike<number>, count: number, holds: (before: number, now: number) => boolean): number {
  let held = 0;
  for (let i = 1; i < count; i++) if (holds(isns[i - 1]!, isns[i]!)) held++;
  return held / (count - 1);
}

/** Below this, a random generator could be taken for another or the reverse: 2^-15 a pair for the tests above, 80 % of them. */
const LEAST_SAMPLES = 12;
/** Loss, reordering and a stranger's packet spoil some neighbours. */
const MOST = 0.8;
/** 4.2BSD added 64,000 for each connection, and 128,000 a second (RFC 1948 §1): two of them stay within 2^17. */
const SMALL_STEP = 0x2_0000;
const CLOCKS: readonly number[] = [250_000, 1_000_000, 15_625_000];
/** Seconds between two samples of a clock, so that a packet's delay is small beside it. */
const CLOCK_APART = 0.02;
