/** Who sent the SYNs at a target, and whether those addresses are real: reasons counted for and against, never a guess alone. */
import type { SynPrint, Tally, TargetProfile } from './detect/target-profile.ts';
import { counted, grouped, percent } from './figures.ts';
import type { SourceStatistics } from './findings.ts';
import type { Case } from './judge/subject-case.ts';

export function sourceStatistics(c: Case): SourceStatistics {
  const { sources, traits, unfinished } = c.profile;
  const { spoofed, because } = areForged(c);
  return {
    distinct: sources.distinct.count,
    exact: sources.distinct.error === 0,
    error: sources.distinct.error,
    entropy: sources.entropy,
    entropyMost: sources.entropyMost,
    spoofed,
    because,
    top: mostActive(sources),
    ttls: shares(unfinished.attempts > 0 ? unfinished.ttls : traits.ttls).slice(0, 12),
    prints: traits.prints
      .slice(0, 8)
      .map((p) => ({ print: printText(p), share: p.attempts / Math.max(1, traits.attempts) })),
    impossible: traits.impossible + traits.unrouted,
  };
}

/** Only what is certain and more than one: a sketch holds sources with counts of others before them. */
export function mostActive({ top }: Tally): SourceStatistics['top'] {
  const sure = top.map(({ value, count, over }) => ({ address: value, attempts: count - over }));
  return sure.filter(({ attempts }) => attempts > 1).slice(0, 10);
}

/** Forged addresses cannot do what takes hearing: acknowledge, reset, try again on silence. */
function areForged(c: Case): { readonly spoofed: SourceStatistics['spoofed']; readonly because: string[] } {
  const because: string[] = [];
  let forged = 0;
  const say = (weight: number, sentence: string): void => {
    forged += weight;
    because.push(sentence);
  };
  const { traits, resending } = c.profile;
  if (c.unfinished < FEW) {
    return { spoofed: 'cannot-tell', because: [`Only ${counted(c.unfinished, 'attempt')} did not complete.`] };
  }
  if (traits.impossible >= 10 && traits.impossible >= 0.005 * c.attempts)
    say(2, `${grouped(traits.impossible)} SYNs came from addresses that no host can have.`);
  const addresses = `${grouped(c.unfinished)} unfinished attempts came from ${c.addresses}`;
  if (c.perSource < 1.2 && c.sources >= FEW) say(1, `${addresses}: hardly any sent a second one.`);
  else if (c.perSource >= 3)
    say(c.sources >= 3 ? -1.5 : -0.5, `${addresses}: the same ${c.sources === 1 ? 'one' : 'ones'} over and over.`);
  // What a full queue dropped was not answered: of those that were, most met silence.
  if (c.fateShows && c.silent >= FEW && c.silent >= 4 * c.aborted) {
    say(
      c.perSource < 1.2 ? 1 : 0,
      `${grouped(c.silent)} SYN/ACKs met no answer, ${c.aborted === 0 ? 'not even a RST' : `${grouped(c.aborted)} a RST`}: nobody is there, or something filters.`,
    );
  }
  if (c.aborted >= FEW && c.aborted >= 0.3 * c.unfinished) {
    // A host that never sent the SYN resets what it did not ask for (RFC 9293 §3.10.7.1): so does one that scans.
    say(
      c.perSource < 1.2 && c.sources >= 100 ? 1 : 0,
      `${grouped(c.aborted)} SYN/ACKs were answered by RST: the addresses exist, but did not expect an answer.`,
    );
  }
  if (c.sources >= 100 && c.networks >= 30 && c.ttls <= 3) {
    const where = `${c.addresses} of ${grouped(c.networks)} networks far apart`;
    say(
      1.5,
      `SYNs from ${where} arrived with ${c.ttls === 1 ? 'one TTL' : `${c.ttls} TTLs`}: they started at few places.`,
    );
  }
  if (c.sources >= 100 && c.perSource < 1.2 && c.ttls === 1 && c.withoutOptions >= 0.95)
    say(1, `One TTL and no options in SYNs from ${c.addresses}: one program sent them, not so many hosts.`);
  if (resending.never >= FEW && c.answersSeen && c.sentAgain < 0.01)
    say(0.5, `${grouped(resending.never)} SYNs that got no answer were not sent again: nobody waited for one.`);
  if (c.networks >= 100 && c.sources >= 500)
    say(0.5, `The addresses are spread over the address space evenly (${grouped(c.networks)} networks far apart).`);
  if (resending.backoff >= 20 && c.sentAgain >= 0.1) {
    say(
      -2,
      `${percent(c.sentAgain)} of unanswered SYNs were sent again with a stack's timer: their senders wait for answers.`,
    );
  }
  if (forged >= 2) return { spoofed: 'spoofed', because };
  if (forged <= -1) return { spoofed: 'not-spoofed', because };
  because.push('That is not enough to tell.');
  return { spoofed: 'cannot-tell', because };
}

function shares(ttls: TargetProfile['traits']['ttls']): { readonly ttl: number; readonly share: number }[] {
  const all = ttls.reduce((sum, one) => sum + one.attempts, 0);
  return ttls
    .toSorted((a, b) => b.attempts - a.attempts)
    .map(({ ttl, attempts }) => ({ ttl, share: attempts / Math.max(1, all) }));
}

/** `win 64240, mss,sok,ts,nop,ws`. */
function printText({ window, kinds }: Pick<SynPrint, 'window' | 'kinds'>): string {
  if (kinds === undefined) return `win ${window}, options not captured`;
  const names = kinds.map((kind) => KIND_NAMES[kind] ?? `kind ${kind}`).join(',');
  return `win ${window}, ${names === '' ? 'no options' : names}`;
}

/** p0f's names of option kinds. */
const KIND_NAMES: Readonly<Record<number, string>> = {
  0: 'eol',
  1: 'nop',
  2: 'mss',
  3: 'ws',
  4: 'sok',
  5: 'sack',
  8: 'ts',
  34: 'tfo',
};
/** Below that, the same could come of a few unlucky clients. */
const FEW = 20;
