/**
 * The walls of the house as pure checks over parsed files: which layer may import which, which bare packages and sockets
 * a file may touch, and that nothing reaches both the attack traffic and a real interface. Each answers with sentences
 * that begin `file:line:`.
 */
import type { ImportLine, NameUse, SourceFile } from './source.ts';

interface Layer {
  /** Layers it may import besides itself. */
  readonly layers: readonly string[];
  /** Layers it may name in types only. */
  readonly types?: readonly string[];
  /** Bare packages it may import. */
  readonly packages: readonly (string | RegExp)[];
}

/** The table of docs/architecture.md. Below `node` there are no bare imports, but for the scenario parser. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  wire: { layers: [], packages: [] },
  capture: { layers: ['wire'], packages: [] },
  tcp: { layers: ['wire'], packages: [] },
  sim: { layers: ['wire', 'tcp'], packages: [] },
  scenario: { layers: ['wire', 'tcp', 'sim'], packages: ['yaml', 'zod'] },
  diagnose: { layers: ['wire'], packages: [] },
  socket: { layers: ['wire', 'tcp'], packages: [] },
  script: { layers: ['wire', 'tcp', 'socket'], packages: [] },
  audit: { layers: ['wire', 'tcp', 'sim'], packages: [] },
  // What a capture showed, played in the simulator: the one place that knows both halves of the house.
  replay: { layers: ['wire', 'sim', 'scenario', 'diagnose'], packages: [] },
  // Recordings are made of tcp's plain types (states, rules); the engine itself stays out of the views.
  view: { layers: ['wire', 'sim', 'diagnose'], types: ['tcp'], packages: [] },
  node: {
    layers: ['wire', 'capture', 'tcp', 'socket', 'sim', 'scenario', 'diagnose', 'script', 'audit', 'view'],
    // koffi, bullmq and ioredis are socket modules as well: only the declared edges may touch them.
    packages: [/^node:/, 'koffi', 'hyparquet-writer', 'piscina', 'bullmq', 'ioredis', 'prom-client'],
  },
  cli: {
    layers: [
      ...[
        'wire',
        'capture',
        'tcp',
        'socket',
        'sim',
        'scenario',
        'diagnose',
        'replay',
        'script',
        'audit',
        'view',
        'node',
      ],
    ],
    packages: [/^node:/, 'commander', 'cli-progress'],
  },
  web: {
    layers: ['wire', 'capture', 'tcp', 'socket', 'sim', 'scenario', 'diagnose', 'script', 'audit', 'view'],
    packages: [/^preact(\/|$)/],
  },
};

/** Layers without I/O, clock or randomness. */
export const ENGINE_LAYERS: readonly string[] = Object.keys(LAYERS).filter(
  (name) => !['node', 'cli', 'web'].includes(name),
);

/** `src/wire/seq.ts` and the entry `src/wire.ts` belong to `wire`; '' outside the house. */
export function layerOf(file: string): string {
  if (file.startsWith('web/')) return 'web';
  return /^src\/([^/]+?)(?:\.tsx?$|\/)/.exec(file)?.[1] ?? '';
}

/** Arrows point down only. */
export function layerViolations(lines: Iterable<ImportLine>): string[] {
  const found: string[] = [];
  for (const line of lines) {
    const from = layerOf(line.file);
    const rule = LAYERS[from];
    const at = `${line.file}:${line.line}`;
    if (rule === undefined) {
      found.push(`${at}: '${from}' is no layer of the house; add it to the table with a reason`);
    } else if (line.specifier === '') {
      found.push(`${at}: an import computed at run time cannot be checked; write the path as a literal`);
    } else if (line.target === '') {
      const allowed = rule.packages.some((p) =>
        typeof p === 'string' ? p === line.specifier : p.test(line.specifier),
      );
      if (!allowed) found.push(`${at}: ${from} may not import the package '${line.specifier}'`);
    } else {
      const to = layerOf(line.target);
      const allowed = to === from || rule.layers.includes(to) || (line.typeOnly && rule.types?.includes(to) === true);
      if (!allowed) found.push(`${at}: ${from} may not import ${to === '' ? line.target : `${to} (${line.target})`}`);
      else if (line.target === `src/${from}.ts`)
        found.push(`${at}: ${from} imports its own public entry; import the file that holds the name`);
    }
  }
  return found;
}

/** What the compiler's `lib` lets through but no engine file may touch. */
const FORBIDDEN_NAMES: ReadonlyMap<string, string> = new Map([
  ['Date', 'no clock below the edge: time is an argument'],
  ['Math.random', 'no randomness below the edge: take an Rng argument'],
  ['Math[…]', 'Math indexed at run time could be Math.random'],
  ['Math', 'Math passed as a value could be used for Math.random'],
  ['globalThis', 'no ambient environment below the edge'],
  ['eval', 'text run as code escapes every wall'],
  ['Function', 'text run as code escapes every wall'],
  ['/// <reference types>', 'ambient types would open the edge'],
  ['/// <reference lib>', 'ambient types would open the edge'],
]);

/** No clock and no randomness below the edge. */
export function nameViolations(names: Iterable<NameUse>): string[] {
  const found: string[] = [];
  for (const use of names) {
    if (!ENGINE_LAYERS.includes(layerOf(use.file))) continue;
    const reason = FORBIDDEN_NAMES.get(use.name);
    if (reason !== undefined) found.push(`${use.file}:${use.line}: ${use.name}: ${reason}`);
  }
  return found;
}

/** Modules through which bytes could leave the process, or that could fetch such a module behind the walls' back. */
const SOCKET_MODULES =
  /^(node:)?(net|dgram|tls|http|https|http2|child_process|cluster|module|dns|inspector|quic|wasi|vm)(\/|$)|^(koffi|ffi|ffi-napi|raw-socket|pcap|cap|ws|undici|bullmq|ioredis|redis|iovalkey|pg|bindings|node-gyp-build)(\/|$)/;

/** Global names that do the same. */
const SOCKET_NAMES = /^(fetch|WebSocket|WebTransport|EventSource|XMLHttpRequest|RTCPeerConnection)$/;

/** `edges`: for each file that serves or starts something, the modules it may use for it. */
export function socketViolations(
  files: Iterable<SourceFile>,
  edges: Readonly<Record<string, readonly string[]>>,
): string[] {
  const found: string[] = [];
  for (const { file, imports, names } of files) {
    const declared = edges[file] ?? [];
    for (const line of imports) {
      if (SOCKET_MODULES.test(line.specifier) && !declared.includes(line.specifier))
        found.push(
          `${file}:${line.line}: '${line.specifier}' can reach a real interface; only a declared edge may use it`,
        );
    }
    for (const use of names) {
      if (SOCKET_NAMES.test(use.name) && !declared.includes(use.name))
        found.push(`${file}:${use.line}: ${use.name} can reach a network; only a declared edge may use it`);
    }
  }
  return found;
}

/** Root-relative file -> the files it imports, types included: knowing is already too much. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

export function importGraph(files: Iterable<SourceFile>): ImportGraph {
  const graph = new Map<string, string[]>();
  for (const { file, imports } of files)
    graph.set(
      file,
      imports.map((line) => line.target).filter((target) => target !== ''),
    );
  return graph;
}

/** The safety rule: no file reaches one of `left` and one of `right`, over any number of imports. */
export function reachesBoth(
  graph: ImportGraph,
  left: (file: string) => boolean,
  right: (file: string) => boolean,
): string[] {
  const found: string[] = [];
  for (const file of graph.keys()) {
    const toLeft = pathTo(graph, file, left);
    const toRight = pathTo(graph, file, right);
    if (toLeft !== undefined && toRight !== undefined)
      found.push(`${file}:1: reaches both ${toLeft.join(' -> ')} and ${toRight.join(' -> ')}`);
  }
  return found;
}

/** Shortest chain of imports from `start` to a wanted file, both included. */
export function pathTo(graph: ImportGraph, start: string, wanted: (file: string) => boolean): string[] | undefined {
  const cameFrom = new Map<string, string>([[start, '']]);
  const queue = [start];
  for (const file of queue) {
    if (wanted(file)) {
      const path = [file];
      for (let at = cameFrom.get(file); at !== undefined && at !== ''; at = cameFrom.get(at)) path.unshift(at);
      return path;
    }
    for (const next of graph.get(file) ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return undefined;
}
