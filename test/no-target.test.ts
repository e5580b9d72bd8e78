/**
 * Nobody can point this tool at a host: no command that makes attack traffic takes an interface, a host or an address, and
 * no scenario may name an address that could be somebody's, in any of the places where it names one.
 */
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { parseFloodScenario } from '../src/scenario/parse.ts';
import { parsePrefix } from '../src/sim/prefix.ts';
import { FloodSource } from '../src/sim/traffic/flood-source.ts';
import { floodScenario } from './support/flood-scenario.ts';

const FLOOD_COMMANDS = ['run', 'compare', 'sweep', 'worker', 'replay'];

/** Words in a flag or its value's name by which a program is told where to send. */
const WHERE =
  /\b(interface|iface|dev|device|nic|host|hostname|address|addr|ip|ipv4|ipv6|dst|dest|destination|target|gateway|route|mac)\b/i;

/** `--capture-at <host>` names a host of the scenario, whose segments go into a file. */
const KNOWN = new Set(['--capture-at']);

const { commands } = await createProgram();

function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name() === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}

describe('commands', () => {
  test('the search finds such options where they are: tun takes an address', () => {
    const serve = commandNamed('tun').commands.find((command) => command.name() === 'serve');
    expect(serve?.options.some((option) => WHERE.test(option.flags.replaceAll('-', ' ')))).toBe(true);
  });

  test.each(FLOOD_COMMANDS)('%s takes none', (name) => {
    const command = commandNamed(name);
    const flags = command.options.filter((option) => !KNOWN.has(option.long ?? '')).map((option) => option.flags);
    const places = [...flags, ...command.registeredArguments.map((argument) => argument.name())];
    expect(places.length).toBeGreaterThan(0);
    expect(places.filter((text) => WHERE.test(text.replaceAll('-', ' ')))).toEqual([]);
  });
});

describe('scenarios', () => {
  const base = (lines: readonly string[]): string => ['kind: flood', 'title: t', 'summary: s', ...lines].join('\n');
  const server = 'server: { address: 192.0.2.1 }';
  const bots = (c2: string, prefix: string, forged: string): string =>
    `botnets: { c2: ${c2}, bots: [{ kind: pc, count: 5, prefix: ${prefix} }], orders: [{ at: 1s, rate: 1, duration: 5s, spoof: random, prefix: ${forged} }] }`;

  test.each([
    ['the server', ['server: { address: 8.8.8.8 }']],
    ['clients', [server, 'clients: { rate: 1, prefix: 8.8.8.0/24 }']],
    ['the followed client', [server, 'followed: { address: 1.1.1.1 }']],
    ['forged sources', [server, 'floods: { rate: 1, spoof: { mode: random, prefix: 8.0.0.0/8 } }']],
    [
      'a prefix that is only partly private',
      [server, 'floods: { rate: 1, spoof: { mode: random, prefix: 172.0.0.0/8 } }'],
    ],
    ['command and control', [server, bots('9.9.9.9', '10.0.0.0/8', '172.16.0.0/12')]],
    ['bots', [server, bots('192.168.0.1', '11.0.0.0/8', '172.16.0.0/12')]],
    ['sources that bots forge', [server, bots('192.168.0.1', '10.0.0.0/8', '17.0.0.0/8')]],
  ])('%s', (_name, lines) => {
    expect(() => parseFloodScenario(base(lines), 't.yaml')).toThrow(/expected .*documentation/);
  });

  test('what must not be refused is not', () => {
    const lines = [server, bots('192.168.0.1', '10.0.0.0/8', '172.16.0.0/12')];
    expect(parseFloodScenario(base(lines), 't.yaml').botnets).toHaveLength(1);
  });

  test('a flood that is written in code and not in a file is checked as well', () => {
    const { floods, ingress } = floodScenario({ floods: [{}] });
    const spec = floods[0];
    if (spec === undefined) throw new Error('no flood');
    expect(() => new FloodSource(spec, { seed: 1, target: '8.8.8.8', ingress }, 0)).toThrow(/documentation/);
    const forged = { ...spec, spoof: { mode: 'random', prefix: '8.0.0.0/8', live: 0 } } as const;
    expect(() => new FloodSource(forged, { seed: 1, target: '192.0.2.1', ingress }, 0)).toThrow(/documentation/);
    expect(() => parsePrefix('0.0.0.0/0', 'x')).toThrow(/documentation/);
  });
});
