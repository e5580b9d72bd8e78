/** Strings of a script: ASCII, with those escapes of C that the original knows. */

/** For messages. */
export const ESCAPES_KNOWN = '\\\\ \\" \\f \\n \\r \\t \\v \\xhh';

/** The first escape or character that must not stand in a string, '' = none. */
export function badEscape(raw: string): string {
  for (let i = 0; i < raw.length; i++) {
    if (raw.charCodeAt(i) > 0x7e) return raw.slice(i, i + 1);
    if (raw[i] !== '\\') continue;
    if (!KNOWN.test(raw.slice(i, i + 4))) return raw.slice(i, i + 2);
    i++;
  }
  return '';
}

/** The bytes meant, one character each: `\xff` becomes U+00FF. */
export function unescapeString(raw: string): string {
  return raw.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, what: string) =>
    what.length === 3 ? String.fromCharCode(Number.parseInt(what.slice(1), 16)) : (CHARACTERS[what] ?? what),
  );
}

const KNOWN = /^\\(?:[\\"fnrtv]|x[0-9a-fA-F]{2})/;

const CHARACTERS: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
