/** Reads a scenario file: YAML to a checked `Scenario`, or one sentence with line and column. */
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Scenario } from '../sim/scenario-model.ts';
import { buildScenario } from './build.ts';
import { ScenarioError } from './error.ts';
import { checkShape } from './schema.ts';

/**
 * Throws `ScenarioError` at the first thing that is wrong. `path` is the file's name in messages; its last part without
 * `.yaml` becomes the scenario's id.
 *
 * @example parseScenario(await readFile('scenarios/three-way.yaml', 'utf8'), 'scenarios/three-way.yaml').id // 'three-way'
 */
export function parseScenario(text: string, path: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const refuse = (where: readonly (string | number)[], message: string, key = false): never => {
    const { line, col } = lines.linePos(offsetOf(document.contents, where, key));
    const name = key || where.length === 0 ? '' : `${where.join('.')} `;
    // A key may be a whole mapping of several lines; what is said of it is one sentence all the same.
    throw new ScenarioError(path, line, col, `${name}${message}`.replaceAll(/\s*\n\s*/g, ' '));
  };

  const broken = document.errors[0];
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new ScenarioError(path, line, col, `not readable as YAML: ${broken.message.split('\n')[0] ?? ''}`);
  }
  const value = plain(document, path);
  if (!isMap(document.contents)) {
    throw new ScenarioError(path, 1, 1, 'this is not a scenario: expected a mapping with title, summary and hosts');
  }
  const shape = checkShape(value);
  if ('issues' in shape) {
    const issue = shape.issues[0];
    if (issue) refuse(issue.path, issue.message, issue.key);
    throw new ScenarioError(path, 0, 0, 'is not a scenario');
  }
  return buildScenario(idOf(path), shape.file, refuse);
}

/** Aliases that multiply ("billion laughs") are refused by the YAML library while it expands them. */
function plain(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ScenarioError(
      path,
      1,
      1,
      `not readable as YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function idOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  return name.replace(/\.ya?ml$/, '');
}

/** Where the value at `path` begins (or, for `key`, its key); the nearest part that exists when it is missing. */
function offsetOf(root: unknown, path: readonly (string | number)[], key: boolean): number {
  let node = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (!pair) break;
      const start = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      const value = isNode(pair.value) ? (pair.value.range?.[0] ?? start) : start;
      offset = key && depth === path.length - 1 ? start : value;
      node = pair.value;
    } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
      node = node.items[Number(part)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
