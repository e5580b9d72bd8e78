/** The terminal: colours by role where they are wanted, output that survives a closed pipe, and sentences on standard error. */
import { styleText } from 'node:util';
import { systemReason } from '../node/system-reason.ts';
import { printable } from '../view/printable.ts';
import type { TextLine, TextRole } from '../view/text-line.ts';
import { HalfopenError } from '../wire/error.ts';

/** Colours only on a terminal, never with NO_COLOR (https://no-color.org), always with FORCE_COLOR. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Paints text of a role, or leaves it alone. */
export type Paint = (role: TextRole, text: string) => string;

export function painter(colour: boolean): Paint {
  return (role, text) => {
    const style = STYLES[role];
    return colour && style !== undefined && text.trim() !== '' ? styleText(style, text) : text;
  };
}

/** The lines as text, trailing blanks cut. */
export function paintLines(lines: readonly TextLine[], paint: Paint): string {
  return lines
    .map((line) =>
      line
        .map((span) => paint(span.role, span.text))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes to standard output and waits until it is taken: nothing is cut off when the program ends. */
export function print(text: string): Promise<void> {
  return send(`${text}\n`);
}

/** The same of what would be a file's content, to the byte. */
export function send(content: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => (error ? reject(outputError(error)) : resolve()));
  });
}

/** A sentence beside the output. Names and values of others are quoted in it: it stays one line, and gives no orders to a terminal. */
export function tell(sentence: string): void {
  process.stderr.write(`halfopen: ${printable(sentence.trim().replaceAll(/\s*\n\s*/g, ' '))}\n`);
}

/** A sentence, unless the reader has just gone. */
export function outputError(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE') return error;
  return new HalfopenError(`cannot write to standard output: ${systemReason(error)}`);
}

type Style = Parameters<typeof styleText>[0];

// Hues as in the lab: client blue, server purple, half-open amber, established green, dropped red.
const STYLES: Partial<Record<TextRole, Style>> = {
  quiet: 'dim',
  client: 'blue',
  server: 'magenta',
  'half-open': 'yellow',
  established: 'green',
  dropped: 'red',
  strong: 'bold',
};
