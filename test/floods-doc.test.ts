/** docs/floods.md names what there is: every defence, policy, setting, box, parameter, option and number, and no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { DEFENCES } from '../src/scenario/defences.ts';
import { parseFloodScenario } from '../src/scenario.ts';
import { measuresOf } from '../src/sim/flood-measures.ts';
import { LISTEN_POLICIES } from '../src/sim/listen-policies.ts';
import { MIDDLEBOXES } from '../src/sim/middlebox/catalogue.ts';
import { SERVER_PROFILES } from '../src/sim/server-profiles.ts';
import { SMALL_FLOOD } from './support/small-flood.ts';

const text = readFileSync(new URL('../docs/floods.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| `([a-z0-9-]+)` +\|(.*)\|$/gm)].map(([, name = '', rest = '']) => ({
  name,
  cells: rest.split('|').map((cell) => cell.trim()),
}));
const rowsOf = (name: string) => rows.filter((row) => row.name === name);

test('its scenario is one', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  expect(parseFloodScenario(yaml, 'floods.md').floods[0]?.rate).toEqual({ process: 'poisson', rate: 30 });
});

test.each(DEFENCES.map((defence) => [defence.name, defence] as const))('defence %s', (name, { rfc4987, what }) => {
  expect(rowsOf(name).some(({ cells }) => cells[0] === rfc4987 && cells[1] === what)).toBe(true);
});

test.each(Object.entries(LISTEN_POLICIES))('policy %s', (name, { rfc4987, what, params }) => {
  const given = Object.entries(params).map(([key, spec]) => `\`${key}\` ${spec.usual}`);
  expect(rowsOf(name).some(({ cells }) => cells.join('|') === [rfc4987, what, given.join(', ')].join('|'))).toBe(true);
});

test('names all boxes, in their order', () => {
  const section = /### Boxes\n([\s\S]*?)\n#/.exec(text)?.[1] ?? '';
  const names = [...section.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
  expect(names).toEqual(MIDDLEBOXES.map(({ name }) => name));
});

test.each(Object.values(SERVER_PROFILES))('settings of $name', ({ name, settings }) => {
  const line = new RegExp(`^- \`${name}\`,.*$`, 'm').exec(text)?.[0] ?? '';
  for (const [key, spec] of Object.entries(settings)) expect(line).toContain(`\`${key}\` ${spec.usual}`);
});

describe('options', async () => {
  const run = (await createProgram()).commands.find((command) => command.name() === 'run');
  test.each(['explain', 'set', 'until', 'seed', 'json', 'csv', 'parquet', 'svg', 'pcapng', 'tap', 'check'])(
    '--%s',
    (name) => {
      expect(run?.options.some((option) => option.long === `--${name}`)).toBe(true);
      expect(text).toContain(`--${name}`);
    },
  );
});

test('every number that a run gives is in the table of names', () => {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  const words = new Set([...prose.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split('.')));
  const unknown = Object.keys(measuresOf(SMALL_FLOOD))
    .filter((name) => !/^counters\./.test(name))
    .flatMap((name) => name.split('.'))
    // Groups, floods, ports and numbers of tries stand for any.
    .filter((word) => !words.has(word) && !/^(\d+|flood|clients)$/.test(word));
  expect([...new Set(unknown)]).toEqual([]);
});
