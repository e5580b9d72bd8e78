/**
 * One plain sentence for each step, for the live region, the text view and the terminal:
 * "1.040 s. Server receives SYN, enters SYN-RECEIVED and sends SYN/ACK, sequence 811402936, acknowledgment 3257840113."
 */
import type { Flight, Recording, SegmentView, Step } from '../sim/recording.ts';
import { ACK } from '../wire/segment.ts';
import { capitalise } from './ladder-model.ts';
import type { Numbers } from './numbers.ts';
import { bytesText, flagsName, sentAgain } from './segment-label.ts';
import { formatTime, timeDigits } from './time-text.ts';

/** The sentence of one step, its time first. */
export function stepSentence(recording: Recording, step: Step, numbers: Numbers): string {
  return `${formatTime(step.t, timeDigits(recording))}. ${stepClause(recording, step, numbers)}`;
}

/** The sentence without its time. */
export function stepClause(recording: Recording, step: Step, numbers: Numbers): string {
  if (step.kind === 'lost') return lostSentence(recording, step);
  if (step.kind === 'inject') return injectSentence(recording, step, numbers);
  const who = hostName(recording, step.host);
  const [first, ...more] = step.sent;
  const clauses = stateClauses(step, step.host);
  if (step.label === 'crash') clauses.unshift('forgets every connection');
  if (step.kind !== 'timer') clauses.unshift(opening(recording, step, numbers));
  const read = readBytes(recording, step);
  if (read > 0) clauses.push(`hands ${bytesText(read)} to the application`);
  if (first !== undefined) clauses.push(`sends ${segmentText(recording, recording.flights[first]!, numbers)}`);
  else if (clauses.length === 1 && step.kind === 'arrive') clauses.push(quietEnd(recording, step));
  const timer = step.kind === 'timer' ? `${who}'s ${TIMER_NAMES[step.label] ?? step.label} timer expires` : '';
  const sentences = [
    timer === '' ? `${who} ${join(clauses)}.` : clauses.length > 0 ? `${timer}: it ${join(clauses)}.` : `${timer}.`,
  ];
  for (const flight of more)
    sentences.push(`It also sends ${segmentText(recording, recording.flights[flight]!, numbers)}.`);
  // Something may change at another host in the same instant (a router's answer, a scripted crash).
  for (const [index] of recording.hosts.entries()) {
    const elsewhere = index === step.host ? [] : stateClauses(step, index);
    if (elsewhere.length > 0) sentences.push(`${hostName(recording, index)} ${join(elsewhere)}.`);
  }
  return sentences.join(' ');
}

/** Host name as it begins a sentence. */
export function hostName(recording: Recording, host: number): string {
  return capitalise(recording.hosts[host]?.name ?? `host ${host}`);
}

/** `SYN/ACK, sequence Y, acknowledgment X+1` with `again`, and how much data. */
export function segmentText(recording: Recording, flight: Flight, numbers: Numbers): string {
  return `${segmentName(recording, flight)}, ${segmentNumbers(flight.segment, numbers)}`;
}

function segmentName(recording: Recording, flight: Flight): string {
  const { segment } = flight;
  const again = flight.copyOf >= 0 ? ' (a copy)' : sentAgain(recording, flight) ? ' again' : '';
  return `${flagsName(segment.flags)}${segment.len > 0 ? ` with ${bytesText(segment.len)}` : ''}${again}`;
}

function segmentNumbers(segment: SegmentView, numbers: Numbers): string {
  const sequence = `sequence ${numbers.seq(segment)}`;
  return segment.flags & ACK ? `${sequence}, acknowledgment ${numbers.ack(segment)}` : sequence;
}

function opening(recording: Recording, step: Step, numbers: Numbers): string {
  if (step.kind === 'app') return appClause(recording, step);
  const flight = recording.flights[step.flight];
  if (!flight) return 'receives a segment';
  const name = segmentName(recording, flight);
  // With an answer to follow, its numbers matter; with none, those that came in are the only ones there are.
  return step.sent.length > 0 ? `receives ${name}` : `receives ${name}, ${segmentNumbers(flight.segment, numbers)}`;
}

function appClause(recording: Recording, step: Step): string {
  switch (step.label) {
    case 'listen': {
      const port = step.hosts[step.host]?.queues[0]?.port ?? recording.hosts[step.host]?.port ?? 0;
      return port > 0 ? `listens on port ${port}` : 'listens';
    }
    case 'connect':
      return 'opens a connection';
    case 'send': {
      const before = recording.steps[step.index - 1]?.hosts[step.host]?.appWritten ?? 0;
      const written = (step.hosts[step.host]?.appWritten ?? 0) - before;
      return written > 0 ? `writes ${bytesText(written)}` : 'wants to write, but its send buffer is full';
    }
    case 'accept':
      return 'accepts the connection';
    case 'read':
      return 'reads';
    case 'close':
      return 'closes';
    case 'abort':
      return 'aborts the connection';
    case 'crash':
      return 'crashes';
    default:
      return step.label === '' ? 'acts' : `does ${step.label}`;
  }
}

const TIMER_NAMES: Readonly<Record<string, string>> = {
  retransmit: 'retransmission',
  'syn-ack': 'SYN/ACK',
  persist: 'persist',
  'loss-probe': 'tail loss probe',
  reordering: 'reordering',
  'delayed-ack': 'delayed-ACK',
  'keep-alive': 'keep-alive',
  'time-wait': '2 MSL',
  'user-timeout': 'user',
};

function stateClauses(step: Step, host: number): string[] {
  const clauses = step.changes.filter((c) => c.host === host).map((c) => stateClause(c.from, c.to));
  const closed = step.hosts[host]?.tcbs.find((tcb) => tcb.closed !== undefined && tcb.closed !== 'closed');
  const news = closed && step.changes.some((c) => c.host === host && c.to === 'CLOSED');
  if (news && closed.closed) clauses.push(CLOSED_CLAUSES[closed.closed] ?? `ends (${closed.closed})`);
  return clauses;
}

function stateClause(from: string, to: string): string {
  if (to === 'CLOSED') return 'returns to CLOSED';
  if (to === 'LISTEN' && from !== 'CLOSED') return 'returns to LISTEN';
  return `enters ${to}`;
}

const CLOSED_CLAUSES: Readonly<Record<string, string>> = {
  refused: 'reports "connection refused"',
  reset: 'reports "connection reset"',
  timeout: 'reports "connection timed out"',
};

function readBytes(recording: Recording, step: Step): number {
  const before = recording.steps[step.index - 1]?.hosts[step.host]?.appRead ?? 0;
  return (step.hosts[step.host]?.appRead ?? 0) - before;
}

/** Counters and rules that speak of a segment thrown away (ListenDrops, "drop the segment"). */
const DROP = /drop|discard|overflow|ignore/i;

/** What to say of an arrival that changed no state and was not answered. */
function quietEnd(recording: Recording, step: Step): string {
  const before = recording.steps[step.index - 1]?.hosts[step.host];
  const after = step.hosts[step.host];
  const moved = after?.tcbs.some((tcb) => {
    const old = before?.tcbs.find((b) => b.local === tcb.local && b.remote === tcb.remote);
    return !old || old.sndUna !== tcb.sndUna || old.rcvNxt !== tcb.rcvNxt;
  });
  if (moved) return `stays in ${after?.state ?? 'CLOSED'}`;
  const drops = Object.entries(after?.counters ?? {}).some(
    ([name, n]) => DROP.test(name) && n > (before?.counters[name] ?? 0),
  );
  return drops || step.why.some((note) => DROP.test(note.rule.text) && (note.kind === 'act' || note.held))
    ? 'discards it'
    : 'changes nothing';
}

function lostSentence(recording: Recording, step: Step): string {
  const flight = recording.flights[step.flight];
  if (!flight) return 'A segment is lost.';
  const what = `${segmentName(recording, flight)} from ${hostName(recording, flight.from)}`;
  switch (flight.fate) {
    case 'lost':
      return `${what} is lost on the way. Nobody is told.`;
    case 'scripted':
      return `${what} is lost on the way, as this scenario has it. Nobody is told.`;
    case 'user':
      return `${what} is dropped by you. Nobody is told.`;
    case 'filtered':
      return `${what} is discarded by a filter. Nobody is told.`;
    case 'overflow':
      return `${what} finds the link's queue full and is lost. Nobody is told.`;
    default:
      return `${what} is on its way.`;
  }
}

function injectSentence(recording: Recording, step: Step, numbers: Numbers): string {
  const flight = recording.flights[step.flight] ?? recording.flights[step.sent[0] ?? -1];
  if (!flight) return 'A segment appears on the way.';
  const name = segmentText(recording, flight, numbers);
  const to = hostName(recording, flight.to);
  const from = hostName(recording, flight.from);
  if (flight.copyOf >= 0)
    return `A second ${flagsName(flight.segment.flags)} of ${from}, made on the way, is bound for ${to}.`;
  return `A segment in ${from}'s name that ${from} did not send now is on its way to ${to}: ${name}.`;
}

/** "a", "a and b", "a, b and c". */
function join(clauses: readonly string[]): string {
  if (clauses.length <= 1) return clauses[0] ?? '';
  const last = clauses.at(-1)!;
  const before = clauses.slice(0, -1);
  // A clause that lists numbers has commas of its own: a comma before "and" keeps the next verb apart from them.
  const comma = before.at(-1)!.includes(',') ? ',' : '';
  return `${before.join(', ')}${comma} and ${last}`;
}
