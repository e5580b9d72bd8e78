/**
 * The shape of a scenario file as a zod schema: checks a parsed file and, through `scenarioJsonSchema`, becomes the
 * published JSON Schema. What names mean (a host that does not exist, a public address) is checked in `build.ts`.
 */
import { z } from 'zod';
import { SEC } from '../tcp/types.ts';
import { nearest } from '../wire/suggest.ts';
import type { ScenarioFile } from './file-shape.ts';
import { DURATION_PATTERN, FLAGS_PATTERN, parseDuration, RATE_PATTERN, SEQ_PATTERN, TARGET_PATTERN } from './units.ts';

/** The published JSON Schema of scenario files (draft 2020-12), as plain data. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-2020-12' });
  return { $id: 'halfopen/scenario.schema.json', title: 'halfopen scenario', ...schema };
}

/** Checks a parsed file and fills in the defaults; the issues carry paths and sentences. */
export function checkShape(value: unknown): { file: ScenarioFile } | { issues: readonly ShapeIssue[] } {
  const result = fileSchema.safeParse(value);
  if (result.success) return { file: result.data };
  return { issues: result.error.issues.map(flatten) };
}

export interface ShapeIssue {
  readonly path: readonly (string | number)[];
  /** The key itself is wrong, not its value. */
  readonly key: boolean;
  readonly message: string;
}

type RawIssue = z.core.$ZodIssue;

function flatten(issue: RawIssue): ShapeIssue {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return { path: [...path, issue.keys[0] ?? ''], key: true, message: issue.message };
  }
  if (issue.code === 'invalid_key') return { path, key: true, message: issue.issues[0]?.message ?? issue.message };
  return { path, key: false, message: issue.message };
}

// Without this zod tries `new Function` for speed, which a page with a strict content security policy reports as an attack.
z.config({ jitless: true });

// ---- building blocks -------------------------------------------------------------------------------------------------

/** What was found, as short text for a sentence. */
function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** A mapping with exactly these keys; a key too many gets a suggestion. */
function strict<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') {
        return issue.input === undefined ? 'is missing' : `is ${found(issue.input)}; expected a mapping`;
      }
      const keys = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : [];
      const word = String(keys[0] ?? '');
      const near = nearest(word, known);
      return near
        ? `unknown key '${word}'; did you mean '${near}'?`
        : `unknown key '${word}'; expected ${known.join(', ')}`;
    },
  });
}

function choice<const T extends readonly [string, ...string[]]>(names: T): z.ZodEnum<z.core.util.ToEnum<T[number]>> {
  return z.enum(names, {
    error: (issue) => {
      const near = typeof issue.input === 'string' ? nearest(issue.input, names) : undefined;
      return `is ${found(issue.input)}; ${near ? `did you mean '${near}'?` : `expected one of ${names.join(', ')}`}`;
    },
  });
}

function whole(min: number, max: number, what: string): z.ZodNumber {
  const error = (issue: { readonly input?: unknown }): string =>
    `is ${found(issue.input)}; expected ${what}, a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

function matching(pattern: RegExp, expected: string): z.ZodString {
  const error = (issue: { readonly input?: unknown }): string => `is ${found(issue.input)}; expected ${expected}`;
  return z.string({ error }).regex(pattern, { error });
}

function text(): z.ZodString {
  const error = (issue: { readonly input?: unknown }): string => `is ${found(issue.input)}; expected a text`;
  return z.string({ error }).min(1, { error });
}

function durationError(issue: { readonly input?: unknown }): string {
  const input = issue.input;
  if (/^\s*-/.test(String(input))) return `is ${found(input)}, which is negative; expected 0 or more, like 40ms`;
  if (typeof input === 'number') return `is ${input} without a unit; expected a time such as ${input}ms or ${input}s`;
  return `is ${found(input)}; expected a time such as 200us, 40ms, 1.5s or 2m`;
}

/** Nanoseconds are exact in a double for 104 days (`Nanos`). */
const LONGEST = 100 * 86_400 * SEC;

// ---- the schema -------------------------------------------------------------------------------------------------------

const duration = z
  .union(
    [
      z
        .string()
        .regex(DURATION_PATTERN, { error: durationError })
        .refine((text) => parseDuration(text) <= LONGEST, {
          error: (issue) => `is ${found(issue.input)}; expected at most 100 days, the longest a run can be`,
        }),
      z.literal(0),
    ],
    { error: durationError },
  )
  .meta({ description: 'A time with a unit: 200us, 40ms, 1.5s, 2m; or 0.' });

const port = whole(1, 65535, 'a port');
const hostName = matching(/^[a-z][a-z0-9-]*$/, 'the name of a host: lower-case letters, digits and hyphens');
const bytes = whole(0, 1_000_000, 'a number of bytes');
const seqError = (issue: { readonly input?: unknown }): string =>
  `is ${found(issue.input)}; expected a sequence number such as X+1, Y-100 or 5000`;
const seqNumber = z
  .union(
    [
      z.string().regex(SEQ_PATTERN, { error: seqError }),
      z.int().min(0, { error: seqError }).max(0xffff_ffff, { error: seqError }),
    ],
    { error: seqError },
  )
  .meta({ description: 'X or Y, plus or minus a number, or an absolute sequence number.' });
const flags = matching(FLAGS_PATTERN, "control bits such as 'SYN' or 'SYN,ACK'");
const iss = whole(0, 0xffff_ffff, 'a sequence number');
const state = choice([
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
]);

const listenShape = {
  port: port.describe('The port to listen on.'),
  backlog: whole(0, 65535, 'a backlog').default(128).describe('As in listen(2); Linux admits one more.'),
  policy: choice(['drop-when-full', 'syn-cookies', 'cookies-when-full']).default('drop-when-full'),
  accept: choice(['auto', 'never']).default('auto').describe('never: the application does not call accept.'),
};

const when = {
  at: duration.optional().describe('Time since the start of the run.'),
  on: choice(['established', 'readable', 'peer-closed', 'closed']).optional(),
  after: duration.optional().describe('How long after `on`.'),
};

const action = z.discriminatedUnion(
  'do',
  [
    strict({ ...when, do: z.literal('listen'), ...listenShape }),
    strict({
      ...when,
      do: z.literal('connect'),
      to: matching(TARGET_PATTERN, 'a host and port such as server:80'),
      bytes: bytes.default(0).describe('Data on the SYN.'),
    }),
    strict({ ...when, do: z.literal('send'), bytes }),
    strict({ ...when, do: z.literal('read') }),
    strict({ ...when, do: z.literal('accept') }),
    strict({ ...when, do: z.literal('close') }),
    strict({ ...when, do: z.literal('abort') }),
    strict({ ...when, do: z.literal('crash') }),
  ],
  {
    error: (issue) => {
      const input: unknown = issue.input;
      const word = typeof input === 'object' && input !== null && 'do' in input ? input.do : undefined;
      const known = ['listen', 'connect', 'send', 'read', 'accept', 'close', 'abort', 'crash'];
      const near = typeof word === 'string' ? nearest(word, known) : undefined;
      return `is ${found(word)}; ${near ? `did you mean '${near}'?` : `expected one of ${known.join(', ')}`}`;
    },
  },
);

const tcp = strict({
  mss: whole(1, 65495, 'a segment size').optional(),
  rcvBuf: whole(1, 2 ** 30, 'a buffer size').optional(),
  sndBuf: whole(1, 2 ** 30, 'a buffer size').optional(),
  windowScale: whole(-1, 14, 'a shift (-1 = not offered)').optional(),
  sack: z.boolean().optional(),
  timestamps: z.boolean().optional(),
  nagle: z.boolean().optional(),
  delayedAck: duration.optional(),
  initialRto: duration.optional(),
  synRetries: whole(0, 100, 'a count').optional(),
  synLinearTimeouts: whole(0, 100, 'a count').optional(),
  synackRetries: whole(0, 100, 'a count').optional(),
  dataRetries: whole(0, 100, 'a count').optional(),
  timeWait: duration.optional(),
}).describe('Settings that differ from the profile.');

const host = strict({
  role: choice(['client', 'server', 'peer']),
  address: text().describe('A documentation, benchmark or private address.'),
  port: port.optional().describe('Local port of active opens; drawn from the seed when left out.'),
  iss: z
    .union([iss, z.array(iss)], {
      error: (issue) => `is ${found(issue.input)}; expected a sequence number or a list of them`,
    })
    .default([])
    .describe('Initial sequence numbers of the first connections; then RFC 6528 decides.'),
  read: choice(['auto', 'never']).default('auto'),
  listen: z.array(strict(listenShape)).default([]),
  tcp: tcp.default({}),
  do: z.array(action).default([]).describe('What the application does.'),
});

const link = strict({
  delay: duration.default('20ms').describe('One way.'),
  jitter: duration.default(0),
  loss: z
    .number({ error: (issue) => `is ${found(issue.input)}; expected a probability from 0 to 1` })
    .min(0, { error: (issue) => `is ${found(issue.input)}; expected a probability from 0 to 1` })
    .max(1, { error: (issue) => `is ${found(issue.input)}; expected a probability from 0 to 1` })
    .default(0),
  rate: matching(RATE_PATTERN, 'a rate such as 10mbit').optional(),
  queue: whole(1, 1_000_000, 'a number of packets').default(100),
});

const matchShape = {
  from: hostName.optional(),
  to: hostName.optional(),
  port: port.optional().describe('Destination port.'),
  flags: flags.optional().describe('SYN, ACK, FIN and RST exactly as given.'),
  data: z.boolean().optional(),
  nth: z
    .union([whole(1, 1e6, 'a count'), z.array(whole(1, 1e6, 'a count'))], {
      error: (issue) => `is ${found(issue.input)}; expected a count from 1, or a list of counts`,
    })
    .optional()
    .describe('Which of the matching packets, from 1; all when left out.'),
};

const rule = strict({
  lose: strict({ ...matchShape, where: z.number().min(0).max(1).default(0.5) }).optional(),
  filter: strict(matchShape).optional(),
  delay: strict({ ...matchShape, by: duration }).optional(),
  duplicate: strict({ ...matchShape, by: duration.default(0) }).optional(),
}).refine((r) => Object.values(r).filter((v) => v !== undefined).length === 1, {
  error: 'a path rule has exactly one of lose, filter, delay, duplicate',
});

const injection = strict({
  at: duration,
  from: hostName.describe('Whose address the segment bears.'),
  to: hostName,
  sport: port.optional(),
  dport: port.optional(),
  flags,
  seq: seqNumber,
  ack: seqNumber.optional(),
  wnd: whole(0, 65535, 'a window').default(65535),
  bytes: bytes.default(0),
});

const expectation = strict({
  states: z.record(hostName, state).optional(),
  passes: z.record(hostName, z.array(state)).optional().describe('Every state a host passes through, in order.'),
  closed: z.record(hostName, choice(['closed', 'refused', 'reset', 'aborted', 'timeout'])).optional(),
  read: z.record(hostName, bytes).optional().describe('Bytes the application has read.'),
  resets: z.array(hostName).optional().describe('Hosts that sent RST; all others sent none.'),
  dialogue: z
    .array(text())
    .optional()
    .describe("Every segment in order, e.g. 'server: SYN,ACK seq=Y ack=X+1' (optional: len=10, lost)."),
});

const caption = strict({
  when: text().describe(
    "'server sends SYN,ACK', 'client receives RST', 'client loses SYN', 'client timer retransmit', 'client does crash'; ' #2' for the second.",
  ),
  say: text(),
});

const fileSchema: z.ZodType<ScenarioFile, unknown> = strict({
  $schema: z.string().optional(),
  title: text(),
  summary: text(),
  order: whole(0, 1000, 'a place in the list').default(500),
  profile: choice(['rfc9293', 'linux-6']).default('linux-6'),
  seed: whole(0, 0xffff_ffff, 'a seed').default(7),
  until: duration.default('10s').describe('The run ends here.'),
  maxSteps: whole(1, 100_000, 'a number of steps').default(2000),
  hosts: z.record(hostName, host, {
    error: (issue) =>
      issue.code === 'invalid_key' ? undefined : `is ${found(issue.input)}; expected a mapping of host names to hosts`,
  }),
  link: link.prefault({}),
  path: z.array(rule).default([]),
  inject: z.array(injection).default([]),
  expect: expectation.default({}),
  story: z.array(caption).default([]),
});
