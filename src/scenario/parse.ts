/** Reads a scenario file: YAML to a checked `Scenario` or `FloodScenario`, or one sentence with line and column. */
import type { FloodScenario } from '../sim/flood-model.ts';
import type { Scenario } from '../sim/scenario-model.ts';
import { buildScenario, type Refuse } from './build.ts';
import { ScenarioError } from './error.ts';
import { buildFlood } from './flood-build.ts';
import { checkFloodShape } from './flood-schema.ts';
import { suggestion } from './named-params.ts';
import { checkShape } from './schema.ts';
import { type SetValue, setValues } from './set-value.ts';
import { found, type ShapeIssue, shortened } from './shape.ts';
import { readYaml } from './yaml-text.ts';

/**
 * Reads a scenario of one handshake or of a few. Throws `ScenarioError` at the first thing that is wrong. `path` is the
 * file's name in messages; its last part without `.yaml` becomes the scenario's id.
 *
 * @example parseScenario(await readFile('scenarios/three-way.yaml', 'utf8'), 'scenarios/three-way.yaml').id // 'three-way'
 */
export function parseScenario(text: string, path: string): Scenario {
  const scenario = parseAnyScenario(text, path);
  if (!isFlood(scenario)) return scenario;
  throw new ScenarioError(
    path,
    1,
    1,
    "this is a flood scenario (kind: flood); expected one of single handshakes, without 'kind'",
  );
}

/** Reads a flood scenario, after the changes of `set`. */
export function parseFloodScenario(text: string, path: string, set: readonly SetValue[] = []): FloodScenario {
  const scenario = parseAnyScenario(text, path, set);
  if (isFlood(scenario)) return scenario;
  throw new ScenarioError(path, 1, 1, 'this is not a flood scenario; expected kind: flood at the top');
}

/** Reads a scenario of either kind: `kind: flood` at the top tells them apart. */
export function parseAnyScenario(text: string, path: string, set: readonly SetValue[] = []): Scenario | FloodScenario {
  const { value: read, refuse } = readYaml(
    text,
    path,
    'this is not a scenario: expected a mapping with title, summary and hosts (or kind: flood)',
  );
  const { value, places } = setValues(read, set);
  const tell: Refuse = (where, message, key = false) => {
    // What was set stands nowhere in the file.
    const by = places.findLastIndex((place) => place.every((part, i) => String(part) === String(where[i])));
    if (by < 0) return refuse(where, message, key);
    const below = where.slice(places[by]?.length);
    const name = key || below.length === 0 ? '' : `${below.join('.')} `;
    throw new ScenarioError(path, 0, 0, `--set ${set[by]?.key}=${shortened(set[by]?.value ?? '')}: ${name}${message}`);
  };
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (kind === undefined && hasOneOf(value, ['floods', 'clients', 'botnets', 'server'])) {
    tell([], "has no 'hosts'; a scenario with clients, floods or botnets begins with kind: flood");
  }
  if (kind !== undefined && kind !== 'handshake' && kind !== 'flood') {
    tell(['kind'], `is ${found(kind)}; ${suggestion(String(kind), ['flood', 'handshake'])}`);
  }
  if (kind === 'flood') return buildFlood(idOf(path), checked(checkFloodShape(value), tell), tell);
  return buildScenario(idOf(path), checked(checkShape(value), tell), tell);
}

export function isFlood(scenario: Scenario | FloodScenario): scenario is FloodScenario {
  return 'kind' in scenario && scenario.kind === 'flood';
}

/** Is it a flood scenario that forgot to say so? */
function hasOneOf(value: unknown, keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && !('hosts' in value) && keys.some((key) => key in value);
}

function checked<F>(shape: { file: F } | { issues: readonly ShapeIssue[] }, refuse: Refuse): F {
  if ('file' in shape) return shape.file;
  const issue = shape.issues[0];
  return refuse(issue?.path ?? [], issue?.message ?? 'is not a scenario', issue?.key);
}

function idOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  return name.replace(/\.ya?ml$/, '');
}
