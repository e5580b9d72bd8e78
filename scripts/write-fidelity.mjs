// Writes docs/fidelity.md from replays of the kernel's ground truth. `npm run fidelity`; the tests fail while it is stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { module } = await runnerImport(at('test/fidelity/document.ts'));
const { module: truth } = await runnerImport(at('test/fidelity/ground-truth.ts'));
const sections = module.replayAll(truth.FOLDER);
const later = module.replayAll(truth.LATER);
const failed = [...sections, ...later].flatMap((section) => section.checks.filter((check) => !check.ok));
for (const { name, measured, predicted } of failed)
  console.error(`${name}: measured ${measured}, predicted ${predicted}`);
if (sections.length === 0) console.error('no tables of the ground truth are here: docs/fidelity.md stays as it is');
else writeFileSync(at('docs/fidelity.md'), module.fidelityDocument(sections, later));
process.exitCode = failed.length > 0 || sections.length === 0 ? 1 : 0;
