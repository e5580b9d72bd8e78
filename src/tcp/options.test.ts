import { expect, test } from 'vitest';
import { AddressTable } from '../wire/address.ts';
import { ACK, Segment, SYN } from '../wire/segment.ts';
import { RFC9293 } from './config.ts';
import { TcpStack } from './stack.ts';

// RFC 9293 §3.7.1: an Ethernet of 1500 bytes leaves 1460 of text behind IPv4 and TCP, and 1440 behind IPv6's 40 bytes.
const addresses = new AddressTable();
const HOST4 = addresses.parse('198.51.100.7');
const PEER4 = addresses.parse('203.0.113.80');
const HOST6 = addresses.parse('2001:db8::7');
const PEER6 = addresses.parse('2001:db8::80');

function stackOf(): { stack: TcpStack; sent: Segment[]; tx: { alloc(): Segment; send(s: Segment): void } } {
  const sent: Segment[] = [];
  const config = { ...RFC9293, mss: 1460, timestamps: false };
  const stack = new TcpStack({ addresses: [HOST4, HOST6], config, secret: Uint32Array.of(1, 2, 3, 4) });
  return { stack, sent, tx: { alloc: () => new Segment(), send: (s) => sent.push(s) } };
}

function segment(fields: Partial<Segment>): Segment {
  return Object.assign(new Segment(), { wnd: 65535, sport: 80, dport: 50000, ...fields });
}

// holds: RFC 9293 MUST-67, MUST-16
test.each([
  [HOST4, PEER4, 1460],
  [HOST6, PEER6, 1440],
])('an active open from %d announces and keeps an MSS that leaves room for its IP header', (local, remote, mss) => {
  const { stack, sent, tx } = stackOf();
  const c = stack.connect(0, remote, 80, tx, { local, localPort: 50000, iss: 100 });
  expect(sent.map((s) => [s.flags, s.mss])).toEqual([[SYN, mss]]);
  stack.onSegment(0, segment({ src: remote, dst: local, flags: SYN | ACK, seq: 0, ack: 101, mss: 8960 }), tx);
  c.send(0, new Uint8Array(5000), tx);
  expect(sent.filter((s) => s.len > 0).map((s) => s.len)).toEqual([mss, mss, mss]);
});

// holds: RFC 9293 MUST-67, MUST-16
test.each([
  [HOST4, PEER4, 1460],
  [HOST6, PEER6, 1440],
])('so does the SYN/ACK of a listener on %d, and the connection it makes', (local, remote, mss) => {
  const { stack, sent, tx } = stackOf();
  const listener = stack.listen(80, { backlog: 1 });
  const peer = { src: remote, dst: local, sport: 50000, dport: 80 };
  stack.onSegment(0, segment({ ...peer, flags: SYN, seq: 0, mss: 8960 }), tx);
  expect(sent.map((s) => [s.flags, s.mss])).toEqual([[SYN | ACK, mss]]);
  stack.onSegment(0, segment({ ...peer, flags: ACK, seq: 1, ack: sent[0]!.seq + 1 }), tx);
  listener.accept()!.send(0, new Uint8Array(5000), tx);
  expect(sent.filter((s) => s.len > 0).map((s) => s.len)).toEqual([mss, mss, mss]);
});
