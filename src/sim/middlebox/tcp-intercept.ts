/**
 * Cisco's TCP Intercept (IOS Security Configuration Guide and Command Reference, "Configuring TCP Intercept"), a firewall of
 * RFC 4987 §3.8 in two modes:
 *
 *   intercept  the router answers SYNs itself from a table, opens to the server after the client's ACK, and joins the two.
 *              It repeats its SYN/ACK after 1, 2, 4 and 8 s and gives up after 31 s. Options but the MSS are not agreed to,
 *              "because the TCP intercept software does not know what the server can do".
 *   watch      SYNs pass; what is not established after the watch timeout is reset at the server.
 *
 * Both turn aggressive when incomplete connections, or connections asked for in the last minute, exceed a high mark, until
 * both are below a low mark: each new connection then costs a partial one its place, and waits are halved.
 */
import { CookieJar } from '../../tcp/cookie.ts';
import { deriveKey } from '../../tcp/siphash.ts';
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { seqAdd } from '../../wire/seq.ts';
import { type BoxDeps, type BoxKind, type BoxParams, choiceOf, type NumberParameter, numberOf } from './box-kind.ts';
import { clientOfSyn } from './client-of-syn.ts';
import { EntryTable } from './entry-table.ts';
import { mergedCounters } from './merged-counters.ts';
import { resetServer } from './speak.ts';
import { Splicer } from './splice.ts';
import { type Announced, type Client, newClient } from './splice-rows.ts';
import type { BoxPort, Middlebox } from './types.ts';

const SYN_ACK_WAITS: readonly Nanos[] = [1 * SEC, 2 * SEC, 4 * SEC, 8 * SEC, 16 * SEC];
const KEY_JAR = 1;
const KEY_TABLE = 2;

/** When to be aggressive. */
class Alarm {
  aggressive = false;
  readonly counters = { aggressiveOn: 0, aggressiveOff: 0 };
  readonly #incomplete: { readonly high: number; readonly low: number };
  readonly #minute: { readonly high: number; readonly low: number };
  /** Connections asked for, by second, for the last 60 seconds. */
  readonly #bins = new Uint32Array(60);
  #second = 0;
  #lastMinute = 0;

  constructor(params: BoxParams) {
    this.#incomplete = {
      high: numberOf(params, 'maxIncompleteHigh'),
      low: numberOf(params, 'maxIncompleteLow'),
    };
    this.#minute = { high: numberOf(params, 'oneMinuteHigh'), low: numberOf(params, 'oneMinuteLow') };
  }

  asked(now: Nanos): void {
    this.#advance(now);
    this.#bins[this.#second % 60]!++;
    this.#lastMinute++;
  }

  look(now: Nanos, incomplete: number): void {
    this.#advance(now);
    if (this.aggressive) {
      if (incomplete >= this.#incomplete.low || this.#lastMinute >= this.#minute.low) return;
      this.counters.aggressiveOff++;
    } else {
      if (incomplete <= this.#incomplete.high && this.#lastMinute <= this.#minute.high) return;
      this.counters.aggressiveOn++;
    }
    this.aggressive = !this.aggressive;
  }

  #advance(now: Nanos): void {
    const second = Math.floor(now / SEC);
    for (let s = Math.max(this.#second + 1, second - 59); s <= second; s++) {
      this.#lastMinute -= this.#bins[s % 60]!;
      this.#bins[s % 60] = 0;
    }
    this.#second = Math.max(this.#second, second);
  }
}

class InterceptMode implements Middlebox {
  readonly name = 'tcp-intercept';
  readonly counters: Readonly<Record<string, number>>;
  readonly #alarm: Alarm;
  readonly #splicer: Splicer;
  readonly #own = { partialRemoved: 0 };
  readonly #announced: Announced;
  readonly #jar: CookieJar;
  readonly #client: Client = newClient();
  /** Dice for drop-mode random; null = oldest. */
  readonly #below: ((n: number) => number) | null;

  constructor(params: BoxParams, deps: BoxDeps) {
    this.#alarm = new Alarm(params);
    this.#announced = { mss: numberOf(params, 'mss'), wscale: -1, sack: false, timestamps: false };
    this.#jar = new CookieJar(deriveKey(deps.secret, KEY_JAR));
    const times = {
      synAck: SYN_ACK_WAITS,
      open: SYN_ACK_WAITS,
      idle: numberOf(params, 'connectionTimeout'),
      closing: numberOf(params, 'finrstTimeout'),
    };
    this.#splicer = new Splicer(numberOf(params, 'entries'), this.#announced, times, deriveKey(deps.secret, KEY_TABLE));
    this.#below = params.dropMode === 'random' ? (n) => deps.below(n) : null;
    this.counters = mergedCounters(this.#splicer.counters, this.#own, this.#alarm.counters);
  }

  get entries(): number {
    return this.#splicer.table.length;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    const splicer = this.#splicer;
    splicer.counters.seen++;
    const row = splicer.find(seg.src, seg.sport, seg.dst, seg.dport);
    if (row >= 0 && !splicer.fromNet(now, seg, row, out)) return false;
    if ((seg.flags & (SYN | ACK | RST)) !== SYN) {
      splicer.counters.strayDropped++;
      return false;
    }
    this.#alarm.asked(now);
    this.#look(now);
    if (this.#alarm.aggressive) {
      const victim = this.#below === null ? splicer.oldestOffered() : splicer.randomOffered(this.#below);
      if (victim >= 0) {
        splicer.table.remove(victim);
        this.#own.partialRemoved++;
      }
    }
    clientOfSyn(now, seg, this.#announced, this.#jar, false, this.#client);
    splicer.offer(now, seg, this.#client, out);
    return false;
  }

  fromServer(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    const splicer = this.#splicer;
    splicer.counters.seen++;
    const row = splicer.find(seg.dst, seg.dport, seg.src, seg.sport);
    if (row >= 0) splicer.fromServer(now, seg, row, out);
    else splicer.counters.strayDropped++;
    return false;
  }

  onTimer(now: Nanos, out: BoxPort): void {
    this.#splicer.onTimer(now, out);
    this.#look(now);
  }

  nextTimer(): Nanos {
    return this.#splicer.nextTimer();
  }

  #look(now: Nanos): void {
    this.#alarm.look(now, this.#splicer.partial);
    this.#splicer.hurry = this.#alarm.aggressive ? 2 : 1;
  }
}

class WatchMode implements Middlebox {
  readonly name = 'tcp-intercept';
  readonly counters: Readonly<Record<string, number>>;
  readonly #alarm: Alarm;
  readonly #own = { seen: 0, established: 0, watchExpired: 0, partialReset: 0, serverReset: 0, evicted: 0 };
  readonly #table: EntryTable;
  readonly #timeout: Nanos;
  readonly #below: ((n: number) => number) | null;

  constructor(params: BoxParams, deps: BoxDeps) {
    this.#alarm = new Alarm(params);
    this.#timeout = numberOf(params, 'watchTimeout');
    this.#table = new EntryTable(numberOf(params, 'entries'), 1, COLUMNS, deps.secret);
    this.#below = params.dropMode === 'random' ? (n) => deps.below(n) : null;
    this.counters = mergedCounters(this.#own, this.#alarm.counters);
  }

  get entries(): number {
    return this.#table.length;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    const table = this.#table;
    this.#own.seen++;
    const row = table.find(seg.src, seg.sport, seg.dst, seg.dport);
    if ((seg.flags & (SYN | ACK | RST)) === SYN) {
      if (row < 0) this.#begin(now, seg, out);
      else if (table.ints[row * COLUMNS + CLIENT_ISN] !== (seg.seq | 0)) {
        table.ints[row * COLUMNS + CLIENT_ISN] = seg.seq;
        table.ints[row * COLUMNS + ANSWERED] = 0;
      }
      return true;
    }
    if (row < 0) return true;
    const at = row * COLUMNS;
    if ((seg.flags & RST) !== 0) {
      if (seg.seq === seqAdd(table.ints[at + CLIENT_ISN]!, 1)) table.remove(row);
    } else if (table.ints[at + ANSWERED] === 1 && seg.ack === seqAdd(table.ints[at + SERVER_ISN]!, 1)) {
      this.#own.established++;
      table.remove(row);
    }
    return true;
  }

  fromServer(_now: Nanos, seg: Readonly<Segment>, _out: BoxPort): boolean {
    const table = this.#table;
    this.#own.seen++;
    if ((seg.flags & (SYN | RST)) === 0) return true;
    const row = table.find(seg.dst, seg.dport, seg.src, seg.sport);
    if (row < 0) return true;
    if ((seg.flags & RST) !== 0) table.remove(row);
    else {
      table.ints[row * COLUMNS + SERVER_ISN] = seg.seq;
      table.ints[row * COLUMNS + ANSWERED] = 1;
    }
    return true;
  }

  onTimer(now: Nanos, out: BoxPort): void {
    while (this.nextTimer() <= now) {
      this.#own.watchExpired++;
      this.#reset(this.#table.oldest(0), out);
    }
    this.#alarm.look(now, this.#table.length);
  }

  nextTimer(): Nanos {
    return this.#table.due(0, this.#alarm.aggressive ? Math.ceil(this.#timeout / 2) : this.#timeout);
  }

  #begin(now: Nanos, syn: Readonly<Segment>, out: BoxPort): void {
    const table = this.#table;
    this.#alarm.asked(now);
    this.#alarm.look(now, table.length);
    if (this.#alarm.aggressive && table.length > 0) {
      this.#own.partialReset++;
      this.#reset(this.#below === null ? table.oldest(0) : this.#random(this.#below), out);
    } else if (table.full) {
      this.#own.evicted++;
      this.#reset(table.oldest(0), out);
    }
    const row = table.insert(syn.src, syn.sport, syn.dst, syn.dport, 0, now);
    table.ints[row * COLUMNS + CLIENT_ISN] = syn.seq;
  }

  #random(below: (n: number) => number): number {
    for (;;) {
      const row = below(this.#table.rows);
      if (this.#table.list(row) >= 0) return row;
    }
  }

  #reset(row: number, out: BoxPort): void {
    this.#own.serverReset++;
    resetServer(this.#table, row, seqAdd(this.#table.ints[row * COLUMNS + CLIENT_ISN]!, 1), out);
    this.#table.remove(row);
  }
}

/** Columns of watched connections. */
const CLIENT_ISN = 0;
const SERVER_ISN = 1;
const ANSWERED = 2;
const COLUMNS = 3;

export const TCP_INTERCEPT: BoxKind = {
  name: 'tcp-intercept',
  place: 'site',
  describe:
    'A router completes handshakes before the server sees them, or watches them and resets what stays half open; under attack it turns aggressive.',
  source: 'RFC 4987 §3.8; Cisco IOS TCP Intercept',
  parameters: [
    {
      name: 'mode',
      kind: 'choice',
      default: 'intercept',
      choices: ['intercept', 'watch'],
      says: 'answer for the server, or watch (ip tcp intercept mode)',
    },
    {
      name: 'watchTimeout',
      kind: 'duration',
      default: 30 * SEC,
      min: 1,
      max: 86_400 * SEC,
      says: 'with mode: watch, time to become established (ip tcp intercept watch-timeout: 30 s)',
    },
    {
      name: 'dropMode',
      kind: 'choice',
      default: 'oldest',
      choices: ['oldest', 'random'],
      says: 'which partial connection gives way while aggressive (ip tcp intercept drop-mode: oldest)',
    },
    mark(
      'maxIncompleteHigh',
      1100,
      'incomplete connections above which it turns aggressive (max-incomplete high: 1100)',
    ),
    mark('maxIncompleteLow', 900, 'and below which it may calm down (max-incomplete low: 900)'),
    mark(
      'oneMinuteHigh',
      1100,
      'connections asked for in a minute above which it turns aggressive (one-minute high: 1100)',
    ),
    mark('oneMinuteLow', 900, 'and below which it may calm down (one-minute low: 900)'),
    {
      name: 'finrstTimeout',
      kind: 'duration',
      default: 5 * SEC,
      min: 1,
      max: 86_400 * SEC,
      says: 'a connection is managed for so long after FINs or RST (ip tcp intercept finrst-timeout: 5 s)',
    },
    {
      name: 'connectionTimeout',
      kind: 'duration',
      default: 86_400 * SEC,
      min: 1,
      max: 864_000 * SEC,
      says: 'and for so long without segments (ip tcp intercept connection-timeout: 24 h)',
    },
    { name: 'mss', kind: 'count', default: 1460, min: 64, max: 65_495, says: 'MSS announced to clients' },
    {
      name: 'entries',
      kind: 'count',
      default: 262_144,
      min: 1,
      max: 4_194_304,
      says: 'connections it can manage; the longest partial gives way, then the longest closing, else a new one is dropped',
    },
  ],
  buys: 'In intercept mode the flood ends at the router; in watch mode half-open entries live for 30 s, or 15 s under attack.',
  costs:
    'The router keeps each connection and its CPU is the new target; intercepted connections lose window scaling, SACK and timestamps; while aggressive a partial connection lives for (places left) / (SYNs per second), and each user served takes a place away until it calms down.',
  cost: {
    seen: 100,
    synAckSent: 900,
    serverSynSent: 600,
    serverSynAckAbsorbed: 900,
    netTranslated: 150,
    serverTranslated: 150,
    partialRemoved: 100,
    serverReset: 250,
  },
  make: (params, deps) =>
    choiceOf(params, 'mode', ['intercept', 'watch']) === 'intercept'
      ? new InterceptMode(params, deps)
      : new WatchMode(params, deps),
};

function mark(name: string, usual: number, says: string): NumberParameter {
  return { name, kind: 'count', default: usual, min: 1, max: 2_147_483_647, says };
}
