/** C: SYN cookies: what they carry, how long they hold, and what is answered to those that do not. */
import type { Connection } from '../../src/tcp/connection.ts';
import { LINUX_LISTEN, type LinuxListenSettings, linuxPolicy } from '../../src/tcp/linux-listener.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, groupBy, type Row, settingsOf } from './ground-truth.ts';
import { LinuxServer, PEER } from './linux-server.ts';
import { countersText, Nstat, parseCounters } from './nstat.ts';
import { attempt, type Check, equal, held, type Section, worstOfExact } from './section.ts';

const ISS = 1000;
const PEER_TS = 77_000;
/** With no retransmission at all, entries are gone after a second and nothing else is counted. */
const CROWD: LinuxListenSettings = { ...LINUX_LISTEN, backlog: 4, tcp_syncookies: 1, tcp_synack_retries: 0 };

export function cookies(truth: GroundTruth): Section | null {
  const options = truth.table('C_synack_options.csv');
  const behaviour = truth.table('C_cookie_behaviour.csv');
  const validity = truth.table('C_cookie_validity.csv');
  if (options === null && behaviour === null && validity === null) return null;
  const checks: Check[] = [];
  const rows: string[][] = [];
  const line = (csv: string, name: string, measured: string, predicted: string, mine: readonly Check[]): void => {
    checks.push(...mine);
    rows.push([csv, name, measured, predicted, held(mine)]);
  };
  for (const row of options ?? []) {
    const predicted = attempt(row.text('syn_options'), checks, () => handshake(row));
    if (predicted === null) continue;
    const mine = Object.entries(predicted).map(([column, value]) =>
      equal(`${row.text('path')}, ${row.text('syn_options')}: ${column}`, row.text(column), value),
    );
    const shown = (of: (column: string) => string): string =>
      `${of('synack_options')}, MSS ${of('child_snd_mss_bytes')}, scale ${of('child_snd_wscale')}`;
    line(
      'options',
      `${row.text('path')}: ${row.text('syn_options')}`,
      shown((column) => row.text(column)),
      shown((column) => `${predicted[column]}`),
      mine,
    );
  }
  // Timers of the crowd that fills the queue fire too, and the table has no column for them.
  const named = new Set((behaviour ?? []).flatMap((row) => parseCounters(row.text('counter_deltas')).map(([n]) => n)));
  for (const row of behaviour ?? []) {
    const name = row.text('case');
    const predicted = attempt(name, checks, () => behave(row, named));
    if (predicted === null) continue;
    const measured = {
      segments_received: row.text('segments_received'),
      connection_accepted: row.text('connection_accepted'),
      counter_deltas: countersText(parseCounters(row.text('counter_deltas'))),
    };
    const mine = Object.entries(measured).map(([column, value]) =>
      equal(`${name}: ${column}`, value, predicted[column as keyof typeof measured]),
    );
    line('behaviour', name, measured.segments_received, predicted.segments_received, mine);
  }
  for (const [run, of] of groupBy(validity ?? [], 'run')) {
    const predicted = acceptedByAge(of);
    const mine = of.map((row, i) =>
      equal(
        `${run}, ${row.text('ack_age_s')} s: accepted, reset`,
        `${row.text('accepted')} ${row.text('rst_received')}`,
        predicted[i] === 'accepted' ? '1 0' : predicted[i] === 'reset' ? '0 1' : '0 0',
      ),
    );
    const ages = (want: boolean): number[] =>
      of.filter((r) => (r.text('accepted') === '1') === want).map((r) => r.number('ack_age_s'));
    const ours = (want: boolean): number[] =>
      of.filter((_, i) => (predicted[i] === 'accepted') === want).map((r) => r.number('ack_age_s'));
    line(
      'validity',
      `${run}: minute ends ${of[0]!.text('second_minute_boundary_after_syn_s')} s after the SYN`,
      `good to ${Math.max(...ages(true))} s, refused from ${Math.min(...ages(false))} s`,
      `good to ${Math.max(...ours(true))} s, refused from ${Math.min(...ours(false))} s`,
      mine,
    );
  }
  return {
    letter: 'C',
    title: 'SYN cookies',
    csv: ['C_synack_options.csv', 'C_cookie_behaviour.csv', 'C_cookie_validity.csv'],
    replay:
      'Handshakes with each set of options, through the SYN queue and through a cookie; each odd return of a cookie; and ' +
      'one cookie for each age of its ACK, the SYNs so many seconds before the minute of the server’s clock ends as ' +
      'the table says. Shown for options: those of the SYN/ACK, MSS and window scale that the server then sends with.',
    tolerance: 'Exactly, every column: options, MSS, window scale, window, segments, counters, each age.',
    worst: worstOfExact(checks),
    head: ['table', 'case', 'measured', 'predicted', 'columns equal'],
    rows,
    checks,
  };
}

/** The SYN that `mss=1400+sack+ts+ws7` describes: `mss` alone is 1460, `ws` alone 7. */
function synOf(text: string): Partial<Segment> {
  const syn: Partial<Segment> = { flags: SYN, seq: ISS };
  for (const part of text
    .replace(/\(.*\)/, '')
    .trim()
    .split('+')) {
    const [, word, value] = /^([a-z]+)=?(\d*)$/.exec(part) ?? [];
    if (word === 'mss') syn.mss = value === '' ? 1460 : Number(value);
    else if (word === 'ws') syn.ws = value === '' ? 7 : Number(value);
    else if (word === 'sack') syn.sackPerm = true;
    else if (word === 'ts') Object.assign(syn, { tsVal: PEER_TS, tsEcr: 0 });
    else if (word !== 'none')
      throw new Error(`C_synack_options.csv: found option ${part}, expected mss, ws, sack or ts`);
  }
  return syn;
}

function handshake(row: Row): Record<string, string | number> {
  const path = row.text('path');
  const server = new LinuxServer({ ...settingsOf(row), backlog: 128, tcp_syncookies: path === 'cookie' ? 2 : 0 });
  const got: Segment[] = [];
  server.onSent = (seg) => got.push(copy(seg));
  server.now = 5 * SEC; // a clock that has moved, so that cookies have room for their bits
  const syn = synOf(row.text('syn_options'));
  server.recv({ src: PEER, ...syn });
  const synAck = got[0]!;
  server.now += 10 * MS;
  const echo = synAck.tsVal >= 0 ? { tsVal: PEER_TS + 10, tsEcr: synAck.tsVal } : {};
  server.recv({ src: PEER, flags: ACK, seq: ISS + 1, ack: (synAck.seq + 1) >>> 0, ...echo });
  const child = server.listener.accept();
  const { counters } = server.listener;
  return {
    synack_options: optionsOf(synAck),
    synack_mss_bytes: synAck.mss,
    synack_wscale: synAck.ws < 0 ? '' : synAck.ws,
    synack_window_bytes: synAck.wnd,
    accepted: child === undefined ? 0 : 1,
    ...childColumns(child),
    SyncookiesSent: counters.SyncookiesSent,
    SyncookiesRecv: counters.SyncookiesRecv,
  };
}

function childColumns(child: Connection | undefined): Record<string, number> {
  if (child === undefined) return {};
  const { tcb } = child;
  return {
    child_snd_mss_bytes: tcb.sndMss,
    child_ts: tcb.tsOk ? 1 : 0,
    child_sack: tcb.sackOk ? 1 : 0,
    child_wscale_on: tcb.scaleOk ? 1 : 0,
    child_snd_wscale: tcb.sndScale,
    child_rcv_wscale: tcb.rcvScale,
  };
}

function optionsOf(seg: Readonly<Segment>): string {
  const names = ['mss'];
  if (seg.sackPerm) names.push('sackok');
  if (seg.tsVal >= 0) names.push('ts');
  if (seg.ws >= 0) names.push('ws');
  return names.join('+');
}

interface Behaviour {
  readonly segments_received: string;
  readonly connection_accepted: string;
  readonly counter_deltas: string;
}

/** One case of C_cookie_behaviour, told by its words. */
function behave(row: Row, named: ReadonlySet<string>): Behaviour {
  const name = row.text('case');
  const server = new LinuxServer(CROWD);
  const got: Segment[] = [];
  const src = PEER + 100;
  server.onSent = (seg) => {
    if (seg.dst === src) got.push(copy(seg));
  };
  server.now = 5 * SEC;
  const syn = (seq = ISS): void => server.recv({ src, flags: SYN, seq, mss: 1460 });
  const told = (accepted: string, nstat: Nstat): Behaviour => ({
    segments_received: got.map((seg) => `${letters(seg)} len=${seg.len}`).join(' || '),
    connection_accepted: accepted,
    counter_deltas: countersText([...nstat.changes()].filter(([counter]) => named.has(counter))),
  });
  if (/never issued a cookie/.test(name)) {
    const nstat = new Nstat(server);
    server.recv({ src, flags: ACK, seq: ISS + 1, ack: 777_000 });
    return { ...told('0', nstat), segments_received: got.map(letters).join(' || ') };
  }
  if (/^queued half-open entry/.test(name)) {
    syn();
    crowd(server);
    const nstat = new Nstat(server);
    syn();
    return {
      ...told('', nstat),
      segments_received: `${got.length} SYN/ACK, same ISN=${got[0]?.seq === got[1]?.seq ? 'True' : 'False'}`,
    };
  }
  crowd(server);
  const nstat = new Nstat(server);
  syn();
  if (name === 'ISN relation' || /^same SYN twice/.test(name)) {
    // The measurement sent the SYN twice, then the same with another sequence number twice.
    const relation = /"isn_diff_when_iss_plus_(\d+)"/.exec(row.text('segments_received'));
    const by = Number(relation?.[1] ?? 100);
    syn();
    syn(ISS + by);
    syn(ISS + by);
    if (relation === null) return told('0', nstat);
    const same = got[0]!.seq === got[1]!.seq;
    const apart = (got[2]!.seq - got[0]!.seq) >>> 0;
    return {
      segments_received: `{"same_syn_same_isn": ${same}, "isn_diff_when_iss_plus_${by}": ${apart}}`,
      connection_accepted: '',
      counter_deltas: '',
    };
  }
  const later = /([\d.]+) s later/.exec(name);
  server.run(server.now + (later === null ? 10 * MS : Number(later[1]) * SEC));
  if (/tcp_syncookies set to 0/.test(name)) server.listener.policy = linuxPolicy({ ...CROWD, tcp_syncookies: 0 });
  for (const seg of returned(name, got[0]!.seq)) server.recv({ src, ...seg });
  server.run(server.now + 300 * MS);
  return told(server.listener.accept() === undefined ? '0' : '1', nstat);
}

/** What comes back for `cookie`, in the words of the case. */
function returned(name: string, cookie: number): Partial<Segment>[] {
  const data = (n: number): Partial<Segment> => ({ payload: new Uint8Array(n), len: n });
  const good = (cookie + 1) >>> 0;
  const ack: Partial<Segment> = { flags: ACK, seq: ISS + 1, ack: good };
  const off = /^cookie([+-]\d+)/.exec(name);
  const power = /off by 2\^(\d+)/.exec(name);
  const bytes = /with (\d+) bytes/.exec(name);
  const late = /segment seq=SEQ0\+(\d+)/.exec(name);
  if (off !== null) return [{ ...ack, ack: (good + Number(off[1])) >>> 0 }];
  if (power !== null) return [{ ...ack, ack: (good + 2 ** Number(power[1])) >>> 0 }];
  if (/random ack/.test(name)) return [{ ...ack, ack: 0x5eed_c0de }];
  if (/another source port/.test(name)) return [{ ...ack, sport: 1025 }];
  if (/with FIN/.test(name)) return [{ ...ack, flags: FIN | ACK }];
  if (/with RST/.test(name)) return [{ ...ack, flags: RST | ACK }];
  if (/sent twice/.test(name)) return [ack, ack];
  if (bytes !== null) return [{ ...ack, flags: PSH | ACK, ...data(Number(bytes[1])) }];
  if (late !== null) return [{ ...ack, flags: PSH | ACK, seq: ISS + Number(late[1]), ...data(5) }];
  if (/data segment seq\+1$/.test(name)) return [{ ...ack, flags: PSH | ACK, ...data(5) }];
  if (/^valid cookie ACK|^cookie ACK|^cookie issued/.test(name)) return [ack];
  throw new Error(`C_cookie_behaviour.csv: found case "${name}", expected words that are known`);
}

/** Fills the SYN queue, so that the next SYN finds no room. */
function crowd(server: LinuxServer): void {
  for (let i = 0; server.listener.synQueue.length < server.listener.synQueue.capacity; i++) {
    server.recv({ src: PEER + i, flags: SYN, seq: ISS, mss: 1460 });
  }
}

/** What each ACK of a run meets: one cookie for each, all of the same moment. */
function acceptedByAge(run: readonly Row[]): ('accepted' | 'reset' | 'silence')[] {
  const server = new LinuxServer({ ...CROWD, backlog: 4096, tcp_syncookies: 2 });
  const first = run[0]!;
  // Some minute of the server's clock ends so long after the SYNs.
  const start = Math.round((180 - first.number('first_minute_boundary_after_syn_s')) * SEC);
  const iss = new Map<number, number>();
  const reset = new Set<number>();
  server.onSent = (seg) => {
    if ((seg.flags & SYN) !== 0) iss.set(seg.dst, seg.seq);
    if ((seg.flags & RST) !== 0) reset.add(seg.dst);
  };
  const outcomes: ('accepted' | 'reset' | 'silence')[] = [];
  for (const [i, row] of run.entries()) {
    const src = PEER + i;
    server.plan(start, () => server.recv({ src, flags: SYN, seq: ISS, mss: 1460 }));
    server.plan(start + Math.round(row.number('ack_age_s') * SEC), () => {
      server.recv({ src, flags: ACK, seq: ISS + 1, ack: (iss.get(src)! + 1) >>> 0 });
      const accepted = server.listener.accept() !== undefined;
      outcomes[i] = accepted ? 'accepted' : reset.has(src) ? 'reset' : 'silence';
    });
  }
  const last = Math.max(...run.map((row) => row.number('ack_age_s')));
  if (first.number('other_syns_every_2s') === 1) {
    for (let s = 2; s < last; s += 2) {
      server.plan(start + s * SEC, () => server.recv({ src: PEER + 1000 + s, flags: SYN, seq: ISS, mss: 1460 }));
    }
  }
  server.run(start + (last + 1) * SEC);
  return outcomes;
}

function letters(seg: Readonly<Segment>): string {
  return `${seg.flags & SYN ? 'S' : ''}${seg.flags & ACK ? 'A' : ''}${seg.flags & RST ? 'R' : ''}${seg.flags & FIN ? 'F' : ''}`;
}

function copy(seg: Readonly<Segment>): Segment {
  return Object.assign(new Segment(), seg);
}
