/** The words of G_odd_segments: which segments a case sends, and how an answer is written down. */
import { ACK, FIN, PSH, RST, type Segment, SYN } from '../../src/wire/segment.ts';

/** Sequence number of the client's SYN. */
export const SEQ0 = 500_000;
export const PEER_TS = 90_000;
const FAR = 10_000_000;
const INSIDE = 1000;

/** One segment of a case. `ack` counts from the server's ISN; `absolute` stands as it is. */
export interface OddSegment {
  /** When, in ms after the first. */
  readonly at: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: { readonly isn: number } | { readonly absolute: number } | null;
  readonly len: number;
  /** TSval, and what is added to the timestamp echoed; null: no timestamps. */
  readonly ts: { readonly val: number; readonly ecr: number } | null;
}

/** What a case sends. `response` is as measured: it alone tells the number where the text says only "ack wrong". */
export function segmentsOf(group: string, text: string, response: string): OddSegment[] {
  const then = /^(.*), then correct ACK/.exec(text);
  if (then !== null) {
    const [first] = segmentsOf(group, then[1]!, response);
    return [first!, { ...RIGHT_ACK, at: 20 }];
  }
  const retries = /SYN retries at ([\d, ]+) ms/.exec(text) ?? /duplicate SYN at (\d+) ms/.exec(text);
  if (retries !== null) return retries[1]!.split(',').map((at) => ({ ...NO_SEGMENT, at: Number(at), flags: SYN }));
  if (/no duplicate/.test(text)) return [];
  const flags = flagsOf(text);
  const segment: OddSegment = {
    at: 0,
    flags,
    seq: seqOf(group, text, flags),
    ack: (flags & ACK) === 0 ? null : ackOf(text, response),
    len: lengthOf(text),
    ts: timestampsOf(text),
  };
  const times = /x(\d+) spaced (\d+) ms/.exec(text);
  if (times === null) return [segment];
  return Array.from({ length: Number(times[1]) }, (_, i) => ({ ...segment, at: i * Number(times[2]) }));
}

/** `SA seq=ISN ack=SEQ0+1 len=0 opts=mss:1460`, in the words of the table. */
export function answerText(seg: Readonly<Segment>, isn: number): string {
  const letters = LETTERS.filter(([flag]) => (seg.flags & flag) !== 0).map(([, letter]) => letter);
  const fromIsn = (seg.seq - isn) | 0;
  const seq =
    seg.seq === 0 || isn < 0 || Math.abs(fromIsn) > FAR ? `${seg.seq}` : `ISN${fromIsn === 0 ? '' : signed(fromIsn)}`;
  const ack = (seg.flags & ACK) === 0 ? '0' : `SEQ0${signed((seg.ack - SEQ0) | 0)}`;
  const options = [seg.mss >= 0 ? `mss:${seg.mss}` : '', seg.tsVal >= 0 ? 'ts' : ''].filter((o) => o !== '');
  return `${letters.join('')} seq=${seq} ack=${ack} len=${seg.len}${options.length > 0 ? ` opts=${options.join(',')}` : ''}`;
}

/** `+26ms SA …` in its two parts. */
export function parseAnswers(text: string): { readonly at: number; readonly what: string }[] {
  if (text === '(none)' || text === '') return [];
  return text.split('||').map((part) => {
    const [, at, what] = /^\s*\+(\d+)ms (.*?)\s*$/.exec(part) ?? [];
    if (at === undefined || what === undefined) throw new Error(`found answer "${part}", expected +<ms>ms <segment>`);
    return { at: Number(at), what };
  });
}

function flagsOf(text: string): number {
  if (/no flags/.test(text)) return 0;
  if (/SYN\/ACK/.test(text)) return SYN | ACK;
  if (/SYN\+FIN/.test(text)) return SYN | FIN;
  if (/SYN\+RST/.test(text)) return SYN | RST;
  if (/RST\/ACK/.test(text)) return RST | ACK;
  if (/FIN\/ACK/.test(text)) return FIN | ACK;
  if (/^PSH data no ACK|^data without ACK/.test(text)) return PSH;
  if (/^data \d+ bytes/.test(text)) return PSH | ACK;
  if (/^FIN/.test(text)) return FIN;
  if (/^RST/.test(text)) return RST;
  if (/^ACK|handshake ACK|^timestamps: ACK/.test(text)) return ACK;
  if (/SYN/.test(text)) return SYN;
  throw new Error(`G_odd_segments.csv: found segment "${text}", expected words that are known`);
}

function seqOf(group: string, text: string, flags: number): number {
  const told = /seq=SEQ0([+-]\d+)?/.exec(text) ?? /\(SEQ0([+-]\d+)\)/.exec(text);
  if (told !== null) return SEQ0 + Number(told[1] ?? 0);
  if (/same seq|original SEQ0/.test(text)) return SEQ0;
  if (/below window|out of window/.test(text)) return SEQ0 - INSIDE;
  if (/far outside|above window/.test(text)) return SEQ0 + FAR;
  if (/in window/.test(text)) return SEQ0 + INSIDE;
  const opening = (flags & SYN) !== 0 || group === 'closed_port' || group === 'listen_no_halfopen';
  return opening ? SEQ0 : SEQ0 + 1;
}

function ackOf(text: string, response: string): NonNullable<OddSegment['ack']> {
  const absolute = /ack=(\d+)/.exec(text);
  if (absolute !== null) return { absolute: Number(absolute[1]) };
  const told = /ISN([+-]\d+)?/.exec(text);
  if (told !== null) return { isn: Number(told[1] ?? 0) };
  const wrongBy = /wrong by (\d+)/.exec(text);
  if (wrongBy !== null) return { isn: Number(wrongBy[1]) };
  if (!/ack wrong/.test(text)) return { isn: 1 };
  return { isn: Number(/R seq=ISN([+-]\d+)/.exec(response)?.[1] ?? 100) };
}

function lengthOf(text: string): number {
  const told = /(\d+) bytes/.exec(text);
  if (told !== null) return Number(told[1]);
  return /data/.test(text) ? 5 : 0;
}

function timestampsOf(text: string): OddSegment['ts'] {
  if (!text.startsWith('timestamps:') || /without timestamp/.test(text)) return null;
  const beyond = /TSecr\+(\d+)/.exec(text);
  return { val: /older/.test(text) ? PEER_TS - 100 : PEER_TS + 10, ecr: Number(beyond?.[1] ?? 0) };
}

function signed(n: number): string {
  return n < 0 ? `${n}` : `+${n}`;
}

const NO_SEGMENT: OddSegment = { at: 0, flags: 0, seq: SEQ0, ack: null, len: 0, ts: null };
const RIGHT_ACK: OddSegment = { ...NO_SEGMENT, flags: ACK, seq: SEQ0 + 1, ack: { isn: 1 } };
const LETTERS: readonly (readonly [number, string])[] = [
  [SYN, 'S'],
  [ACK, 'A'],
  [RST, 'R'],
  [FIN, 'F'],
];
