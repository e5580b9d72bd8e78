/** Did a run end as its scenario expects? The expectation is written by hand, so that a scenario is a test too. */
import type { TcpState } from '../tcp/types.ts';
import { ACK, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import { NAMING_FLAGS } from './path-rules.ts';
import type { Flight, HostView, Recording } from './recording.ts';
import type { DialogueLine, Expectation, Scenario, SeqExpr } from './scenario-model.ts';

/** One sentence for each expectation that was not met; empty = all were. */
export function unmetExpectations(scenario: Scenario, recording: Recording): string[] {
  const { expect } = scenario;
  const end = recording.steps.at(-1)?.hosts;
  return [
    ...unmetAtTheEnd(expect, recording, end ?? []),
    ...unmetPasses(expect, recording),
    ...unmetResets(expect, recording),
    ...unmetDialogue(expect, recording),
  ];
}

function unmetAtTheEnd(expect: Expectation, recording: Recording, end: readonly HostView[]): string[] {
  const name = (host: number): string => recording.hosts[host]?.name ?? String(host);
  const out: string[] = [];
  for (const [host, state] of expect.states ?? []) {
    const found = end[host]?.state ?? 'CLOSED';
    if (found !== state) out.push(`${name(host)} ends in ${found}, expected ${state}`);
  }
  for (const [host, reason] of expect.closed ?? []) {
    const found = end[host]?.tcbs.findLast((t) => t.where === 'connection')?.closed ?? 'not closed';
    if (found !== reason) out.push(`the last connection of ${name(host)} is ${found}, expected ${reason}`);
  }
  for (const [host, bytes] of expect.read ?? []) {
    const found = end[host]?.appRead ?? 0;
    if (found !== bytes) out.push(`${name(host)} has read ${found} bytes, expected ${bytes}`);
  }
  return out;
}

function unmetPasses(expect: Expectation, recording: Recording): string[] {
  const out: string[] = [];
  for (const [host, want] of expect.passes ?? []) {
    const found: TcpState[] = recording.steps.flatMap((s) => s.changes.filter((c) => c.host === host).map((c) => c.to));
    if (found.join() !== want.join()) {
      out.push(`${recording.hosts[host]?.name} passes ${found.join(', ')}; expected ${want.join(', ')}`);
    }
  }
  return out;
}

function unmetResets(expect: Expectation, recording: Recording): string[] {
  if (expect.resets === undefined) return [];
  const senders = new Set(
    recording.flights.filter((f) => !f.scripted && (f.segment.flags & RST) !== 0).map((f) => f.from),
  );
  return recording.hosts.flatMap(({ name }, host) => {
    const should = expect.resets?.includes(host) ?? false;
    if (senders.has(host) === should) return [];
    return [should ? `${name} sent no RST, expected one` : `${name} sent a RST, expected none`];
  });
}

function unmetDialogue(expect: Expectation, recording: Recording): string[] {
  if (expect.dialogue === undefined) return [];
  const found = recording.flights.map((flight) => describe(flight, recording));
  if (found.length !== expect.dialogue.length) {
    return [`${found.length} segments travelled, expected ${expect.dialogue.length}: ${found.join(' · ')}`];
  }
  return expect.dialogue.flatMap((line, i) => {
    const flight = recording.flights[i];
    if (flight && matches(line, flight, recording)) return [];
    return [`segment ${i + 1} is '${found[i]}', expected '${line.text}'`];
  });
}

function matches(line: DialogueLine, flight: Flight, recording: Recording): boolean {
  const { segment } = flight;
  return (
    flight.from === line.from &&
    (segment.flags & NAMING_FLAGS) === (line.flags & NAMING_FLAGS) &&
    (line.seq === undefined || resolve(line.seq, recording) === segment.seq) &&
    (line.ack === undefined || resolve(line.ack, recording) === segment.ack) &&
    (line.len === undefined || line.len === segment.len) &&
    (line.arrives === undefined || line.arrives === (flight.fate === 'delivered'))
  );
}

/** -1, which no segment carries, while the symbol is unknown. */
function resolve(expr: SeqExpr, recording: Recording): number {
  const base = expr.base === '' ? 0 : expr.base === 'X' ? recording.x : recording.y;
  return base < 0 ? -1 : seqAdd(base, expr.plus);
}

function describe(flight: Flight, recording: Recording): string {
  const { segment } = flight;
  const ack = (segment.flags & ACK) !== 0 ? ` ack=${segment.ack}` : '';
  const flags = FLAG_NAMES.filter(([bit]) => (segment.flags & bit) !== 0).map(([, name]) => name);
  return `${recording.hosts[flight.from]?.name}: ${flags.join()} seq=${segment.seq}${ack} len=${segment.len} ${flight.fate}`;
}

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
  [URG, 'URG'],
  [ECE, 'ECE'],
  [CWR, 'CWR'],
];
