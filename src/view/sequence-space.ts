/** The send and receive sequence spaces of a TCB (RFC 9293 figures 3 and 4) as cells and marks, not to scale. */
import type { HostView, TcbView } from '../sim/recording.ts';
import { type Seq, seqAdd, seqDiff } from '../wire/seq.ts';

export type CellKind = 'done' | 'syn' | 'waiting' | 'window';

export interface SpaceCell {
  readonly kind: CellKind;
  /** Sequence numbers in it. */
  readonly size: number;
  readonly label: string;
}

export interface SpaceMark {
  /** Index of the cell it stands before; the number of cells = after the last. */
  readonly before: number;
  readonly name: string;
  readonly value: Seq;
}

export interface SequenceSpace {
  readonly side: 'send' | 'receive';
  readonly cells: readonly SpaceCell[];
  readonly marks: readonly SpaceMark[];
}

/** The TCB to show for a host: the newest in the state the host is shown in, else its newest. */
export function primaryTcb(host: HostView | undefined): TcbView | undefined {
  return host?.tcbs.findLast((tcb) => tcb.state === host.state) ?? host?.tcbs.at(-1);
}

/** SND.UNA, SND.NXT and what the peer's window still allows. A SYN that waits for its ACK has its own cell. */
export function sendSpace(tcb: TcbView): SequenceSpace {
  const cells: SpaceCell[] = [];
  const marks: SpaceMark[] = [];
  const acked = seqDiff(tcb.sndUna, tcb.iss);
  const waiting = seqDiff(tcb.sndNxt, tcb.sndUna);
  if (acked > 0) cells.push({ kind: 'done', size: acked, label: acked === 1 ? 'SYN acked' : `${count(acked)} acked` });
  marks.push({ before: cells.length, name: waiting > 0 ? 'UNA' : 'UNA = NXT', value: tcb.sndUna });
  if (waiting > 0) {
    const syn = acked <= 0 ? 1 : 0;
    if (syn > 0) cells.push({ kind: 'syn', size: 1, label: 'SYN' });
    if (waiting > syn) cells.push({ kind: 'waiting', size: waiting - syn, label: `${count(waiting - syn)} sent` });
    marks.push({ before: cells.length, name: 'NXT', value: tcb.sndNxt });
  }
  const room = seqDiff(seqAdd(tcb.sndUna, Math.min(tcb.sndWnd, 2 ** 30)), tcb.sndNxt);
  if (room > 0) cells.push({ kind: 'window', size: room, label: `may send ${count(room)}` });
  return { side: 'send', cells, marks };
}

/** IRS, RCV.NXT and the window offered; `undefined` while nothing has come from the peer. */
export function receiveSpace(tcb: TcbView): SequenceSpace | undefined {
  const got = seqDiff(tcb.rcvNxt, tcb.irs);
  // Before the peer's SYN there is neither IRS nor RCV.NXT; the engine leaves both at zero.
  if (tcb.state === 'SYN-SENT' || got <= 0) return undefined;
  const cells: SpaceCell[] =
    got === 1
      ? [{ kind: 'syn', size: 1, label: 'SYN' }]
      : [{ kind: 'done', size: got, label: `SYN, ${count(got - 1)} got` }];
  const marks: SpaceMark[] = [
    { before: 0, name: 'IRS', value: tcb.irs },
    { before: cells.length, name: 'NXT', value: tcb.rcvNxt },
  ];
  if (tcb.rcvWnd > 0) cells.push({ kind: 'window', size: tcb.rcvWnd, label: `window ${count(tcb.rcvWnd)}` });
  return { side: 'receive', cells, marks };
}

function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}
