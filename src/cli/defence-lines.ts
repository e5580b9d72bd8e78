/** A list of defences with their names in a column: what each is, and what it came to. */
import { defencesOf } from '../scenario/defences.ts';
import type { Paint } from './terminal.ts';
import { wrapText } from './wrap-text.ts';

export function defenceLines(
  defences: readonly { readonly name: string; readonly effect: string }[],
  paint: Paint,
): string[] {
  const indent = Math.max(INDENT, ...defences.map(({ name }) => name.length + 2));
  return defences.flatMap(({ name, effect }) => {
    const what = defencesOf(name).map((defence) => `${defence.what}${section(defence.rfc4987)}`);
    const text = `${what.join('; and ')}.${effect === '' ? '' : ` Here: ${effect}.`}`;
    const [first = '', ...more] = wrapText(text, WIDTH - indent);
    return [`${paint('strong', name.padEnd(indent - 2))}  ${first}`, ...more.map((line) => ' '.repeat(indent) + line)];
  });
}

const WIDTH = 110;
/** Least width of the names. */
const INDENT = 24;

function section(rfc4987: string): string {
  return rfc4987 === '' ? '' : ` (RFC 4987 §${rfc4987})`;
}
