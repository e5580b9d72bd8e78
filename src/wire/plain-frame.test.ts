import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressTable } from './address.ts';
import { LinkType } from './link.ts';
import { decodeFrame, decodeLayers, encodeEthernet, Packet } from './packet.ts';
import { decodePlain, peekSockets } from './plain-frame.ts';
import { ACK, PSH, Segment, SYN } from './segment.ts';

const NO_ADDRESSES = new AddressTable();

/** A frame as Linux sends it, perhaps damaged at one place, perhaps cut. */
const frame = fc
  .record({
    src: fc.nat(0xffffffff),
    dst: fc.nat(0xffffffff),
    sport: fc.nat(0xffff),
    dport: fc.nat(0xffff),
    seq: fc.nat(0xffffffff),
    ack: fc.nat(0xffffffff),
    wnd: fc.nat(0xffff),
    kind: fc.constantFrom('syn', 'bare', 'stamped', 'sack'),
    payload: fc.uint8Array({ maxLength: 100 }),
    ttl: fc.nat(255),
    tos: fc.nat(255),
    at: fc.nat(153),
    value: fc.option(fc.nat(255)),
    cut: fc.option(fc.nat(160)),
    before: fc.nat(5),
  })
  .map((f) => {
    const seg = new Segment();
    Object.assign(seg, { src: f.src, dst: f.dst, sport: f.sport, dport: f.dport, seq: f.seq, ack: f.ack, wnd: f.wnd });
    seg.flags = f.kind === 'syn' ? SYN : ACK | PSH;
    if (f.kind === 'syn') Object.assign(seg, { mss: 1460, sackPerm: true, ws: 7, tsVal: f.ack, tsEcr: 0 });
    if (f.kind === 'stamped') Object.assign(seg, { tsVal: f.seq, tsEcr: f.ack });
    if (f.kind === 'sack') seg.sackCount = 2;
    seg.payload = f.payload;
    seg.len = f.payload.length;
    const bytes = new Uint8Array(f.before + 200);
    const end = f.before + encodeEthernet(seg, NO_ADDRESSES, bytes, f.before, { ttl: f.ttl, tos: f.tos & ~3 });
    if (f.value !== null && f.before + f.at < end) bytes[f.before + f.at] = f.value;
    return { bytes, off: f.before, end: f.cut === null ? end : Math.min(end, f.before + f.cut) };
  });

test('gives what the way through all layers gives, whatever is damaged or cut', () => {
  const direct = new Packet();
  const layered = new Packet();
  let plain = 0;
  fc.assert(
    fc.property(frame, fc.boolean(), ({ bytes, off, end }, verify) => {
      const view = new DataView(bytes.buffer);
      direct.verify = verify;
      layered.verify = verify;
      decodeLayers(bytes, view, off, end, LinkType.Ethernet, NO_ADDRESSES, layered);
      if (!decodePlain(bytes, view, off, end, direct)) {
        // What an earlier frame left where it means nothing, such as SACK blocks beyond their count, is then left in both.
        decodeLayers(bytes, view, off, end, LinkType.Ethernet, NO_ADDRESSES, direct);
        return;
      }
      plain++;
      expect(direct).toEqual(layered);
      const sockets = new Segment();
      expect(peekSockets(bytes, view, off, end, sockets)).toBe(true);
      const { src, sport, dst, dport } = layered.seg;
      expect(sockets).toMatchObject({ src, sport, dst, dport });
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(1000);
});

test('frames of other kinds are left to the layers: a VLAN tag, IP options, a fragment, UDP', () => {
  const seg = Object.assign(new Segment(), { src: 0xc0000201, dst: 0xcb007150, sport: 1, dport: 2, flags: SYN });
  const bytes = new Uint8Array(80);
  const end = encodeEthernet(seg, NO_ADDRESSES, bytes, 0);
  const packet = new Packet();
  const decodes = (at: number, value: number): boolean => {
    const other = bytes.slice();
    other[at] = value;
    return decodePlain(other, new DataView(other.buffer), 0, end, packet);
  };
  expect(decodePlain(bytes, new DataView(bytes.buffer), 0, end, packet)).toBe(true);
  expect([decodes(12, 0x81), decodes(14, 0x46), decodes(20, 0x20), decodes(23, 17)]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('nothing of the frame before stays: a plain frame after one within a tunnel', () => {
  const packet = new Packet();
  Object.assign(packet, { vlan: 7, innerVlan: 8, tunnels: 2, fragment: true, fragmentOffset: 8, moreFragments: true });
  Object.assign(packet, { routed: true, direction: 2, etherType: 1 });
  const seg = Object.assign(new Segment(), { src: 0xc0000201, dst: 0xcb007150, sport: 1, dport: 2, flags: SYN });
  const bytes = new Uint8Array(80);
  const end = encodeEthernet(seg, NO_ADDRESSES, bytes, 0);
  decodeFrame(bytes, new DataView(bytes.buffer), 0, end, LinkType.Ethernet, NO_ADDRESSES, packet);
  expect(packet).toMatchObject({ vlan: -1, innerVlan: -1, tunnels: 0, fragment: false, fragmentOffset: 0 });
  expect(packet).toMatchObject({ moreFragments: false, routed: false, direction: 0, etherType: 0x0800 });
});
