/**
 * Which program computes a run: the version, and a digest of the code a run depends on. Numbers of two programs must not be
 * mixed, and between two releases the version alone does not tell a checkout with a change from one without.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `0.1.0+1a2b3c4d5e`. */
export function programId(version: string): string {
  const root = join(import.meta.dirname, '..');
  const hash = createHash('sha256');
  for (const layer of LAYERS) {
    const files = (readdirSync(join(root, layer), { recursive: true }) as string[])
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => /\.[jt]s$/.test(name) && !/\.(d|test)\.ts$/.test(name));
    // Folders are listed in an order of the file system's own.
    for (const name of files.sort()) hash.update(`${layer}/${name}\n`).update(readFileSync(join(root, layer, name)));
  }
  return `${version}+${hash.digest('hex').slice(0, 10)}`;
}

/** What a run's numbers come from. */
const LAYERS = ['wire', 'tcp', 'socket', 'sim', 'scenario', 'node/sweep'] as const;
