/** The version of this package: for `--version`, and for whatever must be computed by the same program. */
import { readFileSync } from 'node:fs';

export function packageVersion(): string {
  // src/cli and dist/cli are equally deep.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
