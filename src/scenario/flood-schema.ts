/**
 * The shape of a flood scenario's file as a zod schema, with bounds so that nothing absurd can be asked. What names and
 * addresses mean is checked in `flood-build.ts`.
 */
import { z } from 'zod';
import { LISTEN_POLICIES } from '../sim/listen-policies.ts';
import { MIDDLEBOXES } from '../sim/middlebox/catalogue.ts';
import { SERVER_PROFILE_NAMES, SERVER_PROFILES } from '../sim/server-profiles.ts';
import { nearest } from '../wire/suggest.ts';
import type { FloodFile, Named } from './flood-file.ts';
import {
  choice,
  duration,
  either,
  found,
  listOf,
  matching,
  oneOrMany,
  real,
  type ShapeIssue,
  shapeIssues,
  strict,
  text,
  whole,
} from './shape.ts';
import { tcpShape } from './tcp-settings.ts';
import { DURATION_PATTERN, RATE_PATTERN } from './units.ts';

/** Checks a parsed file and fills in the defaults; the issues carry paths and sentences. */
export function checkFloodShape(value: unknown): { file: FloodFile } | { issues: readonly ShapeIssue[] } {
  const result = floodSchema.safeParse(value);
  if (result.success) return { file: result.data };
  return { issues: shapeIssues(result.error) };
}

/** As JSON Schema, for `scenarioJsonSchema`. */
export function floodJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(floodSchema, { io: 'input', target: 'draft-2020-12' });
}

// ---- building blocks ---------------------------------------------------------------------------------------------------

/** SYNs per second. */
const MOST_RATE = 10_000_000;
const MOST_BYTES = 1_000_000;
const MOST_BOTS = 100_000_000;
const MOST_BACKLOG = 4_194_304;

const port = whole(1, 65535, 'a port');
const bytes = whole(0, MOST_BYTES, 'a number of bytes');
const name = matching(/^[a-z][a-z0-9-]*$/, 'a name: lower-case letters, digits and hyphens');
const prefix = text().describe('Addresses such as 198.18.0.0/16; documentation, benchmark or private ranges only.');
const share = real(0, 1, 'a share');
const rate = real(0, MOST_RATE, 'a rate per second');
const backlog = whole(0, MOST_BACKLOG, 'a backlog').describe('As in listen(2).');
const shape = choice(['bare', 'mss', 'linux', 'windows']).default('bare').describe('Options on the SYN.');
const OS = ['linux', 'windows', 'macos', 'ios', 'android', 'freebsd', 'rfc6298'] as const;
const os = choice(OS);

/**
 * A name, or a mapping with the name and its parameters. Both are checked against the catalogue when the scenario is built;
 * `names` stands in the JSON Schema, for editors.
 */
function namedOf(names: readonly string[]): z.ZodType<Named, Named> {
  const one = text().meta({ enum: names });
  return either([one, z.looseObject({ name: one })], "a name, or a mapping with 'name' and parameters");
}

const policy = namedOf(Object.keys(LISTEN_POLICIES));
const boxName = namedOf(MIDDLEBOXES.map(({ name }) => name));

const patienceError = (issue: { readonly input?: unknown }): string =>
  `is ${found(issue.input)}; expected a time such as 10s, or 'never'`;
const patience = z.union(
  [z.string().regex(new RegExp(`^never$|${DURATION_PATTERN.source}`), { error: patienceError }), z.literal(0)],
  { error: patienceError },
);

const pair = z.tuple([duration, duration], {
  error: (issue) => `is ${found(issue.input)}; expected two times: [10ms, 40ms]`,
});

const distribution = either(
  [
    duration,
    strict({
      uniform: pair.optional().describe('Least and most.'),
      cycle: listOf(duration, 1000, 'times').min(1, 'is empty; expected a time').optional().describe('In turn.'),
      exponential: pair.optional().describe('Least, and the mean of what comes on top.'),
    }).refine((forms) => Object.values(forms).filter((form) => form !== undefined).length === 1, {
      error: 'has not exactly one of uniform, exponential, cycle',
    }),
  ],
  'a time such as 40ms, or one of uniform: [10ms, 90ms], exponential: [10ms, 40ms], cycle: [1ms, 20ms]',
);

// ---- server ------------------------------------------------------------------------------------------------------------

const settings = strict(
  Object.fromEntries(
    Object.values(SERVER_PROFILES)
      .flatMap((profile) => Object.entries(profile.settings))
      // Which profile has it, and what it may be, is said with the profile in view.
      .map(([key, spec]) => [key, z.number({ error: numberError }).optional().describe(spec.what)]),
  ),
).transform((given) => given as Record<string, number>); // absent keys are not there at all

function numberError(issue: { readonly input?: unknown }): string {
  return `is ${found(issue.input)}; expected a number`;
}

const profileName = choice(SERVER_PROFILE_NAMES);

const app = either(
  [
    choice(['auto', 'never']),
    strict({
      accept: choice(['auto', 'never', 'workers']).default('auto'),
      workers: whole(1, 1_000_000, 'a number of workers').default(8),
      service: duration.default('5ms').describe('From the whole request to the response.'),
      response: bytes.default(2000),
      acceptFrom: duration.default(0).describe('Accepts nothing before this moment.'),
    }),
  ],
  "'auto', 'never', or a mapping with accept, workers, service, response, acceptFrom",
);

const listen = strict({
  port: port.default(80),
  backlog: backlog.optional(),
  policy: policy.optional(),
  app: app.optional(),
});

const server = strict({
  address: text().default('203.0.113.80'),
  profile: either(
    [
      profileName,
      strict({
        base: profileName,
        name: name,
        settings: settings.prefault({}),
        tcp: tcpShape.default({}),
        backlog: backlog.optional(),
        policy: policy.optional(),
      }),
    ],
    `one of ${SERVER_PROFILE_NAMES.join(', ')}, or a mapping with base, name and what differs`,
  ).default('linux-6'),
  settings: settings.prefault({}),
  tcp: tcpShape.default({}),
  listen: oneOrMany(listen, 64, 'a listener').optional(),
  port: port.optional(),
  backlog: backlog.optional(),
  policy: policy.optional(),
  app: app.optional(),
  cost: strict({
    perSegment: duration.default('1us'),
    perSynAck: duration.default('1us'),
    perCookie: duration.default('500ns'),
    perListElement: duration.default('15ns'),
    limits: truth().default(false),
    queue: whole(1, 1_000_000, 'a number of segments').default(1000),
  }).prefault({}),
});

// ---- clients -----------------------------------------------------------------------------------------------------------

const clients = strict({
  name: name.optional(),
  prefix: prefix.optional(),
  port: port.default(80),
  rate: rate.optional().describe('New clients per second.'),
  people: whole(0, 16_777_216, 'a number of people')
    .default(0)
    .describe('They come in turn and come back, each from its own address; 0 = as many as there are addresses.'),
  fastOpen: truth().default(false).describe('They use TCP Fast Open once they have a cookie (RFC 7413).'),
  process: choice(['poisson', 'constant']).default('poisson'),
  from: duration.default(0),
  to: duration.optional().describe('The end of the run when left out.'),
  times: listOf(duration, 100_000, 'times').optional().describe('Instead of a rate: exactly these, ascending.'),
  rtt: distribution.default('50ms'),
  os: either(
    [os, strict(Object.fromEntries(OS.map((system) => [system, real(0, 1_000_000, 'a share').optional()])))],
    'an operating system, or shares such as { linux: 1, windows: 3 }',
  ).default('linux'),
  request: bytes.default(200),
  patience: patience.default('30s'),
  after: choice(['close', 'stay']).default('close'),
  think: duration.default('1s').describe('With stay: time between a response and the next request.'),
});

const followed = strict({
  address: text().default('198.51.100.7'),
  at: duration.default('1s'),
  port: port.default(80),
  rtt: duration.default('50ms'),
  os: os.default('linux'),
  request: bytes.default(200),
  patience: patience.default('never'),
});

// ---- floods ------------------------------------------------------------------------------------------------------------

const PROCESSES = ['constant', 'poisson', 'burst', 'pulse', 'ramp'] as const;

const floodRate = either(
  [
    rate,
    z.discriminatedUnion(
      'process',
      [
        strict({ process: z.enum(['constant', 'poisson']), rate }),
        strict({ process: z.literal('burst'), size: whole(1, 100_000_000, 'a number of SYNs'), every: duration }),
        strict({ process: z.literal('pulse'), rate, on: duration, off: duration }),
        strict({ process: z.literal('ramp'), first: rate, last: rate }),
      ],
      {
        error: (issue) => {
          const input: unknown = issue.input;
          const word = typeof input === 'object' && input !== null && 'process' in input ? input.process : undefined;
          const near = typeof word === 'string' ? nearest(word, PROCESSES) : undefined;
          return `is ${found(word)}; ${near ? `did you mean '${near}'?` : `expected one of ${PROCESSES.join(', ')}`}`;
        },
      },
    ),
  ],
  'a rate per second, or a mapping with process: constant, poisson, burst, pulse or ramp',
);

const spoofMode = choice(['own', 'random', 'silent', 'live']);

const flood = strict({
  name: name.optional(),
  port: port.default(80),
  rate: floodRate.describe('SYNs per second; Poisson unless said otherwise.'),
  from: duration.optional().describe('5s, or a tenth of a shorter run, when left out.'),
  to: duration.optional().describe('The end of the run when left out.'),
  spoof: either(
    [
      spoofMode,
      strict({
        mode: spoofMode,
        prefix: prefix.optional(),
        count: whole(1, 16_777_216, 'a number of addresses').optional(),
        live: share.optional(),
      }),
    ],
    'one of own, random, silent, live, or a mapping with mode and prefix',
  ).default('random'),
  shape,
  retries: whole(0, 16, 'a count').default(0),
  data: whole(0, 1420, 'a number of bytes')
    .default(0)
    .describe('A request of so many bytes on each SYN, with a Fast Open cookie: valid with spoof own, else guessed.'),
});

// ---- botnets -----------------------------------------------------------------------------------------------------------

const bots = strict({
  kind: choice(['pc', 'phone', 'iot', 'server']).default('iot'),
  count: whole(1, MOST_BOTS, 'a number of bots'),
  prefix: prefix.optional(),
  networkBits: whole(8, 32, 'a prefix length').default(24).describe('Each network of this size is one source network.'),
  uplink: real(0.001, MOST_RATE, 'a rate per second').optional(),
  rtt: distribution.optional(),
});

const order = strict({
  at: duration.default('10s'),
  port: port.default(80),
  rate: real(0, MOST_RATE, 'a rate per second').describe('SYNs per second and bot, Poisson.'),
  duration: duration.default('30s'),
  spoof: choice(['own', 'subnet', 'random']).default('own'),
  prefix: prefix.default('10.0.0.0/8'),
  live: share.default(0),
  shape,
});

const botnet = strict({
  name: name.optional(),
  bots: either(
    [whole(1, MOST_BOTS, 'a number of bots'), bots, listOf(bots, 16, 'kinds of bot').min(1)],
    'a number of bots, or kinds of them',
  ),
  c2: text().default('198.51.100.66').describe('Where the command-and-control host lives, inside the simulation.'),
  poll: duration.default('10s'),
  joinWithin: duration.default('10s'),
  orders: oneOrMany(order, 64, 'an order'),
  takeDown: strict({ how: choice(['sinkhole', 'edge-block', 'outage']), at: duration }).optional(),
  as: choice(['each', 'sum', 'auto']).default('auto'),
});

// ---- the whole ---------------------------------------------------------------------------------------------------------

const access = strict({
  delay: duration.default(0),
  rate: matching(RATE_PATTERN, 'a rate such as 10mbit').optional(),
  queue: whole(1, 1_000_000, 'a number of packets').default(1000),
  loss: real(0, 1, 'a probability').default(0),
});

const answer = strict({ say: text(), right: truth().default(false), why: text() });

const lesson = strict({
  when: text().describe(
    'start, first-client-served, flood-begins, queue-full, first-client-dropped, flood-ends, recovered, bots-ordered, take-down, or a time.',
  ),
  title: text(),
  say: text(),
  ask: strict({ question: text(), answers: listOf(answer, 6, 'answers') })
    .optional()
    .describe('A question to the reader; exactly one answer is right.'),
});

const floodSchema: z.ZodType<FloodFile, unknown> = strict({
  $schema: z.string().optional(),
  kind: choice(['flood']),
  title: text(),
  summary: text(),
  order: whole(0, 1000, 'a place in the list').default(500),
  seed: whole(0, 0xffff_ffff, 'a seed').default(7),
  until: duration.default('60s').describe('The run ends here.'),
  sampleEvery: duration
    .optional()
    .describe('Distance between two samples; a three-hundredth of the run when left out.'),
  server: server.prefault({}),
  clients: oneOrMany(clients, 16, 'a group of clients').default([]),
  followed: followed.optional(),
  floods: oneOrMany(flood, 64, 'a flood').default([]),
  botnets: oneOrMany(botnet, 8, 'a botnet').default([]),
  ingress: either(
    [share, strict({ deployed: share, mode: choice(['strict', 'loose']).default('strict') })],
    'a share from 0 to 1, or a mapping with deployed and mode',
  ).default(0),
  boxes: listOf(boxName, 16, 'network defences').default([]),
  access: access.prefault({}),
  expect: z
    .record(z.string(), either([z.number(), text()], "a number, or a bound such as '>= 0.9' or '0.4 .. 0.6'"))
    .default({}),
  lesson: listOf(lesson, 100, 'lesson steps').default([]),
});

function truth(): z.ZodBoolean {
  return z.boolean({ error: (issue) => `is ${found(issue.input)}; expected true or false` });
}
