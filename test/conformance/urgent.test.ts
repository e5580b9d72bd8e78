/** The urgent mechanism (RFC 9293 §3.8.5, RFC 6093). Pointers as the Linux kernel sends and reads them, measured. */
import { describe, expect, test } from 'vitest';
import { SEC } from '../../src/tcp/types.ts';
import { ACK, closeWait, established, FIN, finWait2, IRS, ISS, PLAIN, PSH, SYN, synSent, URG } from '../dialogue.ts';

const NAGLE = { ...PLAIN, nagle: true };

function sendUrgent(d: ReturnType<typeof established>, text: string): number {
  return d.connection.sendUrgent(
    d.now,
    Uint8Array.from(text, (ch) => ch.charCodeAt(0)),
    d.tx,
  );
}

describe('sending', () => {
  // holds: RFC 9293 MUST-30, MUST-62
  test('URG, and a pointer to the byte after the urgent data', () => {
    const d = established(NAGLE);
    d.say('abc');
    expect(sendUrgent(d, '0123456789')).toBe(10);
    d.say('xyz');
    expect(d.take()).toMatchObject([
      { flags: ACK | PSH, seq: ISS + 1, data: 'abc' },
      // Nagle would hold it back: urgent data does not wait (Linux tcp_nagle_test).
      { flags: ACK | PSH | URG, seq: ISS + 4, data: '0123456789', urg: 10 },
      { flags: ACK | PSH, seq: ISS + 14, data: 'xyz' },
    ]);
  });

  // holds: RFC 9293 MUST-31
  test('any length: each segment points to the end, as far as 16 bits reach, until all is acknowledged', () => {
    const d = established({ ...PLAIN, mss: 40000, sndBuf: 200000 });
    d.connection.tcb.sndWnd = 200000;
    d.connection.tcb.cwnd = 200000;
    d.connection.tcb.sndMss = 40000;
    sendUrgent(d, 'u'.repeat(120000));
    expect(d.take().map((s) => [s.flags & URG, s.len, s.urg])).toEqual([
      [URG, 40000, 0xffff],
      [URG, 40000, 0xffff],
      [URG, 40000, 40000],
    ]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + 80000 });
    d.take();
    d.wait(SEC);
    expect(d.take(), 'a repetition points as well').toMatchObject([{ seq: (ISS + 1 + 80000) >>> 0, urg: 40000 }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + 120000 });
    d.say('calm');
    expect(d.take()).toMatchObject([{ flags: ACK | PSH, data: 'calm' }]);
  });

  test('before the handshake is over it waits, and after close there is none', () => {
    const d = synSent();
    sendUrgent(d, 'now');
    expect(d.take()).toEqual([]);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    expect(d.take()).toMatchObject([{ flags: ACK | PSH | URG, data: 'now', urg: 3 }]);
    expect(sendUrgent(finWait2(), 'late')).toBe(0);
  });
});

describe('receiving', () => {
  // holds: RFC 9293 MUST-30, MUST-32, MUST-33
  test('the pointer is told at once, and how much is left is known until it has been read', () => {
    const d = established();
    d.recv({ flags: ACK | URG, seq: IRS + 1, ack: ISS + 1, data: 'abcdefghij', urg: 5 });
    expect(d.events()).toEqual(['urgent', 'readable']);
    expect(d.connection.urgent).toBe(5);
    const three = new Uint8Array(3);
    d.connection.read(d.now, three, d.tx);
    expect(d.connection.urgent, 'two more urgent bytes').toBe(2);
    expect([d.read(), d.connection.urgent], 'the data stays in line (RFC 6093 §6)').toEqual(['defghij', 0]);
  });

  // holds: RFC 9293 MUST-32
  test('each advance is told, a repetition is not, and the pointer never goes back', () => {
    const d = established();
    d.recv({ flags: ACK | URG, seq: IRS + 1, ack: ISS + 1, urg: 100 });
    expect(d.events(), 'ahead of any data').toEqual(['urgent']);
    d.recv({ flags: ACK | URG, seq: IRS + 1, ack: ISS + 1, data: 'ab', urg: 100 });
    expect(d.events()).toEqual(['readable']);
    d.recv({ flags: ACK | URG, seq: IRS + 3, ack: ISS + 1, data: 'cd', urg: 200 });
    expect(d.events()).toEqual(['urgent', 'readable']);
    d.recv({ flags: ACK | URG, seq: IRS + 5, ack: ISS + 1, data: 'ef', urg: 1 });
    expect([d.events(), d.connection.urgent]).toEqual([['readable'], 202]);
  });

  // holds: RFC 9293 MUST-30
  test('a pointer at or below what was read is nothing new; without URG the field means nothing', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'abc', urg: 3 });
    d.recv({ flags: ACK | URG, seq: IRS + 4, ack: ISS + 1, data: 'def', urg: 0 });
    expect([d.events(), d.connection.urgent], 'data not yet read lies before it').toEqual([['urgent', 'readable'], 3]);
    d.read();
    d.recv({ flags: ACK | URG, seq: IRS + 1, ack: ISS + 1, data: 'abc', urg: 3 });
    expect([d.events(), d.connection.urgent]).toEqual([[], 0]);
  });

  // holds: RFC 9293 MUST-66
  test('URG counts although the window is zero', () => {
    for (const seq of [IRS + 5, IRS + 4]) {
      const d = established({ ...PLAIN, rcvBuf: 4 });
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'full' });
      d.events();
      expect(d.connection.rcvWnd).toBe(0);
      d.recv({ flags: ACK | URG, seq, ack: ISS + 1, data: 'more', urg: 4 });
      expect([d.events(), d.connection.readable]).toEqual([['urgent'], 4]);
    }
  });

  test('with the window closed only a segment that reaches RCV.NXT can move the pointer', () => {
    for (const seq of [IRS + 6, IRS - 100_000, IRS + 0x40000000]) {
      const d = established({ ...PLAIN, rcvBuf: 4 });
      d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'full' });
      d.events();
      d.recv({ flags: ACK | URG, seq, ack: ISS + 1, urg: 65535 });
      expect([d.events(), d.connection.urgent]).toEqual([[], 0]);
    }
  });

  test('the FIN is no byte to read: what lies before the mark is the same with it', () => {
    for (const flags of [ACK | URG, ACK | URG | FIN]) {
      const d = established();
      d.recv({ flags, seq: IRS + 1, ack: ISS + 1, data: 'ABCDef', urg: 4 });
      expect(d.connection.urgent).toBe(4);
      d.connection.read(d.now, new Uint8Array(3), d.tx);
      expect(d.connection.urgent).toBe(1);
      d.connection.read(d.now, new Uint8Array(1), d.tx);
      expect(d.connection.urgent).toBe(0);
    }
  });

  test('after the peer’s FIN no more urgent data can come', () => {
    const d = closeWait();
    d.events();
    d.recv({ flags: ACK | URG, seq: IRS + 2, ack: ISS + 1, urg: 9 });
    expect([d.events(), d.connection.urgent]).toEqual([[], 0]);
  });

  test('a mark that was read stays read after more than 2^31 bytes', () => {
    const d = established();
    d.recv({ flags: ACK | URG, seq: IRS + 1, ack: ISS + 1, data: 'abc', urg: 3 });
    d.read();
    const t = d.connection.tcb;
    t.rcvNxt = (t.rcvNxt + 0x90000000) >>> 0;
    expect(d.connection.urgent).toBe(0);
  });
});
