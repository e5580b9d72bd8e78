/** What to write on an arrow: flags by name, the numbers, the data, and chips for the options. */
import type { Flight, Recording, SegmentView } from '../sim/recording.ts';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../wire/segment.ts';
import type { Numbers } from './numbers.ts';

export interface ArrowLabel {
  /** `SYN`, `SYN/ACK`, `ACK`, `RST` … */
  readonly flags: string;
  /** `seq=X ack=Y+1 12 bytes` in the chosen numbers. */
  readonly fields: string;
  /** `again`, `copy` (made on the way), `old` or `injected` (by the scenario), or ''. */
  readonly note: string;
}

/**
 * Names of the flags as people say them: SYN/ACK, FIN/ACK, RST/ACK; PSH only shows when nothing else would.
 * Odd combinations keep all their names, in the order of the header.
 */
export function flagsName(flags: number): string {
  const names: string[] = [];
  if (flags & SYN) names.push('SYN');
  if (flags & FIN) names.push('FIN');
  if (flags & RST) names.push('RST');
  if (flags & ACK) names.push('ACK');
  if (flags & PSH && (names.length === 0 || !(flags & ACK))) names.push('PSH');
  if (flags & URG) names.push('URG');
  if (flags & ECE) names.push('ECE');
  if (flags & CWR) names.push('CWR');
  if (flags & AE) names.push('AE');
  return names.length === 0 ? 'no flags' : names.join('/');
}

export function arrowLabel(recording: Recording, flight: Flight, numbers: Numbers): ArrowLabel {
  const { segment } = flight;
  return { flags: flagsName(segment.flags), fields: fieldsText(segment, numbers), note: noteOf(recording, flight) };
}

/**
 * Whether people would call it "sent again". The SYN/ACK of a simultaneous open repeats the number of the SYN before it,
 * but it is another segment: a SYN is sent again only with the same flags.
 */
export function sentAgain(recording: Recording, flight: Flight): boolean {
  const { seq, flags } = flight.segment;
  if (!flight.again || (flags & SYN) === 0) return flight.again;
  return recording.flights.some(
    (f) => f.index < flight.index && f.from === flight.from && f.segment.seq === seq && f.segment.flags === flags,
  );
}

/** `seq=X ack=Y+1 12 bytes`: SEG.ACK only where the ACK flag gives it a meaning, SEG.SEQ always. */
export function fieldsText(segment: SegmentView, numbers: Numbers): string {
  const parts = [`seq=${numbers.seq(segment)}`];
  if (segment.flags & ACK) parts.push(`ack=${numbers.ack(segment)}`);
  if (segment.len > 0) parts.push(bytesText(segment.len));
  return parts.join(' ');
}

/** `1 byte`, `1,460 bytes`. */
export function bytesText(n: number): string {
  return n === 1 ? '1 byte' : `${String(n).replace(/\B(?=(\d{3})+$)/g, ',')} bytes`;
}

/** Options as short chips, in the order in which people look for them. */
export function optionChips(segment: SegmentView): string[] {
  const chips: string[] = [];
  if (segment.mss >= 0) chips.push(`MSS ${segment.mss}`);
  if (segment.sackPerm) chips.push('SACK');
  if (segment.tsVal >= 0) chips.push('TS');
  if (segment.ws >= 0) chips.push(`WS ${segment.ws}`);
  if (segment.sack.length > 0) {
    const blocks = segment.sack.length / 2;
    chips.push(blocks === 1 ? '1 SACK block' : `${blocks} SACK blocks`);
  }
  return chips;
}

function noteOf(recording: Recording, flight: Flight): string {
  if (flight.copyOf >= 0) return 'copy';
  if (flight.scripted) return flight.segment.flags & SYN ? 'old' : 'injected';
  return sentAgain(recording, flight) ? 'again' : '';
}
