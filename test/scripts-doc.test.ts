/** What docs/scripts.md shows is what the parser reads. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScript } from '../src/script/parse.ts';

const text = readFileSync(new URL('../docs/scripts.md', import.meta.url), 'utf8');

test('whole scripts', () => {
  const scripts = [...text.matchAll(/```packetdrill\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) expect(parseScript(script, 'docs/scripts.md').events.length).toBeGreaterThan(0);
});

test('lines and arguments in passing', () => {
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map((match) =>
    (match[1] ?? '').replace(/\s+/g, ' '),
  );
  const packets = spans.filter((span) => /^[<>] \w/.test(span));
  const structures = spans.filter((span) => span.startsWith('{') && span.endsWith('}'));
  const fields = spans.filter((span) => /^\[[a-z]/.test(span));
  for (const shown of [packets, structures, fields]) expect(shown.length).toBeGreaterThan(0);
  for (const packet of packets) parseScript(`0 ${packet}`, packet);
  for (const structure of structures) parseScript(`0 f(${structure}) = 0`, structure);
  for (const field of fields) parseScript(`0 > ${field} . 1:1(0) ack 1`, field);
});
