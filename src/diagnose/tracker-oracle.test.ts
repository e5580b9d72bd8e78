/** The tracker against a judge that keeps all packets in arrays and strings, and does not care about their order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DialogueCapture, type Fields } from '../../test/support/dialogue-capture.ts';
import { ACK, RST, SYN } from '../wire/segment.ts';
import { seqAdd } from '../wire/seq.ts';
import { verdictTotals } from './examiner.ts';
import type { HandshakeTracker } from './handshake-tracker.ts';
import { VERDICT_NAMES } from './verdict.ts';

interface Sent {
  readonly client: number;
  readonly port: number;
  readonly fromClient: boolean;
  readonly fields: Fields;
  readonly ipId: number;
  /** A SYN on sockets that were used before: the segments that follow it are then not told from those of the old attempt. */
  readonly reuses: boolean;
}

const SERVER = 9;
const KINDS = ['completed', 'half-open', 'aborted', 'refused', 'unanswered', 'cannot-judge', 'answer-not-captured'];

const dialogue = fc.record({
  client: fc.integer({ min: 1, max: 3 }),
  port: fc.integer({ min: 1, max: 3 }),
  // Far apart, so that no two attempts of one pair of sockets are within a window of each other.
  x: fc.integer({ min: 0, max: 255 }).map((n) => (n * 0x0100_0000 + 0xffff_fff0) >>> 0),
  // An acknowledgment field of 0 is taken for that of a client which was never answered.
  y: fc.integer({ min: 0, max: 0xffff_fffe }),
  kind: fc.constantFrom(...KINDS),
});

test('random dialogues, interleaved, doubled, reordered within a millisecond', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(dialogue, { maxLength: 20, selector: (d) => `${d.client} ${d.port} ${d.x}` }),
      fc.infiniteStream(fc.nat(1 << 20)),
      (dialogues, dice) => {
        const roll = (sides: number): number => (dice.next().value as number) % sides;
        const sent = schedule(dialogues, roll);
        const tracker = play(sent, roll);
        const got = judged(tracker);
        expect(got).toEqual(oracle(sent));
        const totals = verdictTotals(tracker);
        expect(totals.attempts).toBe(got.length);
        expect(totals.completed).toBe(got.filter((line) => line.endsWith('completed')).length);
      },
    ),
    { numRuns: 300 },
  );
});

/** Dialogues on one pair of sockets follow each other; those on different pairs mix. */
function schedule(
  dialogues: readonly { client: number; port: number; x: number; y: number; kind: string }[],
  roll: (n: number) => number,
): Sent[] {
  const queues = new Map<string, Sent[][]>();
  dialogues.forEach((d, i) => {
    const key = `${d.client} ${d.port}`;
    const packets = script(d.kind, d.x, d.y).map(([fromClient, fields], k) => ({
      client: d.client,
      port: d.port,
      fromClient,
      fields,
      ipId: 1 + 8 * i + k,
      reuses: k === 0 && queues.has(key),
    }));
    queues.set(key, [...(queues.get(key) ?? []), packets]);
  });
  const sent: Sent[] = [];
  for (;;) {
    const open = [...queues.values()].filter((queue) => queue.length > 0);
    if (open.length === 0) return sent;
    const queue = open[roll(open.length)]!;
    sent.push(queue[0]!.shift()!);
    if (queue[0]!.length === 0) queue.shift();
  }
}

function script(kind: string, x: number, y: number): [boolean, Fields][] {
  const syn: [boolean, Fields] = [true, { flags: SYN, seq: x }];
  const synack: [boolean, Fields] = [false, { flags: SYN | ACK, seq: y, ack: seqAdd(x, 1) }];
  const ack: [boolean, Fields] = [true, { flags: ACK, seq: seqAdd(x, 1), ack: seqAdd(y, 1) }];
  switch (kind) {
    case 'completed':
      return [syn, synack, ack];
    case 'half-open':
      return [syn, synack];
    case 'aborted':
      return [syn, synack, [true, { flags: RST, seq: seqAdd(x, 1) }]];
    case 'refused':
      return [syn, [false, { flags: RST | ACK, ack: seqAdd(x, 1) }]];
    case 'cannot-judge':
      return [syn, ack];
    case 'answer-not-captured':
      return [syn, ack, [false, { flags: ACK, seq: seqAdd(y, 1), ack: seqAdd(x, 1), len: 3 }]];
    default:
      return [syn];
  }
}

/** Neighbours a few microseconds apart may change places; any frame may be recorded twice, with the same identification. */
function play(sent: readonly Sent[], roll: (n: number) => number): HandshakeTracker {
  const order = [...sent];
  for (let i = 1; i < order.length; i++) {
    const [one, two] = [order[i - 1]!, order[i]!];
    const stays = one.reuses && one.client === two.client && one.port === two.port;
    if (stays || roll(4) !== 0) continue;
    [order[i - 1], order[i]] = [two, one];
    // One place only: carried on, a segment would come to stand behind the whole next handshake of its sockets.
    i++;
  }
  const capture = new DialogueCapture();
  for (const { client, port, fromClient, fields, ipId } of order) {
    for (let copies = roll(5) === 0 ? 2 : 1; copies > 0; copies--) {
      const how = { ipId, wait: copies === 2 ? 20_000 : 1_000 };
      if (fromClient) capture.segment(client, port, SERVER, 80, fields, how);
      else capture.segment(SERVER, 80, client, port, fields, how);
    }
  }
  return capture.tracker;
}

function judged(tracker: HandshakeTracker): string[] {
  const t = tracker.handshakes;
  const lines: string[] = [];
  for (let row = 0; row < t.end; row++) {
    if (t.isAttempt(row))
      lines.push(`${t.client(row)} ${t.clientPort(row)} ${t.x(row)} ${VERDICT_NAMES[t.verdict(row)]}`);
  }
  return lines.sort();
}

function oracle(sent: readonly Sent[]): string[] {
  const pairs = new Map<string, Sent[]>();
  for (const one of sent) {
    const key = `${one.client} ${one.port}`;
    pairs.set(key, [...(pairs.get(key) ?? []), one]);
  }
  const lines: string[] = [];
  for (const [key, packets] of pairs) {
    for (const { fields } of packets.filter((one) => one.fields.flags === SYN)) {
      const next = String(seqAdd(fields.seq!, 1));
      const replies = packets.filter((one) => !one.fromClient && String(one.fields.ack) === next);
      const went = packets.filter((one) => one.fromClient && String(one.fields.seq) === next);
      const synack = replies.find((one) => one.fields.flags === (SYN | ACK));
      const ack = went.find((one) => one.fields.flags === ACK);
      const acked = synack !== undefined && ack?.fields.ack === seqAdd(synack.fields.seq!, 1);
      let verdict = 'unanswered';
      if (acked) verdict = 'completed';
      else if (synack !== undefined) verdict = went.some((one) => one.fields.flags === RST) ? 'aborted' : 'half-open';
      else if (replies.some((one) => one.fields.flags === (RST | ACK))) verdict = 'refused';
      else if (ack !== undefined)
        verdict = replies.some((one) => one.fields.flags === ACK) ? 'completed' : 'cannot-judge';
      lines.push(`${key} ${fields.seq} ${verdict}`);
    }
  }
  return lines.sort();
}
