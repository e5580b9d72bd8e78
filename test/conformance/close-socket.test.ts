/** Closing as applications do it: both directions at once, with data still to come (RFC 9293 §3.6.1, RFC 2525 §2.17). */
import { describe, expect, test } from 'vitest';
import { LINUX6 } from '../../src/tcp/config.ts';
import { SEC } from '../../src/tcp/types.ts';
import {
  ACK,
  closeWait,
  established,
  FIN,
  finWait1,
  finWait2,
  IRS,
  ISS,
  PLAIN,
  RST,
  synSent,
  timeWait,
} from '../dialogue.ts';

const LINUX = {
  ...PLAIN,
  habits: LINUX6.habits,
  finWait2: LINUX6.finWait2,
  orphanRetries: LINUX6.orphanRetries,
};

// holds: RFC 9293 SHLD-3
test('closed with data unread: RST, since the data is lost', () => {
  for (const make of [established, closeWait, finWait1, finWait2]) {
    const d = make();
    const { tcb } = d.connection;
    if (d.state === 'CLOSE-WAIT') continue;
    d.recv({ flags: ACK, seq: tcb.rcvNxt, ack: tcb.sndNxt, data: 'unread' });
    d.take();
    d.events();
    d.connection.closeSocket(d.now, d.tx);
    expect(d.take()).toMatchObject([{ flags: RST, seq: tcb.sndNxt, ack: 0, len: 0 }]);
    expect([d.state, d.events()]).toEqual(['CLOSED', ['closed: aborted']]);
  }
});

test('Linux’ RST of an abort carries the ACK (tcp_send_active_reset, measured)', () => {
  const d = established(LINUX);
  d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'unread' });
  d.take();
  d.connection.closeSocket(d.now, d.tx);
  expect(d.take()).toMatchObject([{ flags: RST | ACK, seq: ISS + 1, ack: (IRS + 7) >>> 0 }]);
  const syn = synSent(LINUX);
  syn.connection.abort(syn.now, syn.tx);
  expect(syn.take()).toEqual([]);
});

// holds: RFC 9293 MAY-1
test('all read: FIN and the usual ending', () => {
  const d = established();
  d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'read' });
  d.read();
  d.take();
  d.connection.closeSocket(d.now, d.tx);
  expect(d.take()).toMatchObject([{ flags: FIN | ACK, seq: ISS + 1 }]);
  d.recv({ flags: FIN | ACK, seq: IRS + 5, ack: ISS + 2 });
  expect(d.state).toBe('TIME-WAIT');
});

describe('data after both directions were closed', () => {
  // holds: RFC 9293 SHLD-3, MAY-1
  test.each([
    ['FIN-WAIT-1', ISS + 1],
    ['FIN-WAIT-2', ISS + 2],
  ])('%s: RST with SEQ = SEG.ACK, and the connection is gone', (state, ack) => {
    const d = established();
    d.connection.closeSocket(d.now, d.tx);
    if (state === 'FIN-WAIT-2') d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.state).toBe(state);
    d.take();
    d.recv({ flags: ACK, seq: IRS + 1, ack, data: 'too late' });
    expect(d.take()).toMatchObject([{ flags: RST, seq: ack, ack: 0, len: 0 }]);
    expect([d.state, d.events(), d.connection.error]).toEqual(['CLOSED', ['closed: aborted'], 'ECONNRESET']);
  });

  test('an old duplicate is only acknowledged, a bare FIN only taken', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'known' });
    d.read();
    d.connection.closeSocket(d.now, d.tx);
    d.take();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2, data: 'known' });
    expect([d.state, d.take()]).toMatchObject(['FIN-WAIT-1', [{ flags: ACK, ack: (IRS + 6) >>> 0 }]]);
    d.recv({ flags: FIN | ACK, seq: IRS + 6, ack: ISS + 2 });
    expect(d.state).toBe('TIME-WAIT');
  });

  test('half closed only, data is welcome; shutting the receiving side alone changes nothing on the wire (Linux)', () => {
    for (const make of [established, finWait2]) {
      const d = make();
      if (d.state === 'ESTABLISHED') d.connection.shutdownReceive();
      const { sndNxt } = d.connection.tcb;
      d.recv({ flags: ACK, seq: IRS + 1, ack: sndNxt, data: 'welcome' });
      expect([d.take(), d.read()]).toMatchObject([[{ flags: ACK, ack: IRS + 8 }], 'welcome']);
    }
  });

  test('shutdownReceive and then close are both directions', () => {
    const d = established();
    d.connection.shutdownReceive();
    d.connection.close(d.now, d.tx);
    d.take();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2, data: 'x' });
    expect(d.take()).toMatchObject([{ flags: RST, seq: ISS + 2 }]);
  });
});

describe('orphans', () => {
  test('FIN-WAIT-2 of one that nobody holds ends after tcp_fin_timeout; the RFC waits for ever', () => {
    const d = established(LINUX);
    d.connection.closeSocket(d.now, d.tx);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    d.wait(60 * SEC - 1);
    expect(d.state).toBe('FIN-WAIT-2');
    d.wait(1);
    expect([d.state, d.events()]).toEqual(['CLOSED', ['closed: closed']]);
    const held = finWait2(LINUX);
    held.wait(3600 * SEC);
    expect(held.state, 'half closed and still held').toBe('FIN-WAIT-2');
    held.connection.closeSocket(held.now, held.tx);
    held.wait(60 * SEC);
    expect(held.state).toBe('CLOSED');
    const rfc = established();
    rfc.connection.closeSocket(0, rfc.tx);
    rfc.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(rfc.connection.nextTimer()).toBe(Infinity);
  });

  test('its data is sent again only orphanRetries times', () => {
    const d = established({ ...LINUX, dataRetries: 15 });
    d.say('x');
    d.connection.closeSocket(d.now, d.tx);
    d.take();
    d.wait(3600 * SEC);
    expect([d.take().length, d.connection.closed]).toEqual([8, 'timeout']);
  });

  test('closeSocket in TIME-WAIT with data unread, or after the end, says nothing', () => {
    const d = timeWait();
    d.connection.closeSocket(d.now, d.tx);
    expect([d.take(), d.state]).toEqual([[], 'TIME-WAIT']);
    const gone = synSent();
    gone.connection.closeSocket(gone.now, gone.tx);
    gone.connection.closeSocket(gone.now, gone.tx);
    expect([gone.take(), gone.events()]).toEqual([[], ['closed: closed']]);
  });
});

test('the errno of a RST tells whether the peer had closed (Linux tcp_reset)', () => {
  const d = established();
  d.recv({ flags: RST, seq: IRS + 1 });
  expect(d.connection.error).toBe('ECONNRESET');
  const half = closeWait();
  half.recv({ flags: RST, seq: IRS + 2 });
  expect(half.connection.error).toBe('EPIPE');
});
