/**
 * `halfopen watch --json-lines`: one object a line, for a SIEM. Names and units are those of the Elastic Common Schema 8
 * where it has one (`event.duration` in ns, `event.severity`), all others stand under `halfopen`. They are part of the
 * public interface: docs/watch.md lists them.
 */
import type { VerdictTotals } from '../diagnose/examiner.ts';
import type { JudgementKind, Subject } from '../diagnose/findings.ts';
import type { AlarmEvent } from '../diagnose/live/alarm-book.ts';
import type { CaptureStart, WatchStatus } from '../diagnose/live/watch-status.ts';
import type { AddressTable } from '../wire/address.ts';
import { utcText } from './utc-text.ts';
import { alarmTitle, evidenceLines, statusText, totalsText } from './watch-text.ts';

interface Endpoint {
  readonly ip?: string;
  readonly port?: number;
  /** Of several hosts: the network they share. */
  readonly address?: string;
}

interface EventFields {
  readonly kind: 'alert' | 'metric' | 'event';
  readonly action: AlarmEvent['type'] | 'status' | 'summary';
  readonly dataset: 'halfopen.watch';
  readonly module: 'halfopen';
}

export interface AlarmJson {
  readonly '@timestamp': string;
  readonly message: string;
  readonly event: EventFields & {
    readonly category: readonly ['network'];
    readonly type: readonly string[];
    readonly id: string;
    readonly start: string;
    readonly end?: string;
    readonly duration: number;
    readonly severity: number;
    readonly reason: string;
  };
  readonly rule: { readonly name: JudgementKind };
  readonly network: { readonly transport: 'tcp' };
  readonly source?: Endpoint;
  readonly destination?: Endpoint;
  readonly halfopen: {
    readonly kind: JudgementKind;
    readonly confidence: { readonly level: string; readonly score: number };
    readonly because: readonly { readonly weight: number; readonly sentence: string; readonly detector: string }[];
    readonly evidence: readonly { readonly detector: string; readonly sentence: string }[];
    readonly attempts: number;
    readonly peakRate: number;
    readonly sources: { readonly distinct: number; readonly spoofed: string };
    readonly endedBy?: string;
  };
}

export interface StatusJson {
  readonly '@timestamp': string;
  readonly message: string;
  readonly event: EventFields & { readonly start: string; readonly duration: number };
  readonly halfopen: {
    readonly packets: number;
    readonly tcp: number;
    readonly syn: number;
    readonly synack: number;
    readonly rst: number;
    readonly fin: number;
    readonly rates: WatchStatus['rates'];
    readonly halfOpen: number;
    readonly totals: VerdictTotals;
    readonly alarms: { readonly going: number; readonly begun: number };
    readonly targets: readonly {
      readonly target: Endpoint;
      readonly synRate: number;
      readonly attempts: number;
      readonly completed: number;
      readonly halfOpen: number;
      readonly kind: JudgementKind;
    }[];
    readonly skipped: Readonly<Record<string, number>>;
    readonly table: WatchStatus['table'];
  };
}

export function alarmJson({ type, at, alarm }: AlarmEvent, start: CaptureStart, addresses: AddressTable): AlarmJson {
  const { judgement, subject, onset, endedAt, endedBy } = alarm;
  const end = endedAt < 0 ? at : endedAt;
  const side = endpoint(subject, addresses);
  return {
    '@timestamp': timestamp(start, at),
    message: `${alarmTitle(alarm, addresses)}: ${type === 'alarm-begin' ? judgement.sentence : totalsText(alarm)}`,
    event: {
      kind: 'alert',
      action: type,
      dataset: 'halfopen.watch',
      module: 'halfopen',
      category: ['network'],
      type: [EVENT_TYPES[type]],
      // The same in all lines of one alarm, and another one in another capture.
      id: `${timestamp(start, 0)}/${alarm.id}`,
      start: timestamp(start, onset),
      ...(endedAt >= 0 && { end: timestamp(start, endedAt) }),
      duration: Math.max(0, end - onset),
      severity: SEVERITIES[alarm.kind],
      reason: evidenceLines(alarm).join('; '),
    },
    rule: { name: alarm.kind },
    network: { transport: 'tcp' },
    ...(subject.role === 'target' ? { destination: side } : { source: side }),
    halfopen: {
      kind: alarm.kind,
      confidence: { level: judgement.confidence.level, score: judgement.confidence.score },
      because: judgement.confidence.because,
      evidence: judgement.findings
        .filter(({ state }) => state === 'fires')
        .map(({ detector, sentence }) => ({ detector, sentence })),
      attempts: alarm.attempts,
      peakRate: alarm.peakRate,
      sources: { distinct: judgement.sources.distinct, spoofed: judgement.sources.spoofed },
      ...(endedBy !== '' && { endedBy }),
    },
  };
}

/** `summary` has the same fields: it is the last status. */
export function statusJson(status: WatchStatus, action: 'status' | 'summary', addresses: AddressTable): StatusJson {
  const { packets, tcp, syn, synack, rst, fin, rates, halfOpen, totals, table } = status;
  return {
    '@timestamp': timestamp(status, status.at),
    message: statusText(status),
    event: {
      kind: action === 'status' ? 'metric' : 'event',
      action,
      dataset: 'halfopen.watch',
      module: 'halfopen',
      start: timestamp(status, 0),
      duration: status.at,
    },
    halfopen: {
      packets,
      tcp,
      syn,
      synack,
      rst,
      fin,
      rates,
      halfOpen,
      totals,
      alarms: { going: status.alarms.length, begun: status.alarmsBegun },
      targets: status.targets.map((target) => ({
        target: endpoint(target.subject, addresses),
        synRate: target.synRate,
        attempts: target.attempts,
        completed: target.completed,
        halfOpen: target.halfOpen,
        kind: target.kind,
      })),
      skipped: Object.fromEntries(status.skipped.map(({ name, count }) => [name, count])),
      table,
    },
  };
}

function endpoint({ address, port, prefix }: Subject, addresses: AddressTable): Endpoint {
  return {
    ...(address >= 0 ? { ip: addresses.format(address) } : { address: prefix }),
    ...(port >= 0 && { port }),
  };
}

function timestamp({ startSec, startNanos }: CaptureStart, at: number): string {
  return utcText(startSec, startNanos + at, 6);
}

/** ECS `event.type`. */
const EVENT_TYPES = { 'alarm-begin': 'start', 'alarm-update': 'info', 'alarm-end': 'end' } as const;

/** ECS leaves the scale to the source; this is that of syslog turned round: 1 = notice, 2 = warning, 3 = critical. */
const SEVERITIES: Readonly<Record<JudgementKind, number>> = {
  flood: 3,
  reflection: 3,
  scan: 2,
  'retry-storm': 2,
  'flash-crowd': 1,
  backscatter: 1,
  nothing: 0,
};
