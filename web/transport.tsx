/** Across the bottom: step back, play, step, speed, the scrubber, and jumps to the next drop, expiry or state. */
import type { ComponentChildren, JSX } from 'preact';
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

/** Of a handshake. */
export function Transport({ recording, numbers }: Props): JSX.Element {
  const { step, playing, speed } = useLab().state;
  return (
    <TransportBar
      atStart={step === 0}
      atEnd={step >= recording.steps.length - 1}
      playing={playing}
      speed={SPEED_NAMES[speed] ?? String(speed)}
      jumps={JUMPS}
    >
      <Scrubber recording={recording} numbers={numbers} />
    </TransportBar>
  );
}

interface BarProps {
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly playing: boolean;
  /** `½`, `20`: times as fast as usual. */
  readonly speed: string;
  /** What each jump looks for, its name and its sign. */
  readonly jumps: readonly (readonly [MomentKind, string, IconName])[];
  /** The scrubber. */
  readonly children: ComponentChildren;
}

export function TransportBar({ atStart, atEnd, playing, speed, jumps, children }: BarProps): JSX.Element {
  const lab = useLab();
  return (
    <section class="transport" aria-label="Transport">
      <div class="tbtns">
        <button type="button" class="btn sq" aria-label="Step back" disabled={atStart} onClick={() => lab.move(-1)}>
          <Icon name="back" />
        </button>
        <button type="button" class="btn sq" aria-label={playing ? 'Pause' : 'Play'} onClick={() => lab.togglePlay()}>
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
        <button type="button" class="btn solid" disabled={atEnd} onClick={() => lab.move(1)}>
          Step
          <Icon name="forward" />
        </button>
        <button
          type="button"
          class="btn ghost speed"
          aria-label={`Speed ${speed} times`}
          onClick={() => lab.cycleSpeed()}
        >
          {speed} ×
        </button>
      </div>
      {children}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend for three buttons */}
      <div class="jump" role="group" aria-label="Jump to the next">
        <span aria-hidden="true">Next</span>
        {jumps.map(([kind, name, icon]) => (
          <button type="button" class="btn" key={kind} aria-label={`Next ${name}`} onClick={() => lab.jump(kind)}>
            <Icon name={icon} />
            <span class="lbl">{name}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

const SPEED_NAMES: Readonly<Record<number, string>> = { 0.25: '¼', 0.5: '½', 1: '1', 2: '2' };

const JUMPS: BarProps['jumps'] = [
  ['drop', 'drop', 'cross'],
  ['expiry', 'expiry', 'hourglass'],
  ['state', 'state', 'diamond'],
];
