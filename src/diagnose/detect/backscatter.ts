/** Detector 9: replies to SYNs that nobody in the capture sent. */
import { counted, grouped, roughly } from '../figures.ts';
import type { StrayProfile } from '../stray-ledger.ts';
import type { DetectorInfo, Finding } from './types.ts';

export const BACKSCATTER: DetectorInfo = {
  id: 'backscatter',
  title: 'Backscatter and reflection',
  formula: 'flows with SYN/ACK or RST, without a SYN and without any other segment; by receiver and by sender',
  source: 'Moore, Voelker, Savage 2001 (backscatter); RFC 9293 §3.10.7.1 (RST to what was not asked for)',
  window: 'all flows of a host',
  threshold: '20 flows; or one SYN/ACK repeated 12 times, twice what stacks send (Linux tcp_synack_retries 5: six)',
  blindSpots: [
    'A capture of one direction or of samples has lone SYN/ACKs of good connections; those that go on with data are left out.',
    'Who forged the SYNs never shows in what comes back.',
    'Fewer than 20 flows are not told from the ends of connections that began before the capture.',
  ],
};

export function findBackscatter(s: StrayProfile): Finding {
  const fires = s.flows >= LEAST || s.mostCopies >= COPIES;
  const peers = roughly(s.peers.distinct, 'address', 'addresses');
  const way = s.role === 'received' ? `from ${peers} reached this host` : `went from this host to ${peers}`;
  return {
    detector: BACKSCATTER.id,
    state: fires ? 'fires' : 'quiet',
    onset: fires ? s.firstAt : -1,
    end: fires ? s.lastAt : -1,
    onsetWithin: 0,
    endWithin: 0,
    value: s.flows,
    threshold: LEAST,
    sentence: `Replies on ${counted(s.flows, 'flow')} ${way}, to SYNs that are not in the capture.`,
    evidence: [
      { label: 'flows', value: grouped(s.flows), packets: s.packets },
      {
        label: 'with SYN/ACK',
        value: `${grouped(s.synackFlows)}, ${grouped(s.synacks)} packets, at most ${s.mostCopies} on one flow`,
      },
      {
        label: 'ports of the repliers',
        value: s.serverPorts.top
          .slice(0, 5)
          .filter((p) => p.count > p.over)
          .map((p) => `${p.value} (${grouped(p.count - p.over)})`)
          .join(', '),
      },
    ],
  };
}

const LEAST = 20;
const COPIES = 12;
