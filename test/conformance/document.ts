/** Writes `docs/conformance.md`: each requirement with the tests that hold it, and where RFC and Linux part ways. */
import type { Holder } from './annotations.ts';
import { allHolders } from './annotations.ts';
import { NOT_APPLICABLE } from './not-applicable.ts';
import { RFC_VS_LINUX } from './rfc-vs-linux.ts';
import { OTHER_RFCS } from './rules/other-rfcs.ts';
import type { Requirement } from './rules/requirement.ts';
import { RFC9293_RULES } from './rules/rfc9293.ts';

/** The document, by label the tests that hold it, and what is wrong with the ledger: each a sentence. */
export interface Ledger {
  readonly markdown: string;
  readonly holders: ReadonlyMap<string, readonly Holder[]>;
  readonly problems: readonly string[];
}

export function ledger(): Ledger {
  const all = allHolders();
  const holders = new Map<string, Holder[]>();
  for (const holder of all) {
    for (const label of holder.holds) holders.set(label, [...(holders.get(label) ?? []), holder]);
  }
  return { markdown: markdown(holders), holders, problems: problemsOf(holders) };
}

function problemsOf(holders: ReadonlyMap<string, readonly Holder[]>): string[] {
  const problems: string[] = [];
  const known = new Set<string>();
  for (const { label } of RFC9293_RULES) {
    const name = `RFC 9293 ${label}`;
    known.add(name);
    const held = holders.has(name);
    const reason = NOT_APPLICABLE[label];
    if (!held && reason === undefined) problems.push(`${name} is held by no test and has no reason not to apply`);
    if (held && reason !== undefined) problems.push(`${name} is held by a test and has a reason not to apply`);
  }
  for (const label of Object.keys(NOT_APPLICABLE)) {
    if (!known.has(`RFC 9293 ${label}`)) problems.push(`not-applicable.ts: there is no ${label}`);
  }
  for (const { rfc, rules } of OTHER_RFCS) {
    for (const { label } of rules) {
      const name = `RFC ${rfc} ${label}`;
      known.add(name);
      if (!holders.has(name)) problems.push(`${name} is held by no test`);
    }
  }
  for (const [label, tests] of holders) {
    if (!known.has(label)) problems.push(`${tests[0]?.file}:${tests[0]?.line}: there is no ${label}`);
  }
  return problems;
}

function markdown(holders: ReadonlyMap<string, readonly Holder[]>): string {
  const held = RFC9293_RULES.filter(({ label }) => holders.has(`RFC 9293 ${label}`)).length;
  const tests = new Set([...holders.values()].flat());
  const lines = [
    '# Conformance',
    '',
    '<!-- Written by `npm run conformance` from annotations in the tests; do not edit. -->',
    '',
    `All ${RFC9293_RULES.length} requirements of RFC 9293 appendix B: ${held} are held by tests, ${RFC9293_RULES.length - held} do not apply`,
    `or are not offered, each with its reason. ${tests.size} tests hold them and the rules of ${OTHER_RFCS.length} other RFCs below; a test says so`,
    'in a comment right above it (`// holds: RFC 9293 MUST-10`), and one that goes takes its entry here with it.',
    '',
    'Requirements are in our words; the RFC’s count. A label in **bold** is held by tests.',
    '',
    '## RFC 9293',
  ];
  for (const group of new Set(RFC9293_RULES.map((rule) => rule.group))) {
    const rules = RFC9293_RULES.filter((rule) => rule.group === group);
    lines.push('', `### ${group}`, '', ...table(9293, rules, holders));
  }
  lines.push('', '## Other RFCs');
  for (const { rfc, title, rules } of OTHER_RFCS) {
    lines.push('', `### RFC ${rfc}: ${title}`, '', ...table(rfc, rules, holders));
  }
  lines.push(
    '',
    '## Where the RFCs and Linux part ways',
    '',
    'The engine follows the RFC unless its configuration says otherwise; what does is named as a field of `TcpConfig`, of its',
    '`habits`, or of `ListenOptions`. The profile `rfc9293` sets none of these, `linux-6` those that Linux 6.18 has, as measured.',
    '',
    '| Rule | RFC | Linux | `rfc9293` | `linux-6` | Setting | Shown by |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  );
  for (const { rule, rfc, linux, rfc9293, linux6, setting, shownBy } of RFC_VS_LINUX) {
    const name =
      setting === '' ? '' : `\`${setting.includes('.') ? setting.replace('config.', '') : `habits.${setting}`}\``;
    const cells = [rule, rfc, linux, rfc9293, linux6, name, shownBy.map(link).join(', ')];
    lines.push(`| ${cells.map(cell).join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function table(rfc: number, rules: readonly Requirement[], holders: ReadonlyMap<string, readonly Holder[]>): string[] {
  const rows = rules.map(({ label, section, text }) => {
    const tests = holders.get(`RFC ${rfc} ${label}`) ?? [];
    const by = tests.length > 0 ? heldBy(tests) : (NOT_APPLICABLE[label] ?? '');
    return `| ${tests.length > 0 ? `**${label}**` : label} | §${section} | ${cell(text)} | ${by} |`;
  });
  return ['| | | Requirement | Held by |', '| --- | --- | --- | --- |', ...rows];
}

/** Titles by file: a file that holds a requirement with several tests is named once. */
function heldBy(tests: readonly Holder[]): string {
  const byFile = new Map<string, string[]>();
  for (const { file, title } of tests) byFile.set(file, [...(byFile.get(file) ?? []), cell(title)]);
  return [...byFile].map(([file, titles]) => `${link(file)}: ${titles.join(' · ')}`).join('<br>');
}

function link(file: string): string {
  return `[${file.replace(/^.*\//, '')}](../${file})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('&lt;br>', '<br>');
}
