/** The checks that were made, in order, with values and source. A failed check is as visible as a passed one. */
import type { JSX } from 'preact';
import type { Recording } from '../../src/sim/recording.ts';
import { capitalise } from '../../src/view/ladder-model.ts';
import type { Numbers } from '../../src/view/numbers.ts';
import { type WhyLine, type WhyPart, whyLines } from '../../src/view/why-text.ts';
import { Icon, type IconName } from '../icons.tsx';

interface Props {
  readonly recording: Recording;
  readonly step: number;
  readonly numbers: Numbers;
}

export function Why({ recording, step, numbers }: Props): JSX.Element {
  const at = recording.steps[step];
  const lines = at ? whyLines(recording, at, numbers) : [];
  const who = capitalise(recording.hosts[at?.host ?? 0]?.name ?? '');
  return (
    <section aria-labelledby="why-title">
      <h2 id="why-title">{at?.kind === 'lost' ? 'Why' : `Why: the checks of ${who}`}</h2>
      {lines.length === 0 ? (
        <p class="mut small">
          {at?.kind === 'lost' ? 'The network decided; no endpoint made a check.' : 'No check was needed.'}
        </p>
      ) : (
        <ol class="why">
          {lines.map((line, i) => (
            <li key={i} class={line.mark}>
              <Icon name={MARKS[line.mark]} />
              <span>
                <span class="sr">{SPOKEN[line.mark]}</span>
                {line.parts.map((part, at) => (
                  <Part key={at} part={part} />
                ))}{' '}
                <span class="ref">{line.ref}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Part({ part }: { readonly part: WhyPart }): JSX.Element {
  if (part.kind === undefined) return <>{part.text}</>;
  const linked = part.kind === 'local' || part.kind === 'remote';
  return (
    <b class="eq" data-k={linked ? `n${part.value}` : undefined}>
      {part.text}
    </b>
  );
}

const MARKS: Record<WhyLine['mark'], IconName> = { held: 'check', failed: 'cross', act: 'dot' };
const SPOKEN: Record<WhyLine['mark'], string> = { held: 'Holds: ', failed: 'Does not hold: ', act: 'Then: ' };
