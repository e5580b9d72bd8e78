/**
 * Replies to SYNs that nobody in the capture sent. Many servers that answer one host: somebody forges its address to have
 * them answer it (reflection). One server that answers many, or many ports: it is being flooded, and the forged sources
 * hear of it (backscatter; Moore, Voelker, Savage 2001). One host answered on many ports of one server: a scan, of which
 * the capture shows the answers only.
 */
import { IPV6_BASE } from '../../wire/address.ts';
import { grouped, percent, roughly, short } from '../figures.ts';
import type { JudgementKind } from '../findings.ts';
import type { StrayProfile } from '../stray-ledger.ts';
import { Reasons } from './confidence.ts';
import { FAST } from './flood-signs.ts';

export interface StrayOpinion {
  readonly kind: Extract<JudgementKind, 'reflection' | 'backscatter' | 'scan'>;
  readonly reasons: Reasons;
}

/**
 * What is likeliest of the strays that one host received or sent; undefined where they are too few. `attempts`: SYNs to a
 * sender that are in the capture. `partly`: the capture shows that it misses answers to what it does see.
 */
export function weighStrays(s: StrayProfile, attempts: number, partly: boolean): StrayOpinion | undefined {
  const opinion = opinionOn(s);
  if (opinion === undefined) return undefined;
  const { reasons } = opinion;
  const connections = (s.others + attempts) / s.flows;
  // Samples of connections show more of what follows the opening than openings alone. Who is never heard is no part of a
  // connection; but some vanish after their SYN at every site.
  const [some, many] = isUnheard(s) ? [1, 3] : [0.1, 0.5];
  if (connections >= some) {
    const text = `${grouped(s.others + attempts)} connections of the same host are in the capture, some of them in part`;
    reasons.add(connections >= many ? -5 : -1, `${text}: these may be parts of others`, 'vantage');
  }
  if (partly && opinion.kind === 'backscatter' && s.peers.distinct.count < FEW_SENDERS) {
    reasons.add(-1.5, 'the capture misses one direction, so the SYNs may have been sent and not captured', 'vantage');
  }
  if (s.flows >= LEAST_FLOWS && s.ascending >= 0.5 * s.flows) {
    reasons.add(
      -3,
      'the ports count up from flow to flow, as those of one client that tries again and again',
      'fingerprint',
    );
  }
  return opinion;
}

/** Do a few servers send to this one address over and over what it did not ask for? No flood of them draws it twice by chance. */
function isChosen(s: StrayProfile): boolean {
  const servers = s.peers.distinct.count;
  return servers >= 3 && s.flows >= 5 * servers && isUnheard(s);
}

/** Did SYN/ACKs go again or meet RST? Then nobody was there who had asked for them. */
function isUnheard(s: StrayProfile): boolean {
  const again = s.synackFlows >= 0.3 * s.flows && s.synacks >= AGAIN * s.synackFlows;
  return again || s.resets >= 0.3 * s.flows;
}

function opinionOn(s: StrayProfile): StrayOpinion | undefined {
  const peers = s.peers.distinct.count;
  if (s.role === 'received') {
    if (s.mostCopies >= MOST_COPIES && s.synacks >= LEAST_FLOWS) return { kind: 'reflection', reasons: repeated(s) };
    if (s.flows < LEAST_FLOWS || (peers < FEW_SENDERS && !isChosen(s))) return undefined;
    return { kind: 'reflection', reasons: reflection(s, peers) };
  }
  if (s.flows < LEAST_FLOWS || s.mostCopies >= MOST_COPIES) return undefined;
  const ports = s.serverPorts.distinct.count;
  if (peers <= 2 && ports >= 10 && ports >= 0.3 * s.flows) return { kind: 'scan', reasons: answersOfScan(s, ports) };
  if (ports > 0.5 * s.flows) return undefined;
  return { kind: 'backscatter', reasons: backscatter(s, peers) };
}

/** Flows without a SYN that a host ended with RST: by whom was it probed? FIN, NULL, Xmas and ACK scans look like that. */
export function weighProbes(s: StrayProfile): Reasons | undefined {
  const ports = s.serverPorts.distinct.count;
  if (s.role !== 'sent' || s.flows < LEAST_FLOWS || s.peers.distinct.count > 2) return undefined;
  if (ports < LEAST_FLOWS || ports < 0.5 * s.flows) return undefined;
  const reasons = new Reasons();
  reasons.add(-2, 'most resets end connections');
  const text = `${grouped(ports)} ports of one host were sent something and replied with RST alone`;
  reasons.add(ports >= 100 ? 5 : 3.5, text, 'dst-port-entropy');
  return reasons;
}

function reflection(s: StrayProfile, peers: number): Reasons {
  const reasons = new Reasons();
  reasons.add(-2, 'reflection is rare');
  const synacks = s.synackFlows / s.flows;
  reasons.add(
    peers >= 100 ? 3 : peers >= 30 ? 2 : peers >= FEW_SENDERS ? 1 : 0.5,
    `${roughly(s.peers.distinct, 'server')} answered SYNs that this host did not send`,
    'backscatter',
  );
  reasons.add(
    s.flows >= 1000 ? 2 : s.flows >= 100 ? 1.5 : 0.5,
    `${grouped(s.flows)} flows of nothing but such answers`,
    'backscatter',
  );
  if (s.serverPorts.distinct.count >= 0.5 * s.flows) {
    reasons.add(
      -3,
      `they came from ${roughly(s.serverPorts.distinct, 'port')}: no services, so no reflectors`,
      'backscatter',
    );
  }
  // Closed ports answer a scan with RST; reflectors are chosen because they answer with SYN/ACK.
  reasons.add(synacks >= 0.5 ? 1 : -1.5, `${percent(synacks)} of them were SYN/ACKs`, 'backscatter');
  const rate = s.flows / Math.max(1, (s.lastAt - s.firstAt) / 1e9);
  if (synacks === 1 && !isUnheard(s) && rate < 100) {
    const text = `SYN/ACKs alone, once each, ${short(rate)} flows a second`;
    reasons.add(-4, `${text}: so look answers that a host did ask for, where nothing else was kept`, 'vantage');
  }
  return reasons;
}

function repeated(s: StrayProfile): Reasons {
  const reasons = new Reasons();
  reasons.add(-2, 'reflection is rare');
  const text = `the same SYN/ACK came ${grouped(s.mostCopies)} times; stacks send one six times (Linux tcp_synack_retries 5)`;
  reasons.add(s.mostCopies >= 50 ? 4 : 3, `${text}: somebody keeps asking for it in this host's name`, 'backscatter');
  reasons.add(s.synacks >= 200 ? 1 : 0.5, `${grouped(s.synacks)} SYN/ACKs that nobody asked for`, 'backscatter');
  return reasons;
}

/**
 * Lone replies of one server. Whoever sees only what a server sends sees the same of clients that it refuses and, if nothing
 * but SYN/ACKs was kept, of clients that it serves. Forged sources are told from those by what they cannot do (acknowledge)
 * and do not do (come again): tools draw each at random (Moore, Voelker, Savage 2001 test for it).
 */
function backscatter(s: StrayProfile, peers: number): Reasons {
  const reasons = new Reasons();
  reasons.add(-3, 'what a server sends alone is mostly half of something');
  reasons.add(
    s.flows >= 1000 ? 3 : s.flows >= 100 ? 2.5 : 1.5,
    `${grouped(s.flows)} SYNs answered that are not in the capture`,
    'backscatter',
  );
  heard(s, reasons);
  receivers(s, peers, reasons);
  return reasons;
}

function heard(s: StrayProfile, reasons: Reasons): void {
  const copies = s.synacks / Math.max(1, s.synackFlows);
  if (s.resets >= 0.3 * s.flows)
    reasons.add(2, `${grouped(s.resets)} were reset by receivers, who had asked for nothing`, 'backscatter');
  else if (isUnheard(s))
    reasons.add(2, `each SYN/ACK went ${short(copies)} times on average, so nobody acknowledged it`, 'backscatter');
  else if (s.synackFlows >= 0.5 * s.flows && s.others < 0.02 * s.flows) {
    const text = 'SYN/ACKs went once each, and nothing else of the server is in the capture';
    reasons.add(-1.5, `${text}: those of clients it serves look like that where nothing else was kept`, 'vantage');
  }
}

function receivers(s: StrayProfile, peers: number, reasons: Reasons): void {
  const to = roughly(s.peers.distinct, 'address', 'addresses');
  const each = s.flows / peers;
  const near = areNear(s);
  if (peers >= LEAST_FLOWS && each < 2) reasons.add(1.5, `they went to ${to}, hardly twice to one`, 'backscatter');
  else if (each >= 3 && !isUnheard(s)) {
    const text = `they went to ${to}, ${short(each)} times to each`;
    reasons.add(-2.5, `${text}: clients come again, forged sources hardly`, 'backscatter');
  } else if (peers < LEAST_FLOWS && s.clientPorts.distinct.count >= LEAST_FLOWS) {
    const ports = roughly(s.clientPorts.distinct, 'port');
    reasons.add(0.5, `they went to ${to}, but to ${ports}`, 'backscatter');
  }
  if (near) reasons.add(1, 'all of them in one network: forged sources fall into each', 'backscatter');
  const rate = s.flows / Math.max(1, (s.lastAt - s.firstAt) / 1e9);
  if (!near && s.synackFlows < 0.1 * s.flows && rate < FAST) {
    const text = `RSTs to everywhere, ${short(rate)} a second`;
    reasons.add(-2, `${text}: so a closed port refuses those who try everybody's`, 'backscatter');
  }
}

/** Are they all of one /16, as far as they are known? The capture was made there. */
function areNear({ peers }: StrayProfile): boolean {
  const [first, ...others] = peers.top.map(({ value }) => value);
  if (first === undefined || first >= IPV6_BASE || peers.distinct.count < LEAST_FLOWS) return false;
  return others.every((address) => address < IPV6_BASE && address >>> 16 === first >>> 16);
}

function answersOfScan(s: StrayProfile, ports: number): Reasons {
  const reasons = new Reasons();
  reasons.add(-1.5, 'most answers are not to scans');
  reasons.add(
    ports >= 100 ? 3 : 2,
    `answers from ${grouped(ports)} ports of one host, the SYNs not in the capture`,
    'dst-port-entropy',
  );
  const resets = 1 - s.synackFlows / s.flows;
  const to = s.clientPorts.top[0]?.value ?? 0;
  if (
    s.clientPorts.distinct.count <= 3 &&
    s.clientPorts.top.every(({ value }) => value < 1024) &&
    s.serverPorts.top.every(({ value }) => value >= 1024)
  )
    reasons.add(
      -3,
      `they go to ${s.clientPorts.distinct.count === 1 ? `port ${to}` : 'ports of services'}: so resets a client`,
      'dst-port-entropy',
    );
  reasons.add(resets >= 0.5 ? 1 : 0, `${percent(resets)} of them were RSTs`, 'backscatter');
  return reasons;
}

/** Fewer unanswered-for flows are an everyday thing: a capture that began late, a lost packet, one end of a NAT. */
const LEAST_FLOWS = 20;
const FEW_SENDERS = 10;
/** Copies of a SYN/ACK on average. Stacks send three to six while nobody acknowledges it; here and there one vanishes. */
const AGAIN = 2.5;
/** Twice what any usual stack sends: Linux 6, FreeBSD 4, Windows 3 to 5. */
export const MOST_COPIES = 12;
