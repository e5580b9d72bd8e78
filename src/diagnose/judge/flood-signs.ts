/**
 * What speaks for or against a flood in the SYNs themselves and in whom they say they come from, whether or not the capture
 * shows what became of them.
 */
import { grouped, percent, short } from '../figures.ts';
import type { Reasons } from './confidence.ts';
import type { Case } from './subject-case.ts';

/** Do those that came to nothing look unlike those that did not? */
export function isUnlikeServed(c: Case): boolean {
  const bare = c.withoutOptions >= 0.1 && c.withoutOptionsServed < 0.5 * c.withoutOptions;
  return bare || (c.networks >= 30 && c.ttls <= 3 && c.ttlsOfAll > c.ttls);
}

/** Twenty a second at many ports of a host or at one port of a network; one at each host where ports differ as well. */
export function isWeather({ profile: { ports, hosts }, peakUnfinished }: Case): boolean {
  const manyPorts = ports.distinct.count >= MANY_PORTS;
  if (hosts.count === 1) return manyPorts && peakUnfinished < FAST;
  const top = ports.top[0];
  const anyPort = manyPorts && (top === undefined || top.count - top.over < 0.5 * ports.total);
  return peakUnfinished < Math.max(FAST, anyPort ? hosts.count : 0);
}

/** Connections of which the capture shows a part: what looks unfinished may have gone on where it does not look. */
export function pieces(c: Case, reasons: Reasons): void {
  const { counts } = c.profile;
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
  if (c.answersShow && wentOn >= 0.1) {
    const went = grouped(c.elsewhere);
    const text = `${went} clients went on after their SYN, so they were answered where this capture does not look`;
    // Whoever did not go on may have been answered, too; less likely where they look unlike those that did.
    const weight = wentOn >= 0.3 ? -3 : -1.5;
    reasons.add(isUnlikeServed(c) ? weight / 3 : weight, text, 'vantage');
  }
}

/** Who sent them, by addresses and ports. */
export function senders(c: Case, reasons: Reasons): void {
  const { ports, hosts, sources, traits } = c.profile;
  if (traits.impossible >= 0.005 * c.attempts && traits.impossible >= 10) {
    reasons.add(1.5, `${grouped(traits.impossible)} SYNs came from addresses that no host can have`, 'source-entropy');
  }
  const tried = ports.distinct.count;
  if (tried >= MANY_PORTS && c.peakUnfinished < FAST * hosts.count && c.perSource >= 1.2) {
    const rate = `at most ${short(c.peakUnfinished / hosts.count)} attempts a second at each host`;
    const text = `${grouped(tried)} ports, ${rate}, by sources that come again`;
    reasons.add(-3, `${text}: what scans everybody's addresses looks like that`, 'dst-port-entropy');
  }
  const top = sources.top[0];
  const rate = top === undefined ? 0 : (top.count - top.over) / c.seconds;
  if (top !== undefined && c.sources < LEAST_SOURCES && rate >= FAST && c.withoutOptions >= 0.8) {
    reasons.add(1, `one address alone sent ${short(rate)} SYNs a second, without options`, 'source-entropy');
  }
}

/** TTLs, options, windows and sequence numbers. */
export function looks(c: Case, reasons: Reasons): void {
  options(c, reasons);
  const apart = c.sources >= 100 && c.networks >= 30;
  if (apart && c.ttls <= 3) {
    const text = `${c.ttls === 1 ? 'one TTL' : `${c.ttls} TTLs`} in 95 % of SYNs from ${c.addresses}`;
    reasons.add(1.5, `${text} all over the address space: they started at few places`, 'fingerprint');
  } else if (apart && c.ttlsOfHalf <= 2 && c.perSource < 1.5) {
    const text = `${c.ttlsOfHalf === 1 ? 'one TTL' : 'two TTLs'} in half of the SYNs from ${c.addresses}`;
    reasons.add(1, `${text}: hosts all over the address space are at many distances`, 'fingerprint');
  }
  // Devices of one make send no options and one window as well, so without options one window says nothing more.
  if (c.sources >= 100 && c.commonPrint >= 0.95 && c.withoutOptions < 0.5) {
    const text = `${percent(c.commonPrint)} of SYNs from ${c.addresses} have the same window and options`;
    reasons.add(1, text, 'fingerprint');
  }
  const { prints } = c.profile.traits;
  const closed = prints.reduce((sum, { window, attempts }) => sum + (window === 0 ? attempts : 0), 0);
  if (closed >= 0.5 * c.attempts)
    reasons.add(
      1.5,
      `${grouped(closed)} SYNs have a window of 0: who sends that could not be sent a byte`,
      'fingerprint',
    );
  if (c.isn.kind === 'constant' || c.isn.kind === 'few-values' || c.isn.kind === 'counter') {
    reasons.quote(1.5, c.isn.sentence, 'fingerprint');
  }
}

function options(c: Case, reasons: Reasons): void {
  const bare = c.withoutOptions * c.unfinished;
  if (c.withoutOptions >= 0.5 && isServedBare(c)) {
    const text = `${percent(c.withoutOptionsServed)} of the SYNs that came to something have no TCP options either`;
    reasons.add(0, `${text}: so are the clients here`, 'fingerprint');
  } else if (c.withoutOptions >= 0.5) {
    const text = `${percent(c.withoutOptions)} of the unfinished SYNs have no TCP options`;
    reasons.add(c.withoutOptions >= 0.8 ? 2.5 : 1.5, `${text}; every usual stack sends at least MSS`, 'fingerprint');
  } else if (bare - c.aborted >= LEAST_HELD && c.withoutOptions >= 0.1 && isFateOfBare(c)) {
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
}

/** Do clients without options get served here, and not a few of all? */
function isServedBare(c: Case): boolean {
  const served = c.completed + c.elsewhere;
  const many = served >= 100 || served >= 0.2 * c.attempts;
  return many && c.withoutOptionsServed >= 0.5 && served >= 0.5 * (c.attempts - c.unfinished);
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
export const LEAST_HELD = 50;
/** With fewer addresses it is machines that send, or services that watch others, and not so many clients. */
export const LEAST_SOURCES = 50;
/** SYNs a second that are too many for what scans and tries everybody. */
export const FAST = 20;
const MANY_PORTS = 20;
