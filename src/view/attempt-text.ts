/** One attempt as lines for the terminal: verdict and sockets, then the packets the verdict rests on, with their numbers. */
import type { Attempt, Evidence, Fingerprint, OfferedOptions, Schedule } from '../diagnose/attempt.ts';
import { Fact, VERDICT_NAMES, Verdict } from '../diagnose/verdict.ts';
import type { AddressTable } from '../wire/address.ts';
import { endpointText } from '../wire/endpoint-text.ts';
import { seqDiff } from '../wire/seq.ts';
import { DETAIL_TEXT } from './detail-text.ts';
import { counted, countText, timesText } from './flood-number.ts';
import type { TextLine, TextRole } from './text-line.ts';
import { lengthText, momentText } from './time-text.ts';

export interface AttemptTextOptions {
  /** The time of the last packet: how long a silence was watched. ns since the first. */
  readonly endedAt: number;
  /** Also timing, options, fingerprints, and how Zeek and Wireshark call the connection. */
  readonly details: boolean;
}

export function attemptLines(attempt: Attempt, addresses: AddressTable, options: AttemptTextOptions): TextLine[] {
  const { verdict, clientPort, serverPort } = attempt;
  const client = endpointText(addresses, attempt.client, clientPort);
  const server = endpointText(addresses, attempt.server, serverPort);
  const lines: TextLine[] = [
    [
      { text: VERDICT_NAMES[verdict]!.padEnd(NAME_WIDTH), role: verdictRole(verdict) },
      { text: ` ${client} > ${server}`, role: 'strong' },
    ],
  ];
  for (const line of evidenceLines(attempt, addresses)) lines.push(plain(line));
  lines.push(...sentences(attempt, options.endedAt).map(plain));
  if (options.details) lines.push(...detailLines(attempt).map(quiet));
  return lines;
}

/** The colour of a verdict, the same wherever it stands. */
export function verdictRole(verdict: Verdict): TextRole {
  return ROLES[verdict] ?? 'quiet';
}

const NAME_WIDTH = 11;

const ROLES: Partial<Record<Verdict, TextRole>> = {
  [Verdict.Completed]: 'established',
  [Verdict.HalfOpen]: 'half-open',
  [Verdict.Aborted]: 'dropped',
  [Verdict.Refused]: 'dropped',
  [Verdict.Unanswered]: 'dropped',
};

function evidenceLines(attempt: Attempt, addresses: AddressTable): string[] {
  const { syn, synack, ack, rst, icmp, x, y, synLen } = attempt;
  const lines: string[] = [];
  const base = syn?.ts ?? attempt.firstAt;
  const when = (at: number): string => (syn === undefined ? `at ${momentText(at)}` : after(at - base));
  if (syn !== undefined) {
    const numbers = [`seq ${syn.seq} (X)`];
    if (synLen > 0) numbers.push(synLen === 1 ? '1 byte of data' : `${countText(synLen)} bytes of data`);
    lines.push(evidence('SYN', syn.packet, `at ${momentText(syn.ts)}`, [...numbers, ...again(attempt.synSchedule)]));
  }
  if (synack !== undefined) {
    const numbers = [`seq ${synack.seq} (Y)`, ...acknowledged(synack, 'X', x)];
    const more = again(attempt.synackSchedule);
    lines.push(evidence('SYN/ACK', synack.packet, when(synack.ts), [...numbers, ...more]));
  }
  // In a split handshake the SYN/ACK itself is what acknowledges the SYN: one line says it.
  if (ack !== undefined && ack.packet !== synack?.packet) {
    const crossed = (attempt.facts & Fact.CrossAcked) !== 0;
    const numbers = crossed ? acknowledged(ack, 'X', x) : acknowledged(ack, 'Y', y);
    lines.push(evidence('ACK', ack.packet, when(ack.ts), numbers));
  }
  if (rst !== undefined) {
    const numbers = rst.from === 'server' && x >= 0 ? acknowledged(rst, 'X', x) : [];
    lines.push(evidence('RST', rst.packet, when(rst.ts), [`from the ${rst.from}`, ...numbers]));
  }
  if (icmp !== undefined) {
    const said = [icmp.kind.replaceAll('-', ' '), `from ${addresses.format(icmp.from)}`];
    lines.push(evidence('ICMP', icmp.packet, when(icmp.ts), said));
  }
  if (lines.length === 0) lines.push(evidence('first', attempt.firstPacket, `at ${momentText(attempt.firstAt)}`, []));
  return lines;
}

function evidence(what: string, packet: number, when: string, numbers: readonly string[]): string {
  const told = numbers.length === 0 ? '' : `: ${numbers.join(', ')}`;
  return `  ${what.padEnd(8)} packet ${countText(packet)} ${when}${told}`;
}

/** Nothing without the ACK flag. */
function acknowledged(packet: Evidence, symbol: string, base: number): string[] {
  if (packet.ack < 0) return [];
  return [base < 0 ? `ack ${packet.ack}` : `ack ${packet.ack} (${relative(symbol, packet.ack, base)})`];
}

/** `sent again 3 times, after 1.000 s, 2.000 s, 4.000 s: a real backoff`. */
function again({ sent, gaps, kind }: Schedule): string[] {
  if (sent <= 1) return [];
  const times = timesText(sent - 1);
  if (gaps.length === 0) return [`sent again ${times}`];
  const shown = gaps.slice(0, MOST_GAPS_SHOWN).map(momentText);
  const more = sent - 1 > shown.length ? ' …' : '';
  const what = sent === 2 ? '' : SCHEDULE_TEXT[kind];
  return [`sent again ${times}, after ${shown.join(', ')}${more}${what}`];
}

const MOST_GAPS_SHOWN = 4;

const SCHEDULE_TEXT: Readonly<Record<Schedule['kind'], string>> = {
  once: '',
  backoff: ': a real backoff',
  linear: ': equal at first, then a backoff, as Linux and macOS do',
  copies: ': copies, no timer of a stack',
  irregular: ': no regular timer',
};

function sentences(attempt: Attempt, endedAt: number): string[] {
  const { detail, synack, syn, facts } = attempt;
  const told: string[] = [];
  if (detail === 'silent-client' && synack !== undefined) {
    const number = (synack.seq + 1) >>> 0;
    told.push(`Nothing acknowledges Y+1 = ${number}${goesOn(endedAt - synack.ts)}.`);
  } else if (detail === 'no-answer' && syn !== undefined) {
    told.push(`No SYN/ACK and no RST${goesOn(endedAt - syn.ts)}.`);
  } else if (!TOLD_BY_EVIDENCE.has(detail)) told.push(DETAIL_TEXT[detail]);
  if (attempt.duplicates > 0) told.push(`${counted(attempt.duplicates, 'frame')} recorded more than once.`);
  for (const [fact, text] of NOTES) if ((facts & fact) !== 0) told.push(text);
  return told.map((sentence) => `  ${sentence}`);
}

/** How long the silence was watched. */
function goesOn(ns: number): string {
  return ns > 0 ? ` in the ${lengthText(ns)} the capture goes on` : ', but the capture ends with it';
}

/** The lines above say it already. */
const TOLD_BY_EVIDENCE: ReadonlySet<string> = new Set(['by-ack', 'client-reset', 'reset', 'icmp']);

/** What the detail does not say. */
const NOTES: readonly (readonly [number, string])[] = [
  [Fact.SynAckFirst, 'The SYN/ACK stands before its SYN in the capture.'],
  [Fact.FastOpen, 'The SYN carries the Fast Open option (RFC 7413).'],
  [Fact.SynAckChanged, 'SYN/ACKs with different Y: more than one answered, or each was made anew.'],
];

function detailLines(attempt: Attempt): string[] {
  const { timing, clientOptions, serverOptions, clientPrint, serverPrint, flow } = attempt;
  const lines: string[] = [];
  if (timing !== undefined) {
    const beside = BESIDE_TEXT[timing.beside];
    const shares = `${momentText(timing.server)} on the server's side, ${momentText(timing.client)} on the client's`;
    lines.push(`time      ${shares}${beside}`);
  }
  if (clientOptions !== undefined) lines.push(`client    ${optionsText(clientOptions)}${printText(clientPrint)}`);
  if (serverOptions !== undefined) lines.push(`server    ${optionsText(serverOptions)}${printText(serverPrint)}`);
  if (attempt.direction !== 'unknown') lines.push(`direction ${attempt.direction}`);
  const history = flow.history === '' ? '' : ` ${flow.history}`;
  lines.push(`Zeek      ${flow.connState}${history}; Wireshark completeness ${flow.completeness}`);
  const { originator, origPackets, respPackets } = flow;
  const [client, server] = originator === 'client' ? [origPackets, respPackets] : [respPackets, origPackets];
  lines.push(`packets   ${countText(client)} from the client, ${countText(server)} from the server`);
  return lines.map((line) => `  ${line}`);
}

const BESIDE_TEXT: Readonly<Record<NonNullable<Attempt['timing']>['beside'], string>> = {
  client: '; captured beside the client',
  server: '; captured beside the server',
  both: '; captured beside both',
  neither: '',
};

function optionsText(options: OfferedOptions): string {
  const offered: string[] = [];
  if (options.mss >= 0) offered.push(`MSS ${options.mss}`);
  if (options.windowScale >= 0) offered.push(`window scale ${options.windowScale}`);
  if (options.sackPermitted) offered.push('SACK');
  if (options.timestamps) offered.push('timestamps');
  if (options.fastOpen === 0) offered.push('asks for a Fast Open cookie');
  if (options.fastOpen > 0) offered.push(`Fast Open cookie of ${options.fastOpen} bytes`);
  if (options.ecn) offered.push('ECN');
  return offered.length === 0 ? 'no options' : offered.join(', ');
}

function printText(print: Fingerprint | undefined): string {
  if (print === undefined) return '';
  const order = print.options === '' ? '' : `, ${print.options}`;
  return `; TTL ${print.ttl} (${counted(print.hops, 'hop')}), window ${print.window}${order}`;
}

function relative(symbol: string, value: number, base: number): string {
  const distance = seqDiff(value, base);
  return distance < 0 ? `${symbol}${distance}` : distance === 0 ? symbol : `${symbol}+${distance}`;
}

function after(nanos: number): string {
  return nanos < 0 ? momentText(nanos) : `+${momentText(nanos)}`;
}

function plain(text: string): TextLine {
  return [{ text, role: 'plain' }];
}

function quiet(text: string): TextLine {
  return [{ text, role: 'quiet' }];
}
