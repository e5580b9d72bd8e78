/** The attempts that tell the story, each as a ladder with what its packets say. */
import type { Attempt, OfferedOptions } from '../../diagnose/attempt.ts';
import type { Judgement } from '../../diagnose/findings.ts';
import { VERDICT_NAMES } from '../../diagnose/verdict.ts';
import { countText } from '../flood-number.ts';
import { attemptLadder } from './attempt-ladder.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { momentText, type ReportInput } from './report-input.ts';

export function ladderBlock(judgement: Judgement | undefined, input: ReportInput, id: string): Markup {
  const attempts = input.telling.of(judgement);
  if (attempts.length === 0) return NOTHING;
  return html`<h3>${attempts.length === 1 ? 'An attempt as a ladder' : 'Attempts as ladders'}</h3>
<p class="before">Time runs down; # is the packet’s number as in Wireshark. X and Y are the initial sequence numbers of the two sides: a SYN takes up one number,
so its receiver acknowledges X+1. Hatched: the server keeps a half-open connection, if it keeps state at all.</p>
<div class="ladders">${attempts.map((attempt, i) => ladderFigure(attempt, input, `${id}-${i}`))}</div>
`;
}

/** Packets that a ladder shows, ascending. */
export function attemptPackets({ syn, synack, ack, rst, icmp }: Attempt): number[] {
  const packets = [syn, synack, ack, rst, icmp].flatMap((one) => (one === undefined ? [] : [one.packet]));
  return [...new Set(packets)].sort((a, b) => a - b);
}

function ladderFigure(attempt: Attempt, input: ReportInput, id: string): Markup {
  return html`<figure>
${attemptLadder(attempt, input, id)}
<figcaption><strong>${verdictWord(attempt)}.</strong> ${baseNumbers(attempt)} Begins ${momentText(input.findings, attempt.firstAt)}.${optionWords(attempt.clientOptions)}${printWords(attempt)}</figcaption>
</figure>
`;
}

function baseNumbers({ x, y }: Attempt): string {
  const numbers = [x >= 0 ? `X = ${countText(x)}` : '', y >= 0 ? `Y = ${countText(y)}` : ''].filter(
    (text) => text !== '',
  );
  return numbers.length === 0 ? '' : `${numbers.join(', ')}.`;
}

function optionWords(options: OfferedOptions | undefined): string {
  if (options === undefined) return '';
  const chips: string[] = [];
  if (options.mss >= 0) chips.push(`MSS ${countText(options.mss)}`);
  if (options.windowScale >= 0) chips.push(`window scale ${options.windowScale}`);
  if (options.sackPermitted) chips.push('SACK');
  if (options.timestamps) chips.push('timestamps');
  if (options.fastOpen >= 0) chips.push('Fast Open');
  if (options.ecn) chips.push('ECN');
  return chips.length === 0 ? ' The SYN offers no options.' : ` The SYN offers ${chips.join(', ')}.`;
}

function printWords({ clientPrint }: Attempt): string {
  if (clientPrint === undefined) return '';
  return ` TTL ${clientPrint.ttl}, window ${countText(clientPrint.window)}.`;
}

function verdictWord({ verdict }: Attempt): string {
  const name = (VERDICT_NAMES[verdict] ?? '').replace('syn-', 'SYN ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
