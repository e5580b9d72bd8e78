// Writes docs/middleboxes.md from the catalogue of network defences. `npm run middleboxes`; the tests fail while it is stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { module } = await runnerImport(at('test/middleboxes/document.ts'));
writeFileSync(at('docs/middleboxes.md'), module.middleboxDocument());
