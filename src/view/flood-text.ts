/**
 * A flood report for the terminal: who was served, what happened over time, the queue, drops by cause, the kernel's
 * counters, what the defences did, and the CPU. Numbers only; `flood-explain.ts` says why.
 */
import type { BoxReport, ClientsReport, FloodReport, SeriesName } from '../sim/flood-report.ts';
import { counted, countText, shareText, sizeText, spanText } from './flood-number.ts';
import { shareCell } from './share-cell.ts';
import { sparkline } from './sparkline.ts';
import type { TextLine, TextRole } from './text-line.ts';
import { cell, type TextCell, textTable } from './text-table.ts';
import { formatTime } from './time-text.ts';

export function floodLines(report: FloodReport): TextLine[] {
  const sections = [
    ['Who was served', served(report)],
    ['Over time', overTime(report)],
    ['Queue', queue(report)],
    ['Drops by cause', drops(report)],
    [report.profile === 'linux-6' ? 'Counters, as in nstat -az' : "Counters, under Linux' names", counters(report)],
    ['Who flooded', floods(report)],
    ['Defences and what they did', defences(report)],
    ['The road and the CPU', road(report)],
  ] as const;
  return sections
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines], i) => [...(i === 0 ? [] : [[]]), [span(title, 'strong')], ...lines]);
}

function span(text: string, role: TextRole = 'plain'): { readonly text: string; readonly role: TextRole } {
  return { text, role };
}

function sentence(text: string): TextLine {
  return [span(`  ${text}`)];
}

// ---- who was served ----------------------------------------------------------------------------------------------------

function served(report: FloodReport): TextLine[] {
  const groups = report.clients.filter(({ name }) => name !== 'all');
  // The sum says nothing new where there is one group.
  const rows = groups.length > 1 ? report.clients : groups;
  if (rows.length === 0) return [];
  const columns = [
    '',
    'attempts',
    'answered at 1st SYN',
    'ever',
    'connected',
    'served',
    'connect p50',
    'p99',
    'not served',
  ];
  return textTable(
    columns.map((head, i) => ({ head, align: i === 0 || i === columns.length - 1 ? 'left' : 'right' })),
    rows.map(clientsRow),
  );
}

function clientsRow(clients: ClientsReport): TextCell[] {
  const { attempts, answeredAtTry, connectTime } = clients;
  const answered = answeredAtTry.reduce((sum, count) => sum + count, 0);
  const first = (answeredAtTry[0] ?? 0) / attempts;
  return [
    cell(clients.name, 'client'),
    cell(countText(attempts)),
    shareCell(first),
    shareCell(answered / attempts),
    cell(shareText(clients.connected / attempts)),
    cell(shareText(clients.served / attempts)),
    cell(connectTime.count > 0 ? spanText(connectTime.p50) : '–'),
    cell(connectTime.count > 0 ? spanText(connectTime.p99) : '–'),
    cell(unserved(clients)),
  ];
}

function unserved({ failed, open, laterFailed }: ClientsReport): string {
  const parts = Object.entries(failed)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${countText(count)}`);
  if (open > 0) parts.push(`still trying ${countText(open)}`);
  if (laterFailed > 0) parts.push(`later requests ${countText(laterFailed)}`);
  return parts.join(', ');
}

// ---- over time ---------------------------------------------------------------------------------------------------------

/** Characters of a sparkline. */
const WIDTH = 60;

function overTime({ series, queue }: FloodReport): TextLine[] {
  if (series.length === 0) return [];
  const { columns, every } = series;
  const rate = (name: SeriesName): number[] => columns[name].map((value) => (value * 1e9) / every);
  const total = DROP_CAUSES.map(({ column }) => rate(column));
  const dropped = columns.dropsSynQueue.map((_, i) => total.reduce((sum, column) => sum + (column[i] ?? 0), 0));
  const rows: [string, TextRole, readonly number[], number, string][] = [
    [
      'half-open',
      'half-open',
      columns.halfOpen,
      queue.capacity,
      `${countText(queue.peak)} of ${countText(queue.capacity)}`,
    ],
    [
      'accept queue',
      'server',
      columns.acceptQueue,
      top(columns.acceptQueue),
      `${countText(top(columns.acceptQueue))} at most`,
    ],
    ['flood SYNs', 'dropped', rate('floodSyns'), Number.NaN, ''],
    ['SYN/ACKs', 'server', rate('synAcks'), Number.NaN, ''],
    ['cookies', 'server', rate('cookies'), Number.NaN, ''],
    ['dropped', 'dropped', dropped, Number.NaN, ''],
    ['connected', 'established', rate('connected'), Number.NaN, ''],
    ['bots flooding', 'dropped', columns.bots, Number.NaN, `${countText(top(columns.bots))} at most`],
  ];
  const shown = rows.filter(([name, , values]) => name === 'half-open' || top(values) > 0);
  const label = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.map(([name, role, values, most, note]): TextLine => {
    const peak = top(values);
    return [
      span(`  ${name.padEnd(label)}  `),
      span(sparkline(values, WIDTH, Number.isNaN(most) ? peak : most), role),
      span(`  ${note === '' ? `${rateText(peak)} at most` : note}`, 'quiet'),
    ];
  });
  const end = formatTime(series.length * every);
  const width = [...sparkline(columns.halfOpen, WIDTH)].length;
  const axis = `0 s${end.padStart(width - 3)}`;
  return [...lines, [span(`  ${' '.repeat(label)}  ${axis}`, 'quiet')]];
}

function rateText(perSecond: number): string {
  return `${countText(Number(perSecond.toPrecision(3)))}/s`;
}

function top(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Number.isNaN(value) ? 0 : value), 0);
}

// ---- queue and drops ---------------------------------------------------------------------------------------------------

function queue({ queue: q, listeners }: FloodReport): TextLine[] {
  const backlog = listeners[0]?.backlog ?? 0;
  const lines = [
    `holds ${counted(q.capacity, 'half-open connection')} (backlog ${countText(backlog)}); most at once ${countText(q.peak)}; ${sizeText(q.bytes)}`,
  ];
  if (q.fullAt < 0) lines.push('never full');
  else {
    const after = q.timeToExhaustion < 0 ? '' : `, ${spanText(q.timeToExhaustion)} after the first flood SYN`;
    lines.push(`first full at ${formatTime(q.fullAt)}${after}; no room during ${shareText(q.fullShare)} of the flood`);
    lines.push(
      q.timeToRecovery < 0
        ? 'no lasting room again by the end of the run'
        : `room again for good ${q.timeToRecovery === 0 ? 'with' : `${spanText(q.timeToRecovery)} after`} the last flood SYN`,
    );
  }
  lines.push(`accept queue: ${countText(q.peakAccept)} waiting at most`);
  return lines.map(sentence);
}

interface DropCause {
  readonly column: SeriesName;
  readonly name: string;
  /** What counts it on the host. */
  readonly counter: string;
}

const DROP_CAUSES: readonly DropCause[] = [
  { column: 'dropsSynQueue', name: 'SYN queue full', counter: 'TcpExtTCPReqQFullDrop' },
  { column: 'dropsAcceptQueue', name: 'accept queue full', counter: 'TcpExtListenOverflows' },
  { column: 'dropsReserve', name: 'last quarter kept for proven peers', counter: 'TcpExtListenDrops alone' },
  { column: 'dropsBox', name: 'by a network defence', counter: 'its own counters, below' },
  { column: 'dropsLink', name: 'on the access link', counter: 'none on the host' },
];

function drops({ series, cpu }: FloodReport): TextLine[] {
  const rows = DROP_CAUSES.map(({ column, name, counter }) => ({
    name,
    counter,
    count: series.columns[column].reduce((sum, value) => sum + value, 0),
  }));
  rows.push({ name: 'no CPU time', counter: 'none, as on a host whose interface overruns', count: cpu.dropped });
  const seen = rows.filter(({ count }) => count > 0);
  if (seen.length === 0) return [sentence('none')];
  return textTable(
    [
      { head: '', align: 'left' },
      { head: 'segments', align: 'right' },
      { head: 'counted as', align: 'left' },
    ],
    seen.map(({ name, counter, count }) => [cell(name), cell(countText(count), 'dropped'), cell(counter, 'quiet')]),
  );
}

function counters({ listeners }: FloodReport): TextLine[] {
  const names = [...new Set(listeners.flatMap((listener) => Object.keys(listener.counters)))];
  const shown = names.filter(
    (name) => /^[A-Z]/.test(name) && listeners.some((listener) => (listener.counters[name] ?? 0) > 0),
  );
  if (shown.length === 0) return [sentence('all zero')];
  return textTable(
    [{ head: '', align: 'left' }, ...listeners.map(({ port }) => ({ head: `port ${port}`, align: 'right' as const }))],
    shown.map((name) => [
      cell(nstatName(name)),
      ...listeners.map((listener) => cell(countText(listener.counters[name] ?? 0))),
    ]),
  );
}

/** The prefix that nstat puts before names: /proc/net/snmp's are Tcp…, /proc/net/netstat's TcpExt…. */
export function nstatName(counter: string): string {
  return SNMP.includes(counter) ? `Tcp${counter}` : `TcpExt${counter}`;
}

const SNMP: readonly string[] = ['PassiveOpens', 'AttemptFails', 'OutRsts', 'RetransSegs'];

// ---- floods, defences, road --------------------------------------------------------------------------------------------

function floods({ floods, botnets }: FloodReport): TextLine[] {
  const lines = floods.map(({ name, syns, answered, resets, filtered }) => {
    const parts = [counted(syns, 'SYN'), `${countText(answered)} answered`];
    if (resets > 0) parts.push(`${countText(resets)} reset by hosts that live at a forged address`);
    if (filtered > 0) parts.push(`${countText(filtered)} stopped by ingress filters`);
    return `${name}: ${parts.join(', ')}`;
  });
  for (const net of botnets) {
    const filtered = net.filtered > 0 ? `, ${countText(net.filtered)} stopped by ingress filters` : '';
    const how = net.how === 'each' ? 'bot by bot' : 'as superposed processes';
    lines.push(
      `${net.name}: ${counted(net.bots, 'bot')} (${how}), ${countText(net.registered)} registered, ${counted(net.polls, 'poll')} of which ${countText(net.pollsFailed)} failed; ${counted(net.syns, 'SYN')}${filtered}`,
    );
    for (const [i, informed] of net.informed.entries()) {
      const by = net.informedBy[i] ?? -1;
      lines.push(
        `  order ${i + 1}: ${counted(informed, 'bot')} learnt of it${by < 0 ? '' : `, the last at ${formatTime(by)}`}`,
      );
    }
  }
  return lines.map(sentence);
}

function defences(report: FloodReport): TextLine[] {
  const lines = report.listeners.map(({ port, policy }) => sentence(`port ${port}: ${policy}`));
  return [...lines, ...report.boxes.flatMap((box) => boxLines(box, report.ranTo))];
}

function boxLines(box: BoxReport, ranTo: number): TextLine[] {
  const share = ranTo > 0 ? box.cpu / ranTo : 0;
  const acts = Object.entries(box.counters)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${countText(count)}`);
  return [
    sentence(`${box.name}: ${countText(box.peakEntries)} entries at most, ${shareText(share)} of a CPU`),
    ...(acts.length > 0 ? [sentence(`  ${acts.join(', ')}`)] : []),
  ];
}

function road({ road: r, cpu }: FloodReport): TextLine[] {
  const lost = [
    r.lost > 0 ? `${countText(r.lost)} lost` : '',
    r.overflow > 0 ? `${countText(r.overflow)} overflowed` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
  return [
    sentence(
      `${counted(r.segmentsIn, 'segment')} in (${sizeText(r.bytesIn)}), ${countText(r.segmentsOut)} out (${sizeText(r.bytesOut)})${lost === '' ? '' : `; ${lost}`}`,
    ),
    sentence(`${counted(r.backscatter, 'SYN/ACK')} went to addresses that had sent nothing (backscatter)`),
    sentence(`server CPU busy ${spanText(cpu.busy)}, ${shareText(cpu.share)}, in the scenario's cost model`),
  ];
}
