/** All traffic of a scenario that is not wanted: its floods, put together for the arena, and what they report. */
import type { Nanos, Tx } from '../../tcp/types.ts';
import type { AddressRange, Emitter, Party } from '../arena/types.ts';
import type { BotsView } from '../flood-frame.ts';
import type { FloodScenario } from '../flood-model.ts';
import type { BotnetReport, FloodMoment, FloodSourceReport } from '../flood-report.ts';
import { Bystanders } from './bystanders.ts';
import { type FloodSource, floodSources } from './flood-source.ts';

/** One `FloodSpec` at work: a source and its repetitions, and who lives at the addresses it uses. */
interface Flood {
  readonly name: string;
  readonly sources: readonly FloodSource[];
  /** Tag of the first source; the repetitions follow. */
  readonly tag: number;
  /** null: nobody answers at its addresses, or another flood has the same range. */
  readonly bystanders: Bystanders | null;
}

export class FloodTraffic {
  /** In the order of their tags. */
  readonly emitters: readonly Emitter[];
  readonly parties: readonly Party[];
  readonly ranges: readonly AddressRange[];
  readonly #floods: readonly Flood[];

  constructor(scenario: FloodScenario, seed: number, tx: Tx) {
    const around = { seed, target: scenario.server.address, ingress: scenario.ingress };
    const emitters: Emitter[] = [];
    const parties: Party[] = [];
    const ranges: AddressRange[] = [];
    this.#floods = scenario.floods.map((spec) => {
      const sources = floodSources(spec, around);
      const tag = emitters.length;
      emitters.push(...sources);
      const first = sources[0]?.sources;
      if (first === undefined) throw new Error('a flood has at least one source');
      const { prefix, live, forged } = first;
      // Two floods may forge the same range: one population lives there.
      const taken = ranges.some((range) => range.first === prefix.first && range.last === prefix.last);
      const bystanders = live > 0 && !taken ? new Bystanders(seed, live, tx) : null;
      if (bystanders !== null) parties.push(bystanders);
      if (!taken) {
        ranges.push({ first: prefix.first, last: prefix.last, owner: forged ? 'silent' : 'bot', party: bystanders });
      }
      return { name: spec.name, sources, tag, bystanders };
    });
    this.emitters = emitters;
    this.parties = parties;
    this.ranges = ranges;
  }

  /** No source has anything left to send. */
  get over(): boolean {
    return this.emitters.every((emitter) => emitter.next === Infinity);
  }

  /** Bots that send now. */
  flooding(_now: Nanos): number {
    return 0;
  }

  /** What has happened in its own affairs since this was asked last. */
  momentsUpTo(_now: Nanos): readonly FloodMoment[] {
    return [];
  }

  views(_now: Nanos): readonly BotsView[] {
    return [];
  }

  /** `syns` and `answered` by tag. */
  floodReports(syns: readonly number[], answered: readonly number[]): FloodSourceReport[] {
    return this.#floods.map(({ name, sources, tag, bystanders }) => {
      const sum = (of: readonly number[]): number => sources.reduce((all, _, i) => all + (of[tag + i] ?? 0), 0);
      return {
        name,
        syns: sum(syns),
        answered: sum(answered),
        resets: bystanders?.resets ?? 0,
        filtered: sources.reduce((all, source) => all + source.filtered, 0),
      };
    });
  }

  botnetReports(): BotnetReport[] {
    return [];
  }
}
