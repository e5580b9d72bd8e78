/** One sentence about a run: what its defence bought, and what it cost. Both from the report, nothing from the defence's fame. */
import type { ClientsReport, FloodReport } from '../sim/flood-report.ts';
import { counted, countText, shareText, sizeText, spanText } from './flood-number.ts';

export interface Verdict {
  /** `96.1 % of the clients connected at the first SYN, all of them in the end, half within 82 ms`. */
  readonly bought: string;
  /** `2,311 connections whose SYN/ACK would not be sent again, 12,400 SYN/ACKs to strangers`. */
  readonly cost: string;
}

/** `beside`: the same on the same seed under another defence; a cost is named where this run has more of it. */
export function verdictOf(report: FloodReport, beside: FloodReport | null = null): Verdict {
  const costs = costsOf(report, beside);
  return { bought: bought(allOf(report)), cost: costs.length > 0 ? costs.slice(0, MOST_COSTS).join(', ') : NO_COST };
}

/** The same as one sentence. */
export function verdictSentence(report: FloodReport, beside: FloodReport | null = null): string {
  const verdict = verdictOf(report, beside);
  return `${verdict.bought}; it cost ${verdict.cost}.`;
}

const NO_COST = 'nothing that this run measures';
const MOST_COSTS = 3;

function bought(all: ClientsReport | undefined): string {
  // Those under way when the run ends have neither connected nor failed.
  const ended = all === undefined ? 0 : all.connected + failures(all);
  if (all === undefined || ended === 0) return 'No client had come to an end yet';
  const first = (all.answeredAtTry[0] ?? 0) / all.attempts;
  const ever = all.connected / ended;
  const atFirst = `${shareText(first)} of ${counted(all.attempts, 'client')} were answered at the first SYN`;
  if (all.connected === 0) return `${atFirst} and none connected`;
  return `${atFirst}, ${shareText(ever)} connected, half of those within ${spanText(all.connectTime.p50)}`;
}

function costsOf(report: FloodReport, beside: FloodReport | null): string[] {
  const counters = countersOf(report);
  const other = beside === null ? null : countersOf(beside);
  const more = (value: number, than: number | undefined, least: number): boolean =>
    value > least && (than === undefined || value > than * NOTABLE);
  const costs: string[] = [];
  const cookies = counters('SyncookiesRecv');
  if (more(cookies, other?.('SyncookiesRecv'), 0)) {
    costs.push(`${counted(cookies, 'connection')} from a cookie, whose SYN/ACK would not have been sent again`);
  }
  const evicted = counters('evicted');
  if (more(evicted, other?.('evicted'), 0)) costs.push(`${countText(evicted)} half-open entries thrown out`);
  const inBoxes = report.boxes.reduce((sum, box) => sum + box.peakEntries, 0);
  const boxes = beside?.boxes.reduce((sum, box) => sum + box.peakEntries, 0);
  if (more(inBoxes, boxes, 0)) costs.push(`${countText(inBoxes)} entries of state in the network`);
  const boxCpu = cpuOfBoxes(report);
  if (more(boxCpu, beside === null ? undefined : cpuOfBoxes(beside), 0.01)) {
    costs.push(`${shareText(boxCpu)} of a CPU there`);
  }
  if (more(report.cpu.share, beside?.cpu.share, 0.01)) costs.push(`${shareText(report.cpu.share)} of the CPU`);
  const median = allOf(report)?.connectTime.p50 ?? -1;
  const usual = beside === null ? undefined : allOf(beside)?.connectTime.p50;
  // Without another run there is nothing to call slow.
  if (usual !== undefined && usual > 0 && more(median, usual, 0)) {
    costs.push(`${spanText(median - usual)} more for half of those who connect`);
  }
  if (more(report.queue.bytes, beside?.queue.bytes, MUCH_MEMORY)) {
    costs.push(`${sizeText(report.queue.bytes)} for the SYN queue`);
  }
  const strangers = report.road.backscatter;
  if (more(strangers, beside?.road.backscatter, 0)) costs.push(`${counted(strangers, 'SYN/ACK')} to strangers`);
  return costs;
}

/** Less than a tenth more is the same. */
const NOTABLE = 1.1;
const MUCH_MEMORY = 1e6;

function allOf(report: FloodReport): ClientsReport | undefined {
  return report.clients.find((clients) => clients.name === 'all') ?? report.clients[0];
}

function failures(clients: ClientsReport): number {
  return Object.values(clients.failed).reduce((sum, count) => sum + count, 0);
}

/** Share of the run's time. */
function cpuOfBoxes(report: FloodReport): number {
  return report.ranTo > 0 ? report.boxes.reduce((sum, box) => sum + box.cpu, 0) / report.ranTo : 0;
}

function countersOf(report: FloodReport): (name: string) => number {
  return (name) => report.listeners.reduce((sum, listener) => sum + (listener.counters[name] ?? 0), 0);
}
