#!/usr/bin/env node
/**
 * What `npx halfopen` starts. In a checkout npm links it before anything is built, and remembers if it was not there or
 * not executable; a file that the build writes anew each time is neither for good.
 */
import { existsSync } from 'node:fs';

const main = new URL('../dist/program/halfopen.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('halfopen: not built yet: run "npm run build" first\n');
  process.exitCode = 1;
}
