/** halfopen/script: the packetdrill language, run against the engine on virtual time. */
export type * from './script/ast.ts';
export { ScriptError } from './script/error.ts';
export { type Failure, failureLines } from './script/failure.ts';
export { parseScript } from './script/parse.ts';
export { runScript, type ScriptResult } from './script/run.ts';
export type { GivenOption, RunOptions } from './script/run-options.ts';
