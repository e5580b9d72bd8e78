/**
 * Replies to SYNs that nobody in the capture sent. Many servers that answer one host: somebody forges its address to have
 * them answer it (reflection). One server that answers many, or many ports: it is being flooded, and the forged sources
 * hear of it (backscatter; Moore, Voelker, Savage 2001). One host answered on many ports of one server: a scan, of which
 * the capture shows the answers only.
 */
import { grouped, percent, roughly } from '../figures.ts';
import type { JudgementKind } from '../findings.ts';
import type { StrayProfile } from '../stray-ledger.ts';
import { Reasons } from './confidence.ts';

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
  if (s.others + attempts >= 0.1 * s.flows) {
    const weight = s.others + attempts >= 0.5 * s.flows ? -5 : -2;
    const text = `${grouped(s.others + attempts)} connections of the same host are in the capture, some of them in part`;
    reasons.add(weight, `${text}: these may be parts of others`, 'vantage');
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

function opinionOn(s: StrayProfile): StrayOpinion | undefined {
  const peers = s.peers.distinct.count;
  if (s.role === 'received') {
    if (s.mostCopies >= MOST_COPIES && s.synacks >= LEAST_FLOWS) return { kind: 'reflection', reasons: repeated(s) };
    if (s.flows < LEAST_FLOWS || peers < FEW_SENDERS) return undefined;
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
    peers >= 100 ? 3 : peers >= 30 ? 2 : 1,
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

function backscatter(s: StrayProfile, peers: number): Reasons {
  const reasons = new Reasons();
  reasons.add(-2, 'backscatter of one server is rare');
  reasons.add(
    s.flows >= 1000 ? 3 : s.flows >= 100 ? 2.5 : 1.5,
    `${grouped(s.flows)} SYNs answered that are not in the capture`,
    'backscatter',
  );
  const per = `${roughly(s.peers.distinct, 'address', 'addresses')}, ${roughly(s.clientPorts.distinct, 'port')}`;
  reasons.add(peers >= 20 || s.clientPorts.distinct.count >= 20 ? 1.5 : 0, `the answers went to ${per}`, 'backscatter');
  reasons.add(0.5, `at most ${s.mostCopies} copies of one SYN/ACK, as stacks send them`, 'backscatter');
  return reasons;
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
/** Twice what any usual stack sends: Linux 6, FreeBSD 4, Windows 3 to 5. */
export const MOST_COPIES = 12;
