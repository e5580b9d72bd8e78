/** A system call of a script, made ready to run: what to try, and what it must have written besides its result. */

import type { TimedAttempt } from '../socket/blocking.ts';
import { fail, type Outcome } from '../socket/errno.ts';
import type { StreamSocket } from '../socket/stream-socket.ts';
import type { CallAction, Expr } from './ast.ts';
import type { Bench } from './bench.ts';
import type { Described, Descriptors } from './descriptors.ts';
import { ScriptError } from './error.ts';
import type { RunOptions } from './run-options.ts';
import type { UnderTest } from './under-test.ts';
import { argument } from './values.ts';

/** A call under way. */
export interface Plan {
  readonly attempt: TimedAttempt;
  /** After a call that succeeded: what it wrote into its arguments, compared; a difference in words. */
  readonly verify?: (outcome: Outcome) => string | undefined;
  /** After a call that succeeded: binds the descriptor the script gives to what was made. */
  readonly bind?: (fd: number) => void;
}

/** What calls work on. */
export interface CallContext {
  readonly bench: Bench;
  readonly fds: Descriptors;
  readonly options: RunOptions;
  readonly file: string;
  /** Is told of sockets that are made, listen, connect or are accepted: the packets that follow are meant for them. */
  readonly under: UnderTest;
}

export type MakePlan = (call: CallAction, context: CallContext) => Plan;

/** A plan of one step that never waits. */
export function once(run: TimedAttempt): Plan {
  return { attempt: run };
}

export const BAD_DESCRIPTOR: Plan = { attempt: () => fail('EBADF') };

/** The socket that the first argument names; undefined: EBADF. */
export function socketArgument(call: CallAction, { fds, file }: CallContext): StreamSocket | undefined {
  return fds.socket(argument(call.args, 0, call.name, { file, place: call.place }), file);
}

export function descriptorArgument(call: CallAction, { fds, file }: CallContext): Described | undefined {
  return fds.get(argument(call.args, 0, call.name, { file, place: call.place }), file);
}

export function arg(call: CallAction, index: number, file: string): Expr {
  return argument(call.args, index, call.name, { file, place: call.place });
}

/** For a form of a call that this interpreter does not run. */
export function unsupported(call: CallAction, file: string, what: string): ScriptError {
  return new ScriptError(file, call.place, `${call.name}: ${what} is not supported`);
}
