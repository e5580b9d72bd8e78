/** The commands of `halfopen`, put together. */
import { Command } from 'commander';
import { registerCompare } from './commands/compare.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerExplain } from './commands/explain.ts';
import { registerLab } from './commands/lab.ts';
import { registerList } from './commands/list.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRun } from './commands/run.ts';
import { registerScript } from './commands/script.ts';
import { registerSweep } from './commands/sweep.ts';
import { registerTun } from './commands/tun.ts';
import { registerWatch } from './commands/watch.ts';
import { registerWorker } from './commands/worker.ts';
import { packageVersion } from './version.ts';

/** A fresh command tree. Parsing errors throw `CommanderError` after one sentence on standard error. */
export function createProgram(): Command {
  const program = new Command('halfopen');
  program
    .description('A laboratory for TCP connection establishment: step, break and explain handshakes.')
    .version(packageVersion(), '-V, --version')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .configureOutput({
      // Commander says "error: …"; here every message begins with the program's name and is one line.
      outputError: (text, write) => write(`halfopen: ${oneSentence(text)}\n`),
    })
    .exitOverride();
  registerRun(program);
  registerCompare(program);
  registerList(program);
  registerSweep(program);
  registerWorker(program);
  registerExplain(program);
  registerWatch(program);
  registerReplay(program);
  registerScript(program);
  registerLab(program);
  registerTun(program);
  registerCompletion(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

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

function oneSentence(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
}
