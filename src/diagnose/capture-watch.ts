/**
 * Counts what findings need while a capture is read, and makes them: the ledger of targets and sources, and that of strays.
 * An observer given from outside hears the same.
 */
import type { AddressVisitor } from '../wire/address.ts';
import type { Segment } from '../wire/segment.ts';
import { type LedgerOptions, TargetLedger } from './detect/ledger.ts';
import type { HandshakeObserver } from './handshake-observer.ts';
import type { JudgementInput } from './judge/judgement-input.ts';
import { type StrayFlow, StrayLedger } from './stray-ledger.ts';
import type { TrackerRows } from './tracker-rows.ts';
import { Fact } from './verdict.ts';

/** What findings are made of. */
export type Report = Pick<JudgementInput, 'live' | 'patience' | 'ledger' | 'strays' | 'probes' | 'connectionsOf'>;

export interface CaptureCounts extends HandshakeObserver {
  /** Of the tracker that will tell. */
  readonly rows: TrackerRows;
  /** The capture is over at `ts`, and the tracker has let go of all rows. */
  finish(ts: number): void;
  /** What is known at `ts`. */
  report(ts: number): Report;
  /** Shows every address handle that is kept. */
  eachAddress(visit: AddressVisitor): void;
}

/** Room for what is counted. */
export interface WatchRoom extends LedgerOptions {
  /** Hosts that stray replies reached, and hosts that sent them. Default 16,384. */
  readonly mostStrayHosts?: number;
}

export class CaptureWatch implements CaptureCounts {
  readonly rows: TrackerRows;
  readonly #ledger: TargetLedger;
  readonly #strays: StrayLedger;
  readonly #probes: StrayLedger;
  readonly #next: HandshakeObserver | undefined;
  #live = true;
  readonly #flow: StrayFlow = {
    client: 0,
    clientPort: 0,
    server: 0,
    serverPort: 0,
    synacks: 0,
    reset: false,
    firstAt: 0,
    lastAt: 0,
    firstPacket: 0,
  };

  /** `rows` are of the tracker that will tell of them. */
  constructor(rows: TrackerRows, options: WatchRoom, next?: HandshakeObserver) {
    this.rows = rows;
    this.#ledger = new TargetLedger(rows, options);
    this.#strays = new StrayLedger(rows, options.seed, options.mostStrayHosts);
    this.#probes = new StrayLedger(rows, options.seed, options.mostStrayHosts);
    this.#next = next;
  }

  finish(ts: number): void {
    this.#ledger.finish(ts);
    this.#live = false;
  }

  report(ts: number): Report {
    return {
      live: this.#live,
      patience: 0,
      ledger: this.#ledger.report(ts),
      strays: this.#strays.profiles(LEAST_STRAYS),
      probes: this.#probes.profiles(LEAST_STRAYS),
      connectionsOf: (server) => this.#strays.connectionsOf(server),
    };
  }

  eachAddress(visit: AddressVisitor): void {
    for (const ledger of [this.#ledger, this.#strays, this.#probes]) ledger.eachAddress(visit);
  }

  onAttempt(ts: number, row: number, seg: Readonly<Segment>, ttl: number, ipId: number): void {
    this.#ledger.onAttempt(ts, row, seg, ttl, ipId);
    this.#next?.onAttempt(ts, row, seg, ttl, ipId);
  }

  onSynAgain(ts: number, row: number): void {
    this.#ledger.onSynAgain(ts, row);
    this.#next?.onSynAgain(ts, row);
  }

  onSynAck(ts: number, row: number, seg: Readonly<Segment>, again: boolean): void {
    this.#ledger.onSynAck(ts, row, seg, again);
    this.#next?.onSynAck(ts, row, seg, again);
  }

  onCompleted(ts: number, row: number): void {
    this.#ledger.onCompleted(ts, row);
    this.#next?.onCompleted(ts, row);
  }

  onRefused(ts: number, row: number): void {
    this.#ledger.onRefused(ts, row);
    this.#next?.onRefused(ts, row);
  }

  onReset(ts: number, row: number, fromClient: boolean): void {
    this.#ledger.onReset(ts, row, fromClient);
    this.#next?.onReset(ts, row, fromClient);
  }

  onFin(ts: number, row: number): void {
    this.#ledger.onFin(ts, row);
    this.#next?.onFin(ts, row);
  }

  onUnsolicited(ts: number, row: number, seg: Readonly<Segment>, ttl: number): void {
    this.#ledger.onUnsolicited(ts, row, seg, ttl);
    this.#next?.onUnsolicited(ts, row, seg, ttl);
  }

  onMidStream(ts: number, row: number, fromClient: boolean): void {
    this.#ledger.onMidStream(ts, row, fromClient);
    this.#next?.onMidStream(ts, row, fromClient);
  }

  onRetired(ts: number, row: number): void {
    this.#ledger.onRetired(ts, row);
    if (!this.rows.table.has(row, Fact.Syn)) this.#onNoAttempt(row);
    this.#next?.onRetired(ts, row);
  }

  /** A flow without a SYN: replies and nothing else, a probe that met a RST, or a connection that began elsewhere. */
  #onNoAttempt(row: number): void {
    const { table: t } = this.rows;
    const clientSpoke = t.has(row, Fact.ClientSpoke);
    const serverSpoke = t.has(row, Fact.ServerSpoke);
    if (!clientSpoke && !serverSpoke) {
      this.#strays.onFlow(this.#flowOf(row, false));
      return;
    }
    this.#strays.onConnection(t.client(row), t.server(row));
    // Who was taken for the server may be the one that probes; the other side is then the one that resets.
    if (clientSpoke !== serverSpoke && t.has(row, RESET)) this.#probes.onFlow(this.#flowOf(row, serverSpoke));
  }

  #flowOf(row: number, turned: boolean): StrayFlow {
    const { table: t } = this.rows;
    const flow = this.#flow;
    flow.client = turned ? t.server(row) : t.client(row);
    flow.clientPort = turned ? t.serverPort(row) : t.clientPort(row);
    flow.server = turned ? t.client(row) : t.server(row);
    flow.serverPort = turned ? t.clientPort(row) : t.serverPort(row);
    flow.synacks = t.has(row, Fact.SynAck) ? t.synacks(row) : 0;
    flow.reset = t.has(row, Fact.ClientRst);
    flow.firstAt = t.firstAt(row);
    flow.lastAt = t.lastAt(row);
    flow.firstPacket = t.firstPacket(row);
    return flow;
  }
}

const RESET: number = Fact.LateRst | Fact.ServerRst | Fact.ClientRst;
/** Hosts with fewer flows of strays have no profile made. */
const LEAST_STRAYS = 10;
