/** `halfopen explain` as text: a summary, then for each attempt its verdict and the numbers the verdict rests on. */
import type { Examiner, VerdictTotals } from '../diagnose/examiner.ts';
import { verdictTotals } from '../diagnose/examiner.ts';
import { Later, LaterTime } from '../diagnose/handshake-words.ts';
import { Fact, VERDICT_NAMES, Verdict } from '../diagnose/verdict.ts';
import { isIpv6 } from '../wire/address.ts';
import { seqDiff } from '../wire/seq.ts';
import { STATUS_NAMES } from '../wire/status.ts';
import { fragmentSentence } from './fragment-text.ts';

/** What is known of the file itself, from the capture reader. */
export interface CaptureInfo {
  /** As the user named it, or how many there are. */
  readonly name: string;
  /** 'pcap', 'pcapng', or both. */
  readonly format: string;
  /** pcapng blocks that held no packet, by name. */
  readonly skippedBlocks: ReadonlyMap<string, number>;
  /** What is missing at the end of the file, or why reading stopped; '' when nothing is. */
  readonly damage: string;
}

/** The summary, which stands first: counts, verdicts, what was skipped and what to be careful about. */
export function summaryLines(info: CaptureInfo, examiner: Examiner): string[] {
  const { counts, tracker } = examiner;
  const totals = verdictTotals(tracker);
  const lines = [`${info.name}: ${info.format}, ${many(counts.packets, 'packet')} in ${seconds(tracker.endedAt)}`];
  const { syn, synack, rst, fin } = counts;
  lines.push(
    `  ${many(counts.tcp, 'TCP segment')}: SYN ${group(syn)}, SYN/ACK ${group(synack)}, RST ${group(rst)}, FIN ${group(fin)}`,
    `  ${many(totals.attempts, 'attempt')}: completed ${group(totals.completed)}, half-open ${group(totals.halfOpen)}, ` +
      `aborted ${group(totals.aborted)}, refused ${group(totals.refused)}, unanswered ${group(totals.unanswered)}`,
  );
  for (const note of summaryNotes(info, examiner, totals)) lines.push(`  ${note}`);
  return lines;
}

/** The lines of one row: verdict and sockets, then one line per piece of evidence. */
export function attemptLines(examiner: Examiner, row: number): string[] {
  const t = examiner.tracker.handshakes;
  const facts = t.facts(row);
  const verdict = t.verdict(row);
  const client = socket(examiner, t.client(row), t.clientPort(row));
  const server = socket(examiner, t.server(row), t.serverPort(row));
  const lines = [`${VERDICT_NAMES[verdict]!.padEnd(11)} ${client} > ${server}`];
  const base = (facts & Fact.Syn) !== 0 ? t.synAt(row) : t.synackAt(row);
  const x = t.x(row);
  const y = t.y(row);
  if ((facts & Fact.Syn) !== 0) {
    const extra = [`seq ${x} (X)`];
    if (t.later(row, Later.synLen) > 0) extra.push(many(t.later(row, Later.synLen), 'byte of data', 'bytes of data'));
    const again = Math.max(0, t.syns(row) - 1);
    if (again > 0) extra.push(`sent again ${times(again)}, last at ${seconds(t.laterTime(row, LaterTime.lastSyn))}`);
    lines.push(evidence('SYN', t.synPacket(row), `at ${seconds(t.synAt(row))}`, extra));
  }
  if ((facts & Fact.SynAck) !== 0) {
    const extra = [`seq ${y} (Y)`, `ack ${t.synackAck(row)} (${relative('X', t.synackAck(row), x)})`];
    const again = Math.max(0, t.synacks(row) - 1);
    if (again > 0) extra.push(`sent again ${times(again)}, last at ${seconds(t.laterTime(row, LaterTime.lastSynack))}`);
    lines.push(evidence('SYN/ACK', t.synackPacket(row), after(t.synackAt(row) - base), extra));
  }
  // In a split handshake the SYN/ACK itself is what acknowledges the SYN: one line says it.
  if ((facts & Fact.Acked) !== 0 && t.later(row, Later.ackPacket) !== t.synackPacket(row)) {
    const crossed = (facts & Fact.CrossAcked) !== 0;
    const symbol = crossed
      ? relative('X', t.later(row, Later.ackAck), x)
      : relative('Y', t.later(row, Later.ackAck), y);
    lines.push(
      evidence('ACK', t.later(row, Later.ackPacket), after(t.laterTime(row, LaterTime.ack) - base), [
        `ack ${t.later(row, Later.ackAck)} (${symbol})`,
      ]),
    );
  }
  if ((facts & (Fact.ServerRst | Fact.ClientRst)) !== 0) {
    const from = (facts & Fact.ClientRst) !== 0 ? 'from the client' : 'from the server';
    const extra = [from];
    if ((facts & (Fact.ServerRst | Fact.SynAck | Fact.RstIgnored)) === Fact.ServerRst) {
      extra.push(`ack ${t.later(row, Later.rstAck)} (${relative('X', t.later(row, Later.rstAck), x)})`);
    }
    lines.push(evidence('RST', t.later(row, Later.rstPacket), after(t.laterTime(row, LaterTime.rst) - base), extra));
  }
  for (const note of attemptNotes(examiner, row)) lines.push(`  ${note}`);
  return lines;
}

/** What else a reader has to know about the file. One sentence each. */
function summaryNotes(info: CaptureInfo, examiner: Examiner, totals: VerdictTotals): string[] {
  const { counts, tracker } = examiner;
  const notes: string[] = [];
  const skipped: string[] = [];
  for (let status = 1; status < STATUS_NAMES.length; status++) {
    const count = counts.byStatus[status]!;
    if (count > 0) skipped.push(`${group(count)} ${STATUS_NAMES[status]}`);
  }
  if (skipped.length > 0) notes.push(`not whole TCP segments: ${skipped.join(', ')}`);
  const fragments = fragmentSentence(examiner.fragments);
  if (fragments !== '') notes.push(fragments);
  for (const [linkType, count] of counts.unsupportedLinks) {
    notes.push(`link type ${linkType} is not supported: ${many(count, 'packet')} could not be read`);
  }
  if (info.skippedBlocks.size > 0) {
    const blocks = [...info.skippedBlocks].map(([name, count]) => `${group(count)} ${name}`);
    notes.push(`pcapng blocks skipped: ${blocks.join(', ')}`);
  }
  if (counts.tunnelled > 0) notes.push(`${many(counts.tunnelled, 'packet')} inside a tunnel, judged by the inner one`);
  if (counts.badTcpChecksum > 0) {
    notes.push(`${many(counts.badTcpChecksum, 'segment')} with a bad TCP checksum, judged all the same`);
  }
  if (totals.synRetransmissions + totals.synackRetransmissions > 0) {
    notes.push(`sent again: SYN ${times(totals.synRetransmissions)}, SYN/ACK ${times(totals.synackRetransmissions)}`);
  }
  if (totals.duplicates > 0) notes.push(`${many(totals.duplicates, 'frame')} recorded more than once`);
  if (totals.synackWithoutSyn > 0) {
    notes.push(
      `${many(totals.synackWithoutSyn, 'SYN/ACK')} whose SYN is not in the capture: it began late, shows one direction, or this is backscatter`,
    );
  }
  if (totals.attempts > 0 && tracker.fromServers === 0) {
    notes.push(
      'no server sends anything in this capture: if it shows one direction only, it cannot tell what was answered',
    );
  }
  if (info.damage !== '') notes.push(info.damage);
  return notes;
}

function attemptNotes(examiner: Examiner, row: number): string[] {
  const { handshakes: t, endedAt } = examiner.tracker;
  const facts = t.facts(row);
  const notes: string[] = [];
  const verdict = t.verdict(row);
  if (verdict === Verdict.HalfOpen) {
    const waited = seconds(endedAt - t.synackAt(row));
    notes.push(`nothing acknowledges Y+1 = ${(t.y(row) + 1) >>> 0} in the ${waited} the capture goes on`);
  }
  if (verdict === Verdict.Unanswered) {
    if ((facts & Fact.AnswerNotCaptured) !== 0) {
      notes.push('the client went on at X+1: the answer was given but is not in this capture');
    } else notes.push(`no SYN/ACK and no RST in the ${seconds(endedAt - t.synAt(row))} the capture goes on`);
  }
  for (const [fact, text] of NOTES) if ((facts & fact) !== 0) notes.push(text);
  return notes;
}

const NOTES: readonly (readonly [number, string])[] = [
  [Fact.SynAckFirst, 'the SYN/ACK stands before its SYN in the capture'],
  [Fact.FastOpen, 'the SYN carries the Fast Open option (RFC 7413)'],
  [Fact.Crossed, 'SYNs crossed: simultaneous open or split handshake (RFC 9293 §3.5, figure 7)'],
  [Fact.LateAck, 'the bare ACK of Y+1 is not in the capture; a later segment acknowledges it'],
  [Fact.SynAckChanged, 'SYN/ACKs with different Y: more than one answered, or each was made anew'],
  [Fact.RstIgnored, 'the RST has no ACK flag, so a client in SYN-SENT drops it (RFC 9293 §3.10.7.3)'],
];

function evidence(what: string, packet: number, when: string, numbers: readonly string[]): string {
  return `  ${what.padEnd(8)} packet ${group(packet)} ${when}: ${numbers.join(', ')}`;
}

function socket(examiner: Examiner, address: number, port: number): string {
  const text = examiner.addresses.format(address);
  return isIpv6(address) ? `[${text}]:${port}` : `${text}:${port}`;
}

function relative(symbol: string, value: number, base: number): string {
  const distance = seqDiff(value, base);
  return distance < 0 ? `${symbol}${distance}` : distance === 0 ? symbol : `${symbol}+${distance}`;
}

function after(nanos: number): string {
  return `${nanos < 0 ? '-' : '+'}${seconds(Math.abs(nanos))}`;
}

/** Seconds, milliseconds or microseconds, to the microsecond or three decimals. */
function seconds(nanos: number): string {
  if (nanos === 0) return '0 s';
  if (Math.abs(nanos) >= 1e9) return `${(nanos / 1e9).toFixed(3)} s`;
  return `${(nanos / 1e6).toFixed(3)} ms`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${group(count)} times`;
}

function many(count: number, one: string, more = `${one}s`): string {
  return `${group(count)} ${count === 1 ? one : more}`;
}

/** 37841 -> '37,841'. */
function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
