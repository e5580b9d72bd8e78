#!/usr/bin/env node
/** The `halfopen` program: runs a command and turns what went wrong into one sentence and an exit code. */
import { CommanderError } from 'commander';
import { systemCode } from '../node/system-reason.ts';
import { HalfopenError } from '../wire/error.ts';
import { createProgram } from './program.ts';
import { outputError, tell } from './terminal.ts';

// `halfopen run … | head` closes the pipe early: that is no fault of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  fail(outputError(error));
});

let failed = false;

start().catch(fail);

async function start(): Promise<void> {
  const word = process.argv[2];
  // A completion script names all commands.
  const program = await createProgram(word === 'completion' ? undefined : word);
  if (word === undefined) program.outputHelp();
  else {
    const about = process.argv[3];
    // Commander would answer with the help of everything.
    if (word === 'help' && about !== undefined && !program.commands.some((command) => command.name() === about)) {
      program.error(`unknown command '${about}'`);
    }
    await program.parseAsync();
  }
}

function fail(error: unknown): void {
  // An output that fails is told by its stream and by who wrote to it.
  if (failed) return;
  const code = exitCodeOf(error);
  // The text of a help is not written yet when its command ends, and may fail still.
  failed = code !== 0;
  process.exitCode = code;
}

/** 0 for help and version, 2 for anything in the input, 1 for a fault of our own. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isClosedPipe(error)) return 0;
  if (error instanceof HalfopenError) {
    tell(error.message);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`halfopen: internal fault, please report it: ${text}\n`);
  return 1;
}

function isClosedPipe(error: unknown): boolean {
  return systemCode(error) === 'EPIPE';
}
