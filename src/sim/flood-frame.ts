/** One moment of a flood run, for eyes: the SYN queue slot by slot, the accept queue, the counters. Plain data. */
import type { Nanos } from '../tcp/types.ts';
import type { Owner } from './arena/types.ts';
import type { BotKindSpec } from './flood-model.ts';

export interface FloodFrame {
  readonly t: Nanos;
  readonly port: number;
  readonly backlog: number;
  /** Half-open entries it holds when full. */
  readonly capacity: number;
  readonly halfOpen: number;
  /** The first rows in use, as many as were asked for; each keeps its place while it lives, so that a slot can be watched. */
  readonly slots: readonly SlotView[];
  readonly acceptQueue: number;
  readonly acceptCapacity: number;
  readonly established: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly bots: readonly BotsView[];
}

export interface SlotView {
  /** Row of the SYN queue. */
  readonly slot: number;
  readonly owner: Owner;
  readonly remote: string;
  readonly remotePort: number;
  /** When its SYN came, when its timer fires, and SYN/ACKs sent so far. */
  readonly since: Nanos;
  readonly firesAt: Nanos;
  readonly synAcks: number;
}

/** A botnet at this moment. */
export interface BotsView {
  readonly name: string;
  readonly bots: number;
  readonly registered: number;
  /** Sending now, and SYNs per second they send together. */
  readonly flooding: number;
  readonly rate: number;
  readonly takenDown: boolean;
  readonly kinds: readonly BotKindView[];
  /** SYNs of the orders that hold now, so far: those that left the bots' networks, and those that a filter there stopped. */
  readonly letOut: number;
  readonly stopped: number;
}

/** The bots of one kind of a botnet. */
export interface BotKindView {
  readonly kind: BotKindSpec['kind'];
  readonly bots: number;
  readonly registered: number;
  readonly flooding: number;
  readonly rate: number;
}
