/** What the reasons of a judgement are made of: a target's counts in the terms of the question "what was this?" */
import type { TargetProfile } from '../detect/target-profile.ts';
import type { IsnQuality } from '../findings.ts';
import { isnQuality } from '../isn-quality.ts';

export interface Case {
  readonly profile: TargetProfile;
  readonly attempts: number;
  readonly completed: number;
  /** Attempts whose end the capture shows: not those answered where it does not look. */
  readonly judged: number;
  readonly unfinished: number;
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

export function caseOf(profile: TargetProfile): Case {
  const { counts, traits, unfinished: u, resending } = profile;
  const unanswered = Math.max(0, u.attempts - u.silent - counts.refused - counts.aborted - counts.takenBack);
  const watchedForMore = resending.backoff + resending.copies + resending.never + u.silent;
  const sentAgain = resending.backoff / Math.max(1, watchedForMore);
  const sources = u.attempts > 0 ? u.sources.count : profile.sources.distinct.count;
  const samples = profile.synSamples;
  return {
    profile,
    attempts: counts.attempts,
    completed: counts.completed,
    judged: counts.completed + u.attempts,
    unfinished: u.attempts,
    silent: u.silent,
    refused: counts.refused,
    aborted: counts.aborted,
    unanswered,
    answersSeen: counts.answered + counts.refused + counts.midStreamFromServer > 0,
    heldAtOnce: Math.round(heldAtOnce(profile) * (1 - sentAgain)),
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

/** The greatest number of unfinished attempts within `LIFETIME`, from the curve of SYNs scaled to what was never finished. */
function heldAtOnce({ rate, unfinished }: TargetProfile): number {
  const open = rate.syn.map((syn, i) => Math.max(0, syn - (rate.completed[i] ?? 0)));
  const all = open.reduce((sum, n) => sum + n, 0);
  if (all === 0) return unfinished.attempts;
  const steps = Math.max(1, Math.round(LIFETIME / rate.step));
  let within = 0;
  let most = 0;
  for (let i = 0; i < open.length; i++) {
    within += open[i]! - (i >= steps ? open[i - steps]! : 0);
    if (within > most) most = within;
  }
  return (most * unfinished.attempts) / all;
}

/** Linux gives up an entry after 1 + 2 + 4 + 8 + 16 + 32 s (`tcp_synack_retries` 5). */
const LIFETIME = 63e9;
