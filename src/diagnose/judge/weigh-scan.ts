/**
 * Was a source scanning: trying one socket after the other to see which answers? The core is the threshold random walk of
 * Jung, Paxson, Berger and Balakrishnan (2004): each first contact that fails makes a scanner likelier, each that succeeds
 * less so. A browser meets hosts that answer; a scanner meets all the others.
 */
import type { SourceProfile } from '../detect/target-profile.ts';
import { grouped, percent, short } from '../figures.ts';
import { Reasons } from './confidence.ts';

/** Where it was seen from: whether an answer would be in the capture. */
export interface ScanView {
  /** Answers of servers are in the capture. */
  readonly answersSeen: boolean;
  /** Share of all attempts of which the capture shows that they went on without the answer being seen. */
  readonly wentOn: number;
}

/** `neighbours`: the most hosts of one /24 among those it tried, as far as they are known. */
export function weighScan(s: SourceProfile, neighbours: number, view: ScanView): Reasons | undefined {
  const sockets = Math.min(s.attempts, s.sockets.count);
  const counted = Math.max(1, s.attempts - s.over);
  if (sockets < LEAST_SOCKETS || counted > 20 * sockets) return undefined;
  const reasons = new Reasons();
  reasons.add(-3, 'most clients scan nothing');
  reasons.add(
    spread(sockets),
    `it tried ${grouped(sockets)} sockets in ${short((s.lastAt - s.firstAt) / 1e9)} s`,
    'dst-port-entropy',
  );
  shape(s, sockets, reasons);
  if (neighbours >= 6)
    reasons.add(2, `${grouped(neighbours)} hosts of one /24: clients seldom know neighbours`, 'dst-port-entropy');
  if (view.answersSeen) contacts(s, sockets, reasons);
  else {
    reasons.add(0, 'no answers are in the capture, so nobody knows which sockets were open', 'vantage');
    if (view.wentOn >= 0.2) reasons.add(-3, 'clients in this capture do go on after their SYNs', 'vantage');
  }
  // Who looks whether services are up comes again and again to those that are; a scanner knows after one look.
  if (counted >= 3 * sockets && s.answered >= 0.5 * counted)
    reasons.add(-6, `it came ${short(counted / sockets)} times to each, and most answered`, 'dst-port-entropy');
  const again = s.synAgain / counted;
  if (again >= 0.3)
    reasons.add(-1.5, `it sent ${grouped(s.synAgain)} SYNs again, as a client that wants to be served`, 'fingerprint');
  const seconds = Math.max(0.1, (s.lastAt - s.firstAt) / 1e9);
  if (sockets / seconds >= 4) reasons.add(0.5, `${short(sockets / seconds)} new sockets a second`, 'dst-port-entropy');
  if (counted / sockets < 1.5) reasons.add(0.5, 'hardly any socket was tried twice', 'dst-port-entropy');
  return reasons;
}

function spread(sockets: number): number {
  return sockets >= 1000 ? 2.5 : sockets >= 100 ? 2 : sockets >= 30 ? 1.5 : 0.5;
}

function shape(s: SourceProfile, sockets: number, reasons: Reasons): void {
  const { hosts, ports } = s;
  if (hosts.count >= 0.5 * sockets && ports.count >= 0.3 * sockets && ports.count >= 5) {
    reasons.add(-3, 'nearly each host at a port of its own, as peers of a file-sharing network', 'dst-port-entropy');
    return;
  }
  if (ports.count >= 10 && ports.count >= 5 * hosts.count) {
    reasons.add(
      ports.count >= 20 ? 2 : 1.5,
      `${grouped(ports.count)} ports of ${hosts.count === 1 ? 'one host' : `${grouped(hosts.count)} hosts`}`,
      'dst-port-entropy',
    );
  } else if (hosts.count >= 20 && hosts.count >= 5 * ports.count) {
    const text = `${grouped(hosts.count)} hosts at ${ports.count === 1 ? 'one port' : `${grouped(ports.count)} ports`}`;
    reasons.add(0.5, text, 'dst-port-entropy');
  } else if (sockets >= 30) {
    reasons.add(0.5, `${grouped(hosts.count)} hosts and ${grouped(ports.count)} ports`, 'dst-port-entropy');
  }
}

/** ln of 0.8 / 0.2 for a failure and of its inverse for a success: the paper's parameters; capped, as sockets repeat. */
function contacts(s: SourceProfile, sockets: number, reasons: Reasons): void {
  const good = Math.min(sockets, s.completed);
  const walk = (sockets - 2 * good) * Math.log(4);
  // A few failures may have one cause, such as a route that is down; the paper takes them for independent.
  const most = sockets >= 30 ? 3 : 1.5;
  const weight = Math.max(-6, Math.min(most, walk / 5));
  const text = `${grouped(sockets - good)} of ${grouped(sockets)} sockets gave it no connection (${percent(1 - good / sockets)}; threshold random walk)`;
  reasons.add(weight, text, 'completion-ratio');
}

const LEAST_SOCKETS = 8;
