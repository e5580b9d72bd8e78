import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeHtml, html } from './markup.ts';

/** Any code units, halves of surrogate pairs included. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe('escapeHtml', () => {
  test('leaves no character that opens a tag, an entity or an attribute', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        return !/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/.test(escapeHtml(text));
      }),
    );
  });

  test('gives back what was put in, for text that a reader can see', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~äöüß→\n]*$/u), (text) => {
        return readBack(escapeHtml(text)) === text;
      }),
    );
  });

  test('shows what would be invisible or turn the text around', () => {
    expect(escapeHtml('a\u202egnp.exe')).toBe('a\\u{202e}gnp.exe');
    expect(escapeHtml('\u0000\u001b[31m\u009b')).toBe('\\u{0}\\u{1b}[31m\\u{9b}');
    expect(escapeHtml('\ud800 alone, 😀 whole')).toBe('\\u{d800} alone, 😀 whole');
    expect(escapeHtml('soft\u00adhyphen\u{e0041}')).toBe('soft\\u{ad}hyphen\\u{e0041}');
    expect(escapeHtml('two\nlines')).toBe('two\nlines');
    expect(escapeHtml('zero\u200bwidth\u2028line\ufeff')).toBe('zero\\u{200b}width\\u{2028}line\\u{feff}');
  });
});

describe('html', () => {
  test('escapes values and takes its own pieces as they are', () => {
    const list = ['<b>', 'c'].map((name) => html`<li>${name}</li>`);
    expect(String(html`<ul title="${'"x"'}">${list}</ul>${7}`)).toBe(
      '<ul title="&quot;x&quot;"><li>&lt;b&gt;</li><li>c</li></ul>7',
    );
  });
});

function readBack(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
