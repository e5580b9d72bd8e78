import { expect, test } from 'vitest';
import { paragraphsOf } from './paragraphs.ts';

test.each([
  ['', []],
  ['One.', ['One.']],
  ['One\nline.\n', ['One line.']],
  ['One.\n\nTwo\n  lines.\n \n\nThree.\n', ['One.', 'Two lines.', 'Three.']],
])('%j', (text, paragraphs) => {
  expect(paragraphsOf(text)).toEqual(paragraphs);
});
