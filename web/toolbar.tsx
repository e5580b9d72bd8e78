/** Above the ladder: how numbers are written, how time runs, and the same as text. */
import type { JSX } from 'preact';
import type { NumberMode } from '../src/view/numbers.ts';
import type { ScaleMode } from '../src/view/time-scale.ts';
import { useLab } from './use-lab.ts';

export function Toolbar(): JSX.Element {
  const lab = useLab();
  const { numbers, scale, asText } = lab.state;
  return (
    <div class="lbar">
      <fieldset class="seg">
        <legend class="sr">Show numbers as</legend>
        {NUMBERS.map(([mode, name]) => (
          <button type="button" key={mode} aria-pressed={numbers === mode} onClick={() => lab.setNumbers(mode)}>
            {name}
          </button>
        ))}
      </fieldset>
      <span class="grow" />
      <fieldset class="seg" disabled={asText}>
        <legend class="sr">Time axis</legend>
        {SCALES.map(([mode, name]) => (
          <button type="button" key={mode} aria-pressed={scale === mode} onClick={() => lab.setScale(mode)}>
            {name}
          </button>
        ))}
      </fieldset>
      <button type="button" class="btn ghost" aria-pressed={asText} onClick={() => lab.toggleText()}>
        As text
      </button>
    </div>
  );
}

const NUMBERS: readonly (readonly [NumberMode, string])[] = [
  ['absolute', 'Absolute'],
  ['relative', 'Relative'],
  ['symbolic', 'X, Y'],
];

const SCALES: readonly (readonly [ScaleMode, string])[] = [
  ['compressed', 'Compressed'],
  ['to-scale', 'To scale'],
];
