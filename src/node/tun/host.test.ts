import { afterEach, expect, test } from 'vitest';
import { RFC9293_HOST } from '../../socket/settings.ts';
import { AddressTable } from '../../wire/address.ts';
import { decodeIp, encodeIpPacket, Packet } from '../../wire/packet.ts';
import { ACK, RST, Segment, SYN } from '../../wire/segment.ts';
import { type PacketDevice, TunHost } from './host.ts';
import { connect, serve } from './live-socket.ts';

const addresses = new AddressTable();
const OWN4 = addresses.parse('198.18.0.2');
const OWN6 = addresses.parse('fd00::2');
const PEER4 = addresses.parse('198.18.0.1');
const PEER6 = addresses.parse('fd00::1');

/** Both ends of a wire: what the engine sends is kept, what the test says arrives. */
class Wire implements PacketDevice {
  readonly sent: Packet[] = [];
  #onPacket: (bytes: Uint8Array, length: number) => void = () => {};

  start(onPacket: (bytes: Uint8Array, length: number) => void): void {
    this.#onPacket = onPacket;
  }

  send(bytes: Uint8Array, length: number): void {
    const packet = new Packet();
    const copy = bytes.slice(0, length);
    decodeIp(copy, new DataView(copy.buffer), 0, length, addresses, packet);
    this.sent.push(packet);
  }

  close(): void {}

  receive(fields: Partial<Segment>, damage = -1): void {
    const seg = Object.assign(new Segment(), { sport: 40000, dport: 80, wnd: 65535 }, fields);
    const bytes = new Uint8Array(1500);
    const length = encodeIpPacket(seg, addresses, bytes, 0);
    if (damage >= 0) bytes[damage]! ^= 1;
    this.raw(bytes.subarray(0, length));
  }

  raw(bytes: Uint8Array): void {
    this.#onPacket(bytes, bytes.length);
  }
}

let host: TunHost | undefined;
afterEach(() => host?.close());

function start(): { host: TunHost; wire: Wire } {
  const wire = new Wire();
  host = new TunHost({ device: wire, addresses, own: [OWN4, OWN6], settings: RFC9293_HOST });
  return { host, wire };
}

test.each([
  [PEER4, OWN4, 1460],
  [PEER6, OWN6, 1440],
])('a SYN is answered by a SYN/ACK with good checksums from the address it was sent to', (src, dst, mss) => {
  const { host, wire } = start();
  serve(host, 80, 1, () => ({}));
  wire.receive({ src, dst, flags: SYN, seq: 1000, mss: 8960 });
  expect(wire.sent.map((p) => p.tcpChecksum)).toEqual(['ok']);
  expect(wire.sent[0]!.seg).toMatchObject({ src: dst, dst: src, flags: SYN | ACK, ack: 1001, mss });
});

test.each([
  ['224.0.0.1', OWN4],
  ['ff02::1', OWN6],
])('a SYN from %s, a group, is from nobody', (src, dst) => {
  const { host, wire } = start();
  serve(host, 80, 1, () => ({}));
  wire.receive({ src: addresses.parse(src), dst, flags: SYN, seq: 1000 });
  expect(wire.sent).toEqual([]);
});

// holds: RFC 9293 MUST-3
test('a wrong checksum, of IP or of TCP, drops the packet and is counted', () => {
  const { host, wire } = start();
  wire.receive({ src: PEER4, dst: OWN4, flags: SYN }, 8); // TTL, under the IP checksum
  wire.receive({ src: PEER4, dst: OWN4, flags: SYN }, 24); // SEQ, under the TCP checksum
  wire.receive({ src: PEER6, dst: OWN6, flags: SYN }, 44);
  expect(wire.sent).toEqual([]);
  expect(host.counters).toEqual({ segments: 0, badChecksum: 3, notTcp: 0, malformed: 0 });
});

test('what is not TCP is ignored and counted, garbage too', () => {
  const { host, wire } = start();
  const solicitation = new Uint8Array(48);
  solicitation.set([0x60, 0, 0, 0, 0, 8, 58, 255]);
  wire.raw(solicitation); // ICMPv6, as the kernel sends looking for routers
  wire.raw(Uint8Array.of(0x45, 0));
  wire.raw(new Uint8Array(40).fill(0xff));
  expect(wire.sent).toEqual([]);
  expect(host.counters).toEqual({ segments: 0, badChecksum: 0, notTcp: 1, malformed: 2 });
});

test('an active open leaves from the address of the same version, and RST means refused', () => {
  const { host, wire } = start();
  let end = '';
  connect(host, PEER6, 80, {
    closed: (reason) => {
      end = reason;
    },
  });
  const syn = wire.sent[0]!.seg;
  expect(syn).toMatchObject({ src: OWN6, dst: PEER6, dport: 80, flags: SYN });
  wire.receive({ src: PEER6, dst: OWN6, sport: 80, dport: syn.sport, flags: RST | ACK, ack: (syn.seq + 1) >>> 0 });
  expect(end).toBe('refused');
});
