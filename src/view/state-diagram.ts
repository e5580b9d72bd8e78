/** The part of RFC 9293 figure 5 around where an endpoint is: where it came from, where it is, where it may go. */
import type { Recording } from '../sim/recording.ts';
import type { TcpState } from '../tcp/types.ts';

export interface StateNode {
  readonly state: TcpState;
  readonly place: 'past' | 'now' | 'next';
}

export interface StateEdge {
  readonly from: TcpState;
  readonly to: TcpState;
  /** What happens, and what is done about it: `SYN in` / `send SYN/ACK`. */
  readonly event: string;
  readonly action: string;
  /** Taken in the step that was asked about. */
  readonly live: boolean;
  /** Way by which the present state was reached. */
  readonly taken: boolean;
  /** In figure 5 itself; false for resets and aborts, which its note 3 leaves out. */
  readonly inFigure: boolean;
}

export interface StateDiagram {
  readonly host: number;
  readonly state: TcpState;
  readonly nodes: readonly StateNode[];
  readonly edges: readonly StateEdge[];
}

/** The diagram of a host after a step (-1 = before the first). */
export function stateDiagram(recording: Recording, step: number, host: number): StateDiagram {
  const state = recording.steps[step]?.hosts[host]?.state ?? 'CLOSED';
  let from: TcpState | undefined;
  let taken = -1;
  for (let i = Math.min(step, recording.steps.length - 1); i >= 0 && taken < 0; i--) {
    const change = recording.steps[i]!.changes.findLast((c) => c.host === host && c.to === state);
    if (!change) continue;
    from = change.from;
    taken = i;
  }
  const nodes: StateNode[] = [];
  const edges: StateEdge[] = [];
  if (from !== undefined && from !== state) {
    nodes.push({ state: from, place: 'past' });
    edges.push({ ...edgeBetween(from, state), live: taken === step, taken: true });
  }
  nodes.push({ state, place: 'now' });
  for (const edge of FIGURE_5) {
    if (edge.from !== state) continue;
    if (!nodes.some((node) => node.state === edge.to)) nodes.push({ state: edge.to, place: 'next' });
    edges.push({ ...edge, inFigure: true, live: false, taken: false });
  }
  return { host, state, nodes, edges };
}

interface Transition {
  readonly from: TcpState;
  readonly to: TcpState;
  readonly event: string;
  readonly action: string;
}

function edgeBetween(from: TcpState, to: TcpState): Transition & { readonly inFigure: boolean } {
  const edge = FIGURE_5.find((e) => e.from === from && e.to === to);
  if (edge) return { ...edge, inFigure: true };
  return { from, to, event: to === 'CLOSED' ? 'reset, abort or timeout' : 'engine', action: '', inFigure: false };
}

/** Every edge of RFC 9293 figure 5, and of its note 1 (RST back to LISTEN). */
export const FIGURE_5: readonly Transition[] = [
  { from: 'CLOSED', to: 'LISTEN', event: 'passive open', action: 'create TCB' },
  { from: 'CLOSED', to: 'SYN-SENT', event: 'open', action: 'send SYN' },
  { from: 'LISTEN', to: 'SYN-RECEIVED', event: 'SYN in', action: 'send SYN/ACK' },
  { from: 'LISTEN', to: 'SYN-SENT', event: 'send', action: 'send SYN' },
  { from: 'LISTEN', to: 'CLOSED', event: 'close', action: 'delete TCB' },
  { from: 'SYN-SENT', to: 'ESTABLISHED', event: 'SYN/ACK in', action: 'send ACK' },
  { from: 'SYN-SENT', to: 'SYN-RECEIVED', event: 'SYN in', action: 'send SYN/ACK' },
  { from: 'SYN-SENT', to: 'CLOSED', event: 'close', action: 'delete TCB' },
  { from: 'SYN-RECEIVED', to: 'ESTABLISHED', event: 'ACK of SYN in', action: '' },
  { from: 'SYN-RECEIVED', to: 'FIN-WAIT-1', event: 'close', action: 'send FIN' },
  { from: 'SYN-RECEIVED', to: 'LISTEN', event: 'RST in', action: '' },
  { from: 'ESTABLISHED', to: 'FIN-WAIT-1', event: 'close', action: 'send FIN' },
  { from: 'ESTABLISHED', to: 'CLOSE-WAIT', event: 'FIN in', action: 'send ACK' },
  { from: 'FIN-WAIT-1', to: 'FIN-WAIT-2', event: 'ACK of FIN in', action: '' },
  { from: 'FIN-WAIT-1', to: 'CLOSING', event: 'FIN in', action: 'send ACK' },
  { from: 'FIN-WAIT-1', to: 'TIME-WAIT', event: 'FIN and ACK of FIN in', action: 'send ACK' },
  { from: 'FIN-WAIT-2', to: 'TIME-WAIT', event: 'FIN in', action: 'send ACK' },
  { from: 'CLOSING', to: 'TIME-WAIT', event: 'ACK of FIN in', action: '' },
  { from: 'CLOSE-WAIT', to: 'LAST-ACK', event: 'close', action: 'send FIN' },
  { from: 'LAST-ACK', to: 'CLOSED', event: 'ACK of FIN in', action: 'delete TCB' },
  { from: 'TIME-WAIT', to: 'CLOSED', event: '2 MSL timeout', action: 'delete TCB' },
];
