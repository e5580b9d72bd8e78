/** Judgements in plain words, and what they leave open. */

import type { SourceProfile } from '../detect/target-profile.ts';
import { counted, grouped, percent, roughly, short, span } from '../figures.ts';
import type { SourceStatistics, Subject, Vantage } from '../findings.ts';
import type { StrayProfile } from '../stray-ledger.ts';
import type { Stretch } from './stretch.ts';
import type { Case } from './subject-case.ts';

/** `203.0.113.80:80`, `[2001:db8::1]:80`, `203.0.113.80`, `203.0.113.0/24`. */
export function subjectText(subject: Subject, format: (address: number) => string): string {
  if (subject.address < 0) return subject.prefix === '' ? 'all hosts of the capture' : subject.prefix;
  const text = format(subject.address);
  if (subject.port < 0) return text;
  return text.includes(':') ? `[${text}]:${subject.port}` : `${text}:${subject.port}`;
}

/** `patience`: as in `JudgementInput`. Of what goes on nothing is said to have never come. */
export function floodSentence(
  where: string,
  c: Case,
  when: Stretch,
  sources: SourceStatistics,
  patience: number,
): string {
  const forged =
    sources.spoofed === 'spoofed'
      ? `${c.addresses}, most likely forged`
      : sources.spoofed === 'not-spoofed'
        ? `${c.addresses}, not forged`
        : c.addresses;
  const head = `SYN flood against ${where} ${during(when, patience)}: `;
  const rate = `at most ${grouped(c.peakRate)} a second`;
  const effect = effectOf(c, patience);
  const attempts = `${grouped(c.unfinished)} attempts${c.fateShows ? ' that never completed' : ''}`;
  if (patience === 0) return `${head}${attempts}, ${rate}, from ${forged}. ${effect}`;
  const younger = c.attempts - c.judged - c.elsewhere;
  const rest = younger > 0 ? `; ${grouped(younger)} are too young to say` : '';
  return `${head}${grouped(c.attempts)} attempts so far, ${rate}. ${grouped(c.unfinished)} did not complete within ${span(patience)}, from ${forged}${rest}. ${effect}`;
}

function effectOf(c: Case, patience: number): string {
  if (!c.answersSeen)
    return 'No answer of the server is in the capture, so whether entries stood half-open cannot be said.';
  if (!c.fateShows)
    return 'Nothing that clients sent after their SYNs is in the capture, so whether entries stood half-open cannot be said.';
  if (c.refused >= 0.8 * c.unfinished) {
    return 'Every one was refused (RST): the port was closed, so no half-open entry was made.';
  }
  if (c.aborted >= 0.5 * c.unfinished) {
    return `${grouped(c.aborted)} were reset by the owners of the addresses, which freed their entries at once.`;
  }
  if (c.silent >= 0.5 * c.unfinished) {
    const unanswered = patience === 0 ? 'were never answered' : 'have not been answered';
    return `${grouped(c.silent)} SYN/ACKs ${unanswered}: half-open entries, or cookies.`;
  }
  return `${grouped(c.unanswered)} SYNs got no answer${patience === 0 ? '' : ' so far'}.`;
}

export function stormSentence(where: string, c: Case, when: Stretch, patience: number): string {
  const syns = c.attempts + c.profile.counts.synAgain;
  const clients = roughly(c.profile.sources.distinct, 'client');
  return `Retry storm at ${where} ${during(when, patience)}: ${clients} sent ${grouped(syns)} SYNs and ${c.completed === 0 ? 'none was served' : `${grouped(c.completed)} were served`}. They behave as clients do; look at why the service did not answer.`;
}

export function crowdSentence(where: string, c: Case, when: Stretch, patience: number): string {
  const clients = roughly(c.profile.sources.distinct, 'client');
  return `Flash crowd at ${where} ${during(when, patience)}: ${clients}, at most ${grouped(c.peakRate)} SYNs a second; ${servedOf(c)}. They behave as clients do.`;
}

function servedOf({ completed, judged, elsewhere, attempts }: Case): string {
  return elsewhere >= 0.5 * attempts
    ? `${percent(elsewhere / attempts)} went on as clients do that were answered`
    : `${percent(completed / Math.max(1, judged))} of the attempts completed`;
}

export function scanSentence(where: string, s: SourceProfile): string {
  const ports = roughly(s.ports, 'port');
  const hosts = roughly(s.hosts, 'host');
  const sockets = s.ports.count === 1 ? `one port of ${hosts}` : `${ports} of ${hosts}`;
  const time = span(s.lastAt - s.firstAt);
  return `Scan by ${where}: ${sockets} in ${time}; ${grouped(s.answered)} answered, ${grouped(s.refused)} refused.`;
}

export function backscatterSentence(where: string, s: StrayProfile): string {
  const peers = roughly(s.peers.distinct, 'address', 'addresses');
  return `Backscatter of ${where}: it answers ${grouped(s.flows)} SYNs that nobody here sent, to ${peers}. Somebody floods it with forged sources, these among them.`;
}

export function reflectionSentence(where: string, s: StrayProfile): string {
  const peers = roughly(s.peers.distinct, 'server');
  const copies = s.mostCopies >= 12 ? `, one of them ${s.mostCopies} times` : '';
  // Of so many servers some only reset: without those there may seem to be more servers than answers.
  const resets = s.flows - s.synackFlows;
  const alone = resets > 0 ? `, and RST alone on ${grouped(resets)} of ${counted(s.flows, 'flow')}` : '';
  return `Reflection at ${where}: ${peers} answer SYNs that it did not send: ${counted(s.synacks, 'SYN/ACK')}${copies}${alone}. Somebody sends SYNs with its address.`;
}

/** The same where the SYNs are in the capture. */
export function namedSentence(where: string, s: SourceProfile): string {
  const count = counted(s.attempts - s.over, 'SYN');
  return `Reflection at ${where}: ${count} with its address went to ${roughly(s.hosts, 'server')}, and it acknowledged none of the ${grouped(s.answered)} answers.`;
}

export function answersOfScanSentence(where: string, s: StrayProfile): string {
  return `Scan by ${where}, seen from its answers alone: ${roughly(s.serverPorts.distinct, 'port')} replied.`;
}

export function probesSentence(where: string, s: StrayProfile): string {
  return `Scan by ${where}, without SYNs: segments that belong to no connection went to ${roughly(s.serverPorts.distinct, 'port')} of one host, and RSTs came back.`;
}

function during({ onset, onsetWithin, end }: Stretch, patience: number): string {
  const about = onsetWithin > 0 ? 'about ' : '';
  // A first second is not the first packet.
  const from = onset > 0 ? `${about}${span(onset)}` : onsetWithin > 0 ? 'the first second' : 'the first packet';
  if (end >= 0) return `from ${from} to about ${span(end)}`;
  return `from ${from} on, ${patience === 0 ? 'to the end of the capture' : 'still going on'}`;
}

/** What a judgement about a target leaves open. */
export function unknownOf(c: Case, vantage: Vantage, sources: SourceStatistics, duration: number): string[] {
  const { profile } = c;
  const unknown: string[] = [];
  if (!c.answersSeen) unknown.push('Whether the server answered: its side is not in the capture.');
  if (vantage.view === 'openings-only') {
    unknown.push('Whether clients acknowledged: nothing that they sent after their SYNs is in the capture.');
  } else if (c.silent >= 20) {
    unknown.push('Whether the server kept an entry for each SYN/ACK or sent SYN cookies: both look alike on the wire.');
  }
  if (sources.spoofed === 'spoofed') unknown.push('Who sent the SYNs: forged addresses do not say.');
  if (sources.spoofed === 'cannot-tell') unknown.push('Whether the source addresses are those of the senders.');
  if (c.watchedForMore < 20 && c.unanswered >= 20) {
    unknown.push('Whether clients would have tried again: no attempt was watched for three seconds.');
  }
  if (profile.watched < profile.counts.attempts) {
    const missed = grouped(profile.counts.attempts - profile.watched);
    unknown.push(
      `${missed} attempts came before this target was looked at closely; their sources and SYNs are not counted.`,
    );
  }
  if (duration < 10e9) unknown.push(`What was before and after: the capture is ${span(duration)} long.`);
  if (vantage.view === 'both-directions' && c.elsewhere > 0) {
    unknown.push(
      `What became of ${grouped(c.elsewhere)} attempts that were answered elsewhere (${short((100 * c.elsewhere) / c.attempts)} %).`,
    );
  }
  return unknown;
}
