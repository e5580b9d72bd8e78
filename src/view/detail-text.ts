/** What is behind a verdict, in one plain sentence for each detail, and the names people may ask for. */
import type { Detail } from '../diagnose/attempt.ts';
import { VERDICT_NAMES, Verdict } from '../diagnose/verdict.ts';

/** One sentence each, without numbers: those stand beside it in the evidence. */
export const DETAIL_TEXT: Readonly<Record<Detail, string>> = {
  'by-ack': 'The client acknowledged the SYN/ACK.',
  'by-data': 'The bare ACK is not in the capture; the first data of the client acknowledges the SYN/ACK.',
  'late-ack': 'The bare ACK is not in the capture; a later segment acknowledges the SYN/ACK.',
  'split-handshake': 'The server answered with a SYN of its own, and each side acknowledged the other (RFC 9293 §3.5).',
  'simultaneous-open': 'Both sides sent a SYN at once, and each acknowledged the other (RFC 9293 §3.5, figure 7).',
  'fast-open-accepted': 'The server took the data on the SYN with its Fast Open cookie (RFC 7413).',
  'fast-open-fallback': 'The server did not take the data on the SYN; the ordinary handshake went on (RFC 7413 §4.2).',
  'answer-not-captured': 'The client went on at X+1, so it was answered, but the answer is not in the capture.',
  'silent-client': 'The server answered, and nothing from the client acknowledges it.',
  'wrong-ack': 'The client acknowledged another number than the one the server offered.',
  'reset-by-server': 'The server answered, then took its answer back with RST before the client acknowledged it.',
  'client-reset': 'The client answered the SYN/ACK with RST.',
  reset: 'The server answered the SYN with RST: nobody listens on this port, or a filter rejects.',
  'reset-without-ack': 'The RST has no ACK flag, so a client in SYN-SENT drops it (RFC 9293 §3.10.7.3).',
  icmp: 'An ICMP error says that the SYN did not get through.',
  'no-answer': 'Neither SYN/ACK nor RST came back: lost, filtered, or the server had no room.',
  'gave-up': 'The client sent RST without having been answered.',
  'one-sided': 'Nothing of the answering side is in the capture, so it cannot tell what was answered.',
  'syn-ack-only': 'A SYN/ACK whose SYN is not in the capture: a late start, one direction only, or backscatter.',
  'stray-reset': 'An RST for which nothing in the capture asks: a late start, one direction only, or backscatter.',
  'mid-stream': 'The opening of this connection is not in the capture.',
};

/** Details in the order of the list above: by verdict, the plain case first. */
export const DETAILS: readonly Detail[] = Object.keys(DETAIL_TEXT) as Detail[];

/** What each verdict means, for help texts and documents. */
export const VERDICT_TEXT: readonly string[] = [
  'the SYN/ACK acknowledged the SYN (X+1) and was itself acknowledged (Y+1)',
  'SYN/ACK, but nothing acknowledges it',
  'the client answered the SYN/ACK with RST',
  'RST or an ICMP error in answer to the SYN',
  'none of these: lost, filtered, or no room',
  'not an attempt: a SYN/ACK or RST whose SYN is not in the capture',
  'answered, or not, where the capture does not look',
  'not an attempt: a connection whose opening is not in the capture',
];

/** The verdict of that name, or undefined. */
export function verdictNamed(name: string): Verdict | undefined {
  const index = VERDICT_NAMES.indexOf(name);
  return Object.values(Verdict).find((verdict) => verdict === index);
}

/** Is a row of this verdict a connection attempt, that is, was its SYN captured? */
export function isAttempt(verdict: Verdict): boolean {
  return verdict !== Verdict.SynMissing && verdict !== Verdict.MidStream;
}
