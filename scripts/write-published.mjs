// Writes docs/published.md from simulations of published results. `npm run published`; the tests fail while it is stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { module } = await runnerImport(at('test/published/document.ts'));
const sections = module.RESULTS.map((result) => result());
const failed = sections.flatMap((section) => section.checks.filter((check) => !check.ok));
for (const { name, theory, simulated } of failed) console.error(`${name}: theory ${theory}, simulated ${simulated}`);
writeFileSync(at('docs/published.md'), module.publishedDocument(sections));
process.exitCode = failed.length > 0 ? 1 : 0;
