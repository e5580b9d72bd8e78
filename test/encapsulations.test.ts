/** Every encapsulation to the inner TCP header, cut at every byte, bits flipped, and beside tshark where it is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PcapWriter } from '../src/capture.ts';
import { ACK, AddressTable, DecodeStatus, decodeFrame, LinkType, Packet, STATUS_NAMES } from '../src/wire.ts';
import { ENCAPSULATED, IP4 } from './support/encapsulated-frames.ts';

const addresses = new AddressTable();
const packet = new Packet();
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const SEEN_BY_TSHARK = ENCAPSULATED.filter((each) => each.notInTshark === '');
const MACS = '020000000002020000000001';

/** In UDP to port 2152 and IPv4. */
function toGtp(body: string): string {
  const length = body.replaceAll(' ', '').length / 2;
  const u16 = (n: number): string => n.toString(16).padStart(4, '0');
  return `4500 ${u16(28 + length)} 0000 0000 40 11 0000 c6336401 c6336402 c350 0868 ${u16(8 + length)} 0000 ${body}`;
}

function decode(linkType: number, bytes: Uint8Array, end = bytes.length): string {
  return STATUS_NAMES[decodeFrame(bytes, new DataView(bytes.buffer), 0, end, linkType, addresses, packet)]!;
}

test.each(ENCAPSULATED.map((each) => [each.name, each] as const))('%s', (_name, { linkType, hex, tunnels }) => {
  expect(decode(linkType, bytesOf(hex))).toBe('ok');
  expect(packet.tunnels).toBe(tunnels);
  expect(packet.seg).toMatchObject({ sport: 40000, dport: 80, seq: 3, ack: 4, flags: ACK, wnd: 0x2000, len: 0 });
});

test.each(ENCAPSULATED.map((each) => [each.name, each] as const))('%s, cut anywhere, has no segment', (_name, each) => {
  const bytes = bytesOf(each.hex);
  for (let end = 0; end < bytes.length; end++) {
    // Behind the end stand the right bytes still, so one that is read too far would show as a segment.
    expect({ end, status: decode(each.linkType, bytes, end) }).not.toEqual({ end, status: 'ok' });
  }
});

test('a flipped bit anywhere never throws, and what is called a segment lies within the frame', () => {
  for (const { linkType, hex } of ENCAPSULATED) {
    const bytes = bytesOf(hex);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(decode(linkType, bytes)).toBeTypeOf('string');
      if (packet.status === DecodeStatus.Ok) expect(packet.tcpOff + 20).toBeLessThanOrEqual(bytes.length);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  }
});

describe('what is refused', () => {
  test.each([
    ['PPPoE of version 2', LinkType.Ethernet, `${MACS} 8864 21 00 0001 002a 0021 ${IP4}`, 'bad encapsulation header'],
    ['PPPoE discovery', LinkType.Ethernet, `${MACS} 8863 11 09 0000 0004 0101 0000`, 'not IP'],
    ['PPP link control', LinkType.Ppp, 'ff03 c021 01 01 0004', 'not IP'],
    ['Cisco HDLC with another address', LinkType.CiscoHdlc, `ff00 0800 ${IP4}`, 'bad encapsulation header'],
    ['17 labels', LinkType.Mpls, `${'00010040'.repeat(17)} 00010140 ${IP4}`, 'nested too deeply'],
    ['17 tags', LinkType.Ethernet, `${MACS} ${'81000001'.repeat(17)} 0800 ${IP4}`, 'nested too deeply'],
    ['an associated channel (RFC 5586)', LinkType.Mpls, '00001140 10000021 45000000', 'not IP'],
    ['SNAP whose protocol is a length', LinkType.AtmLlc, 'aaaa03 000000 0004 aaaa03 000000 0800', 'not IP'],
    [
      'GRE with routing',
      LinkType.Raw,
      '4500 0018 0000 0000 40 2f 0000 c6336401 c6336402 4000 0800',
      'bad encapsulation header',
    ],
    [
      'UDP to the port of Geneve',
      LinkType.Raw,
      '4500 0024 0000 0000 40 11 0000 c6336401 c6336402 c350 17c1 0010 0000 ffffffffffffffff',
      'not TCP',
    ],
    ['GTP-U, echo request', LinkType.Raw, toGtp('32 01 0004 00000000 0000 00 00'), 'not TCP'],
    ['GTP of version 2', LinkType.Raw, toGtp(`50 ff 0028 00000001 ${IP4}`), 'not TCP'],
    ['charging data (GTP′)', LinkType.Raw, toGtp(`20 ff 0028 00000001 ${IP4}`), 'not TCP'],
    ['GTP-U with an Ethernet frame', LinkType.Raw, toGtp(`30 ff 0036 00000001 ${MACS} 0800 ${IP4}`), 'not TCP'],
    ['GTP-U with nothing', LinkType.Raw, toGtp('30 ff 0000 00000001'), 'bad encapsulation header'],
    [
      'GTP-U with an extension header of no length',
      LinkType.Raw,
      toGtp(`34 ff 0030 00000001 000000 85 00 000000 ${IP4}`),
      'bad encapsulation header',
    ],
    [
      'GTP-U with 17 extension headers',
      LinkType.Raw,
      toGtp(`34 ff 0070 00000001 000000 85 ${'01 0000 85'.repeat(16)} 01 0000 00 ${IP4}`),
      'nested too deeply',
    ],
    ['UDP', LinkType.Raw, '4500 001c 0000 0000 40 11 0000 c6336401 c6336402 c350 0035 0008 0000', 'not TCP'],
  ])('%s', (_name, linkType, hex, status) => {
    expect(decode(linkType, bytesOf(hex))).toBe(status);
  });

  test('a failed tunnel leaves what is known of the outer packet', () => {
    const inside = `0800000000000100 ${MACS} 8100 0005 0806`;
    const outer = `4500 0036 0000 0000 40 11 0000 c6336401 c6336402 c350 12b5 0022 0000 ${inside}`;
    expect(decode(LinkType.Ethernet, bytesOf(`${MACS} 8100 0009 0800 ${outer}`))).toBe('not TCP');
    expect(packet).toMatchObject({ vlan: 9, innerVlan: -1, etherType: 0x0800, ipOff: 18, tunnels: 0 });
  });
});

const tshark = spawnSync('tshark', ['-v']).status === 0;
if (!tshark) console.log('skipped: encapsulations against tshark (it is not installed)');

describe.skipIf(!tshark)('tshark sees the same segment', () => {
  const runs = new Map(SEEN_BY_TSHARK.map((each) => [`${each.linkType} ${each.decodeAs}`, each]));
  test.each([...runs.values()])('link type $linkType $decodeAs', ({ linkType, decodeAs }) => {
    const group = SEEN_BY_TSHARK.filter((each) => each.linkType === linkType && each.decodeAs === decodeAs);
    const folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
    try {
      const file = join(folder, 'a.pcap');
      writeFileSync(
        file,
        pcap(
          linkType,
          group.map((each) => bytesOf(each.hex)),
        ),
      );
      const { stdout } = spawnSync(
        'tshark',
        [
          ...(decodeAs === '' ? [] : ['-d', decodeAs]),
          '-r',
          file,
          '-T',
          'fields',
          '-e',
          'tcp.srcport',
          '-e',
          'tcp.dstport',
          '-e',
          'tcp.seq_raw',
          '-e',
          'tcp.flags',
        ],
        { encoding: 'utf8' },
      );
      const seen = stdout
        .split('\n')
        .slice(0, group.length)
        .map((line, i) => `${group[i]!.name}: ${line}`);
      expect(seen).toEqual(group.map((each) => `${each.name}: 40000\t80\t3\t0x0010`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function pcap(linkType: number, frames: readonly Uint8Array[]): Uint8Array {
  const writer = new PcapWriter({ linkType });
  return Buffer.concat([writer.header(), ...frames.map((bytes, i) => writer.packet(i, 0, bytes))]);
}
