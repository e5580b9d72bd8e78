/** All system calls that a script may make, by name. */
import { nearest } from '../wire/suggest.ts';
import type { CallAction } from './ast.ts';
import type { CallContext, MakePlan, Plan } from './call.ts';
import { DATA_CALLS } from './calls-data.ts';
import { FILE_CALLS } from './calls-file.ts';
import { OPTION_CALLS } from './calls-options.ts';
import { SOCKET_CALLS } from './calls-socket.ts';
import { WAIT_CALLS } from './calls-wait.ts';
import { ScriptError } from './error.ts';

const CALLS: ReadonlyMap<string, MakePlan> = new Map(
  [SOCKET_CALLS, DATA_CALLS, OPTION_CALLS, WAIT_CALLS, FILE_CALLS].flatMap((calls) => Object.entries(calls)),
);

/** Makes `call` ready. Throws a ScriptError for a call, or a form of one, that is not known. */
export function planCall(call: CallAction, context: CallContext): Plan {
  const make = CALLS.get(call.name);
  if (make === undefined) {
    const near = nearest(call.name, [...CALLS.keys()]);
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    throw new ScriptError(context.file, call.place, `expected a system call, found unknown '${call.name}'${hint}`);
  }
  return make(call, context);
}
