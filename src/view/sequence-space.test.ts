import { describe, expect, test } from 'vitest';
import type { TcbView } from '../sim/recording.ts';
import { receiveSpace, sendSpace } from './sequence-space.ts';

/** RFC 9293 figures 3 and 4; the numbers are chosen to wrap around 2^32. */
function tcb(change: Partial<TcbView>): TcbView {
  return {
    where: 'connection',
    local: '',
    remote: '',
    state: 'ESTABLISHED',
    iss: 0xffff_ffff,
    irs: 700,
    sndUna: 0,
    sndNxt: 0,
    sndWnd: 1000,
    rcvNxt: 701,
    rcvWnd: 5000,
    mss: 1460,
    sndScale: -1,
    rcvScale: -1,
    cwnd: 0,
    ssthresh: 0,
    srtt: -1,
    rto: 0,
    retransmits: 0,
    timers: [],
    ...change,
  };
}

describe('send space', () => {
  test('SYN-SENT: the SYN has a cell of its own, and there is no window yet', () => {
    const space = sendSpace(tcb({ state: 'SYN-SENT', sndUna: 0xffff_ffff, sndNxt: 0, sndWnd: 0 }));
    expect(space.cells).toEqual([{ kind: 'syn', size: 1, label: 'SYN' }]);
    expect(space.marks).toEqual([
      { before: 0, name: 'UNA', value: 0xffff_ffff },
      { before: 1, name: 'NXT', value: 0 },
    ]);
  });

  test('established: 100 bytes on the way leave 900 of a window of 1000', () => {
    const space = sendSpace(tcb({ sndUna: 0, sndNxt: 100 }));
    expect(space.cells.map((cell) => [cell.kind, cell.size])).toEqual([
      ['done', 1],
      ['waiting', 100],
      ['window', 900],
    ]);
  });

  test('nothing on the way: UNA and NXT are one mark', () => {
    expect(sendSpace(tcb({})).marks).toEqual([{ before: 1, name: 'UNA = NXT', value: 0 }]);
  });
});

describe('receive space', () => {
  test('SYN-SENT has heard nothing, so there is none', () => {
    expect(receiveSpace(tcb({ state: 'SYN-SENT', irs: 0, rcvNxt: 0 }))).toBeUndefined();
  });

  test('after the SYN: IRS, NXT one further, then the window offered', () => {
    const space = receiveSpace(tcb({}));
    expect(space?.cells.map((cell) => [cell.kind, cell.size])).toEqual([
      ['syn', 1],
      ['window', 5000],
    ]);
    expect(space?.marks.map((mark) => mark.value)).toEqual([700, 701]);
  });
});
