/** `-d, --defence`: which defences a flood meets, one run each. */
import { Option } from 'commander';
import { USUAL_DEFENCES } from '../scenario/defences.ts';

/** `hint`: where the names stand, or ''. */
export function defenceOption(hint: string): Option {
  return new Option('-d, --defence <name>', `a defence, or several with + between them (repeatable)${hint}`).argParser(
    (text: string, before: readonly string[] | undefined) => [...(before ?? []), ...text.split(',')],
  );
}

/** Each name once; the usual ones when none is given. */
export function chosenDefences(given: readonly string[] | undefined): string[] {
  return [...new Set(given ?? USUAL_DEFENCES)];
}
