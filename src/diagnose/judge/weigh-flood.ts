/**
 * Was this a SYN flood: many attempts, made so that they would never complete? What speaks for it is that nobody stands
 * behind the SYNs: no answer to SYN/ACKs, no second try, no stack's options. What speaks against it is a client that behaves.
 */
import { grouped, percent, short } from '../figures.ts';
import { Reasons } from './confidence.ts';
import type { Case } from './subject-case.ts';

/** Reasons for and against, or undefined where there is not enough of anything to ask. */
export function weighFlood(c: Case): Reasons | undefined {
  if (c.heldAtOnce < LEAST_HELD) return undefined;
  // Every public address is tried at many ports, day and night, by many: what comes slowly to many sockets is weather.
  if (isWeather(c)) return undefined;
  // Entries that a RST frees at once fill nothing unless they come fast: health checks are resets by design.
  const freed = c.refused + c.aborted + c.profile.counts.takenBack;
  const fast = c.sources < LEAST_SOURCES ? FAST_OF_FEW : FAST;
  if (c.heldAtOnce * (1 - freed / Math.max(1, c.unfinished)) < LEAST_HELD && c.peakRate < fast) return undefined;
  const usual = isUsual(c);
  const reasons = new Reasons();
  reasons.add(-3, 'most servers are not flooded at most times');
  volume(c, reasons);
  outcome(c, usual, reasons);
  sources(c, usual, reasons);
  secondTries(c, usual, reasons);
  prints(c, reasons);
  for (const finding of c.profile.findings) {
    // Where no answers are captured, all that is opened seems to stay open.
    const counts = c.answersWouldShow || finding.detector === 'syn-rate';
    if (counts && finding.state === 'fires' && RISES.includes(finding.detector))
      reasons.quote(0.3, finding.sentence, finding.detector);
  }
  return reasons;
}

/** Twenty a second at many ports of a host or at one port of a network; one at each host where ports differ as well. */
function isWeather({ profile: { ports, hosts }, peakUnfinished }: Case): boolean {
  const manyPorts = ports.distinct.count >= MANY_PORTS;
  if (hosts.count === 1) return manyPorts && peakUnfinished < FAST;
  const top = ports.top[0];
  const anyPort = manyPorts && (top === undefined || top.count - top.over < 0.5 * ports.total);
  return peakUnfinished < Math.max(FAST, anyPort ? hosts.count : 0);
}

/**
 * Do no more attempts fail than at any busy site, by clients that look like those who are served? Frames get lost, phones
 * leave their cell after the SYN: of a thousand connections a second, dozens fail, and their number alone says nothing.
 */
function isUsual(c: Case): boolean {
  if (!c.answersSeen || c.unfinished > USUAL * c.judged || c.completedThen < 1 - 2 * USUAL) return false;
  return !isSudden(c) && !isUnlikeServed(c) && c.profile.traits.impossible < 10;
}

/** Do those that came to nothing look unlike those that did not? */
function isUnlikeServed(c: Case): boolean {
  const bare = c.withoutOptions >= 0.1 && c.withoutOptionsServed < 0.5 * c.withoutOptions;
  return bare || (c.networks >= 30 && c.ttls <= 3 && c.ttlsOfAll > c.ttls);
}

/** Do far more attempts come to nothing than at other times, behind which nobody waits? Clients in trouble try again. */
function isSudden(c: Case): boolean {
  const quiet = c.silent + c.profile.resending.never;
  return c.rise !== undefined && quiet >= 0.5 * c.unfinished && c.sentAgain < 0.1 && c.perSource < 1.2;
}

function volume(c: Case, reasons: Reasons): void {
  const held = grouped(c.heldAtOnce);
  const weight = c.heldAtOnce >= 4096 ? 2 : c.heldAtOnce >= 1024 ? 1.5 : c.heldAtOnce >= 128 ? 1 : 0;
  reasons.add(weight, `up to ${held} attempts stood unfinished within 63 s, the life of an entry`, 'half-open');
}

function outcome(c: Case, usual: boolean, reasons: Reasons): void {
  const { counts } = c.profile;
  if (!c.answersSeen) {
    if (c.answersWouldShow)
      reasons.add(0.5, 'no answer of the server is in the capture, though those of others are', 'vantage');
    else reasons.add(0, 'no answer of the server is in the capture, so nothing is said of completion', 'vantage');
  } else {
    const share = c.completedThen;
    const weight = c.fragmentary ? 0 : share < 0.05 ? 1.5 : share < 0.5 ? 0.5 : share < 0.9 ? -0.5 : -1;
    const all = `${grouped(c.completed)} of ${grouped(c.judged)} attempts completed`;
    reasons.add(weight, `${all}; ${percent(share)} while most did not`, 'completion-ratio');
  }
  if (usual) {
    const text = `${percent(c.unfinished / c.judged)} of the attempts did not complete, and their SYNs look like the others'`;
    reasons.add(-2.5, `${text}: so many fail at any busy site`, 'completion-ratio');
  }
  if (isSudden(c) && c.rise !== undefined && c.rise.during < 0.5) {
    const text = `${percent(c.rise.during)} of the attempts did not complete then, ${percent(c.rise.otherwise)} at other times`;
    reasons.add(1.5, text, 'completion-ratio');
  }
  if (c.silent >= LEAST_HELD && c.silent >= 0.5 * c.unfinished) {
    const weight = usual ? 0 : c.silent >= 2000 ? 3 : c.silent >= 1000 ? 2.5 : c.silent >= 200 ? 2 : 1.5;
    reasons.add(weight, `${grouped(c.silent)} SYN/ACKs were answered by nothing at all, not even RST`, 'cusum-answers');
  }
  const parts = c.parts / Math.max(1, c.attempts);
  if (parts >= 0.5) {
    const text = `${grouped(c.parts)} connections whose opening is not in the capture, beside ${grouped(c.attempts)} attempts`;
    reasons.add(parts >= 2 ? -5 : -2, `${text}: it shows a part of what was sent`, 'vantage');
  }
  if (counts.fin >= 0.5 * c.attempts && c.completed + c.elsewhere < 0.5 * counts.fin) {
    const text = `${grouped(counts.fin)} connections were closed, more than were seen to open`;
    reasons.add(-2, `${text}: the capture misses handshakes`, 'cusum-fin');
  }
  const wentOn = c.elsewhere / Math.max(1, c.attempts);
  if (wentOn >= 0.1) {
    const went = grouped(c.elsewhere);
    const text = `${went} clients went on after their SYN, so they were answered where this capture does not look`;
    // Whoever did not go on may have been answered, too; less likely where they look unlike those that did.
    const weight = wentOn >= 0.3 ? -3 : -1.5;
    reasons.add(isUnlikeServed(c) ? weight / 3 : weight, text, 'vantage');
  }
}

function sources(c: Case, usual: boolean, reasons: Reasons): void {
  if (c.sources >= LEAST_SOURCES && c.perSource < 1.2) {
    const text = `${grouped(c.unfinished)} unfinished attempts came from ${c.addresses}`;
    reasons.add(usual ? 0 : 1.5, `${text}, hardly any of which tried twice`, 'source-entropy');
  }
  if (c.sources >= LEAST_SOURCES && c.perSource >= 2 && c.perSource < 30 && c.withoutOptions < 0.5) {
    const text = `${short(c.perSource)} unfinished attempts by each of ${c.addresses}`;
    reasons.add(-1, `${text}: forged addresses hardly repeat, and machines that flood send more`, 'source-entropy');
  }
  if (c.perSource >= 3 && c.servedSources >= 0.5) {
    const text = `${percent(c.servedSources)} of the attempts by the busiest addresses are of such as completed others`;
    reasons.add(-2.5, `${text}: clients that are not always served`, 'source-entropy');
  }
  const { impossible } = c.profile.traits;
  if (impossible >= 0.005 * c.attempts && impossible >= 10) {
    reasons.add(1.5, `${grouped(impossible)} SYNs came from addresses that no host can have`, 'source-entropy');
  }
  const ports = c.profile.ports.distinct.count;
  if (ports >= MANY_PORTS && c.peakUnfinished < FAST * c.profile.hosts.count && c.perSource >= 1.2) {
    const rate = `at most ${short(c.peakUnfinished / c.profile.hosts.count)} attempts a second at each host`;
    const text = `${grouped(ports)} ports, ${rate}, by sources that come again`;
    reasons.add(-3, `${text}: what scans everybody's addresses looks like that`, 'dst-port-entropy');
  }
  const top = c.profile.sources.top[0];
  const rate = top === undefined ? 0 : (top.count - top.over) / c.seconds;
  if (top !== undefined && c.sources < LEAST_SOURCES && rate >= 20 && c.withoutOptions >= 0.8) {
    reasons.add(1, `one address alone sent ${short(rate)} SYNs a second, without options`, 'source-entropy');
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
  // A few are lost on the way of attempts that were refused or reset. Where answers are not captured, a SYN that is not sent again may have been answered.
  reasons.add(
    usual || c.fragmentary || never + copies < 0.2 * c.unfinished ? 0 : c.answersWouldShow ? 1.5 : 0.5,
    text,
    'fingerprint',
  );
}

function prints(c: Case, reasons: Reasons): void {
  const bare = c.withoutOptions * c.unfinished;
  if (c.withoutOptions >= 0.5) {
    const text = `${percent(c.withoutOptions)} of the unfinished SYNs have no TCP options`;
    reasons.add(c.withoutOptions >= 0.8 ? 2.5 : 1.5, `${text}; every usual stack sends at least MSS`, 'fingerprint');
  } else if (bare >= LEAST_HELD && c.withoutOptions >= 0.1 && isFateOfBare(c)) {
    const text = `${grouped(bare)} SYNs without TCP options did not complete, hardly any did`;
    reasons.add(2.5, `${text}; nearly all with options did`, 'fingerprint');
  } else if (c.withoutOptions >= 0.1 && bare >= 200) {
    // Where good attempts look unfinished, too, as in a capture of SYNs alone, those that no stack sends still stand out.
    const text = `${grouped(bare)} SYNs have no TCP options`;
    reasons.add(bare >= 1000 ? 2 : 1, `${text}; every usual stack sends at least MSS`, 'fingerprint');
  } else if (c.optionsKnown < 0.5) {
    reasons.add(0, 'what options the SYNs carry is not in the capture', 'fingerprint');
  } else if (c.withoutOptions < 0.05) {
    reasons.add(-0.5, 'the SYNs carry options as a usual stack sends them', 'fingerprint');
  }
  if (c.sources >= 100 && c.networks >= 30 && c.ttls <= 3) {
    const text = `${c.ttls === 1 ? 'one TTL' : `${c.ttls} TTLs`} in 95 % of SYNs from ${c.addresses}`;
    reasons.add(1.5, `${text} all over the address space: they started at few places`, 'fingerprint');
  } else if (c.sources >= 100 && c.networks >= 30 && c.ttls >= 12 && c.withoutOptions < 0.05) {
    reasons.add(
      c.answersWouldShow ? -0.5 : -1,
      `${c.ttls} different TTLs, as hosts at many distances have`,
      'fingerprint',
    );
  }
  if (c.sources >= 100 && c.commonPrint >= 0.95) {
    const text = `${percent(c.commonPrint)} of SYNs from ${c.addresses} have the same window and options`;
    reasons.add(1, text, 'fingerprint');
  }
  const { prints: kinds, attempts } = c.profile.traits;
  // Where answers are captured, what became of the attempts says more than what they look like.
  if (!c.answersWouldShow && c.sources >= 100 && kinds.length >= 3 && c.commonPrint < 0.7 && c.withoutOptions < 0.05) {
    const shown = `${kinds.length >= 64 ? 'at least 64' : kinds.length} kinds of window and options`;
    reasons.add(-1, `${shown} among ${grouped(attempts)} SYNs, as clients of many makes have`, 'fingerprint');
  }
  if (c.isn.kind === 'constant' || c.isn.kind === 'few-values' || c.isn.kind === 'counter') {
    reasons.quote(1.5, c.isn.sentence, 'fingerprint');
  }
}

/** All those without options fail, and nearly all others complete. */
function isFateOfBare(c: Case): boolean {
  const served = c.withoutOptionsServed * (c.profile.traits.attempts - c.unfinished);
  return (
    (c.answersSeen || c.elsewhere >= 0.5 * c.attempts) &&
    served <= 0.1 * c.withoutOptions * c.unfinished &&
    c.unfinished < 0.5 * (c.judged + c.elsewhere)
  );
}

/** Java's default backlog is 50, and few are smaller: less than that at once fills no queue. */
const LEAST_HELD = 50;
const LEAST_SOURCES = 50;
const MANY_PORTS = 20;
/** SYNs a second: of many sources, and of few, as services are watched from. */
const FAST = 20;
const FAST_OF_FEW = 200;
/** So large a share of attempts fails at busy sites that nobody floods, frames lost by the capture included. */
const USUAL = 0.1;
/** Detectors whose numbers are not weighed above already. Each fires in a flash crowd, too, so each is worth little. */
const RISES: readonly string[] = ['syn-rate', 'cusum-fin', 'cusum-answers'];
