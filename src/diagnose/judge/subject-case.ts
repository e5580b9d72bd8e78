/** What the reasons of a judgement are made of: a target's counts in the terms of the question "what was this?" */
import { isIpv6 } from '../../wire/address.ts';
import type {
  Distinct,
  SourceProfile,
  Tally,
  TargetCounts,
  TargetProfile,
  Unfinished,
} from '../detect/target-profile.ts';
import { roughly } from '../figures.ts';
import type { IsnQuality, RateCurve, Vantage } from '../findings.ts';
import { isnQuality } from '../isn-quality.ts';
import { idleAmong } from './idle-sources.ts';
import { failedWhen, LEAST_ELSE, type Rise, riseOf } from './rise.ts';

export interface Case {
  readonly profile: TargetProfile;
  readonly attempts: number;
  readonly completed: number;
  /** Share of attempts that completed, of the steps in which most of the unfinished ones came. */
  readonly completedThen: number;
  /** Share that did not complete then, and at all other times; undefined where that is no more than chance makes of it. */
  readonly rise: Rise | undefined;
  /** Attempts a second of those steps against those of others in which any came; 0 without such others. */
  readonly pace: number;
  /** Attempts whose end the capture shows: not those answered where it does not look. */
  readonly judged: number;
  readonly unfinished: number;
  /** When they began: one number for each step of the profile's curve. */
  readonly curve: readonly number[];
  /** Answered where the capture does not look. */
  readonly elsewhere: number;
  /** SYN/ACK sent, nothing at all came back. */
  readonly silent: number;
  readonly refused: number;
  readonly aborted: number;
  /** Without any answer. */
  readonly unanswered: number;
  /** Is any answer of this target in the capture? */
  readonly answersSeen: boolean;
  /** Would an answer be in the capture: are this target's, or others' while nobody went on as if this one had answered? */
  readonly answersShow: boolean;
  /** Would it show whether an attempt came to something, by an answer and what follows it, or by clients that go on? */
  readonly fateShows: boolean;
  /**
   * Unfinished attempts within any 63 s, the life of an entry at Linux' defaults: what they would have held at once. Without
   * those of clients that tried again.
   */
  readonly heldAtOnce: number;
  /** Of the busiest sources, those that acknowledged hardly any answer: how many, and the entries they held at once. */
  readonly idle: { readonly sources: number; readonly held: number };
  /** Connections of this target whose opening is not in the capture. */
  readonly parts: number;
  /** Are pieces of connections in the capture, and hardly their openings? Then SYNs without an end say little. */
  readonly fragmentary: boolean;
  /** Of the attempts of the busiest sources, the share by those that completed some. */
  readonly servedSources: number;
  /** Sources, of unfinished attempts where there are any. */
  readonly sources: number;
  /** The same in words: `about 35,700 addresses`. */
  readonly addresses: string;
  readonly perSource: number;
  /** Among samples: different first octets (or first words of IPv6), so that TTLs can be compared. */
  readonly networks: number;
  /** Shares of unfinished attempts. */
  readonly withoutOptions: number;
  /** The same of the other attempts. */
  readonly withoutOptionsServed: number;
  /** Share of SYNs whose options are in the capture, or that have none. */
  readonly optionsKnown: number;
  /** TTLs that hold 95 % of them, half of them, and 95 % of all attempts. */
  readonly ttls: number;
  readonly ttlsOfHalf: number;
  readonly ttlsOfAll: number;
  /** Share of the most frequent window and options, of all attempts; 0 where the options are not known. */
  readonly commonPrint: number;
  /**
   * Of the unfinished attempts that were watched for long enough, the share whose SYN was sent again as a stack does. Who
   * was answered and kept silent counts as one that did not.
   */
  readonly sentAgain: number;
  readonly watchedForMore: number;
  readonly isn: IsnQuality;
  /** SYNs of the peak second. */
  readonly peakRate: number;
  /** Those a second that did not complete, in the step in which most did not. */
  readonly peakUnfinished: number;
  /** Seconds from first to last attempt, at least one. */
  readonly seconds: number;
}

/** What the ledger alone does not say of a target. */
export interface Surroundings {
  /** The capture goes on: attempts that nobody has let go of yet may still complete. */
  readonly live: boolean;
  /** Connections of this target whose opening is not in the capture. */
  readonly parts: number;
  /** What is known of sources, the busiest first. */
  readonly known: readonly SourceProfile[];
  /** Answers and refusals in all of the capture, and answers that met silence. */
  readonly answers: number;
  readonly silent: number;
  readonly view: Vantage['view'];
  /** Text of an address handle. */
  readonly format: (address: number) => string;
}

export function caseOf(profile: TargetProfile, surroundings: Surroundings): Case {
  const { live, parts, known, answers, view, format } = surroundings;
  const { counts, traits, resending } = profile;
  const { u, curve } = unfinishedOf(profile, live);
  const unanswered = Math.max(0, u.attempts - u.silent - counts.refused - counts.aborted - counts.takenBack);
  const watchedForMore = resending.backoff + resending.copies + resending.never + u.silent;
  const sentAgain = resending.backoff / Math.max(1, watchedForMore);
  const from = sourcesOf(profile, u);
  const sources = from.count;
  const samples = profile.synSamples;
  const when = failedWhen(profile.rate, curve);
  const answersSeen = counts.answered + counts.refused > 0;
  const others = Math.max(0, traits.withoutOptions - u.withoutOptions);
  const held = Math.round(heldAtOnce(profile, curve, u.attempts) * (1 - sentAgain));
  const answersShow = answersSeen || (answers >= MANY_ANSWERS && u.elsewhere < 0.02 * counts.attempts);
  return {
    profile,
    attempts: counts.attempts,
    completed: counts.completed,
    completedThen: 1 - when.failedThen,
    rise: riseOf(when),
    pace: when.attemptsElse >= LEAST_ELSE ? when.pace : 0,
    judged: counts.completed + u.attempts,
    unfinished: u.attempts,
    curve,
    elsewhere: u.elsewhere,
    silent: u.silent,
    refused: counts.refused,
    aborted: counts.aborted,
    unanswered,
    answersSeen,
    answersShow,
    fateShows: view !== 'openings-only' && (answersShow || u.elsewhere >= MANY_GO_ON),
    heldAtOnce: held,
    idle: idleAt(u, held, surroundings),
    parts,
    fragmentary: isFragmentary(counts, parts, counts.completed + u.elsewhere),
    servedSources: servedAmong(profile.sources, known),
    sources,
    addresses: roughly(from, 'address', 'addresses'),
    perSource: u.attempts / Math.max(1, sources),
    networks: new Set(samples.source.map((source) => networkOf(source, format))).size,
    withoutOptions: u.withoutOptions / Math.max(1, u.attempts),
    withoutOptionsServed: others / Math.max(1, traits.attempts - u.attempts),
    optionsKnown: 1 - sum(traits.prints.filter((one) => one.kinds === undefined)) / Math.max(1, traits.attempts),
    ttls: holding(0.95, u.ttls, u.attempts),
    ttlsOfHalf: holding(0.5, u.ttls, u.attempts),
    ttlsOfAll: holding(0.95, traits.ttls, traits.attempts),
    commonPrint: (traits.prints[0]?.kinds === undefined ? 0 : traits.prints[0].attempts) / Math.max(1, traits.attempts),
    sentAgain,
    watchedForMore,
    isn: isnQuality('clients', samples.at, samples.isn, samples.isn.length),
    peakRate: profile.peakRate,
    // In the curve are clients that go on without an answer, too.
    peakUnfinished: peakUnfinished(profile, curve) * (u.attempts / Math.max(1, u.attempts + u.elsewhere)),
    seconds: Math.max(1, (counts.lastAt - counts.firstAt) / 1e9),
  };
}

/** `open`: attempts that were seen to get through. Where far more connections have no opening, most openings were missed. */
function isFragmentary({ attempts, fin, straySent }: TargetCounts, parts: number, open: number): boolean {
  if (parts >= 0.5 * attempts || straySent >= 0.3 * attempts) return true;
  return (open < 0.5 * fin && fin >= 0.5 * attempts) || (parts >= 20 && open < 0.1 * parts);
}

/** Nobody completes by chance what he floods; a twentieth is less than clients get of a service that is down half the time. */
function servedAmong({ top }: Tally, known: readonly SourceProfile[]): number {
  let all = 0;
  let served = 0;
  for (const { value, count, over } of top) {
    const source = known.find(({ address }) => address === value);
    all += count - over;
    if (source !== undefined && source.completed >= 0.05 * source.attempts) served += count - over;
  }
  return served / Math.max(1, all);
}

/** Sources are known by all that they did, so theirs is said of the target where nearly all silence is. */
function idleAt(u: Unfinished, held: number, { known, silent }: Surroundings): Case['idle'] {
  if (u.silent < 0.8 * silent) return { sources: 0, held: 0 };
  const { sources, entries } = idleAmong(known, LEAST_ENTRIES);
  return { sources, held: Math.min(entries, u.silent) * Math.min(1, held / Math.max(1, u.attempts)) };
}

/** An address's first octet, or first word of IPv6: handles of IPv6 count up, whatever the address is. */
function networkOf(source: number, format: (address: number) => string): number | string {
  return isIpv6(source) ? format(source).split(':', 1)[0]! : source >>> 24;
}

/** Where nearly all attempts are unfinished, the sources of all are known better than theirs. */
function sourcesOf({ sources, counts }: TargetProfile, u: Unfinished): Distinct {
  const { distinct } = sources;
  if (u.attempts === 0) return distinct;
  const known = u.attempts >= 0.95 * counts.attempts ? distinct : u.sources;
  return { count: Math.min(u.attempts, distinct.count, known.count), error: known.error };
}

/**
 * The attempts that count as unfinished, and their curve. Those under way as the capture ends are none, unless they are more
 * than complete in the time that handshakes take here. Of a capture that goes on, those that stand open now are known by
 * number alone, so that where they are most of it, all attempts speak for them.
 */
function unfinishedOf(profile: TargetProfile, live: boolean): { readonly u: Unfinished; readonly curve: number[] } {
  const { unfinished, settled, counts, traits, sources, rate, reaction } = profile;
  const explained = completedWithin(rate, reaction);
  const young = unfinished.attempts - settled.attempts;
  const u = young > explained ? unfinished : settled;
  if (!live) return { u, curve: u === settled ? without(young, rate.unfinished) : [...rate.unfinished] };
  const curve = without(explained, rate.unfinished);
  const over = counts.completed + counts.refused + counts.aborted + counts.takenBack;
  const open = Math.max(0, Math.min(counts.attempts - over, rate.halfOpen.at(-1) ?? 0) - explained);
  if (open <= u.attempts) return { u, curve };
  const silent = counts.answered - counts.completed - counts.aborted - counts.takenBack - explained;
  return {
    u: {
      attempts: open,
      elsewhere: u.elsewhere,
      silent: Math.max(0, Math.min(open, silent)),
      sources: { count: Math.min(open, sources.distinct.count), error: sources.distinct.error },
      withoutOptions: Math.min(open, traits.withoutOptions),
      ttls: traits.ttls,
    },
    curve,
  };
}

/** How many complete within so many ns, by the busiest of the last steps: the last may be cut short. */
function completedWithin({ completed, step }: RateCurve, ns: number): number {
  const last = completed.slice(-1 - Math.ceil(ns / step));
  return Math.ceil((Math.max(0, ...last) * ns) / step);
}

/** A curve less `n` of the latest it counts. */
function without(n: number, values: readonly number[]): number[] {
  const left = [...values];
  for (let i = left.length - 1; i >= 0 && n > 0; i--) {
    const taken = Math.min(n, left[i]!);
    left[i]! -= taken;
    n -= taken;
  }
  return left;
}

function sum(counted: readonly { readonly attempts: number }[]): number {
  return counted.reduce((all, one) => all + one.attempts, 0);
}

/** Steps get long in long captures, and what is short is not to vanish in one: ten seconds at most share it. */
function peakUnfinished({ peakRate, rate: { step } }: TargetProfile, curve: readonly number[]): number {
  const most = curve.reduce((a, b) => Math.max(a, b), 0);
  return Math.min(peakRate, most / Math.min(10, step / 1e9));
}

/** How many values, most frequent first, make up such a share of all. */
function holding(share: number, ttls: readonly { readonly attempts: number }[], all: number): number {
  let sum = 0;
  let n = 0;
  for (const { attempts } of ttls.toSorted((a, b) => b.attempts - a.attempts)) {
    if (sum >= share * all) break;
    sum += attempts;
    n++;
  }
  return n;
}

/** The greatest number of `unfinished` attempts within `LIFETIME`. */
function heldAtOnce(
  { rate: { step }, peakRate, findings }: TargetProfile,
  curve: readonly number[],
  unfinished: number,
): number {
  const all = curve.reduce((sum, n) => sum + n, 0);
  if (all === 0) return unfinished;
  const steps = Math.max(1, Math.round(LIFETIME / step));
  let within = 0;
  let most = 0;
  curve.forEach((n, i) => {
    within += n - (i >= steps ? curve[i - steps]! : 0);
    most = Math.max(most, within);
  });
  const held = (most * unfinished) / all;
  if (step <= LIFETIME) return held;
  // In a capture of many hours a step is longer than the life of an entry: what came in it did not stand there together.
  const queued = findings.find(({ detector }) => detector === 'half-open')?.value ?? Infinity;
  return Math.min(held, (LIFETIME / 1e9) * peakRate, queued * (LIFETIME / SHORTEST_LIFE));
}

/** Fewer are of somebody who tries again until he gives up. */
const LEAST_ENTRIES = 10;
/** Fewer might all be of one other server. */
const MANY_ANSWERS = 10;
/** So many that went on show that those would have who did not. */
const MANY_GO_ON = 20;
/** Linux gives up an entry after 1 + 2 + 4 + 8 + 16 + 32 s (`tcp_synack_retries` 5). */
const LIFETIME = 63e9;
/** What the queue's model counts with at least: entries that were pruned or given up early. */
const SHORTEST_LIFE = 7e9;
