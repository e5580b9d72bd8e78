/** Across the bottom: step back, play, step, speed, the scrubber, and jumps to the next drop, expiry or state. */
import type { JSX } from 'preact';
import type { Recording } from '../src/sim/recording.ts';
import type { MomentKind } from '../src/view/moments.ts';
import type { Numbers } from '../src/view/numbers.ts';
import { Icon, type IconName } from './icons.tsx';
import { Scrubber } from './scrubber.tsx';
import { useLab } from './use-lab.ts';

interface Props {
  readonly recording: Recording;
  readonly numbers: Numbers;
}

export function Transport({ recording, numbers }: Props): JSX.Element {
  const lab = useLab();
  const { step, playing, speed } = lab.state;
  const last = recording.steps.length - 1;
  return (
    <section class="transport" aria-label="Transport">
      <div class="tbtns">
        <button type="button" class="btn sq" aria-label="Step back" disabled={step === 0} onClick={() => lab.move(-1)}>
          <Icon name="back" />
        </button>
        <button type="button" class="btn sq" aria-label={playing ? 'Pause' : 'Play'} onClick={() => lab.togglePlay()}>
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
        <button type="button" class="btn solid" disabled={step >= last} onClick={() => lab.move(1)}>
          Step
          <Icon name="forward" />
        </button>
        <button
          type="button"
          class="btn ghost speed"
          aria-label={`Speed ${speed} times`}
          onClick={() => lab.cycleSpeed()}
        >
          {SPEED_NAMES[speed] ?? speed} ×
        </button>
      </div>
      <Scrubber recording={recording} numbers={numbers} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend for three buttons */}
      <div class="jump" role="group" aria-label="Jump to the next">
        <span aria-hidden="true">Next</span>
        {JUMPS.map(([kind, icon]) => (
          <button type="button" class="btn" key={kind} aria-label={`Next ${kind}`} onClick={() => lab.jump(kind)}>
            <Icon name={icon} />
            <span class="lbl">{kind}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

const SPEED_NAMES: Readonly<Record<number, string>> = { 0.25: '¼', 0.5: '½', 1: '1', 2: '2' };

const JUMPS: readonly (readonly [MomentKind, IconName])[] = [
  ['drop', 'cross'],
  ['expiry', 'hourglass'],
  ['state', 'diamond'],
];
