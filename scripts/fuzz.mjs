// The long run of the fuzzer: `npm run fuzz -- --seconds 60 --seed 7`, or one case again: `npm run fuzz -- --case LISTEN/rfc/17`.
// `--target captures` damages captures and reads them; a case of its is `captures/17`.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const values = options();
const captures = values.target === 'captures' || values.case?.startsWith('captures/') === true;
const cases = captures ? await captureCases() : await segmentCases();

if (values.case !== undefined) {
  cases.run(values.case);
  console.log(`${values.case}: nothing found`);
} else {
  const end = performance.now() + 1000 * number('seconds');
  const first = number('seed');
  let count = 0;
  console.log(`seed ${first}, ${values.seconds} s`);
  for (let seed = first; performance.now() < end; seed++) {
    for (const name of cases.of(seed)) {
      try {
        cases.run(name);
      } catch (error) {
        console.error(`${error.message}\n${error.cause?.stack ?? ''}`);
        console.error(`again: npm run fuzz -- --case ${name}`);
        process.exit(1);
      }
      count++;
    }
  }
  console.log(`${count} cases, nothing found; heap ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MB`);
}

/** Segments, ICMP errors and calls against the engine: a case is `state/configuration/seed`. */
async function segmentCases() {
  const { CONFIGS, KINDS, runCase } = await load('../test/fuzz/cases.ts');
  return {
    of: (seed) => Object.keys(CONFIGS).flatMap((config) => KINDS.map((kind) => `${kind}/${config}/${seed}`)),
    run: (name) => {
      const [kind, config, seed] = name.split('/');
      runCase(kind, config, Number(seed));
    },
  };
}

/** Damaged captures against the judge: a case is `captures/seed`. */
async function captureCases() {
  const { runCapture } = await load('../test/fuzz/captures.ts');
  return { of: (seed) => [`captures/${seed}`], run: (name) => runCapture(Number(name.split('/')[1])) };
}

async function load(path) {
  const { module } = await runnerImport(fileURLToPath(new URL(path, import.meta.url)));
  return module;
}

function options() {
  try {
    return parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        case: { type: 'string' },
        target: { type: 'string', default: 'segments' },
      },
    }).values;
  } catch (error) {
    console.error(`fuzz: ${error.message.split('\n')[0]}`);
    process.exit(2);
  }
}

function number(name) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name}: found '${values[name]}', expected a whole number`);
  process.exit(2);
}
