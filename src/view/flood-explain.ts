/**
 * What happened in a flood run and why, in sentences, from the report alone: which limit was hit first, whom it hit, what
 * the defences did, and what the same would look like on a real host.
 */
import { NOBODY } from '../sim/crowd/attempts.ts';
import type { LessonStep } from '../sim/flood-model.ts';
import type { ClientsReport, FloodMoment, FloodReport, ListenerReport, SeriesName } from '../sim/flood-report.ts';
import type { Nanos } from '../tcp/types.ts';
import { counted, countText, shareText, spanText } from './flood-number.ts';
import { formatTime } from './time-text.ts';

/** One paragraph each; those about what did not happen are left out. */
export function explainFlood(report: FloodReport): string[] {
  return [
    whoCame(report),
    queueStory(report),
    ...whyDropped(report),
    firstDropped(report),
    cookieStory(report),
    evictionStory(report),
    liveStory(report),
    boxStory(report),
    waiting(report),
    established(report),
    backscatter(report),
    onARealHost(report),
  ].filter((paragraph) => paragraph !== '');
}

/** The scenario's own text beside the moments it waited for, in the order they came. */
export function lessonTold(
  lesson: readonly LessonStep[],
  report: FloodReport,
): { readonly t: Nanos; readonly step: LessonStep }[] {
  return lesson
    .map((step) => ({ t: momentOf(step, report), step }))
    .filter(({ t }) => t >= 0 && t <= report.ranTo)
    .sort((a, b) => a.t - b.t);
}

/** When it came; -1 = it did not. */
function momentOf({ when }: LessonStep, { moments }: FloodReport): Nanos {
  if (when.on === 'time') return when.at;
  if (when.on === 'start') return 0;
  return moments.find(({ what }) => what === when.on)?.t ?? -1;
}

function whoCame({ clients, floods, botnets, ranTo, stopped, moments }: FloodReport): string {
  const all = allOf(clients);
  const syns = [...floods, ...botnets].reduce((sum, source) => sum + source.syns, 0);
  const begins = at(moments, 'flood-begins');
  const flood =
    syns === 0
      ? 'Nobody flooded the server.'
      : `The flood sent ${counted(syns, 'SYN')}${begins < 0 ? '' : `, the first at ${formatTime(begins)}`}; whoever sent them completes no handshake.`;
  const ran = stopped ? `The run was stopped at ${formatTime(ranTo)}. ` : '';
  if (all.attempts === 0) return `${ran}${flood} There were no clients.`;
  const first = (all.answeredAtTry[0] ?? 0) / all.attempts;
  return `${ran}${flood} ${counted(all.attempts, 'client')} tried to connect: the server answered ${shareText(first)} of them at the first SYN and ${shareText(answered(all) / all.attempts)} in the end; ${shareText(all.served / all.attempts)} got a response.`;
}

function queueStory({ queue, moments, listeners }: FloodReport): string {
  const holds = `The SYN queue holds ${counted(queue.capacity, 'half-open connection')}${queue.capacity === (listeners[0]?.backlog ?? 0) + 1 ? ' (the backlog and one more)' : ''}`;
  if (queue.fullAt < 0) return `${holds}; it was never full, with ${countText(queue.peak)} at most.`;
  const after = queue.timeToExhaustion < 0 ? '' : `, ${spanText(queue.timeToExhaustion)} after the flood began`;
  const over =
    at(moments, 'flood-ends') < 0
      ? ''
      : queue.timeToRecovery < 0
        ? ' When the run ended there was still no lasting room.'
        : queue.timeToRecovery === 0
          ? ' There was room for good as soon as the flood was over.'
          : ` There was room for good ${spanText(queue.timeToRecovery)} after the last flood SYN${queue.timeToRecovery > 1e9 ? ': entries stay until their SYN/ACK timers have run out, whether or not the flood goes on' : ''}.`;
  return `${holds}. It was full at ${formatTime(queue.fullAt)}${after}, and without room during ${shareText(queue.fullShare)} of the flood. Each entry keeps its place for as long as the server repeats its SYN/ACK: it is places that ran out, not bandwidth.${over}`;
}

function whyDropped(report: FloodReport): string[] {
  const told: string[] = [];
  for (const { column, say } of CAUSES) {
    const count = sum(report, column);
    if (count > 0) told.push(say(count));
  }
  if (report.cpu.dropped > 0) {
    told.push(
      `${counted(report.cpu.dropped, 'segment')} found the CPU too busy. No rule of TCP dropped them, and no counter of TCP shows them.`,
    );
  }
  return told;
}

const CAUSES: readonly { readonly column: SeriesName; readonly say: (count: number) => string }[] = [
  {
    column: 'dropsSynQueue',
    say: (count) =>
      `${counted(count, 'SYN')} came when the SYN queue was full and ${were(count)} dropped in silence (TCPReqQFullDrop, part of ListenDrops). The server cannot tell a client's SYN from a forged one, so it is a matter of luck who finds a free place; a client learns nothing and tries again after a second.`,
  },
  {
    column: 'dropsAcceptQueue',
    say: (count) =>
      `${counted(count, 'segment')} came when the accept queue was full and ${were(count)} dropped (ListenOverflows, part of ListenDrops): SYNs, and ACKs that would have completed a handshake, because the application did not take connections fast enough. No defence against SYN floods helps there, cookies included.`,
  },
  {
    column: 'dropsReserve',
    say: (count) =>
      `${counted(count, 'SYN')} ${were(count)} dropped although there was room: without cookies Linux keeps the last quarter of tcp_max_syn_backlog for hosts it has talked to before (ListenDrops, and no counter beside it).`,
  },
  {
    column: 'dropsBox',
    say: (count) => `${counted(count, 'segment')} never reached the server, because a network defence dropped them.`,
  },
  {
    column: 'dropsLink',
    say: (count) =>
      `${counted(count, 'segment')} ${were(count)} lost on the access link. What does not fit on the link no setting of the server can save.`,
  },
];

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function firstDropped({ moments }: FloodReport): string {
  const t = at(moments, 'first-client-dropped');
  if (t < 0) return '';
  const full = at(moments, 'queue-full');
  if (full < 0 || full > t)
    return `The first segment of a client was lost or dropped at ${formatTime(t)}, before the SYN queue was ever full.`;
  return `The first client was turned away at ${formatTime(t)}, ${spanText(t - full)} after the queue had filled.`;
}

function cookieStory(report: FloodReport): string {
  const lost = allOf(report.clients).optionsLost;
  const sent = counter(report.listeners, 'SyncookiesSent');
  if (sent === 0) return '';
  const back = counter(report.listeners, 'SyncookiesRecv');
  return `${counted(sent, 'SYN')} ${were(sent)} answered with a cookie: the SYN/ACK's own sequence number carries what an entry would hold, and nothing is kept${sum(report, 'dropsSynQueue') === 0 ? ', so a full SYN queue turned nobody away' : ''}. ${counted(back, 'ACK')} brought a valid one back${counter(report.listeners, 'ListenOverflows') > 0 ? ', repetitions counted: an ACK that finds the accept queue full is dropped, and its client tries again' : ''}${lost > 0 ? `, and ${counted(lost, 'client')} had to do without window scale or SACK` : ''}. The price: a cookie SYN/ACK is never repeated, ${report.profile === 'freebsd-14' ? 'options are rounded to what fits into the cookie' : 'a client without timestamps loses window scaling and SACK'}, and the server still answers every forged SYN.`;
}

function evictionStory({ listeners }: FloodReport): string {
  const evicted = counter(listeners, 'evicted');
  if (evicted === 0) return '';
  return `${countText(evicted)} ${evicted === 1 ? 'entry was' : 'entries were'} given up for a newer SYN. A client gets through when its ACK is back before its own entry is given up, so the near ones do better than the far ones.`;
}

function liveStory({ floods, listeners }: FloodReport): string {
  const resets = floods.reduce((sum, flood) => sum + flood.resets, 0);
  if (resets === 0) return '';
  return `${counted(resets, 'SYN/ACK')} reached a host that really lives at the forged address. It had sent no SYN, so it answered with RST, and the server's entry was free at once (EmbryonicRsts ${countText(counter(listeners, 'EmbryonicRsts'))}). That is why a flood prefers addresses where nobody lives.`;
}

function boxStory({ boxes }: FloodReport): string {
  if (boxes.length === 0) return '';
  const each = boxes.map(({ name, peakEntries }) => `${name} remembered ${counted(peakEntries, 'thing')} at most`);
  return `Before the server: ${each.join('; ')}. What a defence must remember can be filled like the queue it protects.`;
}

function waiting({ clients }: FloodReport): string {
  const { answeredAtTry, connectTime } = allOf(clients);
  const late = answeredAtTry.slice(1).reduce((total, count) => total + count, 0);
  if (late === 0) return '';
  return `${counted(late, 'client')} ${were(late)} answered only at a later SYN, which costs a second at the least; half of all that connected took ${spanText(connectTime.p50)} or less, one in a hundred ${spanText(connectTime.p99)} or more.`;
}

function established({ clients }: FloodReport): string {
  const { laterServed, laterFailed } = allOf(clients);
  if (laterServed + laterFailed === 0) return '';
  if (laterFailed > 0)
    return `Of the requests on connections that were open already, ${countText(laterFailed)} of ${countText(laterServed + laterFailed)} failed.`;
  return `All ${countText(laterServed)} later requests on connections that were open already were answered: a full SYN queue turns newcomers away and does not touch who is in.`;
}

function backscatter({ road }: FloodReport): string {
  if (road.backscatter === 0) return '';
  return `${counted(road.backscatter, 'SYN/ACK')} went to addresses that had asked for nothing. Such backscatter is how floods are noticed elsewhere (Moore, Voelker and Savage 2001).`;
}

function onARealHost({ listeners, queue, profile }: FloodReport): string {
  // The counters are Linux'; other systems count, too, but not these things.
  if (profile !== 'linux-6') return '';
  const shown = ['ListenDrops', 'ListenOverflows', 'TCPReqQFullDrop', 'TCPReqQFullDoCookies', 'SyncookiesSent'].filter(
    (name) => counter(listeners, name) > 0,
  );
  if (shown.length === 0 && queue.peak === 0) return '';
  const names = shown.length === 0 ? ['ListenDrops'] : shown;
  const values = names.map((name) => `${name} ${countText(counter(listeners, name))}`).join(', ');
  const port = listeners[0]?.port ?? 80;
  return `On a Linux host: "nstat -az ${names.map((name) => `TcpExt${name}`).join(' ')}" would show ${values}, and "ss -Hn state syn-recv sport = :${port} | wc -l" up to ${countText(queue.peak)}. The Recv-Q that "ss -ltn" shows for a listener is the accept queue, not the half-open connections.`;
}

function allOf(clients: readonly ClientsReport[]): ClientsReport {
  return clients.find(({ name }) => name === 'all') ?? NOBODY;
}

function answered({ answeredAtTry }: ClientsReport): number {
  return answeredAtTry.reduce((total, count) => total + count, 0);
}

function at(moments: readonly FloodMoment[], what: FloodMoment['what']): Nanos {
  return moments.find((moment) => moment.what === what)?.t ?? -1;
}

function counter(listeners: readonly ListenerReport[], name: string): number {
  return listeners.reduce((total, listener) => total + (listener.counters[name] ?? 0), 0);
}

function sum({ series }: FloodReport, column: SeriesName): number {
  return series.columns[column].reduce((total, value) => total + value, 0);
}
