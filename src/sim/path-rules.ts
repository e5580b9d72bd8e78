/** The scripted misfortunes of a scenario's path: lose this SYN, filter that port, delay or duplicate the third ACK. */
import type { Nanos } from '../tcp/types.ts';
import { ACK, FIN, RST, type Segment, SYN } from '../wire/segment.ts';
import type { Match, PathRule } from './scenario-model.ts';

/** The bits that name a segment; PSH, URG and the ECN bits come and go without changing what it is. */
export const NAMING_FLAGS: number = SYN | ACK | FIN | RST;

/** A filter stands close to the host it protects, so its victims die near the end of their journey. */
const FILTER_AT = 0.9;

export class PathRules {
  /** Verdict of the last `judge`: `''`, `scripted` or `filtered`, and at which fraction of the journey it dies. */
  fate: '' | 'scripted' | 'filtered' = '';
  where = 0;
  /** Added delay. */
  delay: Nanos = 0;
  /** How long after the original each copy arrives. */
  readonly copies: Nanos[] = [];

  readonly #rules: readonly PathRule[];
  /** Matching packets seen so far, per rule. */
  readonly #seen: Uint32Array;

  constructor(rules: readonly PathRule[]) {
    this.#rules = rules;
    this.#seen = new Uint32Array(rules.length);
  }

  /** Judges one packet from host to host (indexes). Every rule counts it; the first that kills it decides where. */
  judge(from: number, to: number, seg: Readonly<Segment>): void {
    this.fate = '';
    this.delay = 0;
    this.copies.length = 0;
    for (let i = 0; i < this.#rules.length; i++) {
      const rule = this.#rules[i]!;
      if (!concerns(rule.match, from, to, seg)) continue;
      const count = this.#seen[i]! + 1;
      this.#seen[i] = count;
      if (rule.match.nth.length > 0 && !rule.match.nth.includes(count)) continue;
      this.#apply(rule);
    }
  }

  #apply(rule: PathRule): void {
    switch (rule.do) {
      case 'lose':
        if (this.fate !== '') return;
        this.fate = 'scripted';
        this.where = rule.where;
        return;
      case 'filter':
        if (this.fate !== '') return;
        this.fate = 'filtered';
        this.where = FILTER_AT;
        return;
      case 'delay':
        this.delay += rule.by;
        return;
      case 'duplicate':
        this.copies.push(rule.by);
        return;
      default:
        throw new Error(`no such path rule: ${JSON.stringify(rule satisfies never)}`);
    }
  }
}

function concerns(match: Match, from: number, to: number, seg: Readonly<Segment>): boolean {
  return (
    (match.from < 0 || match.from === from) &&
    (match.to < 0 || match.to === to) &&
    (match.port === 0 || match.port === seg.dport) &&
    (match.flags < 0 || (match.flags & NAMING_FLAGS) === (seg.flags & NAMING_FLAGS)) &&
    (match.data === undefined || match.data === seg.len > 0)
  );
}
