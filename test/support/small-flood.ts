/**
 * The report of a flood that can be followed by hand: 40 SYNs a second from 2 s on against a backlog of 64, for 8 s.
 * 65 entries are full after 65 / 40 = 1.625 s, at 3.625 s; until 10 s come 320 SYNs, so 255 are dropped. Of ten clients,
 * one a second, four come before that and are answered at once; one of the others is lucky at its second try.
 */
import type { FloodReport } from '../../src/sim/flood-report.ts';
import { clientsReport, floodReport, floodSeries } from './flood-report-builder.ts';

const clients = clientsReport({
  name: 'clients',
  attempts: 10,
  open: 2,
  answeredAtTry: [4, 1],
  connected: 5,
  served: 5,
  failed: { timeout: 3 },
  // 50 ms, and once 50 ms and a second.
  connectTime: { count: 5, mean: 250e6, p50: 50e6, p90: 1050e6, p99: 1050e6, max: 1050e6 },
  responseTime: { count: 5, mean: 350e6, p50: 150e6, p90: 1150e6, p99: 1150e6, max: 1150e6 },
});

export const SMALL_FLOOD: FloodReport = floodReport({
  scenario: 'small',
  title: 'A small flood',
  seed: 7,
  ranTo: 10e9,
  series: floodSeries(10, {
    halfOpen: [0, 0, 40, 65, 65, 65, 65, 65, 65, 65],
    halfOpenFlood: [0, 0, 40, 65, 65, 65, 65, 65, 65, 65],
    floodSyns: [0, 0, 40, 40, 40, 40, 40, 40, 40, 40],
    dropsSynQueue: [0, 0, 0, 15, 40, 40, 40, 40, 40, 40],
    clientSyns: [1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
    synAcks: [1, 1, 41, 66, 65, 0, 0, 0, 0, 0],
    connected: [1, 1, 1, 1, 0, 1, 0, 0, 0, 0],
    connectedFirstTry: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    failed: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1],
    connectTimeMean: [50e6, 50e6, 50e6, 50e6, 0, 1050e6, 0, 0, 0, 0],
    established: [1, 1, 1, 1, 0, 1, 0, 0, 0, 0],
  }),
  clients: [clients, { ...clients, name: 'all' }],
  floods: [{ name: 'flood', syns: 320, answered: 65, resets: 0, filtered: 0 }],
  listeners: [
    {
      port: 80,
      backlog: 64,
      policy: 'drop-when-full',
      counters: { PassiveOpens: 5, ListenDrops: 255, TCPReqQFullDrop: 255, ListenOverflows: 0, syns: 330, expired: 0 },
    },
  ],
  queue: {
    capacity: 65,
    peak: 65,
    fullAt: 3.625e9,
    timeToExhaustion: 1.625e9,
    fullShare: 6.375 / 8,
    timeToRecovery: -1,
    peakAccept: 1,
    bytes: 5200,
    simulatorBytes: 5200,
  },
  road: {
    segmentsIn: 350,
    segmentsOut: 174,
    bytesIn: 14_600,
    bytesOut: 12_100,
    lost: 0,
    overflow: 0,
    backscatter: 169,
  },
  cpu: { busy: 400e3, share: 0.00004, dropped: 0 },
  moments: [
    { t: 0.05e9, what: 'first-client-served' },
    { t: 2e9, what: 'flood-begins' },
    { t: 3.625e9, what: 'queue-full' },
    { t: 4.2e9, what: 'first-client-dropped' },
    { t: 10e9, what: 'flood-ends' },
  ],
});
