/** Dialogues of a client and a server, as a `FlowTable` is told them. They send from 1001 and 5001 on; `>` is the client. */
import type { FlowFacts } from '../../src/diagnose/attempt.ts';
import { FlowTable } from '../../src/diagnose/flow-table.ts';
import { ACK, resetSegment, Segment, SYN } from '../../src/wire/segment.ts';

export const MS = 1e6;
const CLIENT_PORT = 40_000;

export interface Step {
  readonly from: '>' | '<';
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly len: number;
  readonly wnd: number;
}

const SEG = new Segment();

export function segment(step: Step, serverPort: number): Segment {
  resetSegment(SEG);
  const client = step.from === '>';
  SEG.src = client ? 1 : 2;
  SEG.dst = client ? 2 : 1;
  SEG.sport = client ? CLIENT_PORT : serverPort;
  SEG.dport = client ? serverPort : CLIENT_PORT;
  SEG.seq = step.seq >>> 0;
  SEG.ack = step.ack >>> 0;
  SEG.flags = step.flags;
  SEG.len = step.len;
  SEG.wnd = step.wnd;
  return SEG;
}

/** What the table says of a dialogue whose steps are a millisecond apart, each of 40 bytes and its payload. */
export function play(steps: readonly Step[], serverPort = 80, table = new FlowTable()): FlowFacts {
  const first = steps[0]!;
  const flow = table.open(0, segment(first, serverPort), 40 + first.len);
  steps.slice(1).forEach((step, i) => {
    table.packet(flow, step.from === first.from, (i + 1) * MS, segment(step, serverPort), 40 + step.len);
  });
  const facts = table.read(flow, first.from === '>' ? 'client' : 'server');
  table.release(flow);
  return facts;
}

/** A segment; numbers are relative to the two SYNs, whose own number is 0. */
export function s(from: '>' | '<', flags: number, seq: number, ack = 0, len = 0, wnd = 1000): Step {
  const client = from === '>';
  return { from, flags, seq: seq + (client ? 1000 : 5000), ack: ack + (client ? 5000 : 1000), len, wnd };
}

export const syn = s('>', SYN, 0);
export const synack = s('<', SYN | ACK, 0, 1);
export const opened = [syn, synack, s('>', ACK, 1, 1)];
