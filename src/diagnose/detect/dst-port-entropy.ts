/** Detector 7: are many ports tried? That tells a scan, or a flood of a whole host, from a flood of one service. */
import { grouped, roughly, short } from '../figures.ts';
import type { TargetProfile } from './target-profile.ts';
import type { DetectorInfo, Finding } from './types.ts';

export const DST_PORT_ENTROPY: DetectorInfo = {
  id: 'dst-port-entropy',
  title: 'Entropy of destination ports',
  formula: 'H = −Σ p(d)·log2 p(d) over destination ports d of a host; 2^H is how many ports there are in effect',
  source: 'Lakhina, Crovella, Diot 2005 (distributions of addresses and ports tell anomalies apart)',
  window: 'all attempts at the host',
  threshold: '2^H ≥ 20 ports',
  blindSpots: [
    'A slow scan by many sources looks like what every public address receives day and night.',
    'It says that ports are many, not who tries them: one source is a scan, thousands are a flood of the host.',
    'A passive FTP server or a host behind port forwarding is rightly contacted at many ports.',
  ],
};

export function findPortEntropy({ ports, counts, scope }: TargetProfile): Finding {
  const effective = 2 ** ports.entropy;
  const many = scope !== 'socket' && effective >= MANY;
  return {
    detector: DST_PORT_ENTROPY.id,
    state: scope === 'socket' ? 'cannot-judge' : many ? 'fires' : 'quiet',
    onset: many ? counts.firstAt : -1,
    end: many ? counts.lastAt : -1,
    onsetWithin: 0,
    endWithin: 0,
    value: effective,
    threshold: MANY,
    sentence:
      scope === 'socket'
        ? 'One socket has one port.'
        : `Attempts went to ${roughly(ports.distinct, 'port')}, in effect ${short(effective)} (2 to the power of ${short(ports.entropy)} bits).`,
    evidence: [
      { label: 'distinct ports', value: roughly(ports.distinct, 'port') },
      {
        label: 'most tried',
        value: ports.top
          .slice(0, 5)
          .filter((p) => p.count > p.over)
          .map((p) => `${p.value} (${grouped(p.count - p.over)})`)
          .join(', '),
      },
    ],
  };
}

const MANY = 20;
