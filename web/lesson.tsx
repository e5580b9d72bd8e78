/** The left column: which scenario, which step, the sentence, what was changed, and the command for a real host. */
import type { JSX } from 'preact';
import type { Intervention, Recording } from '../src/sim/recording.ts';
import { bridgeCommand } from '../src/view/bridge.ts';
import { stepHeadline } from '../src/view/headline.ts';
import { roundTrip } from '../src/view/host-sides.ts';
import { capitalise } from '../src/view/ladder-model.ts';
import type { Numbers } from '../src/view/numbers.ts';
import { flagsName } from '../src/view/segment-label.ts';
import { stepSentence } from '../src/view/sentence.ts';
import { formatSpan, formatTime } from '../src/view/time-text.ts';
import { BridgeLine } from './bridge-line.tsx';
import { Icon } from './icons.tsx';
import { PickerButton } from './picker-button.tsx';
import { useLab } from './use-lab.ts';

interface Props {
  readonly recording: Recording;
  readonly numbers: Numbers;
}

export function Lesson({ recording, numbers }: Props): JSX.Element {
  const lab = useLab();
  const { step, summary, story } = lab.state;
  const words = story[step] ?? '';
  const at = recording.steps[step];
  const rtt = roundTrip(recording);
  return (
    <section class="lesson" aria-label="This step">
      <PickerButton title={recording.title} more={rtt > 0 ? `RTT ${formatSpan(rtt)}` : ''} />
      <div class="prose">
        <p class="stepno">
          Step {step + 1} of {recording.steps.length}
        </p>
        {at && <h1>{stepHeadline(recording, at)}</h1>}
        {words !== '' && <p class="story">{words}</p>}
        {at && <p class={words === '' ? 'sentence' : 'sentence small mut'}>{stepSentence(recording, at, numbers)}</p>}
      </div>
      <Interventions recording={recording} list={recording.interventions} />
      {summary !== '' && (
        <div class="about">
          <h2>About this scenario</h2>
          <p>{summary}</p>
        </div>
      )}
      <BridgeLine {...bridgeCommand(recording, step)} />
    </section>
  );
}

/** What was done to this run, newest last; each can be taken back. */
function Interventions({
  recording,
  list,
}: {
  recording: Recording;
  list: readonly Intervention[];
}): JSX.Element | null {
  const lab = useLab();
  if (list.length === 0) return null;
  return (
    <div class="changes">
      <h2>What you changed</h2>
      <ol>
        {list.map((item, i) => {
          const flight = recording.flights[item.flight];
          const name = flight ? flagsName(flight.segment.flags) : 'segment';
          const from = flight ? capitalise(recording.hosts[flight.from]?.name ?? '') : '';
          return (
            <li key={`${item.flight}.${item.action}.${item.at}`} data-k={`f${item.flight}`}>
              <span>
                <b>{VERBS[item.action]}</b> {name} of {from} at {formatTime(item.at)}
                {item.by > 0 && ` by ${formatSpan(item.by)}`}
              </span>
              <button
                type="button"
                class="btn ghost"
                onClick={() => lab.undo(i)}
                aria-label={`Undo: ${VERBS[item.action]} ${name}`}
              >
                <Icon name="undo" />
                Undo
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

const VERBS: Record<Intervention['action'], string> = { drop: 'Dropped', delay: 'Delayed', duplicate: 'Duplicated' };
