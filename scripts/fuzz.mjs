// The long run of the fuzzer: `npm run fuzz -- --seconds 60 --seed 7`, or one case again: `npm run fuzz -- --case LISTEN/rfc/17`.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const values = options();
const { module } = await runnerImport(fileURLToPath(new URL('../test/fuzz/cases.ts', import.meta.url)));
const { CONFIGS, KINDS, runCase } = module;

if (values.case !== undefined) {
  const [kind, config, seed] = values.case.split('/');
  runCase(kind, config, Number(seed));
  console.log(`${values.case}: nothing found`);
} else {
  const end = performance.now() + 1000 * number('seconds');
  const first = number('seed');
  let cases = 0;
  console.log(`seed ${first}, ${values.seconds} s`);
  for (let seed = first; performance.now() < end; seed++) {
    for (const config of Object.keys(CONFIGS)) {
      for (const kind of KINDS) {
        try {
          runCase(kind, config, seed);
        } catch (error) {
          console.error(`${error.message}\n${error.cause?.stack ?? ''}`);
          console.error(`again: npm run fuzz -- --case ${kind}/${config}/${seed}`);
          process.exit(1);
        }
        cases++;
      }
    }
  }
  console.log(`${cases} cases, nothing found; heap ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MB`);
}

function options() {
  try {
    return parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        case: { type: 'string' },
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
