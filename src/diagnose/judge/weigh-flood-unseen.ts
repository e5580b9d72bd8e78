/**
 * A flood by its SYNs alone, where the capture does not show what became of attempts: no answers, or nothing after them. Then
 * clients that are served look like those that are not, and an attempt without an end says nothing. What is left are rate,
 * senders and looks, and devices, balancers and old scanners send SYNs without options, too: no one sign is enough.
 */
import { grouped, percent, short } from '../figures.ts';
import { Reasons } from './confidence.ts';
import { FAST, LEAST_SOURCES, looks, pieces, senders } from './flood-signs.ts';
import type { Case } from './subject-case.ts';

export function weighFloodUnseen(c: Case): Reasons {
  const reasons = new Reasons();
  reasons.add(-3, 'most servers are not flooded at most times');
  const missing = c.answersSeen ? 'nothing that clients sent after their SYNs' : 'no answer of the server';
  reasons.add(0, `${missing} is in the capture, so nothing is said of completion`, 'vantage');
  rate(c, reasons);
  pieces(c, reasons);
  again(c, reasons);
  senders(c, reasons);
  looks(c, reasons);
  variety(c, reasons);
  const rise = c.profile.findings.find(({ detector }) => detector === 'syn-rate');
  if (rise?.state === 'fires') reasons.quote(0.3, rise.sentence, rise.detector);
  return reasons;
}

/** Sites that get 200 new clients a second are few, and those that get 1,000 fewer. */
function rate({ peakRate, sources }: Case, reasons: Reasons): void {
  const fast = `${grouped(peakRate)} SYNs a second at most`;
  if (sources < LEAST_SOURCES && peakRate < FAST_OF_FEW)
    reasons.add(-2, `${fast}, by few addresses: so services are watched`, 'syn-rate');
  else if (peakRate < FAST) reasons.add(-1, `${fast}: so fast comes what tries everybody's addresses`, 'syn-rate');
  else reasons.add(peakRate >= 1000 ? 2 : peakRate >= 200 ? 1 : 0, fast, 'syn-rate');
}

/** Who came again, with new attempts or with the same SYN. */
function again(c: Case, reasons: Reasons): void {
  if (c.sources >= LEAST_SOURCES && c.perSource < 1.2) {
    // In a short capture few clients come twice.
    const text = `${grouped(c.unfinished)} attempts came from ${c.addresses}, hardly any of which came twice`;
    reasons.add(0.5, text, 'source-entropy');
  } else if (c.sources >= LEAST_SOURCES && c.perSource >= 2 && c.perSource < 30 && c.withoutOptions < 0.5) {
    const text = `${short(c.perSource)} attempts by each of ${c.addresses}: clients come again, forged addresses hardly`;
    reasons.add(-1, text, 'source-entropy');
  }
  if (c.watchedForMore < 20 || c.sentAgain < 0.3) return;
  // Of two SYNs a capture that shows a part of them seldom shows both.
  const weight = c.sentAgain >= 0.6 ? -3.5 : c.fragmentary ? -2 : -0.5;
  const text = `${percent(c.sentAgain)} of the SYNs went again as a stack's timer has it (RFC 6298)`;
  reasons.add(weight, text, 'fingerprint');
}

/** Clients are of many makes, at many distances. */
function variety(c: Case, reasons: Reasons): void {
  if (c.sources < 100) return;
  if (c.networks >= 30 && c.ttls >= 12 && c.ttlsOfHalf > 2)
    reasons.add(-1, `${c.ttls} different TTLs, as hosts at many distances have`, 'fingerprint');
  const { prints, attempts } = c.profile.traits;
  if (prints.length >= 3 && c.commonPrint < 0.7 && c.withoutOptions < 0.05) {
    const kinds = `${prints.length >= 64 ? 'at least 64' : prints.length} kinds of window and options`;
    reasons.add(-1, `${kinds} among ${grouped(attempts)} SYNs, as clients of many makes have`, 'fingerprint');
  }
}

/** As few addresses are balancers and monitors unless they send more than those do. */
const FAST_OF_FEW = 200;
