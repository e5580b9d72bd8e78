/** The ledger: every requirement is held by a test or has a reason not to apply, and `docs/conformance.md` says just that. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LINUX6_HOST, RFC9293_HOST } from '../../src/socket/settings.ts';
import { LINUX6, RFC9293 } from '../../src/tcp/config.ts';
import { type Habits, NO_HABITS } from '../../src/tcp/habits.ts';
import { ROOT } from '../walls/source.ts';
import { holdersInScript, holdersInTest } from './annotations.ts';
import { ledger } from './document.ts';
import { NOT_APPLICABLE } from './not-applicable.ts';
import { RFC_VS_LINUX } from './rfc-vs-linux.ts';
import { RFC9293_RULES } from './rules/rfc9293.ts';

const { markdown, holders, problems } = ledger();

describe('annotations', () => {
  test('every spelling of a test is read, with all comment lines above it', () => {
    const text = [
      "describe('x', () => {",
      '  // holds: RFC 9293 MUST-10, SHLD-3',
      '  // Why.',
      '  // holds: RFC 5961 R2; RFC 9293 MAY-1',
      "  test('one', () => {});",
      '  // holds: RFC 9293 REC-1',
      `  test.each([[1], [2]])('two %i', () => {});`,
      "  test('nothing', () => {});",
      '});',
    ].join('\n');
    expect(holdersInTest('a.test.ts', text)).toEqual([
      {
        file: 'a.test.ts',
        line: 5,
        title: 'x: one',
        holds: ['RFC 9293 MUST-10', 'RFC 9293 SHLD-3', 'RFC 5961 R2', 'RFC 9293 MAY-1'],
      },
      { file: 'a.test.ts', line: 7, title: 'x: two %i', holds: ['RFC 9293 REC-1'] },
    ]);
  });

  test.each([
    ["// holds: RFC 9293 MUST10\ntest('a', () => {});", "found 'RFC 9293 MUST10', expected"],
    ['// holds: RFC 9293 MUST-1\nconst a = 1;', "a.test.ts:1: 'holds' stands above no test"],
    ["// holds: RFC 9293 MUST-1\n\ntest('a', () => {});", "a.test.ts:1: 'holds' stands above no test"],
    ["// holds: RFC 9293 MUST-1\ntest.skip('a', () => {});", 'a.test.ts:2: a test with .skip holds nothing'],
    ["// holds: RFC 9293 MUST-1\ntest.skipIf(true)('a', () => {});", 'a.test.ts:2: a test with .skipIf holds nothing'],
  ])('%j is refused', (text, message) => {
    expect(() => holdersInTest('a.test.ts', text)).toThrow(message);
  });

  test('in a script the comment at its top counts, and its first sentence is the title', () => {
    const script = '// RST at RCV.NXT resets: nothing\n// is left. More.\n// holds: RFC 5961 R1\n\n0 socket(...) = 3\n';
    expect(holdersInScript('a.pkt', script)).toEqual([
      { file: 'a.pkt', line: 1, title: 'RST at RCV.NXT resets', holds: ['RFC 5961 R1'] },
    ]);
    expect(holdersInScript('b.pkt', '// Nothing.\n')).toEqual([]);
    expect(() => holdersInScript('c.pkt', '0 close(3) = 0\n// holds: RFC 5961 R1\n')).toThrow('c.pkt:2:');
  });
});

describe('the ledger', () => {
  test('has 69 MUST, 31 SHLD, 18 MAY and 1 REC, each once', () => {
    const labels = RFC9293_RULES.map((rule) => rule.label);
    expect(new Set(labels).size).toBe(119);
    const count = (kind: string): number => labels.filter((label) => label.startsWith(`${kind}-`)).length;
    expect([labels.length, count('MUST'), count('SHLD'), count('MAY'), count('REC')]).toEqual([119, 69, 31, 18, 1]);
  });

  test('accounts for each of them, once', () => {
    expect(problems).toEqual([]);
  });

  test('at least 95 are held by tests', () => {
    const held = RFC9293_RULES.filter(({ label }) => holders.has(`RFC 9293 ${label}`)).length;
    expect(held).toBe(119 - Object.keys(NOT_APPLICABLE).length);
    expect(held).toBeGreaterThanOrEqual(95);
  });

  test('docs/conformance.md is up to date: else run `npm run conformance`', () => {
    expect(readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8')).toBe(markdown);
  });

  test('each habit of the engine is a place where RFC and Linux part ways', () => {
    const named = RFC_VS_LINUX.map((row) => row.setting).filter((setting) => setting in NO_HABITS);
    expect([...new Set(named)].sort()).toEqual(Object.keys(NO_HABITS).sort());
    for (const habit of Object.keys(NO_HABITS) as (keyof Habits)[]) {
      expect([RFC9293.habits[habit], LINUX6.habits[habit]], habit).toEqual([false, true]);
    }
  });

  test('each other setting named there differs between the profiles', () => {
    for (const { setting } of RFC_VS_LINUX) {
      const [where, name] = setting.split('.');
      if (where === 'config') expect(Reflect.get(LINUX6, name!), name).not.toEqual(Reflect.get(RFC9293, name!));
      if (where === 'listen') {
        expect(Reflect.get(LINUX6_HOST.listening, name!), name).not.toEqual(Reflect.get(RFC9293_HOST.listening, name!));
      }
    }
  });

  test('what shows where RFC and Linux part ways exists', () => {
    const lost = RFC_VS_LINUX.flatMap((row) => row.shownBy).filter((file) => !existsSync(join(ROOT, file)));
    expect(lost).toEqual([]);
  });
});

const TEXT = join(ROOT, '../shared/reference/rfc9293.txt');

test('labels and sections are those of the RFC’s own text', (context) => {
  if (!existsSync(TEXT)) return context.skip('no copy of RFC 9293 in ../shared/reference');
  const lines = readFileSync(TEXT, 'utf8').split('\n');
  const appendix = lines.findLastIndex((line) => line.startsWith('Appendix B.'));
  const inTable = lines
    .slice(appendix)
    .flatMap((line) => /\|\s*((?:MUST|SHLD|MAY|REC)-\d+)\s*\|/.exec(line)?.[1] ?? []);
  expect([...new Set(inTable)].sort()).toEqual(RFC9293_RULES.map((rule) => rule.label).sort());
  // Where the text above the appendix gives each label; a label may be broken over two lines.
  const sections = new Map<string, Set<string>>();
  let section = '';
  for (const [i, line] of lines.slice(0, appendix).entries()) {
    section = /^(\d+(?:\.\d+)+)\. {2}\S/.exec(line)?.[1] ?? section;
    const joined = /(MUST|SHLD|MAY|REC)-$/.test(line) ? line + (lines[i + 1] ?? '').trim() : line;
    for (const [label] of joined.matchAll(/(?:MUST|SHLD|MAY|REC)-\d+/g)) {
      sections.set(label, (sections.get(label) ?? new Set()).add(section));
    }
  }
  // MUST-22 stands in the appendix only: "SYN retransmissions MUST be handled in the general way", §3.8.3.
  sections.set('MUST-22', new Set(['3.8.3']));
  const wrong = RFC9293_RULES.filter((rule) => sections.get(rule.label)?.has(rule.section) !== true);
  expect(
    wrong.map(({ label, section: ours }) => `${label}: §${ours}, not ${[...(sections.get(label) ?? [])]}`),
  ).toEqual([]);
});
