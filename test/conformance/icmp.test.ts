/** ICMP errors (RFC 9293 §3.9.2.2; RFC 1191, 5461, 5927): to whom they go, what they end, and what they only report. */
import { describe, expect, test } from 'vitest';
import { LINUX6 } from '../../src/tcp/config.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import { SEC } from '../../src/tcp/types.ts';
import { IcmpError, type IcmpKind } from '../../src/wire/icmp.ts';
import { Segment } from '../../src/wire/segment.ts';
import {
  ACK,
  closeWait,
  established,
  finWait1,
  IRS,
  ISS,
  PLAIN,
  PSH,
  RST,
  SYN,
  synReceived,
  synSent,
  timeWait,
} from '../dialogue.ts';

const LINUX = { ...PLAIN, icmpAborts: LINUX6.icmpAborts, minPathMtu: LINUX6.minPathMtu };
const US = 0xc0000201;
const PEER = 0xcb007150;

const SOFT: IcmpKind[] = [
  'net-unreachable',
  'host-unreachable',
  'source-route-failed',
  'time-exceeded',
  'parameter-problem',
];
const HARD: IcmpKind[] = ['protocol-unreachable', 'port-unreachable'];

describe('which connection (MUST-54)', () => {
  function host(config = PLAIN) {
    const out: Segment[] = [];
    const tx = { alloc: (): Segment => new Segment(), send: (s: Segment): void => void out.push(s) };
    return { stack: new TcpStack({ addresses: [US], config, secret: Uint32Array.of(1, 2, 3, 4) }), out, tx };
  }

  function about(kind: IcmpKind, seg: Readonly<Segment>, seq = seg.seq): IcmpError {
    const icmp = new IcmpError();
    icmp.kind = kind;
    Object.assign(icmp.quoted, { src: seg.src, sport: seg.sport, dst: seg.dst, dport: seg.dport, seq });
    return icmp;
  }

  // holds: RFC 9293 MUST-54
  test('the quoted addresses and ports find it, and no other hears of it', () => {
    const { stack, out, tx } = host();
    const a = stack.connect(0, PEER, 80, tx);
    const b = stack.connect(0, PEER, 81, tx);
    stack.onIcmp(1, about('port-unreachable', out[1]!), tx);
    expect([a.closed, b.closed, b.error]).toEqual([undefined, 'refused', 'ECONNREFUSED']);
    expect([...stack.connections()]).toEqual([a]);
  });

  // holds: RFC 9293 MUST-54
  test('the SYN/ACK of a half-open entry: a hard error removes the entry, a soft one does not', () => {
    const { stack, out, tx } = host();
    const listener = stack.listen(80, { backlog: 1 });
    const syn = new Segment();
    Object.assign(syn, { src: PEER, sport: 5000, dst: US, dport: 80, flags: SYN, seq: 7 });
    stack.onSegment(0, syn, tx);
    stack.onIcmp(1, about('host-unreachable', out[0]!), tx);
    expect(listener.synQueue.length).toBe(1);
    stack.onIcmp(1, about('port-unreachable', out[0]!, out[0]!.seq + 1), tx);
    expect([listener.synQueue.length, stack.counters.outOfWindowIcmps]).toEqual([1, 1]);
    stack.onIcmp(1, about('port-unreachable', out[0]!), tx);
    expect([listener.synQueue.length, listener.counters.ListenDrops]).toEqual([0, 1]);
  });

  test('Linux removes a half-open entry when the peer cannot be reached, not when its port is closed (measured)', () => {
    const { stack, out, tx } = host(LINUX);
    const listener = stack.listen(80, { backlog: 1 });
    const syn = new Segment();
    Object.assign(syn, { src: PEER, sport: 5000, dst: US, dport: 80, flags: SYN, seq: 7 });
    stack.onSegment(0, syn, tx);
    stack.onIcmp(1, about('port-unreachable', out[0]!), tx);
    expect(listener.synQueue.length).toBe(1);
    stack.onIcmp(1, about('host-unreachable', out[0]!), tx);
    expect(listener.synQueue.length).toBe(0);
  });

  test('an error about nothing of ours is counted and forgotten', () => {
    const { stack, out, tx } = host();
    const seg = new Segment();
    Object.assign(seg, { src: US, sport: 1, dst: PEER, dport: 2 });
    stack.onIcmp(0, about('port-unreachable', seg), tx);
    expect([out.length, stack.counters.strayIcmps]).toEqual([0, 1]);
  });
});

describe.each(['opening', 'hard'] as const)('whom to believe, icmpAborts %s (RFC 5927 §4.1)', (icmpAborts) => {
  test.each([
    ['below SND.UNA', ISS],
    ['beyond SND.NXT', ISS + 12],
  ])('a quoted sequence number %s is none that is under way', (_where, seq) => {
    const d = established({ ...PLAIN, icmpAborts });
    d.say('0123456789');
    d.take();
    expect(d.icmp('port-unreachable', seq)).toBe(false);
    expect(d.icmp('frag-needed', seq, 576)).toBe(false);
    expect([d.state, d.events(), d.take(), d.connection.tcb.sndMss]).toEqual(['ESTABLISHED', [], [], 536]);
  });
});

// holds: RFC 9293 MUST-55
test.each([synSent, synReceived, established, finWait1, closeWait])(
  'Source Quench is discarded in silence (%#)',
  (make) => {
    for (const config of [PLAIN, LINUX]) {
      const d = make(config);
      d.events();
      d.say('x');
      d.take();
      const was = JSON.stringify(d.connection.tcb);
      d.icmp('source-quench', d.connection.tcb.sndUna);
      expect([JSON.stringify(d.connection.tcb), d.events(), d.take()]).toEqual([was, [], []]);
    }
  },
);

describe('soft errors end nothing (MUST-56) and are told (SHLD-25)', () => {
  // holds: RFC 9293 MUST-56, SHLD-25, MUST-47
  test.each(SOFT)('%s', (kind) => {
    for (const make of [synSent, synReceived]) {
      const d = make();
      const was = d.state;
      expect(d.icmp(kind, ISS)).toBe(true);
      expect([d.state, d.events(), d.take()]).toEqual([was, [`soft-error: ${d.connection.tcb.path?.softError}`], []]);
    }
    for (const make of [established, finWait1, closeWait]) {
      const d = make();
      const was = d.state;
      d.events();
      expect(d.icmp(kind, ISS + 1)).toBe(true);
      expect([d.state, d.events(), d.take()]).toEqual([was, [`soft-error: ${d.connection.tcb.path?.softError}`], []]);
    }
  });

  // holds: RFC 9293 SHLD-20
  test('an application that does not want to be told is not', () => {
    const d = established({ ...PLAIN, reportSoftErrors: false });
    d.say('x');
    d.icmp('host-unreachable', ISS + 1);
    d.wait(20 * SEC);
    expect(d.events()).toEqual([]);
  });

  test('a timeout is blamed on the last of them (Linux tcp_write_err, measured)', () => {
    const d = established({ ...PLAIN, dataRetries: 1 });
    d.say('x');
    d.icmp('net-unreachable', ISS + 1);
    d.wait(10 * SEC);
    expect([d.connection.closed, d.connection.error]).toEqual(['timeout', 'ENETUNREACH']);
    const quiet = established({ ...PLAIN, dataRetries: 1 });
    quiet.say('x');
    quiet.wait(10 * SEC);
    expect([quiet.connection.closed, quiet.connection.error]).toEqual(['timeout', 'ETIMEDOUT']);
  });
});

describe('hard errors', () => {
  // holds: RFC 9293 SHLD-26
  test.each(HARD)('%s ends the connection in any state, without a word to the peer', (kind) => {
    for (const make of [synSent, synReceived, established, finWait1, closeWait]) {
      const d = make();
      d.events();
      d.icmp(kind, d.connection.tcb.sndUna);
      const reason = kind === 'port-unreachable' ? 'refused' : 'unreachable';
      expect([d.state, d.events(), d.take()]).toEqual(['CLOSED', [`closed: ${reason}`], []]);
      expect(d.connection.error).toBe(kind === 'port-unreachable' ? 'ECONNREFUSED' : 'ENOPROTOOPT');
      expect(d.connection.nextTimer()).toBe(Infinity);
    }
  });

  test('TIME-WAIT waits on', () => {
    const d = timeWait();
    d.icmp('port-unreachable', ISS + 2);
    expect(d.state).toBe('TIME-WAIT');
  });

  test.each([...SOFT, ...HARD])(
    'Linux: %s ends an opening, and only that (tcp_v4_err, measured; RFC 5461 §4.1)',
    (kind) => {
      for (const make of [synSent, synReceived]) {
        const d = make(LINUX);
        d.icmp(kind, ISS);
        expect(d.state).toBe('CLOSED');
      }
      for (const make of [established, finWait1, closeWait]) {
        const d = make(LINUX);
        const was = d.state;
        d.icmp(kind, ISS + 1);
        expect(d.state).toBe(was);
      }
    },
  );
});

describe('path MTU (RFC 1191 §6.4)', () => {
  const wide = { ...PLAIN, mss: 1460, sndBuf: 10000 };

  function transfer(bytes: number, config = wide) {
    const d = synSent(config);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, mss: 1460, wnd: 20000 });
    d.say('x'.repeat(bytes));
    d.take();
    return d;
  }

  test('what was too big goes again at once in smaller segments, as many as before, and the timer starts anew', () => {
    const d = transfer(2920);
    d.icmp('frag-needed', ISS + 1, 1200);
    expect(d.take().map((s) => [s.flags, s.seq, s.len])).toEqual([
      [ACK, ISS + 1, 1160],
      [ACK, (ISS + 1 + 1160) >>> 0, 1160],
      [ACK | PSH, (ISS + 1 + 2320) >>> 0, 600],
    ]);
    expect(d.connection.nextTimer()).toBe(d.now + SEC);
    expect(d.connection.tcb.ssthresh, 'no sign of congestion').toBe(0x7fffffff);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + 2920, wnd: 20000 });
    d.say('y'.repeat(1200));
    expect(d.take().map((s) => s.len)).toEqual([1160, 40]);
  });

  test('a larger MTU changes nothing, and the least believed is the profile’s', () => {
    const d = transfer(1460);
    d.icmp('frag-needed', ISS + 1, 1500);
    expect(d.take()).toEqual([]);
    d.icmp('frag-needed', ISS + 1, 68);
    expect(d.take()[0]?.len, 'no less than 48 (Linux TCP_MIN_SND_MSS)').toBe(48);
    const linux = transfer(1460, { ...wide, minPathMtu: LINUX6.minPathMtu });
    linux.icmp('frag-needed', ISS + 1, 0);
    expect(
      linux.take().map((s) => s.len),
      'measured: 552 - 40',
    ).toEqual([512, 512, 436]);
  });

  test('in SYN-SENT a bare SYN stays as it is; the next one offers less, and segments are smaller', () => {
    const d = synSent(wide);
    d.icmp('frag-needed', ISS, 800);
    expect(d.take()).toEqual([]);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, mss: 1460, wnd: 20000 });
    expect(d.connection.tcb.sndMss).toBe(760);
  });

  test('every kind is only believed of a segment under way, and none makes a RST', () => {
    const d = transfer(10);
    for (const kind of [...SOFT, 'frag-needed'] as IcmpKind[]) d.icmp(kind, ISS + 1, 576);
    expect(d.take().filter((s) => (s.flags & RST) !== 0)).toEqual([]);
  });
});

test('an unreachable host reported for a retransmission takes one doubling back (RFC 6069 §4, Linux, measured)', () => {
  for (const [icmpRevertsBackoff, due] of [
    [true, 1],
    [false, 2],
  ] as const) {
    const d = established({ ...PLAIN, habits: { ...PLAIN.habits, icmpRevertsBackoff } });
    d.say('x');
    d.wait(SEC);
    d.take();
    const sentAt = d.now;
    d.wait(SEC / 2);
    d.icmp('time-exceeded', ISS + 1);
    d.icmp('host-unreachable', ISS + 2);
    expect(d.connection.nextTimer(), 'neither that error nor that segment').toBe(sentAt + 2 * SEC);
    d.icmp('host-unreachable', ISS + 1);
    expect(d.connection.nextTimer()).toBe(sentAt + due * SEC);
  }
});
