/**
 * A botnet in the simulated network: bots that register with a command-and-control host, ask it for orders, flood when
 * they have one, and report. Small ones are played bot by bot; for large ones the same law is drawn in sums.
 */
import type { Nanos, Tx } from '../../../tcp/types.ts';
import type { AddressRange, Emitter, Party } from '../../arena/types.ts';
import type { BotsView } from '../../flood-frame.ts';
import type { BotnetSpec } from '../../flood-model.ts';
import type { BotnetReport, FloodMoment } from '../../flood-report.ts';
import type { FloodSurroundings } from '../flood-source.ts';
import { BotnetOfBots } from './botnet-of-bots.ts';
import { BotnetOfSums } from './botnet-of-sums.ts';

export interface Botnet {
  readonly name: string;
  /** Who lives where. */
  readonly ranges: readonly AddressRange[];
  readonly parties: readonly Party[];
  readonly emitters: readonly Emitter[];
  /** What has happened so far, in order. */
  readonly moments: readonly FloodMoment[];
  /** No order holds any more, and none is to come. */
  over(now: Nanos): boolean;
  view(now: Nanos): BotsView;
  report(now: Nanos): BotnetReport;
}

/** `tx` carries what bots and their host send. */
export function makeBotnet(spec: BotnetSpec, around: FloodSurroundings, tx: Tx): Botnet {
  const bots = spec.bots.reduce((sum, kind) => sum + kind.count, 0);
  const each = spec.as === 'each' || (spec.as === 'auto' && bots <= MOST_BY_ITSELF);
  return each ? new BotnetOfBots(spec, around, tx) : new BotnetOfSums(spec, around);
}

/** Bots that `auto` plays one by one. */
const MOST_BY_ITSELF = 2000;
