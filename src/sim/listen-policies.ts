/** The listen policies that a scenario can name: what each takes, and how it is made. Schema, arena, sweeps and help share it. */
import { dropWhenFull } from '../tcp/policy/drop-when-full.ts';
import { oldestDrop } from '../tcp/policy/oldest-drop.ts';
import { randomDrop } from '../tcp/policy/random-drop.ts';
import { synCookies } from '../tcp/policy/syn-cookies.ts';
import type { ListenPolicy } from '../tcp/policy/types.ts';
import { count, type ParamSpecs, type ParamValues } from './param-spec.ts';

/** What a policy may need of the world around it. */
export interface PolicyWorld {
  /** An integer in 0 .. n - 1, each equally likely, from a random stream of the listener's own. */
  readonly below: (n: number) => number;
}

export interface PolicyEntry {
  readonly what: string;
  /** Section of RFC 4987, or '' where it has none. */
  readonly rfc4987: string;
  readonly params: ParamSpecs;
  /** `value` gives each parameter, usual where the scenario says nothing. */
  readonly make: (value: PolicyValues, world: PolicyWorld) => ListenPolicy;
}

export interface PolicyValues {
  number(name: string): number;
  text(name: string): string;
}

/** A new policy of that name for one listener; undefined when there is none. */
export function makeListenPolicy(name: string, given: ParamValues, world: PolicyWorld): ListenPolicy | undefined {
  const entry = Object.hasOwn(LISTEN_POLICIES, name) ? LISTEN_POLICIES[name] : undefined;
  if (entry === undefined) return undefined;
  const value = (key: string): number | string => given[key] ?? entry.params[key]?.usual ?? 0;
  return entry.make({ number: (key) => Number(value(key)), text: (key) => String(value(key)) }, world);
}

/** A quarter of it is kept for proven peers; 0 = no such rule. */
const maxSynBacklog = count(
  0,
  0,
  4_194_304,
  'tcp_max_syn_backlog: its last quarter is not for strangers; 0 = no such rule',
);

function plain(value: PolicyValues): ListenPolicy {
  const max = value.number('maxSynBacklog');
  return dropWhenFull(max === 0 ? {} : { maxSynBacklog: max });
}

export const LISTEN_POLICIES: Readonly<Record<string, PolicyEntry>> = {
  'drop-when-full': {
    what: 'queues while there is room, then drops in silence',
    rfc4987: '',
    params: { maxSynBacklog },
    make: plain,
  },
  'oldest-drop': {
    what: 'when full, the entry that came first makes room',
    rfc4987: '3.4',
    params: {},
    make: () => oldestDrop(),
  },
  'random-drop': {
    what: 'when full, an entry drawn by lot makes room',
    rfc4987: '3.4',
    params: {},
    make: (_value, { below }) => randomDrop(below),
  },
  'syn-cookies': {
    what: 'answers every SYN with a cookie and keeps nothing',
    rfc4987: '3.6',
    params: {},
    make: () => synCookies('always'),
  },
  'cookies-when-full': {
    what: 'queues while there is room, then answers with cookies',
    rfc4987: '3.7',
    params: { maxSynBacklog },
    make: (value) => synCookies('when-full', plain(value)),
  },
};
