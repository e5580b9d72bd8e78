/**
 * HTML that is safe by construction: whatever stands in a template is escaped, unless a template made it. Names of files
 * and interfaces come from strangers; they must not break out, hide, or turn the text around them.
 */

/** Text that is HTML already. Only `html` makes it. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = string | number | Markup | readonly Markup[];

/** A template. Values may stand in text and between the quotes of attributes, nowhere else. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? '';
  values.forEach((value, i) => {
    text += textOf(value) + (parts[i + 1] ?? '');
  });
  return new Markup(text);
}

/** Nothing: for parts that are left out. */
export const NOTHING: Markup = new Markup('');

/** What a stranger's text becomes on the page. */
export function escapeHtml(text: string): string {
  return text
    .replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function textOf(value: Content): string {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map((part: Markup) => textOf(part)).join('');
  return escapeHtml(String(value));
}

/**
 * Characters that a reader would not see, or that reorder what stands beside them: controls, marks of direction, invisible
 * separators and hyphens, tags, halves of surrogate pairs, noncharacters. They are shown by their code.
 */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;
