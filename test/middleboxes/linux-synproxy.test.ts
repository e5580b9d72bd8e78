/**
 * The SYN proxy beside Linux' own: what `nft … synproxy mss 1460 wscale 10 timestamp sack-perm` of Linux 6.18.44 said when a
 * client sent these segments by hand, in a network namespace with a real server behind (its shift 10, its window 65160).
 * Where ours differs on purpose, the test says what the kernel did.
 */
import { describe, expect, test } from 'vitest';
import { makeBox } from '../../src/sim/middlebox/box-kind.ts';
import { SYN_PROXY } from '../../src/sim/middlebox/syn-proxy.ts';
import { MS } from '../../src/tcp/types.ts';
import { ACK, PSH, Segment, SYN } from '../../src/wire/segment.ts';
import { CLIENT, deps, PORT, SERVER, synFrom } from './rig.ts';

/** The server's ISN in the measurement, and what its clock showed. */
const SERVER_ISN = 3_277_858_369;
const SERVER_CLOCK = 0x090a3c6c;

class Desk {
  readonly #box = makeBox(SYN_PROXY, { wscale: 10 }, deps());
  #said: Segment[] = [];
  #now = 0;
  readonly #port = {
    alloc: () => new Segment(),
    toServer: (s: Segment) => void this.#said.push(s),
    toNet: (s: Segment) => void this.#said.push(s),
  };

  /** What the proxy says to a segment of the client, `ms` after the one before. */
  client(fields: Partial<Segment>): Segment[] {
    return this.#hear(true, Object.assign(synFrom(CLIENT, 40001, 0), { mss: -1 }, fields));
  }

  server(fields: Partial<Segment>): Segment[] {
    const seg = Object.assign(new Segment(), { src: SERVER, sport: PORT, dst: CLIENT, dport: 40001 }, fields);
    return this.#hear(false, seg);
  }

  #hear(fromNet: boolean, seg: Segment): Segment[] {
    this.#now += 40 * MS;
    this.#said = [];
    const passes = fromNet
      ? this.#box.fromNet(this.#now, seg, this.#port)
      : this.#box.fromServer(this.#now, seg, this.#port);
    expect(passes).toBe(false);
    return this.#said;
  }
}

const syn = { flags: SYN, seq: 1000, wnd: 64240, mss: 1460, ws: 7, sackPerm: true, tsVal: 5000, tsEcr: 0 };

/** Client's SYN and the answer to it. */
function asked(desk: Desk, fields: Partial<Segment> = {}): Segment {
  const [synAck] = desk.client({ ...syn, ...fields });
  if (synAck === undefined) throw new Error('no answer');
  return synAck;
}

describe('as Linux 6.18', () => {
  test('a SYN with all options is answered with all, a window of 0 and a cookie for a clock', () => {
    const synAck = asked(new Desk());
    expect(synAck).toMatchObject({
      flags: SYN | ACK,
      ack: 1001,
      wnd: 0,
      mss: 1460,
      ws: 10,
      sackPerm: true,
      tsEcr: 5000,
    });
  });

  test('a SYN without timestamps is answered with an MSS alone', () => {
    const synAck = asked(new Desk(), { tsVal: -1, tsEcr: -1 });
    expect(synAck).toMatchObject({ wnd: 0, mss: 1460, ws: -1, sackPerm: false, tsVal: -1 });
  });

  test.each([1460, 1300])("the ACK brings the server a SYN with the client's ISN, clock and options, MSS %i", (mss) => {
    const desk = new Desk();
    const { seq, tsVal } = asked(desk, { mss });
    const said = desk.client({ flags: ACK, seq: 1001, ack: (seq + 1) >>> 0, wnd: 502, tsVal: 5040, tsEcr: tsVal });
    expect(said).toMatchObject([{ flags: SYN, seq: 1000, mss, ws: 7, sackPerm: true, tsVal: 5040 }]);
    // The kernel passes the scaled 502 on as the SYN's window, which no server looks at before the next segment.
    expect(said[0]!.wnd).toBe(502 << 7);
  });

  test("the server's SYN/ACK completes both sides, and numbers and clocks are translated from then on", () => {
    const desk = new Desk();
    const { seq, tsVal } = asked(desk);
    const next = (seq + 1) >>> 0;
    desk.client({ flags: ACK, seq: 1001, ack: next, wnd: 502, tsVal: 5040, tsEcr: tsVal });
    const synAck = { flags: SYN | ACK, seq: SERVER_ISN, ack: 1001, wnd: 65160, mss: 1460, ws: 10, sackPerm: true };
    expect(desk.server({ ...synAck, tsVal: SERVER_CLOCK, tsEcr: 5040 })).toMatchObject([
      // The kernel's TSecr here is the server's clock moved once too often: servers of 6.18 reject that ACK (TSEcrRejected)
      // and wait for the client's next segment.
      { dst: SERVER, flags: ACK, seq: 1001, ack: SERVER_ISN + 1, wnd: 502, tsVal: 5040, tsEcr: SERVER_CLOCK },
      // 65160 >> 10.
      { dst: CLIENT, flags: ACK, seq: next, ack: 1001, wnd: 63, tsVal, tsEcr: 5040 },
    ]);
    const hello = { flags: PSH | ACK, seq: 1001, ack: next, wnd: 502, tsVal: 5080, tsEcr: tsVal, len: 5 };
    expect(desk.client({ ...hello, payload: new Uint8Array(5) })).toMatchObject([
      { dst: SERVER, seq: 1001, ack: SERVER_ISN + 1, wnd: 502, tsVal: 5080, tsEcr: SERVER_CLOCK, len: 5 },
    ]);
    // 0xe90ecb - 0xe90d97 = 308 ms after its SYN/ACK.
    const answer = { flags: ACK, seq: SERVER_ISN + 1, ack: 1006, wnd: 64, tsVal: SERVER_CLOCK + 308, tsEcr: 5080 };
    expect(desk.server(answer)).toMatchObject([
      { dst: CLIENT, seq: next, ack: 1006, wnd: 64, tsVal: (tsVal + 308) >>> 0, tsEcr: 5080 },
    ]);
  });

  test('data on the ACK opens the server and is not delivered', () => {
    const desk = new Desk();
    const { seq, tsVal } = asked(desk);
    const ack = { flags: PSH | ACK, seq: 1001, ack: (seq + 1) >>> 0, wnd: 502, tsVal: 5040, tsEcr: tsVal, len: 5 };
    const said = desk.client({ ...ack, payload: new Uint8Array(5) });
    expect(said).toMatchObject([{ flags: SYN, seq: 1000, len: 0 }]);
  });
});

describe('better than Linux 6.18', () => {
  // A client whose ACK was lost probes the closed window from SND.UNA - 1, its ISN.
  test.each([
    // The kernel drops it as a bad cookie, and the client waits for ever.
    [1460],
    // The kernel takes 999 for the ISN and 1440, the next MSS of its table, for the MSS: a SYN 999 with mss 1440.
    [1300],
  ])('the probe after a lost ACK is understood, MSS %i', (mss) => {
    const desk = new Desk();
    const { seq, tsVal } = asked(desk, { mss });
    const probe = { flags: ACK, seq: 1000, ack: (seq + 1) >>> 0, wnd: 502, tsVal: 5040, tsEcr: tsVal };
    expect(desk.client(probe)).toMatchObject([{ flags: SYN, seq: 1000, mss }]);
  });
});
