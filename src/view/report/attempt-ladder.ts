/**
 * One attempt as a ladder: two lanes, time down, an arrow per segment with its packet number, and what never came as a
 * dotted arrow that ends in a cross. Words and shapes carry it; colour only helps.
 */
import type { Attempt } from '../../diagnose/attempt.ts';
import { Verdict } from '../../diagnose/verdict.ts';
import { endpointText } from '../../wire/endpoint-text.ts';
import { countText, spanText } from '../flood-number.ts';
import { type AttemptEvent, attemptEvents } from './attempt-events.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { type ReportInput, sinceStart } from './report-input.ts';

/** An SVG of its own. `id` is unique on the page. */
export function attemptLadder(attempt: Attempt, { findings, addresses }: ReportInput, id: string): Markup {
  const events = attemptEvents(attempt, findings.vantage.view !== 'clients-only');
  const client = endpointText(addresses, attempt.client, attempt.clientPort);
  const server = endpointText(addresses, attempt.server, attempt.serverPort);
  const long = Math.max(client.length, server.length) > MOST_BESIDE;
  const signs = long ? LONG : SHORT;
  const rows = layout(events, signs.server + 14);
  const height = (rows.at(-1)?.bottom ?? signs.server) + BOTTOM;
  const first = events.find((event) => event.kind === 'segment');
  return html`<svg class="ladder" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${client} to ${server}</title>
<desc id="${id}-d">${events.map((event) => `${eventSentence(event, first)} `).join('')}</desc>
<path class="lane" d="M${CLIENT} ${signs.client}V${height - 4}"/><path class="lane-listen" d="M${SERVER} ${signs.server}V${height - 4}"/>
<circle class="sign-client" cx="${CLIENT}" cy="${signs.client}" r="6"/><text x="${CLIENT + 14}" y="${signs.client + 4}"><tspan class="strong">Client</tspan>${long ? '' : html` <tspan class="num">${client}</tspan>`}</text>
<rect class="sign-server" x="${SERVER - 6}" y="${signs.server - 6}" width="12" height="12"/><text x="${SERVER - 14}" y="${signs.server + 4}" text-anchor="end"><tspan class="strong">Server</tspan>${long ? '' : html` <tspan class="num">${server}</tspan>`}</text>
${long ? html`<text class="num tight" x="0" y="${signs.client - 12}">${client}</text><text class="num tight" x="${WIDTH}" y="${signs.server - 12}" text-anchor="end">${server}</text>` : NOTHING}
${lifelines(attempt, rows, height)}${rows.map((row) => rowMarkup(row, first))}
</svg>`;
}

/** What the ladder shows, a sentence per row. */
function eventSentence(event: AttemptEvent, first: SegmentEvent | undefined): string {
  switch (event.kind) {
    case 'segment': {
      const packet = event.packet < 0 ? '' : `, packet ${countText(event.packet)}`;
      const numbers = event.numbers === '' ? '' : `, ${event.numbers}`;
      return `${sinceText(event, first)}: ${event.from} sends ${event.name}${event.again ? ' again' : ''}${numbers}${packet}.`;
    }
    case 'more':
      return `${event.text}.`;
    case 'silence':
      return `Nothing for ${spanText(event.length)}.`;
    case 'missing':
      return `From the ${event.from}: ${event.text}.`;
  }
}

const WIDTH = 360;
const CLIENT = 76;
const SERVER = 344;
/** Heights of the two signs; an address too long to stand beside one stands above it. */
const SHORT = { client: 12, server: 32 };
const LONG = { client: 28, server: 64 };
const MOST_BESIDE = 26;
const BOTTOM = 14;
const SLOPE = 12;
const HALF_BAND = 5;
const PITCH: Record<AttemptEvent['kind'], number> = { segment: 46, more: 26, silence: 28, missing: 50 };
/** Above the arrow's begin: room for its label. */
const LABEL = 24;

interface Row {
  readonly event: AttemptEvent;
  /** Where its arrow begins, or its line is. */
  readonly y: number;
  readonly bottom: number;
}

function layout(events: readonly AttemptEvent[], from: number): Row[] {
  let top = from;
  return events.map((event) => {
    const y = top + (event.kind === 'segment' || event.kind === 'missing' ? LABEL : 14);
    top += PITCH[event.kind];
    return { event, y, bottom: top };
  });
}

/** A lane fills as its end does: sent a SYN, half-open (hatched), open (full). */
function lifelines(attempt: Attempt, rows: readonly Row[], height: number): Markup {
  const rowOf = (name: string): Row | undefined =>
    rows.find(({ event }) => event.kind === 'segment' && event.name === name);
  const [syn, synack, ack, rst] = ['SYN', 'SYN/ACK', 'ACK', 'RST'].map(rowOf);
  const end = rst === undefined ? height - 4 : rst.y + SLOPE;
  const parts: Markup[] = [];
  const band = (x: number, look: string, from: number, to: number): void => {
    if (to > from)
      parts.push(
        html`<rect class="${look}" x="${x - HALF_BAND}" y="${from}" width="${2 * HALF_BAND}" height="${to - from}"/>`,
      );
  };
  if (attempt.verdict === Verdict.SynMissing || attempt.verdict === Verdict.MidStream) return NOTHING;
  const done = attempt.verdict === Verdict.Completed && ack !== undefined && synack !== undefined;
  if (syn !== undefined) {
    band(CLIENT, 'sent', syn.y, done ? synack.y + SLOPE : end);
    if (done) band(CLIENT, 'open', synack.y + SLOPE, end);
  }
  if (syn !== undefined && synack !== undefined) {
    band(SERVER, 'half', syn.y + SLOPE, done ? ack.y + SLOPE : end);
    if (done) band(SERVER, 'open', ack.y + SLOPE, end);
  }
  return html`${parts}`;
}

function rowMarkup({ event, y }: Row, first: SegmentEvent | undefined): Markup {
  switch (event.kind) {
    case 'segment':
      return arrow(event, y, first);
    case 'more':
      return html`<text class="soft" x="${MIDDLE}" y="${y + 4}" text-anchor="middle">${event.text}</text>`;
    case 'silence':
      return html`<path class="gap" d="${zigzag(CLIENT + 10, MIDDLE - 44, y)}${zigzag(MIDDLE + 44, SERVER - 10, y)}"/><text class="soft" x="${MIDDLE}" y="${y + 4}" text-anchor="middle">${spanText(event.length)}</text>`;
    case 'missing':
      return missing(event, y);
  }
}

const MIDDLE = (CLIENT + SERVER) / 2;

function arrow(event: SegmentEvent, y: number, first: SegmentEvent | undefined): Markup {
  const right = event.from === 'client';
  const [x0, x1] = right ? [CLIENT + 7, SERVER - 7] : [SERVER - 7, CLIENT + 7];
  const look = event.name === 'RST' || event.name === 'ICMP' ? 'reset' : `from-${event.from}`;
  const tip = y + SLOPE;
  const back = right ? -10 : 10;
  const packet = event.packet < 0 ? 'again' : `#${countText(event.packet)}`;
  return html`<text class="num soft" x="${CLIENT - 14}" y="${(right ? y : tip) + 4}" text-anchor="end">${sinceText(event, first)}</text>
<path class="${look}${event.again ? ' again' : ''}" d="M${x0} ${y}L${x1} ${tip}"/><path class="${look}" d="M${x1} ${tip}l${back} -5l0 9z"/>
<text x="${MIDDLE}" y="${y - 1}" text-anchor="middle"><tspan class="strong">${event.name}</tspan> <tspan class="num">${event.numbers}</tspan> <tspan class="soft">${packet}</tspan></text>
`;
}

function missing(event: Extract<AttemptEvent, { kind: 'missing' }>, y: number): Markup {
  const right = event.from === 'client';
  const [x0, x1] = right ? [CLIENT + 9, SERVER - 12] : [SERVER - 9, CLIENT + 12];
  const cut = x0 + (x1 - x0) * 0.62;
  const at = y + SLOPE * 0.62;
  const sign = event.unseen
    ? html`<text class="strong" x="${cut}" y="${at + 5}" text-anchor="middle">?</text>`
    : html`<path class="cross" d="M${cut - 5} ${at - 5}l10 10m0 -10l-10 10"/>`;
  const stop = cut + (right ? -12 : 12);
  return html`<path class="never" d="M${x0} ${y}L${stop} ${at}"/>${sign}<text x="${MIDDLE}" y="${y - 4}" text-anchor="middle">${event.text}</text>
`;
}

function zigzag(from: number, to: number, y: number): string {
  let d = `M${from} ${y}`;
  for (let x = from, up = true; x + 6 <= to; x += 6, up = !up) d += `l6 ${up ? -3 : 3}`;
  return d;
}

/** The first segment stands at its time in the capture, the others after it. */
function sinceText(event: SegmentEvent, first: SegmentEvent | undefined): string {
  if (first === undefined || event === first) return sinceStart(event.ts);
  const since = event.ts - first.ts;
  return since < 0 ? `−${spanText(-since)}` : `+${since === 0 ? '0 s' : spanText(since)}`;
}

type SegmentEvent = Extract<AttemptEvent, { kind: 'segment' }>;
