/**
 * The shape of a scenario file as a zod schema: checks a parsed file and, through `scenarioJsonSchema`, becomes the
 * published JSON Schema. What names mean (a host that does not exist, a public address) is checked in `build.ts`.
 */
import { z } from 'zod';
import { nearest } from '../wire/suggest.ts';
import type { ScenarioFile } from './file-shape.ts';
import { floodJsonSchema } from './flood-schema.ts';
import { choice, duration, found, matching, type ShapeIssue, shapeIssues, strict, text, whole } from './shape.ts';
import { tcpShape } from './tcp-settings.ts';
import { FLAGS_PATTERN, RATE_PATTERN, SEQ_PATTERN, TARGET_PATTERN } from './units.ts';

/** The published JSON Schema of scenario files of both kinds (draft 2020-12), as plain data. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...handshake } = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-2020-12' });
  const { $schema: _same, ...flood } = floodJsonSchema();
  return {
    $schema,
    $id: 'halfopen/scenario.schema.json',
    title: 'halfopen scenario',
    type: 'object',
    if: { properties: { kind: { const: 'flood' } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
    then: flood,
    else: handshake,
  };
}

/** Checks a parsed file and fills in the defaults; the issues carry paths and sentences. */
export function checkShape(value: unknown): { file: ScenarioFile } | { issues: readonly ShapeIssue[] } {
  const result = fileSchema.safeParse(value);
  if (result.success) return { file: result.data };
  return { issues: shapeIssues(result.error) };
}

// ---- the schema -------------------------------------------------------------------------------------------------------

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
  tcp: tcpShape.default({}),
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
  kind: choice(['handshake']).optional().describe("'flood' is the other kind."),
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
