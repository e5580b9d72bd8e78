/** Target profiles written by hand, for tests of judgements: a calm server by default, any part replaced. */
import type { SourceProfile, Tally, TargetProfile } from '../../src/diagnose/detect/target-profile.ts';

const SEC = 1e9;

/** 100 clients of 203.0.113.80:80 in 100 s, all served. */
export function aProfile(parts: Partial<TargetProfile> = {}): TargetProfile {
  const samples = { at: [], isn: [], source: [], sourcePort: [], ipId: [], packet: [] };
  return {
    scope: 'socket',
    address: 0xcb007150,
    port: 80,
    counts: {
      attempts: 100,
      synAgain: 0,
      answered: 100,
      synackAgain: 0,
      completed: 100,
      refused: 0,
      aborted: 0,
      takenBack: 0,
      fin: 100,
      strayReceived: 0,
      straySent: 0,
      midStreamFromClient: 0,
      midStreamFromServer: 0,
      firstAt: 0,
      lastAt: 100 * SEC,
    },
    watchedFrom: 0,
    watched: 100,
    peakRate: 1,
    peakAt: 0,
    peakStrays: 0,
    findings: [],
    rate: {
      start: 0,
      step: SEC,
      syn: [],
      synack: [],
      completed: [],
      refused: [],
      unfinished: [],
      strayReplies: [],
      newSources: [],
      halfOpen: [],
    },
    sources: aTally(100, 100),
    ports: aTally(100, 1),
    hosts: { count: 1, error: 0 },
    traits: {
      attempts: 100,
      withoutOptions: 0,
      impossible: 0,
      unrouted: 0,
      withData: 0,
      portBelow1024: 0,
      portRepeated: 0,
      portNext: 0,
      ttls: [],
      prints: [],
      printsLost: 0,
    },
    settled: parts.unfinished ?? NONE_UNFINISHED,
    reaction: SEC,
    resending: { backoff: 0, copies: 0, never: 0, notWatched: 0 },
    unfinished: NONE_UNFINISHED,
    synSamples: samples,
    synackSamples: samples,
    queue: undefined,
    ...parts,
  };
}

/** `total` of `distinct` kinds, all as frequent; the entropy is log2 of the kinds. */
export function aTally(total: number, distinct: number): Tally {
  const count = total / distinct;
  const top = Array.from({ length: Math.min(16, distinct) }, (_, value) => ({ value, count, over: 0 }));
  return {
    total,
    distinct: { count: distinct, error: 0 },
    entropy: Math.log2(distinct),
    entropyMost: Math.log2(total),
    top,
  };
}

/** 198.51.100.7 tried 1,000 ports of one host in 10 s, five of which were open. */
export function aSource(parts: Partial<SourceProfile> = {}): SourceProfile {
  return {
    address: 0xc6336407,
    attempts: 1000,
    over: 0,
    hosts: { count: 1, error: 0 },
    ports: { count: 1000, error: 0 },
    sockets: { count: 1000, error: 0 },
    answered: 5,
    completed: 0,
    refused: 995,
    aborted: 5,
    synAgain: 0,
    firstAt: 0,
    lastAt: 10 * SEC,
    ...parts,
  };
}

const NONE_UNFINISHED: TargetProfile['unfinished'] = {
  attempts: 0,
  elsewhere: 0,
  silent: 0,
  sources: { count: 0, error: 0 },
  withoutOptions: 0,
  ttls: [],
};
