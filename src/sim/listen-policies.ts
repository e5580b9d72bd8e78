/** The listen policies that a scenario can name: what each takes, and how it is made. Schema, arena, sweeps and help share it. */
import type { ListenOptions } from '../tcp/listen-options.ts';
import { adaptiveCookies } from '../tcp/policy/adaptive-cookies.ts';
import { cookiePause } from '../tcp/policy/cookie-pause.ts';
import { cookiesOnOverflow } from '../tcp/policy/cookies-on-overflow.ts';
import { dropWhenFull } from '../tcp/policy/drop-when-full.ts';
import { oldestDrop } from '../tcp/policy/oldest-drop.ts';
import { oneLimit } from '../tcp/policy/one-limit.ts';
import { randomDrop } from '../tcp/policy/random-drop.ts';
import { resetWhenFull } from '../tcp/policy/reset-when-full.ts';
import { type SynCache, synCache } from '../tcp/policy/syn-cache.ts';
import { synCookies } from '../tcp/policy/syn-cookies.ts';
import type { ListenPolicy } from '../tcp/policy/types.ts';
import { count, oneOf, type ParamSpecs, type ParamValues, powerOfTwo, share } from './param-spec.ts';

/** What a policy may need of the world around it. */
export interface PolicyWorld {
  /** An integer in 0 .. n - 1, each equally likely, from a random stream of the listener's own. */
  readonly below: (n: number) => number;
  /** A secret word of the host's, for hashes. */
  readonly secret: number;
  /** Whether Linux counts the peer as proven; left out: this host remembers nobody. */
  readonly proven?: (local: number, remote: number) => boolean;
}

/** The policy, and how the listener around it must be: the limits of its queues, how it makes cookies. */
export type PolicyOptions = Omit<ListenOptions, 'backlog' | 'policy'> & { readonly policy: ListenPolicy };

export interface PolicyEntry {
  readonly what: string;
  /** Section of RFC 4987, or '' where it has none. */
  readonly rfc4987: string;
  readonly params: ParamSpecs;
  /** `value` gives each parameter, usual where the scenario says nothing. */
  readonly make: (value: PolicyValues, world: PolicyWorld) => PolicyOptions;
}

export interface PolicyValues {
  number(name: string): number;
  text(name: string): string;
}

/** A new policy of that name for one listener, checked parameters in `given`; undefined when there is none. */
export function makeListenPolicy(name: string, given: ParamValues, world: PolicyWorld): PolicyOptions | undefined {
  const entry = Object.hasOwn(LISTEN_POLICIES, name) ? LISTEN_POLICIES[name] : undefined;
  if (entry === undefined) return undefined;
  const value = (key: string): number | string => given[key] ?? entry.params[key]?.usual ?? 0;
  return entry.make({ number: (key) => Number(value(key)), text: (key) => String(value(key)) }, world);
}

const reserve: ParamSpecs = {
  maxSynBacklog: count(
    0,
    0,
    4_194_304,
    'its last quarter is for proven peers, as tcp_max_syn_backlog; 0 = no such rule',
  ),
};

/** As FreeBSD sets its cache; see syncache(4). */
const cacheLimits: ParamSpecs = {
  buckets: powerOfTwo(512, 1_048_576, 'buckets of the hash table'),
  bucketLimit: count(30, 1, 65_535, 'entries of a bucket'),
  cacheLimit: count(0, 0, 4_194_304, 'entries in all; 0 = as many as the buckets hold'),
  whenFull: oneOf('oldest-of-bucket', ['oldest-of-bucket', 'oldest-of-cache'], 'what goes when the cache is full'),
};

function plain(value: PolicyValues, { proven }: PolicyWorld): ListenPolicy {
  const maxSynBacklog = value.number('maxSynBacklog');
  if (maxSynBacklog === 0) return dropWhenFull();
  return dropWhenFull(proven === undefined ? { maxSynBacklog } : { maxSynBacklog, proven });
}

function cache(value: PolicyValues, { secret }: PolicyWorld): { readonly policy: SynCache; readonly room: number } {
  const buckets = value.number('buckets');
  const bucketLimit = value.number('bucketLimit');
  const room = value.number('cacheLimit') || buckets * bucketLimit;
  const whenFull = value.text('whenFull') === 'oldest-of-cache' ? 'oldest-of-cache' : 'oldest-of-bucket';
  return { policy: synCache({ buckets, bucketLimit, cacheLimit: room, whenFull, secret }), room };
}

export const LISTEN_POLICIES: Readonly<Record<string, PolicyEntry>> = {
  'drop-when-full': {
    what: 'queues while there is room, then drops in silence',
    rfc4987: '',
    params: reserve,
    make: (value, world) => ({ policy: plain(value, world) }),
  },
  'reset-when-full': {
    what: 'queues while there is room, then refuses with RST, so that nobody waits in vain',
    rfc4987: '',
    params: reserve,
    make: (value, world) => ({ policy: resetWhenFull(plain(value, world)) }),
  },
  'oldest-drop': {
    what: 'when full, the entry that came first makes room',
    rfc4987: '3.4',
    params: {},
    make: () => ({ policy: oldestDrop() }),
  },
  'random-drop': {
    what: 'when full, an entry drawn by lot makes room',
    rfc4987: '3.4',
    params: {},
    make: (_value, { below }) => ({ policy: randomDrop(below) }),
  },
  'syn-cache': {
    what: 'small entries in a hash table; in a full bucket the oldest makes room',
    rfc4987: '3.5',
    params: cacheLimits,
    make: (value, world) => {
      const { policy, room } = cache(value, world);
      return { policy, synQueueRoom: room };
    },
  },
  'syn-cookies': {
    what: 'answers every SYN with a cookie and keeps nothing',
    rfc4987: '3.6',
    params: {},
    make: () => ({ policy: synCookies('always') }),
  },
  'cookies-when-full': {
    what: 'queues while there is room, then answers with cookies',
    rfc4987: '3.7',
    params: reserve,
    make: (value, world) => ({ policy: synCookies('when-full', plain(value, world)) }),
  },
  'syn-cache-then-cookies': {
    what: 'a SYN cache, and a cookie instead of giving up an entry',
    rfc4987: '3.7',
    params: cacheLimits,
    make: (value, world) => {
      const { policy, room } = cache(value, world);
      return { policy: cookiesOnOverflow(policy), synQueueRoom: room };
    },
  },
  'adaptive-cookies': {
    what: 'cookies from one share of the queue on, until it has fallen below another (pf)',
    rfc4987: '3.7',
    params: {
      start: share(0.25, 'share of the queue above which cookies begin'),
      end: share(0.12, 'share below which they end'),
    },
    make: (value, _world) => {
      const start = value.number('start');
      // More than the start cannot be meant: then they end where they begin.
      return { policy: adaptiveCookies({ start, end: Math.min(start, value.number('end')) }) };
    },
  },
  'cookie-pause': {
    what: 'a SYN cache whose overflow is followed by cookies alone, for 15 s and longer each time (FreeBSD)',
    rfc4987: '3.7',
    params: cacheLimits,
    make: (value, world) => {
      const { policy, room } = cache(value, world);
      return { policy: cookiePause(policy), ...FREEBSD_LISTENER, synQueueRoom: room };
    },
  },
  'one-limit': {
    what: 'one limit of one and a half backlogs for half-open and waiting connections together (4.4BSD)',
    rfc4987: '',
    params: {},
    make: () => ({ policy: oneLimit(), synQueueRoom: '3/2', acceptQueueRoom: '3/2' }),
  },
};

/** What belongs to FreeBSD's policy around it (tcp_syncache.c). */
const FREEBSD_LISTENER = {
  cookies: 'freebsd',
  repeatedSyn: 'restarts',
  abortOnOverflow: 'cookies-too',
  acceptQueueRoom: '3/2',
} as const;
