import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repaint } from './screen.ts';

/** A terminal of a few rows that knows cursor positions and "erase to the end of the line". */
function painted(screen: string[], text: string): string[] {
  const rows = [...screen];
  let at = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's own language
  for (const [, sequence, char] of text.matchAll(/\x1b\[([?\d;]*[A-Za-z])|(.)/gsu)) {
    if (char !== undefined) {
      rows[at] = `${(rows[at] ?? '').slice(0, column)}${char}${(rows[at] ?? '').slice(column + 1)}`;
      column++;
    } else if (sequence?.endsWith('H')) {
      at = Number(sequence.split(';')[0]) - 1;
      column = 0;
    } else if (sequence === 'K') rows[at] = (rows[at] ?? '').slice(0, column);
  }
  return rows;
}

const lines = fc.array(fc.stringMatching(/^[a-z ]{0,8}$/), { maxLength: 6 });

test('whatever stood there, the new lines stand there then, and nothing else', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const rows = painted(before, repaint(before, after));
      const height = Math.max(before.length, after.length);
      expect(Array.from({ length: height }, (_, i) => rows[i] ?? '')).toEqual(
        Array.from({ length: height }, (_, i) => after[i] ?? ''),
      );
    }),
  );
});

test('only what changed is written, in one piece', () => {
  expect(repaint(['a', 'b', 'c'], ['a', 'B', 'c'])).toBe('\x1b[?2026h\x1b[2;1HB\x1b[K\x1b[?2026l');
  expect(repaint(['a'], ['a'])).toBe('');
});
