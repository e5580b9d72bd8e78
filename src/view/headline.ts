/** A few words for a step, above its sentence: "Server answers", "The SYN is lost", "Client is established". */
import type { Recording, Step } from '../sim/recording.ts';
import { capitalise } from './ladder-model.ts';
import { flagsName } from './segment-label.ts';

/** The headline of one step. It names what a learner should take from it, not everything that happened. */
export function stepHeadline(recording: Recording, step: Step): string {
  const who = capitalise(recording.hosts[step.host]?.name ?? 'host');
  const sent = recording.flights[step.sent[0] ?? -1];
  const flight = recording.flights[step.flight];
  const entered = step.changes.findLast((change) => change.host === step.host)?.to;
  switch (step.kind) {
    case 'app':
      return appHeadline(who, step.label, sent !== undefined);
    case 'timer':
      if (sent) return `${who} sends ${flagsName(sent.segment.flags)}${sent.again ? ' again' : ''}`;
      return entered === 'CLOSED' ? `${who} gives up waiting` : `A timer of ${who} expires`;
    case 'lost':
      return flight?.fate === 'user'
        ? `You drop the ${nameOf(flight.segment.flags)}`
        : `The ${nameOf(flight?.segment.flags ?? 0)} is lost`;
    case 'inject':
      return flight && flight.copyOf >= 0 ? 'A copy is on its way' : 'A stray segment appears';
    case 'arrive':
      return arrivalHeadline(who, entered, flight?.segment.flags, sent?.segment.flags);
    default:
      return step.kind satisfies never;
  }
}

function arrivalHeadline(
  who: string,
  entered: string | undefined,
  came: number | undefined,
  answer: number | undefined,
): string {
  if (entered === 'ESTABLISHED') return `${who} is established`;
  if (entered === 'SYN-RECEIVED') return `${who} answers`;
  if (entered === 'CLOSED') return `${who}’s connection ends`;
  if (entered === 'TIME-WAIT') return `${who} waits out old segments`;
  if (entered === 'CLOSE-WAIT') return `${who} hears that the other is done`;
  if (entered !== undefined) return `${who} is now in ${entered}`;
  if (answer !== undefined) return `${who} answers with ${flagsName(answer)}`;
  return came === undefined ? `A segment reaches ${who}` : `The ${nameOf(came)} reaches ${who}`;
}

function appHeadline(who: string, label: string, sends: boolean): string {
  switch (label) {
    case 'listen':
      return `${who} listens`;
    case 'connect':
      return `${who} opens`;
    case 'send':
      return sends ? `${who} sends data` : `${who} has data to send`;
    case 'accept':
      return `${who}’s application accepts`;
    case 'read':
      return `${who}’s application reads`;
    case 'close':
      return `${who} closes`;
    case 'abort':
      return `${who} aborts`;
    case 'crash':
      return `${who} crashes and forgets`;
    default:
      return `${who} acts`;
  }
}

function nameOf(flags: number): string {
  return flags === 0 ? 'segment' : flagsName(flags);
}
