/**
 * Real clients in numbers: a retry storm (few who are served badly and try on and on) or a flash crowd (many who come at
 * once). Both look like a flood in a graph of SYNs; the clients' stacks give them away.
 */
import { grouped, percent, roughly, short } from '../figures.ts';
import { Reasons } from './confidence.ts';
import type { Case } from './subject-case.ts';

export function weighRetryStorm(c: Case): Reasons | undefined {
  const { synAgain } = c.profile.counts;
  const syns = c.attempts + synAgain;
  const clients = c.profile.sources.distinct.count;
  const each = syns / Math.max(1, clients);
  // Who tries a second time and then leaves sends two: many of them are a storm as well, if hardly anybody is served.
  const least = c.sentAgain >= 0.5 && c.completedThen < 0.2 ? 2 : 3;
  if (syns < 100 || c.unfinished < 30 || each < least) return undefined;
  // One program that tries a closed door is no storm, unless it hammers at it.
  if (clients < 3 && c.peakRate < 50) return undefined;
  const reasons = new Reasons();
  reasons.add(-2, 'clients seldom storm a server');
  const share = Math.min(c.completedThen, c.completed / Math.max(1, c.judged));
  const served = `${grouped(c.completed)} of ${grouped(c.judged)} attempts completed; ${percent(c.completedThen)} while most did not`;
  reasons.add(share < 0.2 ? 1 : share < 0.5 ? 0.5 : -3, served, 'completion-ratio');
  reasons.add(
    each >= 10 ? 1 : 0.5,
    `${short(each)} SYNs for each of ${roughly(c.profile.sources.distinct, 'address', 'addresses')}`,
    'source-entropy',
  );
  if (c.sentAgain >= 0.1 && c.watchedForMore >= 10) {
    const text = `${percent(c.sentAgain)} of those who heard nothing sent their SYN again as a stack's timer has it (RFC 6298)`;
    reasons.add(c.sentAgain >= 0.3 ? 2.5 : 1, text, 'fingerprint');
  } else if (c.refused >= 0.5 * c.unfinished) {
    reasons.add(0.5, `${grouped(c.refused)} were refused, and their senders came again`, 'completion-ratio');
  } else {
    reasons.add(-1.5, 'hardly any SYN went again after a second, as a client would send it', 'fingerprint');
  }
  options(c, reasons);
  if (c.silent >= 0.5 * c.unfinished)
    reasons.add(-2, `${grouped(c.silent)} SYN/ACKs were not even acknowledged`, 'cusum-answers');
  const patterned = c.isn.kind === 'constant' || c.isn.kind === 'counter' || c.isn.kind === 'few-values';
  if (patterned) reasons.quote(-1.5, c.isn.sentence, 'fingerprint');
  return reasons;
}

export function weighFlashCrowd(c: Case): Reasons | undefined {
  const sources = c.profile.sources.distinct.count;
  if (c.attempts < 200 || sources < 50) return undefined;
  const jump = c.peakRate >= 20 ? jumpOf(c) : 1;
  const late = c.sentAgain >= 0.1 && c.watchedForMore >= 20;
  const { synAgain } = c.profile.counts;
  // Who does not acknowledge his answer sends on, too, and is no crowd: a stack's seven SYNs of each are left out.
  const again = Math.max(0, synAgain - SENT_AGAIN * c.silent) / c.attempts;
  // One in twenty that is not served is no crowd yet: some always fail.
  if (jump < 5 && again < 0.1 && !(late && c.unfinished >= 0.05 * c.attempts)) return undefined;
  const reasons = new Reasons();
  reasons.add(-2.5, 'crowds are rare');
  service(c, reasons);
  reasons.add(sources >= 500 ? 1 : 0.5, roughly(c.profile.sources.distinct, 'address', 'addresses'), 'source-entropy');
  if (jump >= 5)
    reasons.add(1, `SYNs rose to ${grouped(c.peakRate)} a second, ${short(jump)} times the usual`, 'syn-rate');
  if (late)
    reasons.add(
      2,
      `${percent(c.sentAgain)} of those who heard nothing sent their SYN again as a stack's timer has it`,
      'fingerprint',
    );
  else if (c.watchedForMore >= 100) reasons.add(-1.5, 'unanswered SYNs did not go again', 'fingerprint');
  if (again >= 0.1 && c.completed > 0)
    reasons.add(0.5, `${grouped(synAgain)} SYNs had to go again`, 'completion-ratio');
  options(c, reasons);
  // A crowd's clients are there: they acknowledge what they get.
  if (c.silent >= 100 && c.silent >= 0.5 * c.unfinished)
    reasons.add(-3, `${grouped(c.silent)} SYN/ACKs were not even acknowledged`, 'cusum-answers');
  return reasons;
}

/** A crowd comes for what it gets, be it slowly. Where nobody is served, they are clients of a service that is down. */
function service(c: Case, reasons: Reasons): void {
  if (c.elsewhere >= 0.5 * c.attempts) {
    reasons.add(2, `${grouped(c.elsewhere)} went on after their SYN, so they were answered elsewhere`, 'vantage');
    return;
  }
  const share = Math.min(c.completedThen, c.completed / Math.max(1, c.judged));
  const served = `${grouped(c.completed)} of ${grouped(c.judged)} attempts completed; ${percent(c.completedThen)} while most did not`;
  const weight = share >= 0.5 ? 2 : share >= 0.2 ? 1 : share >= 0.05 ? -1 : -3;
  reasons.add(weight, served, 'completion-ratio');
}

function options(c: Case, reasons: Reasons): void {
  const { withoutOptions, attempts } = c.profile.traits;
  // Among many who are served, those who never finish are the ones to look at.
  const without = c.unfinished >= 50 ? c.withoutOptions : withoutOptions / Math.max(1, attempts);
  if (c.optionsKnown < 0.5) reasons.add(0, 'what options the SYNs carry is not in the capture', 'fingerprint');
  else if (without < 0.1) reasons.add(1, 'the SYNs carry options as a usual stack sends them', 'fingerprint');
  else if (without >= 0.5)
    reasons.add(-3.5, `${percent(without)} of the SYNs that did not complete have no options`, 'fingerprint');
}

/** Linux' tcp_syn_retries; others send fewer. */
const SENT_AGAIN = 6;

/** The peak against the median of the seconds in which anything came. */
function jumpOf(c: Case): number {
  const { syn, step } = c.profile.rate;
  const busy = syn.filter((n) => n > 0).sort((a, b) => a - b);
  if (busy.length < 10) return 1;
  const usual = busy[busy.length >> 1]! / (step / 1e9);
  return c.peakRate / Math.max(1, usual);
}
