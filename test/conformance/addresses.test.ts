/** Addresses (RFC 9293 §3.9.1.1, §3.9.2.3; RFC 1122 §3.2.1.3): whom to open to, from where, and whom not to answer. */
import { describe, expect, test } from 'vitest';
import { OpenError } from '../../src/tcp/open-error.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import { AddressTable } from '../../src/wire/address.ts';
import { isHostAddress } from '../../src/wire/host-address.ts';
import { ACK, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { PLAIN } from '../dialogue.ts';

const table = new AddressTable();
const at = (text: string): number => table.parse(text);
const US = at('192.0.2.1');
const US_TOO = at('192.0.2.2');
const US6 = at('2001:db8::1');
const PEER = at('203.0.113.80');
const PEER6 = at('2001:db8::80');

function host() {
  const out: Segment[] = [];
  const tx = { alloc: (): Segment => new Segment(), send: (s: Segment): void => void out.push(s) };
  const stack = new TcpStack({
    addresses: [US, US_TOO, US6],
    addressTable: table,
    broadcasts: [at('192.0.2.255')],
    config: PLAIN,
    secret: Uint32Array.of(1, 2, 3, 4),
  });
  return { stack, out, tx };
}

function segment(src: number, dst: number, flags: number): Segment {
  const seg = new Segment();
  Object.assign(seg, { src, sport: 5000, dst, dport: 80, flags, seq: 7, ack: 1, wnd: 1000 });
  return seg;
}

const NOT_HOSTS = ['0.0.0.0', '0.1.2.3', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', '::'];

test('which addresses a host can have', () => {
  for (const text of NOT_HOSTS) expect(isHostAddress(at(text), table), text).toBe(false);
  for (const text of ['1.0.0.0', '127.0.0.1', '223.255.255.255', '240.0.0.1', '::1', 'fe80::1', '2001:db8::']) {
    expect(isHostAddress(at(text), table), text).toBe(true);
  }
});

describe('OPEN', () => {
  // holds: RFC 9293 MUST-46
  test.each([...NOT_HOSTS, '192.0.2.255'])('to %s is an error, and nothing is sent', (text) => {
    const { stack, out, tx } = host();
    expect(() => stack.connect(0, at(text), 80, tx)).toThrow(OpenError);
    expect([out.length, stack.nextTimer(), [...stack.connections()]]).toEqual([0, Infinity, []]);
  });

  // holds: RFC 9293 MUST-44
  test('without a local address the host chooses one of the right IP version', () => {
    const { stack, out, tx } = host();
    stack.connect(0, PEER, 80, tx);
    stack.connect(0, PEER6, 80, tx);
    expect(out.map((s) => s.src)).toEqual([US, US6]);
    const only4 = new TcpStack({ addresses: [US], config: PLAIN, secret: Uint32Array.of(1, 2, 3, 4) });
    expect(() => only4.connect(0, PEER6, 80, tx)).toThrow('no address of that IP version');
  });

  // holds: RFC 9293 MUST-45
  test('a local address once chosen is the source of every segment, active and passive', () => {
    const { stack, out, tx } = host();
    const c = stack.connect(0, PEER, 80, tx, { local: US_TOO });
    const synAck = segment(PEER, US_TOO, SYN | ACK);
    Object.assign(synAck, { sport: 80, dport: c.tcb.localPort, ack: c.tcb.sndNxt });
    stack.onSegment(1, synAck, tx);
    c.send(1, Uint8Array.of(1), tx);
    c.close(2, tx);
    stack.listen(80, { backlog: 1 });
    stack.onSegment(3, segment(PEER, US_TOO, SYN), tx);
    stack.onTimer(1e9 + 3, tx);
    expect(out.length).toBeGreaterThan(5);
    expect(new Set(out.map((s) => s.src))).toEqual(new Set([US_TOO]));
  });
});

describe('segments that nobody should have sent', () => {
  // holds: RFC 9293 MUST-63
  test.each([...NOT_HOSTS, '192.0.2.255'])('from %s: ignored, in LISTEN and where nothing listens', (text) => {
    const { stack, out, tx } = host();
    const listener = stack.listen(80, { backlog: 1 });
    const to = text.includes(':') ? US6 : US;
    for (const flags of [SYN, ACK, SYN | ACK, RST]) {
      const seg = segment(at(text), to, flags);
      stack.onSegment(0, seg, tx);
      seg.dport = 81;
      stack.onSegment(0, seg, tx);
    }
    expect([out.length, listener.synQueue.length, stack.counters.invalidSource]).toEqual([0, 0, 8]);
  });

  // holds: RFC 9293 MUST-57
  test.each(['192.0.2.255', '255.255.255.255', '224.0.0.1', 'ff02::1'])('to %s: discarded in silence', (text) => {
    const { stack, out, tx } = host();
    const listener = stack.listen(80, { backlog: 1 });
    for (const flags of [SYN, ACK, SYN | ACK]) {
      stack.onSegment(0, segment(text.includes(':') ? PEER6 : PEER, at(text), flags), tx);
    }
    expect([out.length, listener.synQueue.length, stack.counters.notOurs]).toEqual([0, 0, 3]);
  });
});
