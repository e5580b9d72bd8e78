/** An ICMP error of the script on its way into the stack. */
import type { IcmpAction } from './ast.ts';
import type { Bench } from './bench.ts';
import { ScriptError } from './error.ts';
import type { Mapping } from './mapping.ts';

export function injectIcmp(action: IcmpAction, _map: Mapping, _bench: Bench, file: string): void {
  throw new ScriptError(file, action.place, 'icmp: not yet');
}
