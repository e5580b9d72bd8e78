/**
 * When things arrive: people who open connections, SYNs of a flood. Each process gives one moment after the other, in
 * integer nanoseconds, without ever rounding twice: no rate drifts, however long it runs.
 *
 * ```ts
 * const arrivals = arrivalsOf({ process: 'poisson', rate: 50, from: 0, to: 10 * SEC }, rng);
 * for (; arrivals.next < Infinity; arrivals.advance()) schedule(arrivals.next);
 * ```
 */
import { type Nanos, SEC } from '../tcp/types.ts';
import { HalfopenError } from '../wire/error.ts';
import type { ArrivalSpec, RateSpec } from './flood-model.ts';
import type { Rng } from './rng.ts';

/** At most one arrival a nanosecond: times are integers. */
const MOST_PER_SECOND = 1e9;

/**
 * One arrival process. All of its kinds are one class, so that a loop over many of them stays monomorphic; its times lie
 * in typed-array slots, since plain fields of that size are boxed.
 */
export class Arrivals {
  readonly #kind: Kind;
  readonly #rng: Rng | null;
  readonly #s: Float64Array = new Float64Array(SLOTS);
  readonly #times: readonly Nanos[];

  /** Use `arrivalsOf` or `floodArrivals`. */
  constructor(
    kind: Kind,
    rng: Rng | null,
    slots: Readonly<Partial<Record<Slot, number>>>,
    times: readonly Nanos[] = [],
  ) {
    this.#kind = kind;
    this.#rng = rng;
    this.#times = times;
    for (const [slot, value] of Object.entries(slots)) this.#s[SLOT_OF[slot as Slot]] = value;
    this.#first();
  }

  /** When the next one arrives; `Infinity` = none will. */
  get next(): Nanos {
    return this.#s[NEXT]!;
  }

  /** On to the one after it. */
  advance(): void {
    const s = this.#s;
    switch (this.#kind) {
      case 'constant':
        this.#step();
        break;
      case 'poisson':
        s[AT]! += this.#rng!.exponential(s[MEAN]!);
        break;
      case 'burst':
        s[INDEX]!++;
        if (s[INDEX]! < s[SIZE]!) return;
        s[INDEX] = 0;
        s[AT]! += s[EVERY]!;
        break;
      case 'pulse':
        return this.#pulse();
      case 'ramp':
        this.#thin();
        break;
      case 'times':
        s[INDEX]!++;
        s[NEXT] = this.#times[s[INDEX]!] ?? Infinity;
        return;
    }
    s[NEXT] = s[AT]! < s[SPAN]! ? s[ORIGIN]! + Math.floor(s[AT]!) : Infinity;
  }

  /** AT counts from the beginning of the process, so that the same draws give the same times wherever it begins. */
  #first(): void {
    const s = this.#s;
    if (this.#kind === 'times') s[NEXT] = this.#times[0] ?? Infinity;
    else if (this.#kind === 'constant' || this.#kind === 'burst') s[NEXT] = s[SPAN]! > 0 ? s[ORIGIN]! : Infinity;
    else this.advance();
  }

  /** Bresenham: the remainders of the division add up until they make a nanosecond. */
  #step(): void {
    const s = this.#s;
    s[AT]! += s[STEP]!;
    s[OVER]! += s[REST]!;
    if (s[OVER]! < s[DIVISOR]!) return;
    s[OVER]! -= s[DIVISOR]!;
    s[AT]!++;
  }

  /** A Poisson process on a clock that only runs while the pulse is on. */
  #pulse(): void {
    const s = this.#s;
    s[AT]! += this.#rng!.exponential(s[MEAN]!);
    const whole = Math.floor(s[AT]! / s[SIZE]!);
    // The quotient may have been rounded up to the next pulse.
    const within = Math.max(0, Math.floor(s[AT]! - whole * s[SIZE]!));
    const t = whole * s[EVERY]! + within;
    s[NEXT] = t < s[SPAN]! ? s[ORIGIN]! + t : Infinity;
  }

  /** Lewis and Shedler 1979: of a Poisson process at the highest rate each arrival is kept with probability rate / highest. */
  #thin(): void {
    const s = this.#s;
    const rng = this.#rng!;
    do {
      s[AT]! += rng.exponential(s[MEAN]!);
      // Beyond the end nothing is kept or thrown away any more.
      if (s[AT]! >= s[SPAN]!) return;
    } while (rng.unit() * s[SIZE]! >= s[STEP]! + s[REST]! * s[AT]!);
  }
}

/** Arrivals of legitimate clients. */
export function arrivalsOf(spec: ArrivalSpec, rng: Rng): Arrivals {
  if (spec.process === 'times') return new Arrivals('times', null, {}, spec.at);
  return floodArrivals({ process: spec.process, rate: spec.rate }, spec.from, spec.to, rng);
}

/**
 * SYNs of a flood from `from` on and before `to`. `delay` moves all of them, with the same draws: what a sender repeats
 * so much later; what would fall on or after `to` is not sent.
 */
export function floodArrivals(rate: RateSpec, from: Nanos, to: Nanos, rng: Rng, delay: Nanos = 0): Arrivals {
  const slots = { origin: from + delay, span: to - from - delay };
  switch (rate.process) {
    case 'constant': {
      if (checked(rate.rate) === 0) return never();
      // SYN i at i / rate, the rate in millionths: at 0.1 a second they are ten seconds apart, not 9.999….
      const divisor = Math.max(1, Math.round(rate.rate * 1e6));
      const dividend = SEC * 1e6;
      const rest = dividend % divisor;
      return new Arrivals('constant', null, { ...slots, divisor, rest, step: (dividend - rest) / divisor });
    }
    case 'poisson':
      if (checked(rate.rate) === 0) return never();
      return new Arrivals('poisson', rng, { ...slots, mean: SEC / rate.rate });
    case 'burst':
      if (!(rate.size >= 0 && rate.every >= 1)) throw refused(`bursts of ${rate.size} every ${rate.every} ns`);
      if (rate.size < 1) return never();
      return new Arrivals('burst', null, { ...slots, size: Math.floor(rate.size), every: rate.every });
    case 'pulse':
      if (!(rate.on >= 0 && rate.off >= 0)) throw refused(`pulses of ${rate.on} ns with ${rate.off} ns between`);
      if (checked(rate.rate) === 0 || rate.on === 0) return never();
      return new Arrivals('pulse', rng, { ...slots, mean: SEC / rate.rate, size: rate.on, every: rate.on + rate.off });
    case 'ramp': {
      const most = Math.max(checked(rate.first), checked(rate.last));
      if (most === 0) return never();
      // The slope of the whole ramp: a delayed one is cut off before it has climbed it.
      const slope = (rate.last - rate.first) / (to - from);
      return new Arrivals('ramp', rng, { ...slots, mean: SEC / most, size: most, step: rate.first, rest: slope });
    }
    default:
      throw new Error(`no such process: ${JSON.stringify(rate satisfies never)}`);
  }
}

function never(): Arrivals {
  return new Arrivals('times', null, {});
}

function checked(rate: number): number {
  if (rate >= 0 && rate <= MOST_PER_SECOND) return rate;
  throw refused(`${rate} per second`);
}

function refused(found: string): HalfopenError {
  return new HalfopenError(
    `arrivals: found ${found}, expected 0 .. 1,000,000,000 per second and times that are not negative`,
  );
}

type Kind = 'constant' | 'poisson' | 'burst' | 'pulse' | 'ramp' | 'times';

type Slot = 'origin' | 'span' | 'mean' | 'size' | 'every' | 'step' | 'rest' | 'divisor';

const NEXT = 0;
/** Time of the last arrival since ORIGIN, with its fraction; for a pulse only the time it was on. */
const AT = 1;
const ORIGIN = 2;
const SPAN = 3;
const MEAN = 4;
/** Of a burst: how many at once; of a pulse: how long it is on; of a ramp: the highest rate. */
const SIZE = 5;
const EVERY = 6;
const INDEX = 7;
/** Of a constant rate: the whole and the rest of the distance; of a ramp: the first rate and its growth in a nanosecond. */
const STEP = 8;
const REST = 9;
const DIVISOR = 10;
const OVER = 11;
const SLOTS = 12;

const SLOT_OF: Readonly<Record<Slot, number>> = {
  origin: ORIGIN,
  span: SPAN,
  mean: MEAN,
  size: SIZE,
  every: EVERY,
  step: STEP,
  rest: REST,
  divisor: DIVISOR,
};
