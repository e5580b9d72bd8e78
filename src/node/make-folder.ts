/** Makes a folder and those around it. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from './system-reason.ts';

/**
 * As `mkdirSync` with `recursive`, which never returns where the system says ENOENT for a folder whose parent exists, as
 * below /proc (nodejs/node lib/internal/fs, MKDirpSync). Throws what the system says.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
}
