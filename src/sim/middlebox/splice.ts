/**
 * Two handshakes made into one connection: what SYN proxies and TCP Intercept share (RFC 4987 §3.8; Linux nf_synproxy_core.c).
 * The client's handshake is with the proxy. After its ACK the proxy opens to the server in the client's name, with the
 * client's ISN, and then translates for the life of the connection. Until the server is there the client sees a window of
 * 0, and whatever it sends all the same is swallowed and sent again by it.
 *
 * A connection is in one list of the table: OFFERED 0 .. n-1 (SYN/ACK sent, repeated k times), OPENING 0 .. m-1 (SYN sent
 * to the server, repeated k times), SPLICED, CLOSING. In cookie mode it begins with OPENING.
 */
import type { Nanos } from '../../tcp/types.ts';
import { ACK, FIN, RST, type Segment, SYN } from '../../wire/segment.ts';
import { seqAdd, seqDiff } from '../../wire/seq.ts';
import { EntryTable } from './entry-table.ts';
import { asServer, replyTo, resetClient, resetServer } from './speak.ts';
import {
  type Announced,
  acknowledge,
  askServer,
  BOTH_FINS,
  CLIENT_FIN,
  CLIENT_ISN,
  CLOCK_DELTA,
  type Client,
  COLUMNS,
  DELTA,
  keepClient,
  newClient,
  OPTIONS,
  offerFrom,
  PROXY_ISN,
  readClient,
  SERVER_FIN,
  TIMESTAMPS,
  TS_CLIENT,
  TS_PROXY,
  tellWindow,
} from './splice-rows.ts';
import { clientToServer, serverToClient } from './translate.ts';
import type { BoxPort } from './types.ts';

export interface SpliceTimes {
  /** Waits for the client's ACK: the first after the SYN/ACK, the others after each repetition. Empty: none is offered. */
  readonly synAck: readonly Nanos[];
  /** Waits for the server's SYN/ACK. */
  readonly open: readonly Nanos[];
  /** An open connection without segments is forgotten. */
  readonly idle: Nanos;
  /** After an RST or both FINs. */
  readonly closing: Nanos;
}

export class Splicer {
  readonly table: EntryTable;
  readonly counters = {
    seen: 0,
    synAbsorbed: 0,
    synAckSent: 0,
    offerExpired: 0,
    ackAbsorbed: 0,
    serverSynSent: 0,
    heldAbsorbed: 0,
    resetAbsorbed: 0,
    serverSynAckAbsorbed: 0,
    serverRefusedAbsorbed: 0,
    openFailed: 0,
    spliced: 0,
    netTranslated: 0,
    serverTranslated: 0,
    idleForgotten: 0,
    strayDropped: 0,
    tableFullDropped: 0,
    evicted: 0,
  };
  /** Divides the waits for clients' ACKs. */
  hurry = 1;
  readonly #announced: Announced;
  readonly #times: SpliceTimes;
  readonly #opening: number;
  readonly #spliced: number;
  readonly #closing: number;
  readonly #client: Client = newClient();

  constructor(capacity: number, announced: Announced, times: SpliceTimes, secret: Uint32Array) {
    this.#announced = announced;
    this.#times = times;
    this.#opening = times.synAck.length;
    this.#spliced = this.#opening + times.open.length;
    this.#closing = this.#spliced + 1;
    this.table = new EntryTable(capacity, this.#closing + 1, COLUMNS, secret);
  }

  /** Connections that have not been accepted by the server yet. */
  get partial(): number {
    let n = 0;
    for (let list = 0; list < this.#spliced; list++) n += this.table.count(list);
    return n;
  }

  find(client: number, clientPort: number, server: number, serverPort: number): number {
    return this.table.find(client, clientPort, server, serverPort);
  }

  /** Answers a SYN and keeps the client. False: no room, and the SYN is dropped. */
  offer(now: Nanos, syn: Readonly<Segment>, client: Client, out: BoxPort): boolean {
    if (!this.#makeRoom()) return false;
    const row = this.table.insert(syn.src, syn.sport, syn.dst, syn.dport, 0, now);
    keepClient(this.table, row, client);
    this.#synAck(row, out);
    this.counters.synAbsorbed++;
    return true;
  }

  /** Answers a SYN and keeps nothing; `client` comes back in the cookie. */
  answer(syn: Readonly<Segment>, client: Client, out: BoxPort): void {
    this.counters.synAckSent++;
    offerFrom(replyTo(syn, out), client, this.#announced, out);
    this.counters.synAbsorbed++;
  }

  /** A client whose cookie came back: opens to the server. False: no room, and the ACK is dropped. */
  open(now: Nanos, ack: Readonly<Segment>, client: Client, out: BoxPort): boolean {
    if (!this.#makeRoom()) return false;
    const row = this.table.insert(ack.src, ack.sport, ack.dst, ack.dport, this.#opening, now);
    keepClient(this.table, row, client);
    this.#syn(row, out);
    this.counters.ackAbsorbed++;
    return true;
  }

  /** Takes a segment of a client that has a row. True: the row is gone, and the segment is a SYN of a new connection. */
  fromNet(now: Nanos, seg: Readonly<Segment>, row: number, out: BoxPort): boolean {
    const list = this.table.list(row);
    if (list < this.#opening) return this.#fromOffered(now, seg, row, out);
    if (list < this.#spliced) {
      this.#fromOpening(seg, row, out);
      return false;
    }
    if (list === this.#closing && (seg.flags & (SYN | ACK | RST)) === SYN) {
      this.table.remove(row);
      return true;
    }
    const { ints } = this.table;
    const at = row * COLUMNS;
    const to = out.alloc();
    clientToServer(seg, to, ints[at + DELTA]!, ints[at + CLOCK_DELTA]!);
    this.counters.netTranslated++;
    this.#note(now, row, seg, CLIENT_FIN);
    out.toServer(to);
    return false;
  }

  /** Takes a segment of a server, for a client that has a row. */
  fromServer(now: Nanos, seg: Readonly<Segment>, row: number, out: BoxPort): void {
    const { ints } = this.table;
    const at = row * COLUMNS;
    const list = this.table.list(row);
    const synAck = (seg.flags & (SYN | ACK | RST)) === (SYN | ACK) && seg.ack === seqAdd(ints[at + CLIENT_ISN]!, 1);
    if (list < this.#opening) this.counters.strayDropped++;
    else if (list < this.#spliced) {
      if (synAck) this.#splice(now, seg, row, out);
      else this.#refused(seg, row, out);
    } else if (synAck) {
      // Our ACK was lost.
      this.counters.serverSynAckAbsorbed++;
      acknowledge(this.table, row, seg, out);
    } else {
      const to = out.alloc();
      serverToClient(seg, to, ints[at + DELTA]!, ints[at + CLOCK_DELTA]!);
      this.counters.serverTranslated++;
      this.#note(now, row, seg, SERVER_FIN);
      out.toNet(to);
    }
  }

  onTimer(now: Nanos, out: BoxPort): void {
    for (let list = 0; list <= this.#closing; list++) {
      while (this.table.due(list, this.#lifetime(list)) <= now) this.#expire(now, list, out);
    }
  }

  nextTimer(): Nanos {
    let next = Infinity;
    for (let list = 0; list <= this.#closing; list++) {
      const due = this.table.due(list, this.#lifetime(list));
      if (due < next) next = due;
    }
    return next;
  }

  /** The client that has been offered a connection for longest, or -1. Each wait is as long for all, so later lists are older. */
  oldestOffered(): number {
    for (let list = this.#opening - 1; list >= 0; list--)
      if (this.table.count(list) > 0) return this.table.oldest(list);
    return -1;
  }

  /** One of the offered, each equally likely, or -1. */
  randomOffered(below: (n: number) => number): number {
    if (this.oldestOffered() < 0) return -1;
    for (;;) {
      const row = below(this.table.rows);
      const list = this.table.list(row);
      if (list >= 0 && list < this.#opening) return row;
    }
  }

  #fromOffered(now: Nanos, seg: Readonly<Segment>, row: number, out: BoxPort): boolean {
    const { ints } = this.table;
    const at = row * COLUMNS;
    const isn = ints[at + CLIENT_ISN]! >>> 0;
    if ((seg.flags & RST) !== 0) {
      if (seg.seq !== seqAdd(isn, 1)) {
        this.counters.strayDropped++;
        return false;
      }
      this.counters.resetAbsorbed++;
      this.table.remove(row);
      return false;
    }
    if ((seg.flags & SYN) !== 0) {
      if ((seg.flags & ACK) === 0 && seg.seq !== isn) {
        this.table.remove(row);
        return true;
      }
      this.counters.synAbsorbed++;
      if ((seg.flags & ACK) === 0) this.#synAck(row, out);
      return false;
    }
    // The window is 0: a client may be one probe ahead of or behind its first byte, not more.
    const ahead = seqDiff(seg.seq, seqAdd(isn, 1));
    if ((seg.flags & ACK) === 0 || seg.ack !== seqAdd(ints[at + PROXY_ISN]!, 1) || ahead < -1 || ahead > 1) {
      this.counters.strayDropped++;
      return false;
    }
    this.counters.ackAbsorbed++;
    if (seg.tsVal >= 0) ints[at + TS_CLIENT] = seg.tsVal;
    this.table.move(row, this.#opening, now);
    this.#syn(row, out);
    return false;
  }

  #fromOpening(seg: Readonly<Segment>, row: number, out: BoxPort): void {
    const isn = this.table.ints[row * COLUMNS + CLIENT_ISN]!;
    if ((seg.flags & RST) !== 0 && seg.seq === seqAdd(isn, 1)) {
      this.counters.resetAbsorbed++;
      resetServer(this.table, row, seqAdd(isn, 1), out);
      this.table.remove(row);
    } else this.counters.heldAbsorbed++;
  }

  /** The server's SYN/ACK: the two sides are one connection from here on. */
  #splice(now: Nanos, seg: Readonly<Segment>, row: number, out: BoxPort): void {
    const { ints } = this.table;
    const at = row * COLUMNS;
    ints[at + DELTA] = ints[at + PROXY_ISN]! - seg.seq;
    const stamped = seg.tsVal >= 0 && (ints[at + OPTIONS]! & TIMESTAMPS) !== 0;
    ints[at + CLOCK_DELTA] = stamped ? ints[at + TS_PROXY]! - seg.tsVal : 0;
    this.table.move(row, this.#spliced, now);
    this.counters.spliced++;
    this.counters.serverSynAckAbsorbed++;
    acknowledge(this.table, row, seg, out);
    tellWindow(this.table, row, seg, out);
  }

  /** While opening the proxy is a client in SYN-SENT (RFC 9293 §3.10.7.3). */
  #refused(seg: Readonly<Segment>, row: number, out: BoxPort): void {
    const { ints } = this.table;
    const at = row * COLUMNS;
    const next = seqAdd(ints[at + CLIENT_ISN]!, 1);
    if ((seg.flags & (RST | ACK)) === (RST | ACK) && seg.ack === next) {
      this.counters.serverRefusedAbsorbed++;
      resetClient(this.table, row, seqAdd(ints[at + PROXY_ISN]!, 1), next, out);
      this.table.remove(row);
      return;
    }
    this.counters.strayDropped++;
    if ((seg.flags & RST) !== 0 || (seg.flags & ACK) === 0 || seg.ack === next) return;
    // Something of an old connection answers: RST <SEQ=SEG.ACK> makes it go away, and the SYN is repeated.
    resetServer(this.table, row, seg.ack, out);
  }

  #expire(now: Nanos, list: number, out: BoxPort): void {
    const row = this.table.oldest(list);
    const { ints } = this.table;
    const at = row * COLUMNS;
    if (list + 1 < this.#opening) {
      this.table.move(row, list + 1, now);
      this.#synAck(row, out);
      return;
    }
    if (list >= this.#opening && list + 1 < this.#spliced) {
      this.table.move(row, list + 1, now);
      this.#syn(row, out);
      return;
    }
    if (list < this.#opening) this.counters.offerExpired++;
    else if (list < this.#spliced) {
      this.counters.openFailed++;
      const next = seqAdd(ints[at + CLIENT_ISN]!, 1);
      resetServer(this.table, row, next, out);
      resetClient(this.table, row, seqAdd(ints[at + PROXY_ISN]!, 1), next, out);
    } else if (list === this.#spliced) this.counters.idleForgotten++;
    this.table.remove(row);
  }

  #lifetime(list: number): Nanos {
    if (list < this.#opening) return Math.ceil(this.#times.synAck[list]! / this.hurry);
    if (list < this.#spliced) return this.#times.open[list - this.#opening]!;
    return list === this.#spliced ? this.#times.idle : this.#times.closing;
  }

  /** Keeps the row young, and sees its end coming. */
  #note(now: Nanos, row: number, seg: Readonly<Segment>, fin: number): void {
    const { ints } = this.table;
    const at = row * COLUMNS + OPTIONS;
    if ((seg.flags & FIN) !== 0) ints[at]! |= fin;
    const over = (seg.flags & RST) !== 0 || (ints[at]! & BOTH_FINS) === BOTH_FINS;
    this.table.move(row, over || this.table.list(row) === this.#closing ? this.#closing : this.#spliced, now);
  }

  /** Room for one more: of the full table the longest offered gives way, or else the connection that is closing longest. */
  #makeRoom(): boolean {
    const { table } = this;
    if (!table.full) return true;
    const offered = this.oldestOffered();
    const row = offered >= 0 ? offered : table.oldest(this.#closing);
    if (row < 0) {
      this.counters.tableFullDropped++;
      return false;
    }
    table.remove(row);
    this.counters.evicted++;
    return true;
  }

  #synAck(row: number, out: BoxPort): void {
    this.counters.synAckSent++;
    readClient(this.table, row, this.#client);
    offerFrom(asServer(this.table, row, out), this.#client, this.#announced, out);
  }

  #syn(row: number, out: BoxPort): void {
    this.counters.serverSynSent++;
    askServer(this.table, row, out);
  }
}
