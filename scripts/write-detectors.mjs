// Writes the list of docs/detectors.md from what each detector says of itself. `npm run detectors`; a test fails while it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { module } = await runnerImport(at('test/detectors/document.ts'));
const document = at('docs/detectors.md');
writeFileSync(document, module.withDetectors(readFileSync(document, 'utf8')));
