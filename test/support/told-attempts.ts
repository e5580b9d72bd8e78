/** Tells a ledger of attempts as the tracker would, from a few words each; for tests of what counts and judges them. */
import type { AttemptRows, RowEnd, RowSockets } from '../../src/diagnose/detect/attempt-rows.ts';
import { type LedgerOptions, TargetLedger } from '../../src/diagnose/detect/ledger.ts';
import { Verdict } from '../../src/diagnose/verdict.ts';
import { ACK, Segment, SYN } from '../../src/wire/segment.ts';

interface Row {
  client: number;
  clientPort: number;
  server: number;
  serverPort: number;
  synAt: number;
  lastSynAt: number;
  lastSynackAt: number;
  syns: number;
  synacks: number;
  ttl: number;
  window: number;
  print: number;
  verdict: Verdict;
}

export interface ToldAttempt {
  readonly at: number;
  readonly client: number;
  readonly clientPort?: number;
  readonly server?: number;
  readonly port?: number;
  readonly x?: number;
  readonly ttl?: number;
  readonly window?: number;
  /** 0: no options; 1: those of Linux. */
  readonly print?: number;
}

export class ToldAttempts implements AttemptRows {
  readonly ledger: TargetLedger;
  readonly #rows: Row[] = [];
  /** The one told of last. */
  readonly segment: Segment = new Segment();

  constructor(options: LedgerOptions = {}) {
    this.ledger = new TargetLedger(this, options);
  }

  /** These tests know no IPv6. */
  ipv6Hash(handle: number): number {
    throw new Error(`${handle} is an IPv6 address, expected IPv4`);
  }

  /** A SYN at `at` ns; the row it makes. */
  syn(attempt: ToldAttempt): number {
    const { at, client, clientPort = 40_000, server = 0xcb007150, port = 80, x = 1, ttl = 55 } = attempt;
    const { window = 64_240, print = 1 } = attempt;
    const row = this.#rows.length;
    const times = { synAt: at, lastSynAt: at, lastSynackAt: 0, syns: 1, synacks: 0 };
    const verdict = Verdict.Unanswered;
    this.#rows.push({ client, clientPort, server, serverPort: port, ...times, ttl, window, print, verdict });
    const seg = this.segment;
    seg.src = client;
    seg.sport = clientPort;
    seg.dst = server;
    seg.dport = port;
    seg.flags = SYN;
    seg.seq = x;
    seg.wnd = window;
    this.ledger.onAttempt(at, row, seg, ttl, -1);
    return row;
  }

  synAgain(at: number, row: number): void {
    const r = this.#rows[row]!;
    r.syns++;
    r.lastSynAt = at;
    this.ledger.onSynAgain(at, row);
  }

  synack(at: number, row: number, y = 1): void {
    const r = this.#rows[row]!;
    const again = r.synacks++ > 0;
    r.lastSynackAt = at;
    if (!again) r.verdict = Verdict.HalfOpen;
    this.#fromServer(r, y, SYN | ACK);
    this.ledger.onSynAck(at, row, this.segment, again);
  }

  complete(at: number, row: number): void {
    this.#rows[row]!.verdict = Verdict.Completed;
    this.ledger.onCompleted(at, row);
  }

  refuse(at: number, row: number): void {
    this.#rows[row]!.verdict = Verdict.Refused;
    this.ledger.onRefused(at, row);
  }

  reset(at: number, row: number, fromClient: boolean): void {
    if (fromClient) this.#rows[row]!.verdict = Verdict.Aborted;
    this.ledger.onReset(at, row, fromClient);
  }

  /** A SYN, its SYN/ACK after 10 ms, the ACK after 20, and a FIN after 100. */
  handshake(attempt: ToldAttempt): void {
    const row = this.syn(attempt);
    this.synack(attempt.at + 10e6, row);
    this.complete(attempt.at + 20e6, row);
    this.ledger.onFin(attempt.at + 100e6, row);
  }

  /** A SYN/ACK that nobody asked for, from `server` to `client`. */
  stray(at: number, server: number, client: number): void {
    const row = this.#rows.length;
    const times = { synAt: at, lastSynAt: at, lastSynackAt: at, syns: 0, synacks: 1 };
    const sockets = { client, clientPort: 40_000, server, serverPort: 443 };
    this.#rows.push({ ...sockets, ...times, ttl: 55, window: 0, print: 0, verdict: Verdict.SynMissing });
    this.#fromServer(this.#rows[row]!, 1, SYN | ACK);
    this.ledger.onUnsolicited(at, row, this.segment, 55);
  }

  /** The tracker lets go of all rows. */
  retireAll(at: number): void {
    for (let row = 0; row < this.#rows.length; row++) this.ledger.onRetired(at, row);
  }

  #fromServer(r: Row, seq: number, flags: number): void {
    const seg = this.segment;
    seg.src = r.server;
    seg.sport = r.serverPort;
    seg.dst = r.client;
    seg.dport = r.clientPort;
    seg.seq = seq;
    seg.flags = flags;
  }

  sockets(row: number): RowSockets {
    return this.#rows[row]!;
  }
  end(row: number): RowEnd {
    const r = this.#rows[row]!;
    const { ttl: synTtl, print: synPrint } = r;
    return { ...r, synTtl, synPrint, silent: r.verdict === Verdict.HalfOpen, givenUp: false };
  }
  synPacket(row: number): number {
    return row + 1;
  }
  synackPacket(row: number): number {
    return row + 1;
  }
  synacks(row: number): number {
    return this.#rows[row]!.synacks;
  }
  synPrint(row: number): number {
    return this.#rows[row]!.print;
  }
  optionBytes(print: number): Uint8Array {
    return print === 0 ? new Uint8Array(0) : LINUX_OPTIONS;
  }
  verdict(row: number): Verdict {
    return this.#rows[row]!.verdict;
  }
}

/** mss 1460, sackOK, TS, nop, wscale 7. */
const LINUX_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7);
