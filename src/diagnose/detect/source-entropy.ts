/** Detector 6: are the senders of SYNs ever new ones? Forged sources, drawn at random, hardly ever repeat. */
import { counted, grouped, percent, roughly, short } from '../figures.ts';
import type { TargetProfile } from './target-profile.ts';
import type { DetectorInfo, Finding } from './types.ts';

export const SOURCE_ENTROPY: DetectorInfo = {
  id: 'source-entropy',
  title: 'Source entropy and new sources',
  formula:
    'H = −Σ p(s)·log2 p(s) over sources s, against log2 N of N attempts; and new sources per second against attempts',
  source:
    'Feinstein, Schnackenberg, Balupari, Kindred 2003 (entropy of sources); Peng, Leckie, Ramamohanarao 2004 (new sources tell a flood from a flash crowd)',
  window: 'all attempts at the target; new sources each second',
  threshold: 'H / log2 N ≥ 0.95 with N ≥ 50 attempts',
  blindSpots: [
    'A flash crowd of clients that each come once has the same entropy: only what becomes of the attempts tells.',
    'A flood from few addresses, or from a botnet that uses its own, stays below the threshold.',
    'Beyond 128 sources the entropy is of the frequent ones and an even rest, and the number of sources is an estimate.',
  ],
};

export function findSourceEntropy({ sources, rate, counts }: TargetProfile): Finding {
  const spread = sources.entropyMost > 0 ? sources.entropy / sources.entropyMost : 0;
  const enough = sources.total >= LEAST;
  const fires = enough && spread >= SPREAD;
  const newest = rate.newSources.map((n, i) => (n > 0 && n >= 0.5 * (rate.syn[i] ?? 0) ? i : -1)).filter((i) => i >= 0);
  const first = newest[0];
  const last = newest.at(-1);
  // A curve that was begun late may have no such step: then all attempts are what it fires on.
  const onset = first === undefined ? counts.firstAt : rate.start + first * rate.step;
  const end = last === undefined ? counts.lastAt : rate.start + (last + 1) * rate.step;
  const within = fires && first !== undefined ? rate.step : 0;
  const numbers = `${short(sources.entropy)} bits of at most ${short(sources.entropyMost)}`;
  return {
    detector: SOURCE_ENTROPY.id,
    state: enough ? (fires ? 'fires' : 'quiet') : 'cannot-judge',
    onset: fires ? onset : -1,
    end: fires ? end : -1,
    onsetWithin: within,
    endWithin: within,
    value: spread,
    threshold: SPREAD,
    sentence: enough
      ? `The sources of ${grouped(sources.total)} attempts have ${numbers}: ${percent(spread)}, ${fires ? 'as many as can be' : 'so some come often'}.`
      : `${grouped(sources.total)} attempts are too few to speak of the entropy of their sources.`,
    evidence: [
      {
        label: 'distinct sources',
        value: `${roughly(sources.distinct, 'source')} of ${counted(sources.total, 'attempt')}`,
      },
      { label: 'entropy', value: numbers },
      {
        label: 'most active source',
        value: counted(Math.max(0, ...sources.top.map((s) => s.count - s.over)), 'attempt'),
      },
    ],
  };
}

const LEAST = 50;
/** Random 32-bit addresses give 1 up to thousands of attempts; the clients of busy sites, which come back, 0.3 to 0.9. */
const SPREAD = 0.95;
