/** All traffic of a scenario that is not wanted: floods and botnets, put together for the arena, and what they report. */
import type { Nanos, Tx } from '../../tcp/types.ts';
import type { AddressRange, Emitter, Owner, Party } from '../arena/types.ts';
import type { BotsView } from '../flood-frame.ts';
import type { FloodScenario } from '../flood-model.ts';
import type { BotnetReport, FloodMoment, FloodSourceReport } from '../flood-report.ts';
import { parsePrefix } from '../prefix.ts';
import { type Botnet, makeBotnet } from './botnet/botnet.ts';
import { Bystanders } from './bystanders.ts';
import { type CookieFor, floodSources } from './flood-source.ts';
import { type ObservedFlood, ObservedSource } from './observed-syns.ts';

/** One `FloodSpec` at work: a source and its repetitions, and who lives at the addresses it uses. */
interface Flood {
  readonly name: string;
  readonly sources: readonly Counted[];
  /** Tag of the first source; the repetitions follow. */
  readonly tag: number;
  /** null: nobody answers at its addresses, or another flood has the same range. */
  readonly bystanders: Bystanders | null;
}

interface Counted extends Emitter {
  readonly filtered: number;
}

export class FloodTraffic {
  /** In the order of their tags. */
  readonly emitters: readonly Emitter[];
  readonly parties: readonly Party[];
  readonly ranges: readonly AddressRange[];
  readonly #floods: readonly Flood[];
  readonly #botnets: readonly Botnet[];
  /** Moments of each botnet that have been told. */
  readonly #told: number[];

  /** `observed`: floods of a capture, beside those of the scenario. */
  constructor(
    scenario: FloodScenario,
    seed: number,
    tx: Tx,
    cookieFor: CookieFor,
    observed: readonly ObservedFlood[] = [],
  ) {
    const around = { seed, target: scenario.server.address, ingress: scenario.ingress, cookieFor };
    const emitters: Emitter[] = [];
    const parties: Party[] = [];
    const ranges: AddressRange[] = [];
    /** Two floods may forge the same range: one population lives there, and answers for both. */
    const settle = (first: number, last: number, live: number, owner: Owner): Bystanders | null => {
      if (ranges.some((range) => range.first === first && range.last === last)) return null;
      const bystanders = live > 0 ? new Bystanders(seed, live, tx) : null;
      if (bystanders !== null) parties.push(bystanders);
      ranges.push({ first, last, owner, party: bystanders });
      return bystanders;
    };
    const invented = scenario.floods.map((spec) => {
      const sources = floodSources(spec, around);
      const tag = emitters.length;
      emitters.push(...sources);
      const first = sources[0]?.sources;
      if (first === undefined) throw new Error('a flood has at least one source');
      const { prefix, live, forged } = first;
      const bystanders = settle(prefix.first, prefix.last, live, forged ? 'silent' : 'bot');
      return { name: spec.name, sources, tag, bystanders };
    });
    const filtering = scenario.ingress.mode === 'strict' ? scenario.ingress.deployed : 0;
    const seen = observed.map((flood) => {
      const source = new ObservedSource(flood, seed, scenario.server.address, filtering);
      const tag = emitters.push(source) - 1;
      const { first, last } = source.prefix;
      const live = flood.answer === 'reset' ? 1 : 0;
      const bystanders = settle(first, last, live, flood.forged ? 'silent' : 'bot');
      return { name: flood.name, sources: [source], tag, bystanders };
    });
    this.#floods = [...invented, ...seen];
    this.#botnets = scenario.botnets.map((spec) => {
      const botnet = makeBotnet(spec, around, tx);
      ranges.push(...botnet.ranges);
      parties.push(...botnet.parties);
      emitters.push(...botnet.emitters);
      for (const order of spec.orders) {
        if (order.spoof !== 'random') continue;
        const { first, last } = parsePrefix(order.prefix, `botnet '${spec.name}'`);
        settle(first, last, order.live, 'silent');
      }
      return botnet;
    });
    this.#told = this.#botnets.map(() => 0);
    this.emitters = emitters;
    this.parties = parties;
    this.ranges = ranges;
  }

  /** No source has anything left to send. */
  over(now: Nanos): boolean {
    return (
      this.#floods.every(({ sources }) => sources.every((source) => source.next === Infinity)) &&
      this.#botnets.every((botnet) => botnet.over(now))
    );
  }

  /** Bots that send now. */
  flooding(now: Nanos): number {
    return this.#botnets.reduce((sum, botnet) => sum + botnet.view(now).flooding, 0);
  }

  /** What has happened in its own affairs since this was asked last. */
  newMoments(): readonly FloodMoment[] {
    return this.#botnets.flatMap((botnet, i) => {
      const all = botnet.moments;
      const fresh = all.slice(this.#told[i]);
      this.#told[i] = all.length;
      return fresh;
    });
  }

  views(now: Nanos): readonly BotsView[] {
    return this.#botnets.map((botnet) => botnet.view(now));
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

  botnetReports(now: Nanos): BotnetReport[] {
    return this.#botnets.map((botnet) => botnet.report(now));
  }
}
