/**
 * Was a source scanning: trying one socket after the other to see which answers? The core is the threshold random walk of
 * Jung, Paxson, Berger and Balakrishnan (2004): each first contact that fails makes a scanner likelier, each that succeeds
 * less so. A browser meets hosts that answer; a scanner meets all the others.
 */
import type { SourceProfile } from '../detect/target-profile.ts';
import { grouped, percent, short } from '../figures.ts';
import { Reasons } from './confidence.ts';

/** Where it was seen from. */
export interface ScanView {
  /** What the capture shows of an attempt: its SYN alone, also whether it was answered, or whether it completed. */
  readonly shows: 'syns' | 'answers' | 'handshakes';
  /** Share of all attempts of which the capture shows that they went on without the answer being seen. */
  readonly wentOn: number;
}

/** What is known of the sockets it tried. */
export interface Tried {
  /** The most hosts of one /24 among them, as far as they are known. */
  readonly neighbours: number;
  /** Share of them that is down for others as well. */
  readonly down: number;
}

export function weighScan(s: SourceProfile, { neighbours, down }: Tried, view: ScanView): Reasons | undefined {
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
  if (neighbours >= NEIGHBOURS)
    reasons.add(2, `${grouped(neighbours)} hosts of one /24: clients seldom know neighbours`, 'dst-port-entropy');
  const seconds = Math.max(0.1, (s.lastAt - s.firstAt) / 1e9);
  const fast = sockets / seconds;
  if (view.shows !== 'syns') contacts(s, sockets, view, reasons);
  else {
    reasons.add(0, 'no answers are in the capture, so nobody knows which sockets were open', 'vantage');
    if (s.hosts.count >= 0.5 * sockets && neighbours < NEIGHBOURS && fast < 100)
      reasons.add(-1, 'hosts all over, and whether they answered does not show: so crawlers look', 'vantage');
    // Many ports of one host tell by themselves.
    if (view.wentOn >= 0.2)
      reasons.add(
        s.ports.count >= 20 && s.ports.count >= 5 * s.hosts.count ? -1 : -3,
        'clients in this capture do go on after their SYNs',
        'vantage',
      );
  }
  // Who looks whether services are up comes again and again to those that are; a scanner knows after one look.
  if (counted >= 3 * sockets && s.answered >= 0.5 * counted)
    reasons.add(-6, `it came ${short(counted / sockets)} times to each, and most answered`, 'dst-port-entropy');
  const again = s.synAgain / counted;
  waiting(s, sockets, down, reasons);
  if (again >= 0.3)
    reasons.add(-1.5, `it sent ${grouped(s.synAgain)} SYNs again, as a client that wants to be served`, 'fingerprint');
  if (fast >= 4) reasons.add(fast >= 100 ? 1.5 : 0.5, `${short(fast)} new sockets a second`, 'dst-port-entropy');
  if (counted / sockets < 1.5) reasons.add(0.5, 'hardly any socket was tried twice', 'dst-port-entropy');
  return reasons;
}

/** A client of what is down meets as many failures as a scanner, but it waits for answers, and so do others. */
function waiting(s: SourceProfile, sockets: number, down: number, reasons: Reasons): void {
  const counted = s.attempts - s.over;
  const waits = s.synAgain >= 0.5 * counted;
  if (down >= 0.5 && (waits || counted >= 2 * sockets)) {
    const text = `${percent(down)} of its sockets answered none of several who kept trying: what is down looks like that to its clients`;
    reasons.add(-4, text, 'completion-ratio');
  } else if (counted >= 3 * sockets && waits) {
    const text = `it came ${short(counted / sockets)} times to each and waited by its stack's timer`;
    reasons.add(-4, `${text}: one look is enough for a scanner`, 'fingerprint');
  }
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
function contacts(s: SourceProfile, sockets: number, view: ScanView, reasons: Reasons): void {
  const good = Math.min(sockets, view.shows === 'answers' ? s.answered : s.completed);
  const walk = (sockets - 2 * good) * Math.log(4);
  // A few failures may have one cause, such as a route that is down; the paper takes them for independent.
  const most = sockets >= 30 ? 3 : 1.5;
  const weight = Math.max(-6, Math.min(most, walk / 5));
  const text = `${grouped(sockets - good)} of ${grouped(sockets)} sockets gave it no connection (${percent(1 - good / sockets)}; threshold random walk)`;
  reasons.add(weight, text, 'completion-ratio');
}

const LEAST_SOCKETS = 8;
const NEIGHBOURS = 6;
