/** `--set` and `--until`: changes to a scenario's file before it is read. */
import { Option } from 'commander';
import { parseSet, type SetValue } from '../scenario/set-value.ts';

export function setOption(): Option {
  return new Option('--set <key=value>', "change the scenario's file before it is read (repeatable)").argParser(
    (text: string, before: readonly SetValue[] | undefined) => [...(before ?? []), parseSet(text)],
  );
}

export function untilOption(): Option {
  return new Option('--until <time>', 'let the run end here, e.g. 20s');
}

/** All changes, in the order in which they take effect. */
export function withUntil(set: readonly SetValue[] | undefined, until: string | undefined): readonly SetValue[] {
  return [...(set ?? []), ...(until === undefined ? [] : [{ key: 'until', value: until }])];
}
