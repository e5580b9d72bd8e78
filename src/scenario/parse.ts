/** Reads a scenario file: YAML to a checked `Scenario`, or one sentence with line and column. */
import type { Scenario } from '../sim/scenario-model.ts';
import { buildScenario } from './build.ts';
import { ScenarioError } from './error.ts';
import { checkShape } from './schema.ts';
import { readYaml } from './yaml-text.ts';

/**
 * Throws `ScenarioError` at the first thing that is wrong. `path` is the file's name in messages; its last part without
 * `.yaml` becomes the scenario's id.
 *
 * @example parseScenario(await readFile('scenarios/three-way.yaml', 'utf8'), 'scenarios/three-way.yaml').id // 'three-way'
 */
export function parseScenario(text: string, path: string): Scenario {
  const { value, refuse } = readYaml(
    text,
    path,
    'this is not a scenario: expected a mapping with title, summary and hosts',
  );
  const shape = checkShape(value);
  if ('issues' in shape) {
    const issue = shape.issues[0];
    if (issue) refuse(issue.path, issue.message, issue.key);
    throw new ScenarioError(path, 0, 0, 'is not a scenario');
  }
  return buildScenario(idOf(path), shape.file, refuse);
}

function idOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  return name.replace(/\.ya?ml$/, '');
}
