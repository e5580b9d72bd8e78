import { describe, expect, test } from 'vitest';
import { fragmentsOf } from '../../test/support/fragments.ts';
import { Frame } from '../capture/types.ts';
import { AddressTable, IPV6_BASE } from '../wire/address.ts';
import { encodeIcmpError, IcmpError, type IcmpKind, icmpCode, icmpRoom, setIcmp } from '../wire/icmp.ts';
import { encodeIpPacket, ipPacketLength } from '../wire/packet.ts';
import { Segment, SYN } from '../wire/segment.ts';
import type { Attempt } from './attempt.ts';
import { Examiner, type ExaminerOptions } from './examiner.ts';
import { Verdict } from './verdict.ts';

const LINKTYPE_RAW = 101;
const addresses = new AddressTable();

/** A SYN from client to server as an IP datagram. */
function syn(client: string, server: string, x: number): Uint8Array {
  const seg = synSegment(client, server, x);
  const out = new Uint8Array(ipPacketLength(seg));
  encodeIpPacket(seg, addresses, out, 0);
  return out;
}

function synSegment(client: string, server: string, x: number, into: Segment = new Segment()): Segment {
  into.src = addresses.parse(client);
  into.dst = addresses.parse(server);
  into.sport = 40000;
  into.dport = 80;
  into.seq = x;
  into.flags = SYN;
  into.wnd = 64240;
  into.mss = 1460;
  return into;
}

/** `router` tells the client what became of its SYN. */
function icmp(router: string, kind: IcmpKind, client: string, server: string, x: number): Uint8Array {
  const error = new IcmpError();
  error.src = addresses.parse(router);
  error.dst = addresses.parse(client);
  const v6 = addresses.isV6(error.src);
  const { type, code } = icmpCode(v6, kind)!;
  setIcmp(error, v6, type, code);
  synSegment(client, server, x, error.quoted);
  const out = new Uint8Array(icmpRoom(error));
  return out.slice(0, encodeIcmpError(error, addresses, out, 0));
}

function attemptsOf(...datagrams: Uint8Array[]): Attempt[] {
  const attempts: Attempt[] = [];
  examine(datagrams, { sink: (attempt) => attempts.push(attempt) }).finish();
  return attempts;
}

function examine(datagrams: readonly Uint8Array[], options: ExaminerOptions = {}): Examiner {
  const examiner = new Examiner(options);
  const frame = new Frame();
  for (const [i, bytes] of datagrams.entries()) {
    frame.number = i + 1;
    frame.ts = i * 1_000_000;
    frame.linkType = LINKTYPE_RAW;
    frame.bytes = bytes;
    frame.view = new DataView(bytes.buffer);
    frame.end = bytes.length;
    examiner.onFrame(frame);
  }
  return examiner;
}

const V4 = ['192.0.2.1', '198.51.100.2'] as const;
const V6 = ['2001:db8::1', '2001:db8::2'] as const;
const ROUTERS = { 4: '203.0.113.1', 6: '2001:db8::ffff' } as const;

describe('ICMP errors', () => {
  test.each([4, 6] as const)('IPv%i: one that quotes a TCP segment is counted', (version) => {
    const [client, server] = version === 4 ? V4 : V6;
    const refusal = icmp(ROUTERS[version], 'port-unreachable', client, server, 7);
    expect(examine([syn(client, server, 7), refusal]).counts).toMatchObject({
      packets: 2,
      tcp: 1,
      syn: 1,
      icmpErrors: 1,
    });
  });

  test('one in IP fragments is, too; one with a wrong checksum is not', () => {
    const refusal = icmp(ROUTERS[4], 'admin-prohibited', ...V4, 7);
    expect(examine([syn(...V4, 7), ...fragmentsOf(refusal, [16, 40], 3)]).counts.icmpErrors).toBe(1);
    refusal[refusal.length - 1]! ^= 1;
    expect(examine([syn(...V4, 7), refusal]).counts.icmpErrors).toBe(0);
  });
});

describe('a SYN that only ICMP answers', () => {
  test.each<[IcmpKind, 4 | 6]>([
    ['port-unreachable', 4],
    ['host-unreachable', 4],
    ['admin-prohibited', 4],
    ['net-prohibited', 4],
    ['port-unreachable', 6],
    ['admin-prohibited', 6],
    ['host-unreachable', 6],
  ])('%s, IPv%i: refused, by whom and how', (kind, version) => {
    const [client, server] = version === 4 ? V4 : V6;
    const [attempt] = attemptsOf(syn(client, server, 7), icmp(ROUTERS[version], kind, client, server, 7));
    expect(attempt).toMatchObject({
      verdict: Verdict.Refused,
      detail: 'icmp',
      icmp: { packet: 2, ts: 1_000_000, kind },
    });
    expect(attempt?.icmp?.from).toBe(version === 4 ? addresses.parse(ROUTERS[4]) : IPV6_BASE + 2);
  });

  test.each<IcmpKind>(['frag-needed', 'source-quench', 'time-exceeded'])('%s refuses nothing', (kind) => {
    const [attempt] = attemptsOf(syn(...V4, 7), icmp(ROUTERS[4], kind, ...V4, 7));
    expect(attempt).toMatchObject({ verdict: Verdict.Unanswered, icmp: undefined });
  });

  test('an error that quotes another number is about another SYN', () => {
    const [attempt] = attemptsOf(syn(...V4, 7), icmp(ROUTERS[4], 'port-unreachable', ...V4, 8));
    expect(attempt).toMatchObject({ verdict: Verdict.Unanswered, icmp: undefined });
  });
});

test('a SYN in IP fragments counts once, where it becomes whole', () => {
  const pieces = fragmentsOf(syn(...V4, 7), [8, 16], 3);
  expect(examine(pieces.slice(0, 2)).counts).toMatchObject({ packets: 2, tcp: 0, syn: 0 });
  const examiner = examine(pieces);
  expect(examiner.counts).toMatchObject({ packets: 3, tcp: 1, syn: 1, badTcpChecksum: 0 });
  expect(examiner.packet.seg).toMatchObject({ seq: 7, mss: 1460 });
});

test('a first fragment that the capture cut is judged as far as it is there', () => {
  const [first] = fragmentsOf(syn(...V4, 7), [16], 3);
  expect(examine([first!.slice(0, 35)]).counts).toMatchObject({ tcp: 1, syn: 1 });
  expect(examine([first!.slice(0, 33)]).counts).toMatchObject({ tcp: 0, syn: 0 });
});
