/** The ladder as a list of sentences and a table of segments: the same run, for reading aloud and for copying. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Recording } from '../src/sim/recording.ts';
import { capitalise, ladderModel } from '../src/view/ladder-model.ts';
import type { Numbers } from '../src/view/numbers.ts';
import { fieldsText, flagsName, optionChips } from '../src/view/segment-label.ts';
import { stepSentence } from '../src/view/sentence.ts';
import { formatTime, timeDigits } from '../src/view/time-text.ts';
import { useLab } from './use-lab.ts';

interface Props {
  readonly recording: Recording;
  readonly numbers: Numbers;
}

export function TextView({ recording, numbers }: Props): JSX.Element {
  const lab = useLab();
  const { step } = lab.state;
  const current = useRef<HTMLLIElement>(null);
  useEffect(() => current.current?.scrollIntoView({ block: 'nearest' }), [step]);
  const arrows = ladderModel(recording, { step, numbers: numbers.mode }).arrows;
  const digits = timeDigits(recording);
  return (
    <div class="text-view">
      <h2>Step by step</h2>
      <ol>
        {recording.steps.slice(0, step + 1).map((s) => (
          <li
            key={s.index}
            ref={s.index === step ? current : null}
            aria-current={s.index === step ? 'step' : undefined}
          >
            <button type="button" onClick={() => lab.move(s.index - step)}>
              {stepSentence(recording, s, numbers)}
            </button>
          </li>
        ))}
      </ol>
      <h2>Segments</h2>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Sent</th>
              <th scope="col">From</th>
              <th scope="col">Segment</th>
              <th scope="col">Numbers</th>
              <th scope="col">Options</th>
              <th scope="col">End</th>
            </tr>
          </thead>
          <tbody>
            {arrows.map((arrow) => {
              const flight = recording.flights[arrow.flight];
              if (!flight) return null;
              return (
                <tr key={arrow.flight} data-k={`f${arrow.flight}`}>
                  <td class="mono">{formatTime(arrow.t0, digits)}</td>
                  <td>{capitalise(recording.hosts[arrow.from]?.name ?? '')}</td>
                  <td>
                    {flagsName(flight.segment.flags)} {arrow.label.note}
                  </td>
                  <td class="mono">{fieldsText(flight.segment, numbers)}</td>
                  <td>{optionChips(flight.segment).join(', ')}</td>
                  <td>{arrow.state === 'lost' ? `lost at ${formatTime(flight.lostAt, digits)}` : END[arrow.state]}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const END = { delivered: 'delivered', 'in-flight': 'in flight' } as const;
