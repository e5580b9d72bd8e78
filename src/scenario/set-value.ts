/** Changes to a parsed file before it is checked: `floods.rate=200`, `server.settings.tcp_syncookies=0`. */
import { parse } from 'yaml';
import { HalfopenError } from '../wire/error.ts';

/** A value for a place in the file; as many as wanted, in order. */
export interface SetValue {
  /** Keys and list positions with dots between them. */
  readonly key: string;
  /** In the file's own notation, YAML. */
  readonly value: string;
}

/**
 * `root` changed, and where each value went. One item may be addressed with or without its position, and
 * an item of a list by its `name`: `floods.rate` and `floods.0.rate` are the same place where there is one flood, and so
 * is `floods.tiny.rate` where the file has a list and calls it that. Throws `HalfopenError` when there is no such place.
 */
export function setValues(
  root: unknown,
  sets: readonly SetValue[],
): { readonly value: unknown; readonly places: readonly (readonly (string | number)[])[] } {
  const value = sets.length === 0 ? root : copyOf(root);
  return { value, places: sets.map((set) => setValue(value, set.key, yamlOf(set.key, set.value))) };
}

/** `key=value` of a command line. */
export function parseSet(text: string): SetValue {
  const at = text.indexOf('=');
  if (at <= 0) throw new HalfopenError(`--set: expected <key>=<value> such as floods.rate=200, found "${text}"`);
  return { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

function yamlOf(key: string, text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' });
  } catch {
    // Whatever the YAML library dislikes about one value, the answer is the same.
    throw new HalfopenError(`--set ${key}: '${text}' is no value that a scenario file could have there`);
  }
}

function setValue(root: unknown, key: string, value: unknown): (string | number)[] {
  const place: (string | number)[] = [];
  const parts = key.split('.');
  let node: unknown = root;
  for (let i = 0; i < parts.length; ) {
    const part = parts[i] ?? '';
    const last = i === parts.length - 1;
    if (part === '' || part === '__proto__') throw new HalfopenError(`--set ${key}: '${part}' is no key`);
    if (Array.isArray(node)) {
      const found = positionOf(node, part);
      const at = found < 0 && node.length === 1 ? 0 : found;
      if (at < 0 || at >= node.length) {
        throw new HalfopenError(
          `--set ${key}: no '${part}' in this list of ${node.length}; expected a position or a name`,
        );
      }
      place.push(at);
      if (found >= 0) i++;
      if (found >= 0 && last) node[at] = value;
      else node = node[at] = isContainer(node[at]) ? node[at] : grown('boxes', node[at]);
    } else if (isMapping(node)) {
      i++;
      // The only one, where the file has no list: `floods.0.rate`.
      if (part === '0' && !last && !Object.hasOwn(node, part)) continue;
      place.push(part);
      if (last) node[part] = value;
      else node = node[part] = isContainer(node[part]) ? node[part] : grown(part, node[part]);
    } else throw new HalfopenError(`--set ${key}: there is nothing below '${parts.slice(0, i).join('.')}'`);
  }
  return place;
}

/** Of an item of that position or name; -1 when there is none. */
function positionOf(list: readonly unknown[], part: string): number {
  if (/^\d+$/.test(part)) return Number(part);
  return list.findIndex((item) => item === part || (isMapping(item) && item.name === part));
}

/** What a short form stands for, so that something can be added to it. */
function grown(key: string, short: unknown): Record<string, unknown> {
  if (short === undefined || short === null) return key === 'spoof' ? { mode: 'random' } : {};
  return SHORT[key]?.(short) ?? {};
}

const SHORT: Readonly<Record<string, (short: unknown) => Record<string, unknown>>> = {
  policy: (name) => ({ name }),
  boxes: (name) => ({ name }),
  spoof: (mode) => ({ mode }),
  ingress: (deployed) => ({ deployed }),
  bots: (count) => ({ count }),
  app: (accept) => ({ accept }),
  rate: (rate) => ({ process: 'poisson', rate }),
  profile: (base) => ({ base, name: String(base) }),
  os: (name) => ({ [String(name)]: 1 }),
};

/** Aliases of the file are one object in two places; what is set in one shall not change the other. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isMapping(value);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
