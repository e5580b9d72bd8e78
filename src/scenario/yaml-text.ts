/** YAML that remembers its places: the value of a text, and a way to refuse any part of it with line and column. */
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { ScenarioError } from './error.ts';

export interface YamlText {
  /** Plain data; aliases are expanded. */
  readonly value: unknown;
  /** Throws `ScenarioError` that points at the value of a path (with `key`: at its key), or the nearest part that exists. */
  readonly refuse: (where: readonly (string | number)[], message: string, key?: boolean) => never;
}

/** Reads a text that must be one mapping; `expected` ends the sentence when it is none. `path` is its name in messages. */
export function readYaml(text: string, path: string, expected: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const broken = document.errors[0];
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new ScenarioError(path, line, col, notYaml(broken));
  }
  const value = plain(document, path);
  if (!isMap(document.contents)) throw new ScenarioError(path, 1, 1, expected);
  return {
    value,
    refuse: (where, message, key = false) => {
      const { line, col } = lines.linePos(offsetOf(document.contents, where, key));
      const name = key || where.length === 0 ? '' : `${where.join('.')} `;
      // A key may be a whole mapping of several lines; what is said of it is one sentence all the same.
      throw new ScenarioError(path, line, col, `${name}${message}`.replaceAll(/\s*\n\s*/g, ' '));
    },
  };
}

/** Aliases that multiply ("billion laughs") are refused by the YAML library while it expands them. */
function plain(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ScenarioError(path, 1, 1, notYaml(error));
  }
}

function notYaml(error: unknown): string {
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  // The library parses by recursion and reports what stopped that.
  return `not readable as YAML: ${/call stack|recursion/.test(reason) ? 'nested too deeply' : reason}`;
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
