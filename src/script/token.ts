/** The words of the packetdrill language: what the lexer makes of the text and the parser reads. */
import type { Place } from './ast.ts';

/**
 * `option` is `--name`, `command` a back-quoted shell text, `code` what stands between `%{` and `}%`, `punct` any other
 * single character. `int` and `float` may begin with a minus, `hex` begins with 0x.
 */
export type TokenKind =
  | 'word'
  | 'int'
  | 'hex'
  | 'float'
  | 'string'
  | 'command'
  | 'code'
  | 'option'
  | 'address'
  | 'ellipsis'
  | 'punct'
  | 'end';

export interface Token extends Place {
  readonly kind: TokenKind;
  /** Without the quotes, the braces or the `--`; a string's escapes are kept. */
  readonly text: string;
  /** Where it begins and ends in the script's text, quotes and braces included. */
  readonly start: number;
  readonly end: number;
}

/** What an error says was found. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the file';
    case 'command':
      return 'a back-quoted command';
    case 'code':
      return 'a code snippet';
    case 'string':
      return `"${shortened(token.text)}"`;
    case 'option':
      return `'--${shortened(token.text)}'`;
    default:
      return `'${shortened(token.text)}'`;
  }
}

function shortened(text: string): string {
  // Control characters of a damaged file would garble the terminal.
  const plain = text.replace(/[^\x20-\x7e]+/g, ' ');
  return plain.length > 40 ? `${plain.slice(0, 39)}…` : plain;
}
