/**
 * Was this a SYN flood: many attempts, made so that they would never complete? What speaks for it is that nobody stands
 * behind the SYNs: no answer to SYN/ACKs, no second try, no stack's options. What speaks against it is a client that behaves.
 */
import { grouped, percent, short } from '../figures.ts';
import { Reasons } from './confidence.ts';
import { FAST, isUnlikeServed, isWeather, LEAST_HELD, LEAST_SOURCES, looks, pieces, senders } from './flood-signs.ts';
import type { Case } from './subject-case.ts';
import { weighFloodUnseen } from './weigh-flood-unseen.ts';

/** Reasons for and against, or undefined where there is not enough of anything to ask. */
export function weighFlood(c: Case): Reasons | undefined {
  if (c.heldAtOnce < LEAST_HELD) return undefined;
  // Every public address is tried at many ports, day and night, by many: what comes slowly to many sockets is weather.
  if (isWeather(c)) return undefined;
  // Entries that a RST frees at once fill nothing unless they come fast: health checks are resets by design.
  const freed = c.refused + c.aborted + c.profile.counts.takenBack;
  const fast = c.sources < LEAST_SOURCES ? FAST_OF_FEW : FAST;
  if (c.heldAtOnce * (1 - freed / Math.max(1, c.unfinished)) < LEAST_HELD && c.peakRate < fast) return undefined;
  if (!c.fateShows) return weighFloodUnseen(c);
  const usual = isUsual(c);
  const reasons = new Reasons();
  reasons.add(-3, 'most servers are not flooded at most times');
  volume(c, reasons);
  outcome(c, usual, reasons);
  silence(c, usual, reasons);
  pieces(c, reasons);
  sources(c, usual, reasons);
  senders(c, reasons);
  secondTries(c, usual, reasons);
  looks(c, reasons);
  if (c.sources >= 100 && c.networks >= 30 && c.ttls >= 12 && c.withoutOptions < 0.05)
    reasons.add(-0.5, `${c.ttls} different TTLs, as hosts at many distances have`, 'fingerprint');
  for (const finding of c.profile.findings) {
    // Where no answers are captured, all that is opened seems to stay open.
    const counts = c.answersShow || finding.detector === 'syn-rate';
    if (counts && finding.state === 'fires' && RISES.includes(finding.detector))
      reasons.quote(0.3, finding.sentence, finding.detector);
  }
  return reasons;
}

/**
 * Do no more attempts fail than at any busy site, by clients that look like those who are served? Frames get lost, phones
 * leave their cell after the SYN: of a thousand connections a second, dozens fail, and their number alone says nothing.
 */
function isUsual(c: Case): boolean {
  const all = c.answersShow ? c.judged : c.attempts;
  if (c.answersShow && (!c.answersSeen || c.completedThen < 1 - 2 * USUAL)) return false;
  // Somebody is there who resets: people who break off, and the losers of races (RFC 8305).
  if (c.unfinished - c.aborted > USUAL * all) return false;
  return !isSudden(c) && !isUnlikeServed(c) && !isHeldByFew(c) && c.profile.traits.impossible < 10;
}

/** Do far more attempts come to nothing than at other times, behind which nobody waits? Clients in trouble try again. */
function isSudden(c: Case): boolean {
  const quiet = c.silent + c.profile.resending.never;
  return c.rise !== undefined && quiet >= 0.5 * c.unfinished && c.sentAgain < 0.1 && c.perSource < 1.2;
}

/** Did most attempts fail for a while though no more came than before, without an answer or refused? */
function isOutage(c: Case): boolean {
  const failed = c.completedThen < 0.5 && c.silent < 0.2 * c.unfinished;
  return failed && c.pace > 0 && c.pace < 1.5 && !isUnlikeServed(c) && c.profile.traits.impossible < 10;
}

/**
 * Do few addresses hold entries enough to fill a small backlog, more each than programs open at once, and never acknowledge
 * any? Browsers open six connections to a host, and who hears nothing waits for its stack before it tries anew; machines
 * that flood do not wait (Little's law: what one of them holds is its rate times the life of an entry).
 */
function isHeldByFew({ idle, profile: { hosts } }: Case): boolean {
  return idle.held >= SMALL_BACKLOG * hosts.count && idle.held >= MORE_THAN_OPENED * idle.sources;
}

function volume(c: Case, reasons: Reasons): void {
  const held = grouped(c.heldAtOnce);
  const weight = c.heldAtOnce >= 4096 ? 2 : c.heldAtOnce >= 1024 ? 1.5 : c.heldAtOnce >= SMALL_BACKLOG ? 1 : 0;
  reasons.add(weight, `up to ${held} attempts stood unfinished within 63 s, the life of an entry`, 'half-open');
}

function outcome(c: Case, usual: boolean, reasons: Reasons): void {
  if (!c.answersShow) {
    // Who was answered goes on, and that shows even where answers do not.
    const share = c.elsewhere / c.attempts;
    const all = `${grouped(c.elsewhere)} of ${grouped(c.attempts)} clients went on after their SYN`;
    reasons.add(c.fragmentary ? 0 : weightOf(share), `${all}, so they were answered`, 'vantage');
  } else if (!c.answersSeen) {
    reasons.add(0.5, 'no answer of the server is in the capture, though those of others are', 'vantage');
  } else {
    const share = c.completedThen;
    const all = `${grouped(c.completed)} of ${grouped(c.judged)} attempts completed`;
    const weight = c.fragmentary ? 0 : weightOf(share);
    reasons.add(weight, `${all}; ${percent(share)} while most did not`, 'completion-ratio');
  }
  if (usual) {
    const share = c.unfinished / (c.answersShow ? c.judged : c.attempts);
    const text = `${percent(share)} of the attempts did not complete, and their SYNs look like the others'`;
    reasons.add(-2.5, `${text}: so many fail at any busy site`, 'completion-ratio');
  }
  if (isOutage(c)) {
    const text = `no more came then than at other times (${short(c.pace)} times as many), by clients that look the same`;
    reasons.add(-3, `${text}: it is the service that failed, a flood comes on top`, 'syn-rate');
  }
  if (isSudden(c) && c.rise !== undefined && c.rise.during < 0.5) {
    const text = `${percent(c.rise.during)} of the attempts did not complete then, ${percent(c.rise.otherwise)} at other times`;
    reasons.add(1.5, text, 'completion-ratio');
  }
}

/** Of a share of attempts that came to something. */
function weightOf(share: number): number {
  return share < 0.05 ? 1.5 : share < 0.5 ? 0.5 : share < 0.9 ? 0 : -1;
}

/** SYN/ACKs that nobody heard, or wanted to hear. */
function silence(c: Case, usual: boolean, reasons: Reasons): void {
  if (c.silent >= LEAST_HELD && c.silent >= 0.5 * c.unfinished) {
    const weight = usual ? 0 : c.silent >= 2000 ? 3 : c.silent >= 1000 ? 2.5 : c.silent >= 200 ? 2 : 1.5;
    reasons.add(weight, `${grouped(c.silent)} SYN/ACKs were answered by nothing at all, not even RST`, 'cusum-answers');
  }
  if (isHeldByFew(c)) {
    const { held, sources } = c.idle;
    const each = sources === 1 ? 'one address' : `each of ${sources} addresses`;
    const text = `${each} held ${grouped(held / sources)} entries at once and acknowledged hardly any`;
    reasons.add(3, `${text}: who waits for an answer opens fewer`, 'half-open');
  }
}

function sources(c: Case, usual: boolean, reasons: Reasons): void {
  if (c.sources >= LEAST_SOURCES && c.perSource < 1.2) {
    const text = `${grouped(c.unfinished)} unfinished attempts came from ${c.addresses}`;
    reasons.add(usual ? 0 : 1.5, `${text}, hardly any of which tried twice`, 'source-entropy');
  }
  const comesAgain = c.perSource >= 2 && c.perSource < 30 && c.withoutOptions < 0.5;
  if (c.sources >= LEAST_SOURCES && comesAgain && !isHeldByFew(c)) {
    const text = `${short(c.perSource)} unfinished attempts by each of ${c.addresses}`;
    reasons.add(-1, `${text}: forged addresses hardly repeat, and machines that flood send more`, 'source-entropy');
  }
  // Whom the server answered it would have served.
  if (c.perSource >= 3 && c.servedSources >= 0.5 && c.silent < 0.5 * c.unfinished) {
    const text = `${percent(c.servedSources)} of the attempts by the busiest addresses are of such as completed others`;
    reasons.add(-2.5, `${text}: clients that are not always served`, 'source-entropy');
  }
}

/** Clients send a SYN again after 1, 3, 7 s; what floods rarely does. */
function secondTries(c: Case, usual: boolean, reasons: Reasons): void {
  const { backoff, never, copies } = c.profile.resending;
  const watched = never + copies + backoff;
  if (watched < 20) {
    if (c.unanswered >= 20)
      reasons.add(0, 'too few unanswered SYNs were watched for long enough to see a second try', 'fingerprint');
    return;
  }
  if (c.sentAgain >= 0.05) {
    // Of two SYNs a capture that shows a part of them seldom shows both.
    const weight = c.sentAgain >= 0.6 ? -3.5 : c.fragmentary ? -2 : c.sentAgain >= 0.3 ? -0.5 : 0.5;
    const text = `${percent(c.sentAgain)} of those who heard nothing sent their SYN again as a stack's timer has it (RFC 6298)`;
    reasons.add(weight, text, 'fingerprint');
    return;
  }
  const text = `${grouped(never + copies)} unanswered SYNs were not sent again as stacks do within 3 s, ${grouped(backoff)} were`;
  // A few are lost on the way of attempts that were refused or reset. Where answers do not show, refusals do not either.
  const weight = usual || c.fragmentary || never + copies < 0.2 * c.unfinished ? 0 : c.answersShow ? 1.5 : 1;
  reasons.add(weight, text, 'fingerprint');
}

/** SYNs a second of few addresses that are more than services are watched with. */
const FAST_OF_FEW = 200;
/** somaxconn before Linux 5.4: the smallest of the usual backlogs. */
const SMALL_BACKLOG = 128;
/** Entries that one client holds at once: six of a browser, and a few that it has just given up. */
const MORE_THAN_OPENED = 10;
/** So large a share of attempts fails at busy sites that nobody floods, frames lost by the capture included. */
const USUAL = 0.1;
/** Detectors whose numbers are not weighed above already. Each fires in a flash crowd, too, so each is worth little. */
const RISES: readonly string[] = ['syn-rate', 'cusum-fin', 'cusum-answers'];
