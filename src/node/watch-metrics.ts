/** What a watch counts, as Prometheus metrics. At most `MOST_TARGETS` targets have series of their own, whatever the traffic. */
import { Counter, Gauge, Registry } from 'prom-client';
import { ALARM_KINDS } from '../diagnose/live/alarm-book.ts';
import type { TargetStatus, WatchStatus } from '../diagnose/live/watch-status.ts';
import type { AddressTable } from '../wire/address.ts';

/** `memory`: resident bytes of this process. */
export function watchMetrics(status: WatchStatus, addresses: AddressTable, memory: number): Promise<string> {
  // Made anew for each scrape: nothing that is gone has a series, and nothing is counted twice.
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, value: number): void => {
    new Counter({ name, help, registers }).inc(value);
  };
  const gauge = (name: string, help: string, value: number): void => {
    new Gauge({ name, help, registers }).set(value);
  };
  counter('halfopen_packets_total', 'Packets read from the capture.', status.packets);
  counter('halfopen_tcp_segments_total', 'TCP segments among them.', status.tcp);
  counter('halfopen_syn_segments_total', 'SYNs (without ACK), sent again or not.', status.syn);
  counter('halfopen_synack_segments_total', 'SYN/ACKs, sent again or not.', status.synack);
  counter('halfopen_rst_segments_total', 'Segments with RST.', status.rst);
  counter('halfopen_fin_segments_total', 'Segments with FIN.', status.fin);
  const { attempts, completed, refused, aborted } = status.totals;
  counter('halfopen_attempts_total', 'Connection attempts: distinct SYNs.', attempts);
  counter('halfopen_attempts_completed_total', 'Attempts whose handshake completed.', completed);
  counter('halfopen_attempts_refused_total', 'Attempts answered with RST, or with an ICMP error.', refused);
  counter('halfopen_attempts_aborted_total', 'Attempts whose client answered the SYN/ACK with RST.', aborted);
  gauge('halfopen_half_open_attempts', 'Attempts that wait for the third segment now.', status.halfOpen);
  gauge('halfopen_capture_time_seconds', 'Capture time of the newest packet, since the epoch.', captureTime(status));
  const skipped = new Counter({
    name: 'halfopen_skipped_packets_total',
    help: 'Packets that are no whole TCP segment, by reason.',
    labelNames: ['reason'],
    registers,
  });
  for (const { name, count } of status.skipped) skipped.inc({ reason: name }, count);
  const alarms = new Gauge({
    name: 'halfopen_alarms',
    help: 'Alarms that go on now, by kind.',
    labelNames: ['kind'],
    registers,
  });
  // Kinds without an alarm are 0 and not absent, so that a rule can compare them.
  for (const kind of ALARM_KINDS) alarms.set({ kind }, status.alarms.filter((alarm) => alarm.kind === kind).length);
  counter('halfopen_alarms_begun_total', 'Alarms that began.', status.alarmsBegun);
  gauge('halfopen_table_rows', 'Rows of the table of attempts that are in use.', status.table.rows);
  gauge('halfopen_table_bytes', 'Memory of that table.', status.table.bytes);
  counter('halfopen_table_expired_rows_total', 'Rows let go after a silence.', status.table.expired);
  counter('halfopen_table_evicted_rows_total', 'Rows let go for room.', status.table.evicted);
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', memory);
  targetMetrics(registry, status.targets.slice(0, MOST_TARGETS), addresses);
  return registry.metrics();
}

function targetMetrics(registry: Registry, targets: readonly TargetStatus[], addresses: AddressTable): void {
  const series: readonly (readonly [string, string, (target: TargetStatus) => number])[] = [
    ['halfopen_target_syns_per_second', 'SYNs a second at one of the busiest targets.', (t) => t.synRate],
    ['halfopen_target_half_open_attempts', 'Attempts there that wait for the third segment.', (t) => t.halfOpen],
    ['halfopen_target_attempts', 'Attempts there, since it was first seen.', (t) => t.attempts],
    ['halfopen_target_completed_attempts', 'Those of them whose handshake completed.', (t) => t.completed],
  ];
  for (const [name, help, value] of series) {
    const gauge = new Gauge({ name, help, labelNames: ['ip', 'port'], registers: [registry] });
    for (const target of targets) {
      const { address, port, prefix } = target.subject;
      gauge.set({ ip: address < 0 ? prefix : addresses.format(address), port: port < 0 ? '' : port }, value(target));
    }
  }
}

function captureTime({ startSec, startNanos, at }: WatchStatus): number {
  return startSec + (startNanos + at) / 1e9;
}

const MOST_TARGETS = 10;
