/**
 * `halfopen tun serve`: an engine that real programs of this machine can talk to. This file only checks and starts: the
 * engine and its TUN device live in `tun-inside.ts`, a program of its own in a network namespace of its own.
 */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { runChild } from '../../node/child.ts';
import { inPrivateNamespace } from '../../node/private-namespace.ts';
import { checkAddress } from '../../scenario/safe-address.ts';
import { HalfopenError } from '../../wire/error.ts';
import { SAFE_RANGES } from '../../wire/safe-range.ts';
import { wholeNumber } from '../arguments.ts';
import { type Narration, numbersOption, whyOption } from '../narration.ts';
import { PROFILES, type Profile, profile } from '../profiles.ts';
import { wantsColour } from '../terminal.ts';
import { TUN_PROGRAM, type TunServeOptions } from '../tun-options.ts';

interface ServeOptions extends Narration {
  readonly port: number;
  readonly address?: readonly string[];
  readonly profile: Profile;
  readonly backlog: number;
  readonly loss: number;
  readonly delay: number;
  readonly seed: number;
  readonly pcapng?: string;
}

export function registerTun(program: Command): void {
  const tun = program
    .command('tun')
    .description("Join the engine to this machine's kernel, in a network namespace of its own (Linux)");
  tun
    .command('serve')
    .description('Serve a page to real programs, and print each step of the engine with its reason')
    .argument('[command...]', 'what to run in the namespace, after --; without it, serve until Ctrl+C')
    .option('-p, --port <n>', 'port to listen on', wholeNumber('--port', 1, 65535), 80)
    .option('-a, --address <ip>', `the engine's address; may be given once for IPv4 and once for IPv6`, address)
    .option('--profile <name>', `the engine's habits: ${PROFILES.join(', ')}`, profile, 'linux-6')
    .option('--backlog <n>', 'of the listener', wholeNumber('--backlog', 0, 65535), 128)
    .option('--loss <percent>', 'packets lost between engine and kernel, each way', wholeNumber('--loss', 0, 100), 0)
    .option('--delay <ms>', 'how long each packet takes, each way', wholeNumber('--delay', 0, 10_000), 0)
    .option('-s, --seed <n>', 'which packets are lost', wholeNumber('--seed', 0, 0xffffffff), 1)
    .addOption(numbersOption())
    .addOption(whyOption())
    .option('--pcapng <file>', 'write what the engine sends and receives as a capture for Wireshark')
    .addHelpText('after', EXAMPLES)
    .action(serve);
}

const EXAMPLES = `
Examples:
  halfopen tun serve                                        then open it from the namespace, as it tells you
  halfopen tun serve -- curl -s http://198.18.0.2/          let curl shake hands with the engine
  halfopen tun serve --loss 30 -- curl -s http://198.18.0.2/

The engine is reachable from inside the namespace only, which has no way out. No root is needed where the system
permits user namespaces.`;

/** IPv6 only where the kernel has any. */
const DEFAULT_ADDRESSES = ['198.18.0.2', ...(existsSync('/proc/net/if_inet6') ? ['fd00:68:6f::2'] : [])];

async function serve(command: readonly string[], options: ServeOptions): Promise<void> {
  if (options.pcapng === '') throw new HalfopenError('--pcapng: expected the name of a file, found nothing');
  const inside: TunServeOptions = {
    port: options.port,
    addresses: options.address ?? DEFAULT_ADDRESSES,
    profile: options.profile,
    backlog: options.backlog,
    loss: options.loss,
    delay: options.delay,
    seed: options.seed,
    numbers: options.numbers === 'xy' ? 'symbolic' : options.numbers,
    why: options.why,
    pcapng: options.pcapng ?? '',
    command,
    colour: wantsColour(process.stdout, process.env),
  };
  const [program, ...args] = await inPrivateNamespace(process.execPath, [TUN_PROGRAM, JSON.stringify(inside)]);
  const { code } = await runChild(program, args);
  process.exitCode = code;
}

function address(text: string, before: readonly string[] | undefined): string[] {
  switch (checkAddress(text)) {
    case 'ok': {
      const all = [...(before ?? []), text];
      if (all.length === 2 && all[0]!.includes(':') !== text.includes(':')) return all;
      if (all.length === 1) return all;
      throw new HalfopenError(`--address: expected one IPv4 and one IPv6 address at most, found "${all.join('", "')}"`);
    }
    case 'malformed':
      throw new HalfopenError(`--address: expected an IPv4 or IPv6 address, found "${text}"`);
    case 'public':
      throw new HalfopenError(`--address: ${text} may belong to somebody; expected one of ${SAFE_RANGES}`);
  }
}
