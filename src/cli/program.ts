/** The commands of `halfopen`, put together. */
import { Command } from 'commander';
import { tell } from './terminal.ts';
import { packageVersion } from './version.ts';

/**
 * A fresh command tree. Parsing errors throw `CommanderError` after one sentence on standard error. `only`: the first word,
 * the command that will be run if it is one; the others are then left out, and what they import is not loaded.
 */
export async function createProgram(only?: string): Promise<Command> {
  const program = new Command('halfopen');
  program
    .description('A laboratory for TCP connection establishment: step, break and explain handshakes.')
    .version(packageVersion(), '-V, --version')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .configureOutput({
      // Commander says "error: …"; here every message begins with the program's name and is one line.
      outputError: (text) => tell(text.replace(/^error: /, '')),
    })
    .exitOverride();
  // Scripts ask for it before they do anything else.
  if (only === '-V' || only === '--version') return program;
  const wanted = only === undefined ? undefined : COMMANDS.get(only);
  for (const load of wanted === undefined ? COMMANDS.values() : [wanted]) (await load())(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

/** In the order of the help. Loading all of them, the simulator included, takes several times as long as loading one. */
const COMMANDS: ReadonlyMap<string, () => Promise<(program: Command) => void>> = new Map([
  ['run', async () => (await import('./commands/run.ts')).registerRun],
  ['compare', async () => (await import('./commands/compare.ts')).registerCompare],
  ['list', async () => (await import('./commands/list.ts')).registerList],
  ['sweep', async () => (await import('./commands/sweep.ts')).registerSweep],
  ['worker', async () => (await import('./commands/worker.ts')).registerWorker],
  ['explain', async () => (await import('./commands/explain.ts')).registerExplain],
  ['watch', async () => (await import('./commands/watch.ts')).registerWatch],
  ['replay', async () => (await import('./commands/replay.ts')).registerReplay],
  ['script', async () => (await import('./commands/script.ts')).registerScript],
  ['lab', async () => (await import('./commands/lab.ts')).registerLab],
  ['tun', async () => (await import('./commands/tun.ts')).registerTun],
  ['completion', async () => (await import('./commands/completion.ts')).registerCompletion],
]);

const EXAMPLES = `
Examples:
  halfopen lab                                              the lab in your browser: step through handshakes
  halfopen run three-way-handshake                          the handshake of the textbook, with X and Y
  halfopen run three-way-handshake --drop 3                 lose the third segment and see what really happens
  halfopen run syn-flood --explain                          what a flood does to a server, and why
  halfopen compare syn-flood                                what each defence buys and costs
  halfopen list                                             what else is there to run
  halfopen script handshake.pkt                             run a packetdrill script against the engine
  halfopen sweep grid.yaml                                  many runs of one scenario, with intervals
  halfopen tun serve -- curl -s http://198.18.0.2/          let a real program shake hands with the engine (Linux)
  halfopen explain capture.pcapng                           a verdict for every connection attempt in a capture
  tcpdump -U -w - tcp | halfopen watch -                    the same while it is captured, with alarms
  halfopen replay capture.pcapng                            what other settings would have made of its SYNs

"halfopen <command> --help" says more. Exit code: 0 = done, 1 = a failed check
or a fault of halfopen, 2 = something in the input.`;
