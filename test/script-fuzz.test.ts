/** Scripts with mistakes: lines lost, doubled and mixed, numbers and words exchanged. They fail or are refused, no worse. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ScriptError } from '../src/script/error.ts';
import { runScript } from '../src/script/run.ts';
import { LINUX6_HOST, RFC9293_HOST } from '../src/socket/settings.ts';
import { Dice } from './fuzz/dice.ts';

const FOLDER = new URL('scripts/', import.meta.url);
const TEXTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.pkt'))
  .sort()
  .map((path) => readFileSync(new URL(path, FOLDER), 'utf8'));
const WORDS = TEXTS.flatMap((text) => text.match(/[A-Za-z_0-9]+|[^\sA-Za-z_0-9]/g) ?? []);
const NUMBERS = ['0', '1', '65536', '2147483648', '4294967295', '999999999999', '0x7fffffff'];

function damage(dice: Dice): string {
  const lines = dice.of(TEXTS).split('\n');
  for (let n = 1 + dice.below(3); n > 0; n--) {
    const at = dice.below(lines.length);
    const parts = (lines[at] ?? '').split(/(\W)/);
    switch (dice.below(5)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, dice.of(lines));
        break;
      case 2:
        lines.splice(at, 0, dice.of(dice.of(TEXTS).split('\n')));
        break;
      case 3:
        lines[at] = (lines[at] ?? '').replace(/\d+/, dice.of(NUMBERS));
        break;
      case 4:
        parts[dice.below(parts.length)] = dice.of(WORDS);
        lines[at] = parts.join('');
        break;
    }
  }
  return lines.join('\n');
}

test('a damaged script runs, fails or is refused with its place', () => {
  let ran = 0;
  let refused = 0;
  for (let seed = 1; seed <= 4000; seed++) {
    const dice = new Dice(seed);
    const text = damage(dice);
    try {
      runScript(text, 'damaged.pkt', dice.of([LINUX6_HOST, RFC9293_HOST]));
      ran++;
    } catch (error) {
      if (!(error instanceof ScriptError)) throw new Error(`seed ${seed}:\n${text}`, { cause: error });
      expect(error.message).toMatch(/^damaged\.pkt:\d+:\d+: [^\n]+$/);
      refused++;
    }
  }
  // Both happen often, so both are tested.
  expect(Math.min(ran, refused)).toBeGreaterThan(1000);
});
