/** What a watch has to say, written by hand: whole by default, any part replaced. */
import type { Alarm } from '../../src/diagnose/live/alarm-book.ts';
import type { WatchStatus } from '../../src/diagnose/live/watch-status.ts';
import { aFlood, someFindings } from './findings-builder.ts';

const SEC = 1e9;

/** The flood of `findings-builder`, noticed after a second, going on at 30 s. */
export function anAlarm(parts: Partial<Alarm> = {}): Alarm {
  const judgement = aFlood({ end: -1 });
  return {
    id: 1,
    kind: judgement.kind,
    subject: judgement.subject,
    onset: 10 * SEC,
    noticedAt: 11 * SEC,
    lastAt: 30 * SEC,
    endedAt: -1,
    endedBy: '',
    attempts: 20_060,
    peakRate: 1012,
    judgement,
    ...parts,
  };
}

/** 30 s after the first packet, 20 s into the flood. */
export function aWatchStatus(parts: Partial<WatchStatus> = {}): WatchStatus {
  const { startSec, startNanos, totals } = someFindings();
  const seconds = (before: number, during: number): number[] =>
    Array.from({ length: 30 }, (_, i) => (i < 10 ? before : during));
  return {
    at: 30 * SEC,
    startSec,
    startNanos,
    packets: 41_350,
    tcp: 41_200,
    syn: 20_060,
    synack: 20_060,
    rst: 0,
    fin: 120,
    rates: { packets: 2012, syn: 1002, synack: 1002, completed: 2, refused: 0 },
    history: { syn: seconds(2, 1002), completed: seconds(2, 2), halfOpen: seconds(0, 20_000) },
    totals: { ...totals, attempts: 20_060, completed: 60, halfOpen: 20_000 },
    halfOpen: 20_000,
    targets: [
      {
        subject: { role: 'target', address: 0xcb007150, port: 80, prefix: '' },
        synRate: 1000,
        attempts: 20_030,
        completed: 31,
        halfOpen: 19_999,
        kind: 'flood',
        level: 'high',
      },
      {
        subject: { role: 'target', address: 0xcb007150, port: 443, prefix: '' },
        synRate: 1.5,
        attempts: 30,
        completed: 29,
        halfOpen: 1,
        kind: 'nothing',
        level: 'low',
      },
    ],
    alarms: [anAlarm()],
    ended: [],
    alarmsBegun: 1,
    skipped: [
      { name: 'not IP', count: 147, damaged: false },
      { name: 'truncated header', count: 3, damaged: true },
    ],
    table: { rows: 20_010, bytes: 5.2e6, expired: 40, evicted: 0 },
    ...parts,
  };
}
