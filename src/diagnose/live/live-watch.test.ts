import { expect, test } from 'vitest';
import { aFlood } from '../../../test/support/findings-builder.ts';
import { AddressTable } from '../../wire/address.ts';
import { encodeEthernet } from '../../wire/packet.ts';
import { ACK, Segment, SYN } from '../../wire/segment.ts';
import { Examiner, type FrameLike } from '../examiner.ts';
import { LiveWatch, type Look } from './live-watch.ts';

const SEC = 1e9;
const LINKTYPE_ETHERNET = 1;
const addresses = new AddressTable();
const SERVER = addresses.parse('203.0.113.80');

/** A SYN from a client of its own, or the SYN/ACK or ACK that follows it. */
function frame(number: number, second: number, client: number, flags: number): FrameLike {
  const seg = new Segment();
  const toServer = flags !== (SYN | ACK);
  Object.assign(
    seg,
    toServer
      ? { src: client, sport: 4000, dst: SERVER, dport: 80 }
      : { src: SERVER, sport: 80, dst: client, dport: 4000 },
  );
  Object.assign(seg, { flags, seq: toServer ? 100 : 500, wnd: 1000 });
  if (flags === ACK) seg.seq++;
  if (flags !== SYN) seg.ack = toServer ? 501 : 101;
  const bytes = new Uint8Array(100);
  const end = encodeEthernet(seg, addresses, bytes, 0);
  return {
    number,
    ts: second * SEC,
    linkType: LINKTYPE_ETHERNET,
    bytes,
    view: new DataView(bytes.buffer),
    direction: 0,
    off: 0,
    end,
  };
}

function watch(look: (at: number) => Look = () => ({ judgements: [], targets: [] })): {
  live: LiveWatch;
  told: string[];
} {
  const told: string[] = [];
  const live: LiveWatch = new LiveWatch({
    examiner: new Examiner(),
    start: { startSec: 1_700_000_000, startNanos: 0 },
    look: () => look(live.at),
    onEvent: ({ type, at }) => told.push(`${at / SEC} ${type}`),
  });
  return { live, told };
}

test('rates and levels of the last seconds, from what the packets show', () => {
  const { live } = watch();
  let number = 0;
  // Ten SYNs a second for four seconds; in the first two, each is answered and acknowledged at once.
  for (let i = 0; i < 40; i++) {
    const second = i / 10;
    live.onFrame(frame(++number, second, 1000 + i, SYN));
    live.onFrame(frame(++number, second + 0.01, 1000 + i, SYN | ACK));
    if (i < 20) live.onFrame(frame(++number, second + 0.02, 1000 + i, ACK));
  }
  live.onFrame(frame(++number, 4, 999, SYN));
  const status = live.status(2, 60);
  expect(status.rates).toEqual({ packets: 20, syn: 10, synack: 10, completed: 0, refused: 0 });
  expect(status.history).toEqual({ syn: [10, 10, 10, 10], completed: [10, 10, 0, 0], halfOpen: [0, 0, 10, 20] });
  expect(status).toMatchObject({ at: 4 * SEC, packets: 101, syn: 41, halfOpen: 20, startSec: 1_700_000_000 });
});

test('it judges as the capture goes on; alarms begin and end by capture time', () => {
  const { live, told } = watch((at) => ({
    judgements: at < 10 * SEC ? [] : [aFlood({ onset: 10 * SEC, end: at < 20 * SEC ? -1 : 20 * SEC })],
    targets: [],
  }));
  for (let i = 0; i <= 600; i++) live.onFrame(frame(i + 1, i / 10, i, SYN));
  // Judged every 5 s when there is so little to see.
  expect(told).toEqual(['15 alarm-begin', '50 alarm-end']);
});

test('after the last packet, the time of whoever waits ends alarms; the end of the input ends the others', () => {
  const flood: Look = { judgements: [aFlood({ onset: 0, end: -1 })], targets: [] };
  const one = watch(() => flood);
  for (let i = 0; i <= 60; i++) one.live.onFrame(frame(i + 1, i / 10, i, SYN));
  one.live.passTime(10 * SEC);
  expect(one.told).toEqual(['5 alarm-begin']);
  one.live.passTime(35 * SEC);
  expect(one.told).toEqual(['5 alarm-begin', '35 alarm-end']);
  const two = watch(() => flood);
  for (let i = 0; i <= 60; i++) two.live.onFrame(frame(i + 1, i / 10, i, SYN));
  two.live.finish();
  expect(two.told).toEqual(['5 alarm-begin', '6 alarm-end']);
});
