/** What a host answers to a segment that belongs to no connection and to no half-open entry. */
import { ACK, RST, type Segment, segLen } from '../wire/segment.ts';
import { sendRstFor } from './output.ts';
import * as rules from './rules.ts';
import type { StackCounters } from './stack-options.ts';
import type { Tx } from './types.ts';
import type { WhySink } from './why.ts';

/** RFC 9293 §3.10.7.1. */
export function answerClosed(seg: Readonly<Segment>, counters: StackCounters, why: WhySink | null, tx: Tx): void {
  if ((seg.flags & RST) !== 0) {
    if (why !== null) why.check(rules.CLOSED_RST_IN, true, 0, 0, 0);
    return;
  }
  const len = segLen(seg);
  if (why !== null) {
    if ((seg.flags & ACK) !== 0) why.act(rules.CLOSED_ACK, seg.ack, 0, 0);
    else why.act(rules.CLOSED_NO_ACK, (seg.seq + len) >>> 0, 0, 0);
  }
  counters.outRsts++;
  sendRstFor(seg, len, tx);
}

/** RFC 9293 §3.10.7.2 for what belongs to no entry of the listener. */
export function answerListen(seg: Readonly<Segment>, counters: StackCounters, why: WhySink | null, tx: Tx): void {
  if ((seg.flags & RST) !== 0) {
    if (why !== null) why.check(rules.LISTEN_RST, true, 0, 0, 0);
    return;
  }
  if ((seg.flags & ACK) === 0) {
    if (why !== null) why.check(rules.LISTEN_OTHER, true, 0, 0, 0);
    return;
  }
  if (why !== null) why.check(rules.LISTEN_ACK, true, seg.ack, 0, 0);
  counters.outRsts++;
  sendRstFor(seg, segLen(seg), tx);
}
