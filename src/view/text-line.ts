/** A line of text in pieces that have a role: the terminal gives each role a colour, a plain file none. */
export type TextRole =
  | 'plain'
  | 'quiet' // less important: axis, lifelines, silences
  | 'client'
  | 'server'
  | 'half-open'
  | 'established'
  | 'dropped'
  | 'strong';

export interface TextSpan {
  readonly text: string;
  readonly role: TextRole;
}

export type TextLine = readonly TextSpan[];

/** The lines as plain text, trailing blanks cut. */
export function plainText(lines: readonly TextLine[]): string {
  return lines
    .map((line) =>
      line
        .map((span) => span.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** The line, cut to `width` characters: the last one is then `…`. */
export function clipLine(line: TextLine, width: number): TextLine {
  const clipped: TextSpan[] = [];
  let left = width;
  for (const { text, role } of line) {
    const chars = [...text];
    if (chars.length <= left) {
      clipped.push({ text, role });
      left -= chars.length;
      continue;
    }
    const rest = chars.slice(0, left);
    if (left > 0) clipped.push({ text: `${rest.slice(0, -1).join('')}…`, role });
    else if (clipped.length > 0) {
      const last = clipped.pop()!;
      clipped.push({ text: `${[...last.text].slice(0, -1).join('')}…`, role: last.role });
    }
    break;
  }
  return clipped;
}

/** One line drawn cell by cell; later drawing wins. Every character used is one terminal cell wide. */
export class LineCanvas {
  readonly #chars: string[] = [];
  readonly #roles: TextRole[] = [];

  put(column: number, text: string, role: TextRole = 'plain'): void {
    let at = column;
    for (const char of text) {
      while (this.#chars.length < at) {
        this.#chars.push(' ');
        this.#roles.push('plain');
      }
      if (at >= 0) {
        this.#chars[at] = char;
        this.#roles[at] = role;
      }
      at++;
    }
  }

  /** Text whose last character stands just before `end`. */
  putRight(end: number, text: string, role: TextRole = 'plain'): void {
    this.put(end - [...text].length, text, role);
  }

  line(): TextLine {
    const spans: { text: string; role: TextRole }[] = [];
    for (let i = 0; i < this.#chars.length; i++) {
      const last = spans.at(-1);
      if (last && last.role === this.#roles[i]) last.text += this.#chars[i]!;
      else spans.push({ text: this.#chars[i]!, role: this.#roles[i]! });
    }
    return spans;
  }
}
