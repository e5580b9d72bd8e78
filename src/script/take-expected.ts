/** Takes from what the stack has sent the packet that the script expects next, joining what offload would have joined. */

import type { Nanos } from '../tcp/types.ts';
import { FIN, PSH, RST, type Segment, SYN } from '../wire/segment.ts';
import type { PacketAction } from './ast.ts';
import { difference } from './expect.ts';
import type { Mapping } from './mapping.ts';
import { packetText } from './packet-text.ts';
import type { UnderTest } from './under-test.ts';

export interface Taken {
  /** When it left; undefined: nothing came before the limit. */
  readonly at: Nanos | undefined;
  /** First difference in words. */
  readonly difference: string | undefined;
  /** Both in the script's language. */
  readonly expected: string;
  readonly actual: string;
}

export function takeExpected(
  packet: PacketAction,
  map: Mapping,
  under: UnderTest,
  limit: Nanos,
  tsTolerance: number,
): Taken {
  const { bench } = under;
  const { outbox } = bench;
  const expected = packet.text;
  bench.advanceUntil(limit, () => {
    while (outbox.length > 0 && !under.owns(map, outbox[0]!)) outbox.shift();
    return outbox.length > 0;
  });
  const first = outbox.shift();
  if (first === undefined) {
    return { at: undefined, difference: `expected ${expected}, found nothing sent`, expected, actual: '' };
  }
  let actual = first.seg;
  map.toScript(actual);
  let joined = false;
  while (actual.len < packet.len) {
    const next = outbox.findIndex((sent) => under.owns(map, sent));
    if (next < 0 || !continues(actual, outbox[next]!.seg, map, outbox[next]!.at === first.at)) break;
    const [more] = outbox.splice(next, 1);
    actual = join(actual, more!.seg);
    joined = true;
  }
  const style = { window: packet.window !== undefined, ace: packet.ace !== undefined };
  const wrong = difference(actual, { packet, map, joined, tsTolerance });
  return {
    at: first.at,
    difference: wrong,
    expected,
    actual: `> ${packetText(actual, { seq: 0, ack: 0, tsVal: (value) => map.scriptTs(value), tsEcr: (value) => value }, style)}`,
  };
}

/** Would segmentation offload have sent `next`, still in live numbers, as one with `before`? */
function continues(before: Segment, next: Segment, map: Mapping, atOnce: boolean): boolean {
  const blocked = SYN | FIN | RST;
  return (
    atOnce &&
    next.len > 0 &&
    (before.flags & blocked) === 0 &&
    map.toScriptLocal(next.seq, false) === (before.seq + before.len) >>> 0
  );
}

/** `next` is in live numbers: only what the joined packet shows of it is taken over. */
function join(before: Segment, next: Segment): Segment {
  before.len += next.len;
  before.flags |= next.flags & (PSH | FIN);
  return before;
}
