/**
 * Reads source files for the walls: every import of any spelling, and every ambient name, with file and line. It works on
 * the syntax tree, not on text: a comment that mentions `Date` is no clock, and `import('./x.ts')` in a type is an import.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** The repository root, where every path below starts. */
export const ROOT: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface ImportLine {
  /** Importing file, relative to the root, with `/`. */
  readonly file: string;
  readonly line: number;
  /** As written: `../wire/seq.ts`, `node:fs`; '' when it is computed at run time. */
  readonly specifier: string;
  /** Root-relative file it resolves to; '' for a bare specifier. */
  readonly target: string;
  /** Erased by the compiler: `import type`, `export type`, `import('…')` in a type. */
  readonly typeOnly: boolean;
}

export interface NameUse {
  readonly file: string;
  readonly line: number;
  /** `Date`, `Math.random`, `globalThis` … */
  readonly name: string;
}

export interface SourceFile {
  readonly file: string;
  readonly imports: readonly ImportLine[];
  readonly names: readonly NameUse[];
}

/** All `.ts`, `.tsx` and `.mjs` files below a root-relative folder, sorted; empty when the folder does not exist. */
export function sourceFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(ROOT, folder), { recursive: true }) as string[];
  } catch {
    return [];
  }
  return names
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !name.includes('node_modules'))
    .sort();
}

/** Reads and parses one file of the repository. */
export function readSource(file: string): SourceFile {
  return parseSource(file, readFileSync(join(ROOT, file), 'utf8'));
}

/** Parses `text` as if it stood in `file`. */
export function parseSource(file: string, text: string): SourceFile {
  const result = parseSync(file, text);
  const error = result.errors[0];
  if (error !== undefined) throw new Error(`${file} does not parse: ${error.message}`);
  const imports: ImportLine[] = [];
  const names: NameUse[] = [];
  const lineAt = lineCounter(text);
  const addImport = (source: unknown, at: number, typeOnly: boolean): void => {
    const value = isNode(source) && typeof source.value === 'string' ? source.value : '';
    const target = /^\.{1,2}\//.test(value) ? posix.join(posix.dirname(file), value.replace(/\?.*$/, '')) : '';
    imports.push({ file, line: lineAt(at), specifier: value, target, typeOnly });
  };
  const addName = (name: string, at: number): void => void names.push({ file, line: lineAt(at), name });

  const visit = (node: Node, parent: Node | undefined, key: string): void => {
    switch (node.type) {
      case 'ImportDeclaration':
        addImport(node.source, node.start, node.importKind === 'type');
        break;
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (isNode(node.source)) addImport(node.source, node.start, node.exportKind === 'type');
        break;
      case 'ImportExpression':
        addImport(node.source, node.start, false);
        break;
      case 'TSImportType':
        addImport(node.source ?? node.argument, node.start, true);
        break;
      case 'TSExternalModuleReference':
        addImport(node.expression, node.start, false);
        break;
      case 'CallExpression':
        // CommonJS would slip past every rule about imports.
        if (isNode(node.callee) && node.callee.name === 'require') addImport(firstArgument(node), node.start, false);
        break;
      case 'NewExpression':
        // `new URL('./worker.ts', import.meta.url)` is how a bundler is told about a worker: an import in all but name.
        if (isNode(node.callee) && node.callee.name === 'URL' && isCodePath(firstArgument(node)))
          addImport(firstArgument(node), node.start, false);
        break;
      case 'MemberExpression':
        if (isNode(node.object) && node.object.name === 'Math') {
          const { property, computed } = node;
          const name = isNode(property) ? (computed === true ? property.value : property.name) : undefined;
          addName(typeof name === 'string' ? `Math.${name}` : 'Math[…]', node.start);
        }
        break;
      case 'Identifier':
        if (isReference(parent, key, node)) addName(String(node.name), node.start);
        break;
    }
    for (const [childKey, child] of Object.entries(node)) {
      if (Array.isArray(child)) {
        for (const item of child) if (isNode(item)) visit(item, node, childKey);
      } else if (isNode(child)) visit(child, node, childKey);
    }
  };
  visit(result.program as unknown as Node, undefined, '');
  for (const match of text.matchAll(/^\s*\/\/\/\s*<reference\s+(\w+)/gm))
    addName(`/// <reference ${match[1]}>`, match.index);
  return { file, imports, names };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The name stands for a variable, not for a property, a key of an object or the object of a `Math.x` reported above. */
function isReference(parent: Node | undefined, key: string, node: Node): boolean {
  if (parent === undefined) return true;
  if (parent.type === 'MemberExpression') {
    if (key === 'property' && parent.computed !== true) return false;
    return !(key === 'object' && node.name === 'Math');
  }
  if (parent.type === 'Property' && key === 'key' && parent.computed !== true) return parent.shorthand === true;
  return (
    !/^(PropertyDefinition|MethodDefinition|TSPropertySignature|TSMethodSignature)$/.test(parent.type) || key !== 'key'
  );
}

function firstArgument(call: Node): unknown {
  return Array.isArray(call.arguments) ? call.arguments[0] : undefined;
}

function isCodePath(value: unknown): boolean {
  return isNode(value) && typeof value.value === 'string' && /^\.{1,2}\/.*\.[mc]?[jt]sx?$/.test(value.value);
}

function lineCounter(text: string): (offset: number) => number {
  return (offset) => text.slice(0, offset).split('\n').length;
}
