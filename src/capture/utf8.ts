/** UTF-8 (RFC 3629) in plain code: the layers below the edge have neither TextDecoder nor Buffer. */

/** Decodes `bytes[off .. end)`; every byte that is not valid UTF-8 becomes U+FFFD, nothing throws. */
export function decodeUtf8(bytes: Uint8Array, off: number, end: number): string {
  let text = '';
  // Appending one by one makes a rope, some 30 bytes a character for as long as nobody reads the text.
  let points: number[] = [];
  let i = off;
  while (i < end) {
    const first = bytes[i]!;
    const extra = first < 0x80 ? 0 : first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : -1;
    let code = extra === 0 ? first : extra > 0 ? first & (0x3f >> extra) : -1;
    if (first >= 0xf5) code = -1;
    if (code >= 0 && i + extra >= end) code = -1;
    for (let k = 1; k <= extra && code >= 0; k++) {
      const next = bytes[i + k]!;
      code = (next & 0xc0) === 0x80 ? code * 64 + (next & 0x3f) : -1;
    }
    // Overlong forms, surrogates and beyond U+10FFFF are not UTF-8.
    const least = extra === 3 ? 0x10000 : extra === 2 ? 0x800 : 0;
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) code = -1;
    points.push(code < 0 ? 0xfffd : code);
    i += code < 0 ? 1 : extra + 1;
    if (points.length < MOST_AT_ONCE) continue;
    text += String.fromCodePoint(...points);
    points = [];
  }
  return text + String.fromCodePoint(...points);
}

/** Encodes `text`; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0)!;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return Uint8Array.from(out);
}

/** Arguments of one call. */
const MOST_AT_ONCE = 4096;
