/** What the reasons of a judgement are made of: a target's counts in the terms of the question "what was this?" */
import type { TargetProfile, Unfinished } from '../detect/target-profile.ts';
import type { IsnQuality, RateCurve } from '../findings.ts';
import { isnQuality } from '../isn-quality.ts';
import { levelOf, unfinishedOf } from './stretch.ts';

export interface Case {
  readonly profile: TargetProfile;
  readonly attempts: number;
  readonly completed: number;
  /** Share of SYNs that completed, during the steps in which most of the unfinished ones came. */
  readonly completedThen: number;
  /** Attempts whose end the capture shows: not those answered where it does not look. */
  readonly judged: number;
  readonly unfinished: number;
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
  /**
   * Unfinished attempts within any 63 s, the life of an entry at Linux' defaults: what they would have held at once. Without
   * those of clients that tried again.
   */
  readonly heldAtOnce: number;
  /** Connections of this target whose opening is not in the capture. */
  readonly parts: number;
  /** Sources, of unfinished attempts where those were told apart. */
  readonly sources: number;
  readonly perSource: number;
  /** Among samples: different first octets (or first words of IPv6), so that TTLs can be compared. */
  readonly networks: number;
  /** Shares of unfinished attempts. */
  readonly withoutOptions: number;
  /** TTLs that hold 95 % of them. */
  readonly ttls: number;
  /** Share of the most frequent window and options, of all attempts. */
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
  /** Seconds from first to last attempt, at least one. */
  readonly seconds: number;
}

/** What the ledger alone does not say of a target. */
export interface Surroundings {
  /** The capture goes on: attempts that nobody has let go of yet may still complete. */
  readonly live: boolean;
  /** Connections of this target whose opening is not in the capture. */
  readonly parts: number;
}

export function caseOf(profile: TargetProfile, { live, parts }: Surroundings): Case {
  const { counts, traits, resending } = profile;
  const u = live ? withPending(profile) : profile.unfinished;
  const unanswered = Math.max(0, u.attempts - u.silent - counts.refused - counts.aborted - counts.takenBack);
  const watchedForMore = resending.backoff + resending.copies + resending.never + u.silent;
  const sentAgain = resending.backoff / Math.max(1, watchedForMore);
  const sources = u.attempts > 0 ? u.sources.count : profile.sources.distinct.count;
  const samples = profile.synSamples;
  return {
    profile,
    attempts: counts.attempts,
    completed: counts.completed,
    completedThen: completedThen(profile.rate),
    judged: counts.completed + u.attempts,
    unfinished: u.attempts,
    elsewhere: u.elsewhere,
    silent: u.silent,
    refused: counts.refused,
    aborted: counts.aborted,
    unanswered,
    answersSeen: counts.answered + counts.refused > 0,
    heldAtOnce: Math.round(heldAtOnce(profile.rate, u.attempts) * (1 - sentAgain)),
    parts,
    sources,
    perSource: u.attempts / Math.max(1, sources),
    networks: new Set(samples.source.map((source) => Math.floor(source / 2 ** 24))).size,
    withoutOptions: u.withoutOptions / Math.max(1, u.attempts),
    ttls: holding(u.ttls, u.attempts),
    commonPrint: (traits.prints[0]?.attempts ?? 0) / Math.max(1, traits.attempts),
    sentAgain,
    watchedForMore,
    isn: isnQuality('clients', samples.at, samples.isn, samples.isn.length),
    peakRate: profile.peakRate,
    seconds: Math.max(1, (counts.lastAt - counts.firstAt) / 1e9),
  };
}

/**
 * Unfinished attempts of a capture that goes on: those let go of, and those that stand open now. Of the latter only the
 * number is known, so that where they are most of it, all attempts speak for them.
 */
function withPending({ unfinished, counts, traits, sources, rate }: TargetProfile): Unfinished {
  const settled = counts.completed + counts.refused + counts.aborted + counts.takenBack;
  const open = Math.max(0, Math.min(counts.attempts - settled, rate.halfOpen.at(-1) ?? 0));
  if (open <= unfinished.attempts) return unfinished;
  const attempts = Math.max(open, unfinished.attempts);
  return {
    attempts,
    elsewhere: unfinished.elsewhere,
    silent: Math.max(0, Math.min(open, counts.answered - counts.completed - counts.aborted - counts.takenBack)),
    sources: { count: Math.min(attempts, sources.distinct.count), error: sources.distinct.error },
    withoutOptions: Math.min(attempts, traits.withoutOptions),
    ttls: traits.ttls,
  };
}

/** The share of SYNs that were matched by a completion in the steps in which unfinished ones stood out. */
function completedThen(rate: RateCurve): number {
  const open = unfinishedOf(rate);
  const level = levelOf(open, rate);
  let syns = 0;
  let completed = 0;
  open.forEach((n, i) => {
    if (n < level) return;
    syns += rate.syn[i]!;
    completed += Math.min(rate.syn[i]!, rate.completed[i]!);
  });
  return completed / Math.max(1, syns);
}

/** How many values, most frequent first, make up 95 % of all. */
function holding(ttls: readonly { readonly attempts: number }[], all: number): number {
  let sum = 0;
  let n = 0;
  for (const { attempts } of ttls.toSorted((a, b) => b.attempts - a.attempts)) {
    if (sum >= 0.95 * all) break;
    sum += attempts;
    n++;
  }
  return n;
}

/** The greatest number of `unfinished` attempts within `LIFETIME`, from the curve of SYNs that were not matched at once. */
function heldAtOnce(rate: RateCurve, unfinished: number): number {
  const open = unfinishedOf(rate);
  const all = open.reduce((sum, n) => sum + n, 0);
  if (all === 0) return unfinished;
  const steps = Math.max(1, Math.round(LIFETIME / rate.step));
  let within = 0;
  let most = 0;
  for (let i = 0; i < open.length; i++) {
    within += open[i]! - (i >= steps ? open[i - steps]! : 0);
    if (within > most) most = within;
  }
  return (most * unfinished) / all;
}

/** Linux gives up an entry after 1 + 2 + 4 + 8 + 16 + 32 s (`tcp_synack_retries` 5). */
const LIFETIME = 63e9;
