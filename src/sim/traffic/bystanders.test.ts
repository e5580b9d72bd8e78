import { describe, expect, test } from 'vitest';
import { MS, type Tx } from '../../tcp/types.ts';
import { ACK, RST, resetSegment, Segment, SYN } from '../../wire/segment.ts';
import { Bystanders } from './bystanders.ts';
import { DELAY_SPAN, LEAST_DELAY, LiveHosts } from './live-hosts.ts';

class Sent implements Tx {
  readonly all: Segment[] = [];
  alloc(): Segment {
    return new Segment();
  }
  send(seg: Segment): void {
    this.all.push(seg);
  }
}

const SERVER = 0xcb00_7150;
const VICTIM = 0x0a01_0203;

function arriving(flags: number, over: Partial<Segment> = {}): Segment {
  const seg = new Segment();
  resetSegment(seg);
  return Object.assign(seg, { src: SERVER, sport: 80, dst: VICTIM, dport: 4000, seq: 7000, ack: 5001, flags }, over);
}

describe('bystanders', () => {
  // RFC 9293 §3.10.7.1: "If the ACK bit is on, <SEQ=SEG.ACK><CTL=RST>"
  test('a stray SYN/ACK is answered with <SEQ=SEG.ACK><CTL=RST>', () => {
    const tx = new Sent();
    const hosts = new Bystanders(1, 1, tx);
    hosts.receive(0, arriving(SYN | ACK));
    expect(tx.all).toEqual([arriving(RST, { src: VICTIM, sport: 4000, dst: SERVER, dport: 80, seq: 5001, ack: 0 })]);
    expect([hosts.received, hosts.resets, hosts.unowned]).toEqual([1, 1, 0]);
  });

  // "If the ACK bit is off, sequence number zero is used, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>"
  test('a SYN is answered with <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, a RST with nothing', () => {
    const tx = new Sent();
    const hosts = new Bystanders(1, 1, tx);
    hosts.receive(0, arriving(SYN, { seq: 0xffff_ffff, ack: 0 }));
    hosts.receive(0, arriving(RST));
    hosts.receive(0, arriving(RST | ACK));
    expect(tx.all).toEqual([arriving(RST | ACK, { src: VICTIM, sport: 4000, dst: SERVER, dport: 80, seq: 0, ack: 0 })]);
    expect([hosts.received, hosts.resets]).toEqual([3, 1]);
    expect(hosts.nextTimer()).toBe(Infinity);
  });

  test('an address without an owner is silent', () => {
    const tx = new Sent();
    const hosts = new Bystanders(1, 0, tx);
    hosts.receive(0, arriving(SYN | ACK));
    expect(tx.all).toEqual([]);
    expect([hosts.received, hosts.unowned, hosts.ownerOf(VICTIM)]).toEqual([0, 1, 'silent']);
  });
});

describe('live hosts', () => {
  test.each([0, 0.01, 0.25, 0.5, 0.99, 1])('a share of %d of the addresses, always the same', (share) => {
    const [hosts, again] = [new LiveHosts(9, share), new LiveHosts(9, share)];
    const n = 50_000;
    let live = 0;
    for (let a = VICTIM; a < VICTIM + n; a++) {
      if (hosts.isLive(a)) live++;
      expect(again.isLive(a)).toBe(hosts.isLive(a));
    }
    expect(Math.abs(live - share * n)).toBeLessThanOrEqual(3.29 * Math.sqrt(share * (1 - share) * n));
  });

  test('who is live at one share is live at a higher one; another seed draws anew', () => {
    const [few, many, others] = [new LiveHosts(9, 0.2), new LiveHosts(9, 0.6), new LiveHosts(10, 0.2)];
    let same = 0;
    for (let a = VICTIM; a < VICTIM + 10_000; a++) {
      if (few.isLive(a)) expect(many.isLive(a)).toBe(true);
      if (few.isLive(a) && others.isLive(a)) same++;
    }
    // Independent: 0.2 × 0.2 of them.
    expect(Math.abs(same - 400)).toBeLessThan(3.29 * Math.sqrt(400 * 0.96));
  });

  test('each lives at a distance of its own, uniform from 5 to 95 ms, whether it answers or not', () => {
    expect([LEAST_DELAY, DELAY_SPAN]).toEqual([5 * MS, 90 * MS]);
    const hosts = new LiveHosts(9, 0.2);
    const n = 20_000;
    const delays = Array.from({ length: n }, (_, i) => hosts.delayOf(VICTIM + i)).sort((a, b) => a - b);
    let worst = 0;
    delays.forEach((delay, i) => {
      worst = Math.max(worst, Math.abs((delay - LEAST_DELAY) / DELAY_SPAN - (i + 0.5) / n));
    });
    expect(worst).toBeLessThan(1.95 / Math.sqrt(n)); // Kolmogorov-Smirnov, 99.9 %
    expect(hosts.delayOf(VICTIM)).toBe(new LiveHosts(9, 1).delayOf(VICTIM));
  });
});
