/** What a path leads to, for those who only choose by it: why it leads nowhere is told by who opens it. */
import { type Stats, statSync } from 'node:fs';

/** Undefined where there is nothing, and where nothing can be looked at: links in a circle, names too long, no folder. */
export function fileStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
