/** Addresses are forgotten when nobody refers to them any more, and never sooner. */
import { expect, test } from 'vitest';
import { Frame } from '../capture/types.ts';
import { FirstAttempts } from '../view/first-attempts.ts';
import { AddressTable } from '../wire/address.ts';
import { encodeIpPacket, ipPacketLength } from '../wire/packet.ts';
import { Segment, SYN } from '../wire/segment.ts';
import type { Attempt } from './attempt.ts';
import { Examiner, type FrameLike } from './examiner.ts';
import { LiveWatch } from './live/live-watch.ts';

const LINKTYPE_RAW = 101;
const LIMITS = { maxAttempts: 500, quiet: 100, addresses: 2000 };

/** SYNs to one server, each from an IPv6 address that ends in the SYN's own X, so that each can be checked by itself. */
class SixFlood {
  readonly frame = new Frame();
  readonly #view: DataView;

  constructor() {
    const addresses = new AddressTable();
    const seg = new Segment();
    seg.src = addresses.parse('2001:db8::1');
    seg.dst = addresses.parse('2001:db8:ffff::80');
    Object.assign(seg, { sport: 40_000, dport: 80, flags: SYN, wnd: 512 });
    const bytes = new Uint8Array(ipPacketLength(seg));
    encodeIpPacket(seg, addresses, bytes, 0);
    this.#view = new DataView(bytes.buffer);
    const view = this.#view;
    Object.assign(this.frame, { linkType: LINKTYPE_RAW, bytes, view, end: bytes.length });
  }

  /** The nth SYN. */
  syn(x: number, ts: number): FrameLike {
    this.#view.setUint32(20, x);
    this.#view.setUint32(44, x);
    this.frame.number++;
    this.frame.ts = ts;
    return this.frame;
  }
}

/** What the client of the SYN with this X is called. */
function nameOf(x: number): string {
  const high = (x >>> 16).toString(16);
  const low = (x & 0xffff).toString(16);
  return `2001:db8::${high === '0' ? '' : `${high}:`}${low}`;
}

test('a flood of 200,000 IPv6 sources needs room for those that somebody refers to', () => {
  const first = new FirstAttempts(5);
  const examiner: Examiner = new Examiner({
    limits: LIMITS,
    sink: (attempt: Attempt) => {
      const name = examiner.addresses.format(attempt.client);
      if (name !== nameOf(attempt.x)) throw new Error(`the client of ${attempt.x} is called ${name}`);
      first.add(attempt);
    },
    holds: (visit) => first.eachAddress(visit),
  });
  const flood = new SixFlood();
  let most = 0;
  for (let x = 1; x <= 200_000; x++) {
    examiner.onFrame(flood.syn(x, x * 1e5));
    most = Math.max(most, examiner.addresses.count);
  }
  examiner.finish();
  // 500 rows, 1,024 places of the source table, the samples and tallies of three watches: half as many again, once.
  expect(most).toBeLessThan(1.5 * (500 + 1024 + 3 * (256 + 256) + 10) + 1);
  expect(first.kept().map(({ client }) => examiner.addresses.format(client))).toEqual(
    [1, 2, 3, 4, 5].map((x) => nameOf(x)),
  );
  const { judgements } = examiner.findings();
  expect(judgements.map(({ kind, subject }) => [kind, examiner.addresses.format(subject.address)])).toEqual([
    ['flood', '2001:db8:ffff::80'],
  ]);
});

test('an address that comes back after it was forgotten is not another source', () => {
  const examiner = new Examiner({ limits: LIMITS });
  const flood = new SixFlood();
  for (let i = 0; i < 5; i++) for (let x = 1; x <= 20_000; x++) examiner.onFrame(flood.syn(x, (i * 20_000 + x) * 1e6));
  examiner.finish();
  const { distinct, error } = examiner.findings().judgements[0]!.sources;
  expect(Math.abs(distinct / 20_000 - 1)).toBeLessThan(5 * error);
});

test('of IPv4 nothing is kept, so nothing is ever swept', () => {
  let sweeps = 0;
  const examiner = new Examiner({
    limits: { ...LIMITS, addresses: 0 },
    holds: () => {
      sweeps++;
    },
  });
  const seg = Object.assign(new Segment(), { src: 0xc000_0201, dst: 0xc633_6401, flags: SYN, sport: 1, dport: 2 });
  const bytes = new Uint8Array(ipPacketLength(seg));
  encodeIpPacket(seg, new AddressTable(), bytes, 0);
  const frame = Object.assign(new Frame(), { linkType: LINKTYPE_RAW, bytes, view: new DataView(bytes.buffer) });
  frame.end = bytes.length;
  for (let i = 1; i <= 1000; i++) {
    frame.view.setUint32(12, i);
    frame.number = i;
    examiner.onFrame(frame);
  }
  expect([examiner.addresses.count, sweeps]).toEqual([0, 0]);
});

test('a watch names what it gives an alarm for, however many addresses have passed since', () => {
  const told: string[] = [];
  const live: LiveWatch = new LiveWatch({
    start: { startSec: 1_700_000_000, startNanos: 0 },
    onEvent: ({ alarm }) => told.push(live.examiner.addresses.format(alarm.subject.address)),
  });
  const flood = new SixFlood();
  let most = 0;
  // Real limits: many more addresses than are held before a sweep.
  for (let x = 1; x <= 450_000; x++) {
    live.onFrame(flood.syn(x, x * 2e4));
    most = Math.max(most, live.examiner.addresses.count);
  }
  live.finish();
  expect(new Set(told)).toEqual(new Set(['2001:db8:ffff::80']));
  expect(most).toBeLessThan(300_000);
});
