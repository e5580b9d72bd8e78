/** From the shape of a scenario file to a `Scenario`: names become host indexes, notations numbers, and meanings are checked. */
import type {
  Action,
  AppCall,
  Caption,
  DialogueLine,
  Expectation,
  HostSpec,
  Injection,
  Match,
  PathRule,
  Scenario,
  SeqExpr,
} from '../sim/scenario-model.ts';
import type { TcpState } from '../tcp/types.ts';
import { SAFE_RANGES } from '../wire/safe-range.ts';
import { nearest } from '../wire/suggest.ts';
import type {
  ActionFile,
  ExpectFile,
  HostFile,
  InjectFile,
  MatchFile,
  PathFile,
  ScenarioFile,
  StoryFile,
} from './file-shape.ts';
import { checkAddress } from './safe-address.ts';
import { tcpSettings } from './tcp-settings.ts';
import { parseFlags, parseRate, parseSeq, time } from './units.ts';

/** Tells where in the file something is wrong (with `key`: at its key); never returns. */
export type Refuse = (path: readonly (string | number)[], message: string, key?: boolean) => never;

export function buildScenario(id: string, file: ScenarioFile, refuse: Refuse): Scenario {
  const names = Object.keys(file.hosts);
  if (names.length < 2) refuse(['hosts'], `has ${names.length} host; expected two or more`);
  const build = new Builder(names, refuse);
  return {
    id,
    title: file.title,
    summary: file.summary.trim(),
    order: file.order,
    profile: file.profile,
    seed: file.seed,
    until: time(file.until),
    maxSteps: file.maxSteps,
    hosts: names.map((name) => build.host(name, file.hosts[name]!)),
    link: {
      delay: time(file.link.delay),
      jitter: time(file.link.jitter),
      loss: file.link.loss,
      rate: file.link.rate === undefined ? 0 : parseRate(file.link.rate),
      queue: file.link.queue,
    },
    path: file.path.map((rule, i) => build.rule(rule, i)),
    inject: file.inject.map((spec, i) => build.injection(spec, i)),
    expect: build.expectation(file.expect),
    story: file.story.map((line, i) => build.caption(line, i)),
  };
}

class Builder {
  readonly #names: readonly string[];
  readonly #refuse: Refuse;
  readonly #addresses: Map<string, string> = new Map();
  #v6: boolean | undefined = undefined;

  constructor(names: readonly string[], refuse: Refuse) {
    this.#names = names;
    this.#refuse = refuse;
  }

  host(name: string, file: HostFile): HostSpec {
    const path = ['hosts', name];
    const verdict = checkAddress(file.address);
    if (verdict === 'malformed') {
      this.#refuse([...path, 'address'], `is '${file.address}'; expected an IPv4 or IPv6 address`);
    }
    if (verdict === 'public') {
      this.#refuse(
        [...path, 'address'],
        `is ${file.address}, which may belong to somebody; expected an address in ${SAFE_RANGES}`,
      );
    }
    const other = this.#addresses.get(file.address);
    if (other !== undefined)
      this.#refuse([...path, 'address'], `is ${file.address}, the address of '${other}' already`);
    this.#addresses.set(file.address, name);
    const v6 = file.address.includes(':');
    if (this.#v6 !== undefined && this.#v6 !== v6) {
      this.#refuse([...path, 'address'], `is ${file.address}; expected all hosts in IPv4 or all in IPv6`);
    }
    this.#v6 = v6;
    const listens: Action[] = file.listen.map((l) => ({ on: 'start', after: 0, what: { do: 'listen', ...l } }));
    return {
      name,
      role: file.role,
      address: file.address,
      port: file.port ?? 0,
      iss: typeof file.iss === 'number' ? [file.iss] : file.iss,
      read: file.read,
      tcp: tcpSettings(file.tcp),
      actions: [...listens, ...file.do.map((action, i) => this.#action(action, [...path, 'do', i]))],
    };
  }

  rule(file: PathFile, index: number): PathRule {
    const at = (key: string) => ['path', index, key];
    if (file.lose) return { do: 'lose', match: this.#match(file.lose, at('lose')), where: file.lose.where };
    if (file.delay) return { do: 'delay', match: this.#match(file.delay, at('delay')), by: time(file.delay.by) };
    if (file.duplicate) {
      return { do: 'duplicate', match: this.#match(file.duplicate, at('duplicate')), by: time(file.duplicate.by) };
    }
    return { do: 'filter', match: this.#match(file.filter ?? {}, at('filter')) };
  }

  injection(file: InjectFile, index: number): Injection {
    const path = ['inject', index];
    return {
      at: time(file.at),
      from: this.#hostIndex(file.from, [...path, 'from']),
      to: this.#hostIndex(file.to, [...path, 'to']),
      sport: file.sport ?? 0,
      dport: file.dport ?? 0,
      flags: parseFlags(file.flags),
      seq: this.#seq(file.seq, [...path, 'seq']),
      ack: this.#seq(file.ack ?? 0, [...path, 'ack']),
      wnd: file.wnd,
      bytes: file.bytes,
    };
  }

  expectation(file: ExpectFile): Expectation {
    const byHost = <T, U>(key: string, record: Readonly<Record<string, T>>, convert: (value: T) => U): Map<number, U> =>
      new Map(Object.entries(record).map(([name, v]) => [this.#hostIndex(name, ['expect', key, name]), convert(v)]));
    // The schema has checked the state names against RFC 9293's list.
    const asState = (name: string) => name as TcpState;
    return {
      ...(file.states && { states: byHost('states', file.states, asState) }),
      ...(file.passes && { passes: byHost('passes', file.passes, (list) => list.map(asState)) }),
      ...(file.closed && { closed: byHost('closed', file.closed, (reason) => reason) }),
      ...(file.read && { read: byHost('read', file.read, (n) => n) }),
      ...(file.resets && { resets: file.resets.map((name, i) => this.#hostIndex(name, ['expect', 'resets', i])) }),
      ...(file.dialogue && { dialogue: file.dialogue.map((line, i) => this.#line(line, ['expect', 'dialogue', i])) }),
    };
  }

  caption(file: StoryFile, index: number): Caption {
    const path = ['story', index, 'when'];
    const parts = /^([a-z][a-z0-9-]*) (sends|receives|loses|timer|does)(?: ([A-Za-z,-]+))?(?: #(\d+))?$/.exec(
      file.when,
    );
    if (!parts)
      return this.#refuse(
        path,
        `is '${file.when}'; expected something like 'server sends SYN,ACK' or 'client timer retransmit #2'`,
      );
    const [, name = '', verb = '', word = '', nth = '0'] = parts;
    const when = verb as Caption['when']; // one of the pattern's alternatives
    const segment = when === 'sends' || when === 'receives' || when === 'loses';
    const flags = segment && word !== '' ? parseFlags(word) : -1;
    if (segment && word !== '' && flags < 0)
      this.#refuse(path, `names '${word}'; expected control bits such as 'SYN,ACK'`);
    return {
      host: this.#hostIndex(name, path),
      when,
      flags,
      name: segment ? '' : word,
      nth: Number(nth),
      say: file.say.trim(),
    };
  }

  #action(file: ActionFile, path: readonly (string | number)[]): Action {
    if ((file.at === undefined) === (file.on === undefined)) {
      this.#refuse(path, "an action has exactly one of 'at' and 'on'");
    }
    if (file.at !== undefined && file.after !== undefined)
      this.#refuse([...path, 'after'], "goes with 'on', not with 'at'");
    return {
      on: file.on ?? 'start',
      after: file.at !== undefined ? time(file.at) : time(file.after ?? 0),
      what: this.#call(file, path),
    };
  }

  #call(file: ActionFile, path: readonly (string | number)[]): AppCall {
    switch (file.do) {
      case 'listen':
        return { do: 'listen', port: file.port, backlog: file.backlog, policy: file.policy, accept: file.accept };
      case 'connect': {
        const [name = '', port = ''] = file.to.split(':');
        if (Number(port) < 1 || Number(port) > 65535) {
          this.#refuse([...path, 'to'], `names port ${port}; expected a port, a whole number from 1 to 65535`);
        }
        return { do: 'connect', to: this.#hostIndex(name, [...path, 'to']), port: Number(port), bytes: file.bytes };
      }
      case 'send':
        return { do: 'send', bytes: file.bytes };
      default:
        return { do: file.do };
    }
  }

  #match(file: MatchFile, path: readonly (string | number)[]): Match {
    return {
      from: file.from === undefined ? -1 : this.#hostIndex(file.from, [...path, 'from']),
      to: file.to === undefined ? -1 : this.#hostIndex(file.to, [...path, 'to']),
      port: file.port ?? 0,
      flags: file.flags === undefined ? -1 : parseFlags(file.flags),
      data: file.data,
      nth: file.nth === undefined ? [] : typeof file.nth === 'number' ? [file.nth] : file.nth,
    };
  }

  #line(text: string, path: readonly (string | number)[]): DialogueLine {
    const parts = /^([a-z][a-z0-9-]*): ([A-Z,]+)(?: seq=(\S+))?(?: ack=(\S+))?(?: len=(\d+))?( lost| arrives)?$/.exec(
      text,
    );
    const flags = parts ? parseFlags(parts[2] ?? '') : -1;
    if (!parts || flags < 0) {
      return this.#refuse(path, `is '${text}'; expected something like 'server: SYN,ACK seq=Y ack=X+1 len=0 lost'`);
    }
    return {
      from: this.#hostIndex(parts[1] ?? '', path),
      flags,
      ...(parts[3] !== undefined && { seq: this.#seq(parts[3], path) }),
      ...(parts[4] !== undefined && { ack: this.#seq(parts[4], path) }),
      ...(parts[5] !== undefined && { len: Number(parts[5]) }),
      ...(parts[6] !== undefined && { arrives: parts[6] === ' arrives' }),
      text,
    };
  }

  #seq(value: string | number, path: readonly (string | number)[]): SeqExpr {
    return (
      parseSeq(String(value)) ??
      this.#refuse(path, `has '${value}'; expected a sequence number such as X+1, Y-100 or 5000`)
    );
  }

  #hostIndex(name: string, path: readonly (string | number)[]): number {
    const index = this.#names.indexOf(name);
    if (index >= 0) return index;
    const near = nearest(name, this.#names);
    return this.#refuse(
      path,
      `names the host '${name}', which is not there; ${near ? `did you mean '${near}'?` : `the hosts are ${this.#names.join(', ')}`}`,
    );
  }
}
