/** `halfopen script <file.pkt…>`: runs packetdrill scripts against the engine, on virtual time. */
import type { Command } from 'commander';
import { readInput } from '../../node/read-bounded.ts';
import { systemReason } from '../../node/system-reason.ts';
import { failureLines } from '../../script/failure.ts';
import { runScript, type ScriptResult } from '../../script/run.ts';
import { type GivenOption, ORIGINAL_OPTIONS } from '../../script/run-options.ts';
import { printable } from '../../view/printable.ts';
import { HalfopenError } from '../../wire/error.ts';
import { HOSTS, PROFILES, type Profile, profile } from '../profiles.ts';
import { print, tell } from '../terminal.ts';

interface ScriptOptions {
  readonly profile: Profile;
  readonly define?: readonly string[];
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly why?: boolean;
  readonly [original: string]: unknown;
}

export function registerScript(program: Command): void {
  const command = program
    .command('script')
    .description('Run packetdrill scripts against the engine, on virtual time: no root, no network')
    .argument('<scripts...>', 'packetdrill scripts (.pkt), or - for standard input')
    .option('--profile <name>', `the stack under test: ${PROFILES.join(', ')}`, profile, 'linux-6')
    .option('-D, --define <NAME=VALUE>', 'a symbol for the script (repeatable)', collect)
    .option('-q, --quiet', 'name only the scripts that fail')
    .option('-v, --verbose', 'print each packet and call')
    .option('--why', 'print the reasons of the engine as well');
  for (const [name, takesValue] of ORIGINAL_OPTIONS) {
    command.option(takesValue ? `--${name} <value>` : `--${name}`, 'as in packetdrill');
  }
  command.addHelpText('after', HELP).action(run);
}

async function run(paths: readonly string[], options: ScriptOptions): Promise<void> {
  const given = givenOptions(options);
  let passed = 0;
  let failed = 0;
  let broken = false;
  const inert = new Set<string>();
  for (const path of paths) {
    try {
      const result = runScript(await readScript(path), nameOf(path), HOSTS[options.profile], given);
      if (options.verbose === true || options.why === true) {
        for (const line of result.transcript.lines(options.why === true)) await print(line);
      }
      for (const line of result.printed) await print(line);
      for (const name of result.inert) inert.add(name);
      if (result.failure === undefined) passed++;
      else failed++;
      if (result.failure !== undefined) await print(failureLines(result.failure).join('\n'));
      else if (options.quiet !== true) await print(passedLine(result));
    } catch (error) {
      // The other scripts still run; what is wrong with this one is said where the others are told.
      if (!(error instanceof HalfopenError)) throw error;
      failed++;
      broken = true;
      tell(error.message);
    }
  }
  if (inert.size > 0) await print(`without meaning for the engine: ${[...inert].join(', ')}`);
  await print(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = broken ? 2 : 1;
}

function passedLine({ file, events, took }: ScriptResult): string {
  return `${file}: passed, ${events} events in ${(took / 1e9).toFixed(3)} s of virtual time`;
}

async function readScript(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readInput(path, LONGEST);
  } catch (error) {
    throw new HalfopenError(`${nameOf(path)}: cannot be read: ${systemReason(error)}`);
  }
  if (bytes.length > LONGEST) {
    throw new HalfopenError(`${nameOf(path)}: too long for a script: more than ${LONGEST} bytes`);
  }
  return new TextDecoder().decode(bytes);
}

/** 1 MiB, as for scenarios. */
const LONGEST = 1 << 20;

function nameOf(path: string): string {
  if (path === '') return '""';
  return path === '-' ? '(standard input)' : printable(path);
}

function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function givenOptions(options: ScriptOptions): GivenOption[] {
  const given: GivenOption[] = (options.define ?? []).map((value) => ({ name: 'define', value }));
  for (const [name] of ORIGINAL_OPTIONS) {
    const value = options[name];
    if (value !== undefined) given.push({ name, value: typeof value === 'string' ? value : undefined });
  }
  return given;
}

const HELP = `
A failed expectation prints what was expected and what was sent, one below the
other, and the engine's reasons. Exit code: 0 = all passed, 1 = an expectation
failed, 2 = a script has a mistake or cannot be read.

Examples:
  halfopen script handshake.pkt
  halfopen script --why handshake.pkt
  halfopen script --profile rfc9293 tests/*.pkt
  halfopen script --ip_version=ipv6 -D COOKIE=c1d1e9742a47a9bc fast-open.pkt`;
