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
import { copyText } from './copy.ts';
import { Icon } from './icons.tsx';
import { SCENARIOS } from './scenarios.ts';
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
  return (
    <section class="lesson" aria-label="This step">
      <PickerButton recording={recording} />
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
      <BridgeLine recording={recording} step={step} />
    </section>
  );
}

function PickerButton({ recording }: { readonly recording: Recording }): JSX.Element {
  const lab = useLab();
  const at = SCENARIOS.findIndex((s) => s.id === lab.state.scenarioId);
  const rtt = roundTrip(recording);
  return (
    <button type="button" class="btn pick" aria-haspopup="dialog" onClick={() => lab.setDialog('scenarios')}>
      <span>
        <b>{recording.title}</b>
        <span class="mut">
          Scenario {at + 1} of {SCENARIOS.length}
          {rtt > 0 && ` · RTT ${formatSpan(rtt)}`}
        </span>
      </span>
      <Icon name="down" />
    </button>
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

function BridgeLine({ recording, step }: { recording: Recording; step: number }): JSX.Element {
  const lab = useLab();
  const { command, shows } = bridgeCommand(recording, step);
  const copy = async (): Promise<void> => {
    lab.notify(
      (await copyText(command)) ? 'Command copied.' : `Copying is not allowed here. The command is: ${command}`,
    );
  };
  return (
    <div class="bridge">
      <span>On a real host: {shows}</span>
      <div>
        <code>{command}</code>
        <button type="button" class="btn sq ghost" aria-label={`Copy the command ${command}`} onClick={copy}>
          <Icon name="copy" />
        </button>
      </div>
    </div>
  );
}

const VERBS: Record<Intervention['action'], string> = { drop: 'Dropped', delay: 'Delayed', duplicate: 'Duplicated' };
