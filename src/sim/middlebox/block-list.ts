/**
 * A list of sources whose segments are dropped: given by hand, or grown by itself from sources that ask for connections
 * and do not complete them, as fail2ban and many scripts do. "Block the IP addresses" is the first answer people give to a
 * SYN flood. It holds against bots with addresses of their own; against forged ones it fills with innocents.
 */
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import type { Prefix } from '../prefix.ts';
import { type BoxKind, listOf, numberOf } from './box-kind.ts';
import { EntryTable } from './entry-table.ts';
import { inAny, parsePrefixes } from './networks.ts';
import type { Middlebox } from './types.ts';

class BlockList implements Middlebox {
  readonly name = 'block-list';
  readonly counters = { seen: 0, listedDropped: 0, blockedDropped: 0, blocked: 0, released: 0, evicted: 0 };
  readonly #listed: readonly Prefix[];
  readonly #after: number;
  readonly #within: Nanos;
  readonly #hold: Nanos;
  /** By address: how many SYNs have not been followed up (WATCHED), or blocked (BLOCKED). */
  readonly #table: EntryTable;

  constructor(
    listed: readonly Prefix[],
    after: number,
    within: Nanos,
    hold: Nanos,
    entries: number,
    secret: Uint32Array,
  ) {
    this.#listed = listed;
    this.#after = after;
    this.#within = within;
    this.#hold = hold;
    this.#table = new EntryTable(entries, 2, 1, secret);
  }

  get entries(): number {
    return this.#listed.length + this.#table.length;
  }

  fromNet(now: Nanos, seg: Readonly<Segment>): boolean {
    this.counters.seen++;
    if (this.#listed.length > 0 && inAny(seg.src, this.#listed)) {
      this.counters.listedDropped++;
      return false;
    }
    if (this.#after === 0) return true;
    const table = this.#table;
    this.#forget(now);
    let row = table.find(seg.src, 0, 0, 0);
    if (row >= 0 && table.list(row) === BLOCKED) {
      this.counters.blockedDropped++;
      return false;
    }
    if ((seg.flags & SYN) === 0) {
      // An ACK that is no part of an attack, for all that a list can tell: the source follows up.
      if (row >= 0 && (seg.flags & (ACK | RST)) === ACK) table.remove(row);
      return true;
    }
    if (row < 0) {
      if (table.full) this.#evict();
      row = table.insert(seg.src, 0, 0, 0, WATCHED, now);
    }
    table.ints[row]!++;
    if (table.ints[row]! < this.#after) return true;
    table.move(row, BLOCKED, now);
    this.counters.blocked++;
    this.counters.blockedDropped++;
    return false;
  }

  fromServer(): boolean {
    this.counters.seen++;
    return true;
  }

  onTimer(): void {}

  nextTimer(): Nanos {
    return Infinity;
  }

  #forget(now: Nanos): void {
    const table = this.#table;
    while (table.due(WATCHED, this.#within) <= now) table.remove(table.oldest(WATCHED));
    while (table.due(BLOCKED, this.#hold) <= now) {
      table.remove(table.oldest(BLOCKED));
      this.counters.released++;
    }
  }

  #evict(): void {
    const watched = this.#table.oldest(WATCHED);
    this.#table.remove(watched >= 0 ? watched : this.#table.oldest(BLOCKED));
    this.counters.evicted++;
  }
}

const WATCHED = 0;
const BLOCKED = 1;

export const BLOCK_LIST: BoxKind = {
  name: 'block-list',
  place: 'site',
  describe:
    'Segments of listed sources are dropped; sources that leave connections half open may be listed by themselves.',
  source: 'RFC 4987 §3.8 (filtering); fail2ban',
  parameters: [
    { name: 'sources', kind: 'prefix-list', default: [], says: 'networks and addresses that are always dropped' },
    {
      name: 'after',
      kind: 'count',
      default: 0,
      min: 0,
      max: 1_000_000,
      says: 'SYNs of a source without any ACK after which it is blocked; 0 = never (fail2ban maxretry: 5)',
    },
    {
      name: 'within',
      kind: 'duration',
      default: 600 * SEC,
      min: 1,
      max: 86_400 * SEC,
      says: 'they count for so long from the first on (fail2ban findtime: 10 minutes)',
    },
    {
      name: 'hold',
      kind: 'duration',
      default: 600 * SEC,
      min: 1,
      max: 86_400 * SEC,
      says: 'a source stays blocked for so long (fail2ban bantime: 10 minutes)',
    },
    {
      name: 'entries',
      kind: 'count',
      default: 65_536,
      min: 1,
      max: 4_194_304,
      says: 'sources watched and blocked; beyond it the one watched for longest gives way, then the one blocked for longest',
    },
  ],
  buys: 'Bots that use their own addresses are shut out, established connections and all.',
  costs:
    'Against forged sources it does nothing, since each is new, and with addresses of real users forged it shuts out the users.',
  cost: { seen: 60, blocked: 100, evicted: 60, released: 60 },
  make: (params, deps) =>
    new BlockList(
      parsePrefixes(listOf(params, 'sources'), 'sources'),
      numberOf(params, 'after'),
      numberOf(params, 'within'),
      numberOf(params, 'hold'),
      numberOf(params, 'entries'),
      deps.secret,
    ),
};
