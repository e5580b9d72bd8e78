// Writes docs/conformance.md from the annotations in the tests. `npm run conformance`; the tests fail while it is stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { module } = await runnerImport(at('test/conformance/document.ts'));
const { markdown, problems } = module.ledger();
writeFileSync(at('docs/conformance.md'), markdown);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
