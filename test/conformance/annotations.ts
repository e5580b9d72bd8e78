/**
 * Which test holds which requirement, read out of the tests themselves. A comment right above a test says it:
 *
 *     // holds: RFC 9293 MUST-10, MUST-11; RFC 5961 R3
 *     test('…', () => {
 *
 * and in a packetdrill script one of the comment lines at its top. A test that goes takes its row of the ledger with it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSync } from 'vite';
import { ROOT } from '../walls/source.ts';

export interface Holder {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly line: number;
  /** The test's title behind that of the `describe` around it, or the first sentence of a script. */
  readonly title: string;
  /** `RFC 9293 MUST-10`. */
  readonly holds: readonly string[];
}

/** Every annotated test of the repository, by file and line. */
export function allHolders(): Holder[] {
  const tests = ['src', 'test'].flatMap((folder) => filesBelow(folder, '.test.ts'));
  const scripts = filesBelow('test/scripts', '.pkt');
  return [
    ...tests.flatMap((file) => holdersInTest(file, readFileSync(join(ROOT, file), 'utf8'))),
    ...scripts.flatMap((file) => holdersInScript(file, readFileSync(join(ROOT, file), 'utf8'))),
  ];
}

/** Throws where an annotation stands above no test, above a skipped one, or cannot be read. */
export function holdersInTest(file: string, text: string): Holder[] {
  const lines = text.split('\n');
  const annotated = new Set<number>();
  lines.forEach((line, i) => {
    if (ANNOTATION.test(line)) annotated.add(i);
  });
  if (annotated.size === 0) return [];
  const result = parseSync(file, text);
  if (result.errors[0] !== undefined) throw new Error(`${file} does not parse: ${result.errors[0].message}`);
  const holders: Holder[] = [];
  for (const { start, names, title } of testCalls(result.program as unknown as Node)) {
    const line = text.slice(0, start).split('\n').length - 1;
    const holds: string[] = [];
    for (let i = line - 1; i >= 0 && /^\s*\/\//.test(lines[i] ?? ''); i--) {
      if (!annotated.delete(i)) continue;
      holds.unshift(...parseHolds(file, i + 1, lines[i] ?? ''));
    }
    if (holds.length === 0) continue;
    const off = names.find((name) => /^(skip|todo|fails|skipIf|runIf|only)$/.test(name));
    if (off !== undefined) throw new Error(`${file}:${line + 1}: a test with .${off} holds nothing for certain`);
    holders.push({ file, line: line + 1, title, holds });
  }
  const [lost] = annotated;
  if (lost !== undefined) throw new Error(`${file}:${lost + 1}: 'holds' stands above no test`);
  return holders;
}

/** The comments before the first other line of a script; its first comment line is its title. */
export function holdersInScript(file: string, text: string): Holder[] {
  const head: string[] = [];
  for (const line of text.split('\n')) {
    if (!/^\s*(\/\/|$)/.test(line)) break;
    head.push(line);
  }
  const lost = text.split('\n').findIndex((line, i) => i >= head.length && ANNOTATION.test(line));
  if (lost >= 0) throw new Error(`${file}:${lost + 1}: 'holds' belongs to the comment at the top of the script`);
  const holds = head.flatMap((line, i) => (ANNOTATION.test(line) ? parseHolds(file, i + 1, line) : []));
  if (holds.length === 0) return [];
  const words = head.filter((line) => !ANNOTATION.test(line)).map((line) => line.replace(/^\s*\/\/\s?/, ''));
  const title = (/^.*?[.:](?=\s|$)/.exec(words.join(' '))?.[0] ?? words[0] ?? '').replace(/[.:]$/, '');
  return [{ file, line: 1, title, holds }];
}

/** Files below a root-relative folder whose names end so, sorted. */
function filesBelow(folder: string, end: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .sort();
}

function parseHolds(file: string, line: number, text: string): string[] {
  const list = ANNOTATION.exec(text)?.[1] ?? '';
  return list.split(';').flatMap((part) => {
    const match = /^\s*RFC (\d+) ((?:MUST|SHLD|MAY|REC)-\d+|R\d+)((?:, (?:(?:MUST|SHLD|MAY|REC)-\d+|R\d+))*)\s*$/.exec(
      part,
    );
    if (match === null) {
      throw new Error(`${file}:${line}: found '${part.trim()}', expected 'RFC 9293 MUST-10, SHLD-3' or 'RFC 5961 R2'`);
    }
    const labels = [match[2], ...(match[3] ?? '').split(', ').slice(1)];
    return labels.map((label) => `RFC ${match[1]} ${label}`);
  });
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

interface TestCall {
  readonly start: number;
  /** Properties on the way: `each`, `skip` … */
  readonly names: readonly string[];
  readonly title: string;
}

/** Calls of `test` and `it` in any spelling: `test('…')`, `test.each([…])('…')`. */
function testCalls(root: Node): TestCall[] {
  const found: TestCall[] = [];
  const visit = (node: Node, around: string): void => {
    let inside = around;
    if (node.type === 'CallExpression') {
      const names: string[] = [];
      const title = titleOf(Array.isArray(node.arguments) ? node.arguments[0] : undefined);
      const callee = title === undefined ? '' : calleeRoot(node.callee, names);
      if (title !== undefined && /^(test|it)$/.test(callee)) {
        found.push({ start: node.start, names, title: around === '' ? title : `${around}: ${title}` });
        return;
      }
      if (title !== undefined && callee === 'describe') inside = title;
    }
    for (const child of Object.values(node)) {
      for (const item of Array.isArray(child) ? child : [child]) if (isNode(item)) visit(item, inside);
    }
  };
  visit(root, '');
  return found;
}

function calleeRoot(node: unknown, names: string[]): string {
  if (!isNode(node)) return '';
  if (node.type === 'Identifier') return String(node.name);
  if (node.type === 'CallExpression') return calleeRoot(node.callee, names);
  if (node.type !== 'MemberExpression') return '';
  if (isNode(node.property)) names.push(String(node.property.name));
  return calleeRoot(node.object, names);
}

function titleOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node.quasis)) return undefined;
  return node.quasis.map((quasi: { value: { cooked: string } }) => quasi.value.cooked).join('…');
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

const ANNOTATION = /^\s*\/\/ holds: (.*)$/;
