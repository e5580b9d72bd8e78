/** Scenario files on disk: the shipped ones beside this package, and the reader's own. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HalfopenError } from '../wire/error.ts';
import { nearest } from '../wire/suggest.ts';
import { readInput } from './read-bounded.ts';
import { systemCode, systemReason } from './system-reason.ts';

/** The text of a scenario and the name to use for it in messages. */
export interface ScenarioText {
  readonly text: string;
  readonly path: string;
}

/** Folder of the shipped scenarios. `src/node` and `dist/node` are equally deep, so one path serves both. */
export const SHIPPED_SCENARIOS: string = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** Ids of the shipped scenarios, sorted by name. */
export async function shippedIds(): Promise<string[]> {
  const names = await readdir(SHIPPED_SCENARIOS).catch(() => []);
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * Reads a scenario named by a shipped id, a file path, or `-` for standard input. A shipped id wins over a file of the
 * same name: `./name` is always the file. Throws `HalfopenError` when there is none.
 */
export async function readScenarioText(name: string): Promise<ScenarioText> {
  const path = name === '-' ? '(standard input)' : name;
  const ids = await shippedIds();
  if (ids.includes(name)) {
    return { text: await readFile(`${SHIPPED_SCENARIOS}${name}.yaml`, 'utf8'), path: `${name}.yaml` };
  }
  let bytes: Uint8Array;
  try {
    bytes = await readInput(name, LONGEST);
  } catch (error) {
    if (isMissing(error)) throw new HalfopenError(missingMessage(name, ids));
    throw new HalfopenError(`${path}: ${systemReason(error)}`);
  }
  if (bytes.length > LONGEST) throw new HalfopenError(`${path}: too long for a scenario: more than ${LONGEST} bytes`);
  // A capture given by mistake would otherwise be reported as bad YAML in line 1.
  if (bytes.includes(0)) throw new HalfopenError(`${path}: this is a binary file, expected a scenario in YAML`);
  return { text: new TextDecoder().decode(bytes), path };
}

/** 1 MiB: a thousand times the largest shipped scenario. */
const LONGEST = 1 << 20;

function missingMessage(name: string, ids: readonly string[]): string {
  const guess = nearest(name, ids);
  const hint = guess === undefined ? '"halfopen list" shows the shipped ones' : `did you mean "${guess}"?`;
  return `no scenario "${name}": neither a shipped one nor a file; ${hint}`;
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error));
}
