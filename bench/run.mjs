/**
 * Runs every measured program of this folder, one after the other, and prints one table: what was measured, the target of
 * the project where there is one, and how the two compare. A ratio of 1.00 or more meets the target, whichever way it
 * points. `npm run bench` builds first; `node bench/run.mjs siphash decode` runs only the programs with such names.
 *
 * A program prints one result a line: a name, then `:` or two spaces, then a number and its unit.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Targets on one core. `least`: as much as that or more; `most`: as much or less. The first pattern that fits counts. */
const TARGETS = [
  // 200 MiB, whatever the length of the stream.
  { result: /watch, peak memory/i, most: 209 },
  { result: /held at most, bounded/i, most: 200 },
  { result: /file to verdicts, complete connections/i, least: 2_100_000 },
  { result: /file to verdicts, spoofed SYNs/i, least: 1_150_000 },
  { result: /held at most, spoofed SYNs/i, most: 500 },
  { result: /handshakes with close through a router/i, least: 160_000 },
  { result: /flood SYNs simulated.*cookies off/i, least: 2_000_000 },
  { result: /flood SYNs simulated.*cookies on/i, least: 1_000_000 },
  { result: /flood SYNs simulated.*expired/i, least: 400_000 },
  { result: /SYN queue of a run with a million/i, most: 100 },
  { result: /flood of a million bots/i, most: 15_000 },
  { result: /handshakes.*bytes/i, least: 200_000 },
  { result: /handshakes/i, least: 500_000 },
  { result: /bytes per half-open/i, most: 96 },
  { result: /SYNs dropped at a full/i, least: 2_000_000 },
  { result: /SYNs answered with a cookie/i, least: 1_000_000 },
  { result: /SYNs.* holding /i, least: 400_000 },
  { result: /million bots for a minute/i, most: 15 },
  { result: /memory of that SYN queue/i, most: 100 },
  { result: /dispatched events/i, least: 3_000_000 },
  { result: /cookies (made|checked)/i, least: 4_000_000 },
  { result: /TCP headers decoded/i, least: 10_000_000 },
  { result: /ns per SYN, spoofed flood/i, most: 150 },
  { result: /MiB held after that scan/i, most: 60 },
];

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const programs = readdirSync(here)
  .filter((name) => name.endsWith('.mjs') && name !== 'run.mjs')
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .sort();
if (programs.length === 0) fail(`no program in bench/ has a name with ${wanted.join(' or ')}`);

const rows = [];
const remarks = [];
for (const program of programs) {
  process.stderr.write(`${program} …\n`);
  // One process each: no program inherits the heap or the compiled code of another.
  const run = spawnSync(process.execPath, ['--expose-gc', here + program], { encoding: 'utf8' });
  if (run.status !== 0) fail(`${program} failed:\n${run.stdout}${run.stderr}`);
  for (const line of run.stdout.split('\n').filter((text) => text.trim() !== '')) {
    const row = parse(line);
    if (row === undefined) remarks.push(`${program}: ${line.trim()}`);
    else rows.push(row);
  }
}
print(rows);
if (wanted.length === 0) {
  const unmeasured = TARGETS.filter((target) => !rows.some((row) => row.target === target));
  if (unmeasured.length > 0) fail(`no program measures ${unmeasured.map((target) => target.result).join(', ')}`);
}
for (const remark of remarks) console.log(remark);

/** `event-queue: 6.3 million events/s` and `handshakes/s    812,000   target >= 500,000` alike; undefined for other text. */
function parse(line) {
  const match = /^\s*(\S.*?)(?::\s+|\s{2,})([\d][\d,]*(?:\.\d+)?)\s*(million|M|k)?\b\s*(.*)$/.exec(line);
  if (match === null) return undefined;
  const [, name, digits, scale, rest] = match;
  const value = Number(digits.replaceAll(',', '')) * (scale === undefined ? 1 : scale === 'k' ? 1e3 : 1e6);
  const unit = rest.replace(/\s*\(?target.*$/, '').trim();
  const label = unit === '' || unit === 'B' ? name : unit.startsWith('/') ? name + unit : `${name}: ${unit}`;
  const target = TARGETS.find((candidate) => candidate.result.test(label));
  return { label, value, target };
}

function print(table) {
  const lines = [['', 'measured', 'target', 'ratio']];
  for (const { label, value, target } of table) {
    if (target === undefined) lines.push([label, number(value), '', '']);
    else if (target.least !== undefined)
      lines.push([label, number(value), `>= ${number(target.least)}`, (value / target.least).toFixed(2)]);
    else lines.push([label, number(value), `<= ${number(target.most)}`, (target.most / value).toFixed(2)]);
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column].length)));
  for (const [label, ...cells] of lines)
    console.log(
      [label.padEnd(widths[0]), ...cells.map((cell, i) => cell.padStart(widths[i + 1]))].join('  ').trimEnd(),
    );
  console.log(`\nNode ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, one core`);
}

function number(value) {
  return value.toLocaleString('en', { maximumFractionDigits: value < 1000 ? 1 : 0 });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
