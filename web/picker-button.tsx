/** Which scenario is shown, and the way to the others. */
import type { JSX } from 'preact';
import { Icon } from './icons.tsx';
import { SCENARIOS } from './scenarios.ts';
import { useLab } from './use-lab.ts';

/** `more`: what else tells this scenario apart, '' = nothing. */
export function PickerButton({ title, more }: { readonly title: string; readonly more: string }): JSX.Element {
  const lab = useLab();
  const at = SCENARIOS.findIndex((s) => s.id === lab.state.scenarioId);
  return (
    <button type="button" class="btn pick" aria-haspopup="dialog" onClick={() => lab.setDialog('scenarios')}>
      <span>
        <b>{title}</b>
        <span class="mut">
          Scenario {at + 1} of {SCENARIOS.length}
          {more !== '' && ` · ${more}`}
        </span>
      </span>
      <Icon name="down" />
    </button>
  );
}
