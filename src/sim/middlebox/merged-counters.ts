/** Several sets of counters seen as one. */

/** Reads through to `parts`, which go on counting in plain fields. Their names must differ. */
export function mergedCounters(
  ...parts: readonly Readonly<Record<string, number>>[]
): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const part of parts) {
    for (const name of Object.keys(part)) {
      if (name in all) throw new Error(`two counters are called ${name}`);
      Object.defineProperty(all, name, { enumerable: true, get: () => part[name] });
    }
  }
  return all;
}
