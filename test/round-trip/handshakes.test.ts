/**
 * The shipped scenarios of single handshakes: what a capture of each says must be what its story tells, from a tap that
 * sees all that is sent, and from either host's own capture.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFrames } from '../../src/capture.ts';
import { type Attempt, Examiner, VERDICT_NAMES } from '../../src/diagnose.ts';
import { recordingToPcapng } from '../../src/node/export.ts';
import { isFlood, parseAnyScenario } from '../../src/scenario.ts';
import { record } from '../../src/sim.ts';

const EVERYWHERE = -1;
const FOLDER = new URL('../../scenarios/', import.meta.url);

interface Story {
  /** Of all that is sent: verdict, detail, SYNs and SYN/ACKs of each attempt, in order of their first packets. */
  readonly sent: readonly string[];
  /** In the capture of the first host, the client, and of the second, the server, where that is something else. */
  readonly client?: readonly string[];
  readonly server?: readonly string[];
}

const STORIES: Readonly<Record<string, Story>> = {
  'closed-port': { sent: ['refused, reset, 1, 0'] },
  'data-on-syn': { sent: ['completed, by-data, 1, 1'] },
  // The filter stands before the server, which hears of nothing.
  'filtered-port': { sent: ['unanswered, no-answer, 4, 0'], server: [] },
  'half-open-active-side': { sent: ['completed, by-ack, 1, 1'] },
  // The new SYN meets the old connection, is answered by an ACK, and goes again after the reset.
  'half-open-discovery': { sent: ['completed, by-ack, 1, 1', 'completed, by-ack, 2, 1'] },
  // The bare ACK is lost before the server.
  'lost-ack-then-data': { sent: ['completed, by-ack, 1, 1'], server: ['completed, by-data, 1, 1'] },
  // Timer and repeated SYN both send it again; the client does not see the lost one.
  'lost-syn-ack': { sent: ['completed, by-ack, 2, 3'], client: ['completed, by-ack, 2, 2'] },
  'lost-syn': { sent: ['completed, by-ack, 2, 1'], server: ['completed, by-ack, 1, 1'] },
  // The third's ACK was dropped for a full accept queue, so its SYN/ACK goes again; the fourth's SYN is dropped.
  'never-accepting': {
    sent: [
      'completed, by-ack, 1, 1',
      'completed, by-ack, 1, 1',
      'completed, by-ack, 1, 3',
      'unanswered, no-answer, 4, 0',
    ],
  },
  // The old SYN comes from the network: its host did not send it now, and it reaches the server first.
  'old-duplicate-syn': {
    sent: ['completed, by-ack, 1, 1', 'aborted, client-reset, 1, 1'],
    client: ['completed, by-ack, 1, 1', 'syn-missing, syn-ack-only, 0, 1'],
    server: ['aborted, client-reset, 1, 1', 'completed, by-ack, 1, 1'],
  },
  // The reset is not the client's own.
  'rst-in-syn-received': { sent: ['aborted, client-reset, 1, 1'], client: ['completed, by-ack, 1, 1'] },
  'simultaneous-open': { sent: ['completed, simultaneous-open, 1, 1', 'completed, simultaneous-open, 1, 1'] },
  'three-way-handshake': { sent: ['completed, by-ack, 1, 1'] },
  'two-passive-listeners': { sent: ['aborted, client-reset, 1, 1'], client: ['syn-missing, syn-ack-only, 0, 1'] },
  // The ACK of Y+99 is not the client's own; to who has the packets alone it could follow data that was not captured.
  'wrong-ack-number': { sent: ['completed, late-ack, 1, 1'], client: ['completed, by-ack, 1, 1'] },
};

test.each(Object.entries(STORIES))('%s', (name, { sent, client = sent, server = sent }) => {
  const scenario = parseAnyScenario(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'), name);
  if (isFlood(scenario)) throw new Error(`${name} is a flood`);
  const recording = record(scenario);
  for (const [host, story] of [
    [EVERYWHERE, sent],
    [0, client],
    [1, server],
  ] as const) {
    const told = attemptsOf(recordingToPcapng(recording, { host })).map(
      ({ verdict, detail, synSchedule, synackSchedule }) =>
        [VERDICT_NAMES[verdict], detail, synSchedule.sent, synackSchedule.sent].join(', '),
    );
    expect({ host, told }).toEqual({ host, told: story });
  }
});

test('every shipped scenario that is no flood has its story here', () => {
  const shipped = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
  const handshakes = shipped.filter(
    (file) => !isFlood(parseAnyScenario(readFileSync(new URL(file, FOLDER), 'utf8'), file)),
  );
  expect(handshakes.map((file) => file.replace('.yaml', '')).sort()).toEqual(Object.keys(STORIES).sort());
});

function attemptsOf(pieces: readonly Uint8Array[]): Attempt[] {
  const attempts: Attempt[] = [];
  const examiner = new Examiner({ sink: (attempt) => attempts.push(attempt) });
  for (const frame of readFrames(Buffer.concat(pieces))) examiner.onFrame(frame);
  examiner.finish();
  return attempts;
}
