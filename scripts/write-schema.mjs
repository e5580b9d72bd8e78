/** Build step: writes the JSON Schema of scenario files beside the compiled code. Run after `tsc -b`. */
import { writeFile } from 'node:fs/promises';
import { scenarioJsonSchema } from '../dist/scenario.js';

const target = new URL('../dist/scenario.schema.json', import.meta.url);
await writeFile(target, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
