/** The knobs: rate, forged addresses, backlog, defence, and a second defence beside it. Turning one runs everything again. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { FloodScenario } from '../../src/sim/flood-model.ts';
import { AS_GIVEN, DEFENCES, type Defence } from '../../src/view/flood-defences.ts';
import {
  backlogChoices,
  type FloodKnobs,
  nominalRate,
  ownSpoof,
  rateStops,
  SPOOF_MODES,
  type SpoofMode,
  turnedKnobs,
  UNTURNED,
} from '../../src/view/flood-knobs.ts';
import { countText } from '../../src/view/flood-number.ts';
import { Icon } from '../icons.tsx';
import { useLab } from '../use-lab.ts';
import { useFlood } from './use-flood.ts';

export function Knobs(): JSX.Element | null {
  const lab = useLab();
  const { scenario, knobs, beside } = useFlood();
  if (scenario === null) return null;
  const spoof = knobs.spoof === '' ? ownSpoof(scenario).mode : knobs.spoof;
  const turned = turnedKnobs(knobs);
  const floods = nominalRate(scenario) > 0;
  return (
    <fieldset class="knobs">
      <legend class="sr">Knobs</legend>
      {floods && <RateKnob scenario={scenario} knobs={knobs} />}
      {floods && (
        <Knob name="Source addresses" turned={knobs.spoof !== '' || knobs.live >= 0} undo={{ spoof: '', live: -1 }}>
          <select
            aria-label="Source addresses"
            value={spoof}
            onChange={(e) => {
              const mode = SPOOF_MODES.find((one) => one === e.currentTarget.value) ?? '';
              lab.flood.turn({ spoof: mode === ownSpoof(scenario).mode ? '' : mode, live: -1 });
            }}
          >
            {SPOOF_MODES.map((mode) => (
              <option key={mode} value={mode}>
                {SPOOF_NAMES[mode]}
              </option>
            ))}
          </select>
          {spoof === 'random' && <LiveShare scenario={scenario} knobs={knobs} />}
        </Knob>
      )}
      <Knob name="Backlog" turned={knobs.backlog >= 0} undo={{ backlog: -1 }}>
        <select
          aria-label="Backlog"
          value={String(knobs.backlog >= 0 ? knobs.backlog : (scenario.server.listen[0]?.backlog ?? 128))}
          onChange={(e) => {
            const value = Number(e.currentTarget.value);
            lab.flood.turn({ backlog: value === scenario.server.listen[0]?.backlog ? -1 : value });
          }}
        >
          {backlogChoices(scenario).map((backlog) => (
            <option key={backlog} value={String(backlog)}>
              {countText(backlog)}
            </option>
          ))}
        </select>
      </Knob>
      <Knob name="Defence" turned={knobs.defence !== AS_GIVEN} undo={{ defence: AS_GIVEN }}>
        <select
          aria-label="Defence"
          value={knobs.defence}
          onChange={(e) => lab.flood.turn({ defence: e.currentTarget.value })}
        >
          <option value={AS_GIVEN}>The scenario's own</option>
          <Defences />
        </select>
      </Knob>
      <Knob name="Beside it" turned={false} undo={{}}>
        <select
          aria-label="A second defence beside it"
          value={beside}
          onChange={(e) => lab.flood.compare(e.currentTarget.value)}
        >
          <option value="">nothing</option>
          <option value={AS_GIVEN}>The scenario's own</option>
          <Defences />
        </select>
      </Knob>
      <button
        type="button"
        class="btn ghost reset"
        disabled={turned.length === 0 && beside === ''}
        onClick={() => lab.flood.reset()}
      >
        <Icon name="undo" />
        Reset
      </button>
      {turned.length > 1 && (
        <p class="knob-note">{turned.length} knobs are turned. To see what each one does, turn one at a time.</p>
      )}
    </fieldset>
  );
}

interface KnobProps {
  readonly name: string;
  readonly turned: boolean;
  /** What puts this knob back. */
  readonly undo: Partial<FloodKnobs>;
  readonly value?: string;
  /** On a phone it takes a line of its own. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

function Knob({ name, turned, undo, value, wide = false, children }: KnobProps): JSX.Element {
  const lab = useLab();
  return (
    <div class={`knob${wide ? ' rate' : ''}${turned ? ' turned' : ''}`}>
      <span class="knob-name">
        {name}
        {value !== undefined && <b class="mono"> {value}</b>}
        {turned && (
          <button
            type="button"
            class="back"
            aria-label={`Put ${name} back to the scenario's`}
            onClick={() => lab.flood.turn(undo)}
          >
            undo
          </button>
        )}
      </span>
      <span class="knob-body">{children}</span>
    </div>
  );
}

/** Runs again when the slider rests; while it is dragged only its number changes. */
function RateKnob({ scenario, knobs }: { scenario: FloodScenario; knobs: FloodKnobs }): JSX.Element {
  const lab = useLab();
  const stops = rateStops(scenario);
  const own = nominalRate(scenario);
  const rate = knobs.rate >= 0 ? knobs.rate : own;
  const [held, setHeld] = useState(-1);
  const at = held >= 0 ? held : nearest(stops, rate);
  const text = `${countText(Number((stops[at] ?? rate).toFixed(1)))} SYN/s`;
  return (
    <Knob name="Rate" value={text} turned={knobs.rate >= 0} undo={{ rate: UNTURNED.rate }} wide>
      <input
        type="range"
        aria-label="Rate"
        aria-valuetext={text}
        min={0}
        max={stops.length - 1}
        step={1}
        value={at}
        onInput={(e) => setHeld(e.currentTarget.valueAsNumber)}
        onChange={(e) => {
          const stop = stops[e.currentTarget.valueAsNumber] ?? own;
          setHeld(-1);
          lab.flood.turn({ rate: stop === own ? UNTURNED.rate : stop });
        }}
      />
    </Knob>
  );
}

function LiveShare({ scenario, knobs }: { scenario: FloodScenario; knobs: FloodKnobs }): JSX.Element {
  const lab = useLab();
  const own = ownSpoof(scenario).live;
  const shares = [...new Set([...LIVE_SHARES, own])].sort((a, b) => a - b);
  return (
    <select
      aria-label="Share of addresses where somebody is"
      value={String(knobs.live >= 0 ? knobs.live : own)}
      onChange={(e) => {
        const value = Number(e.currentTarget.value);
        lab.flood.turn({ live: value === own ? -1 : value });
      }}
    >
      {shares.map((share) => (
        <option key={share} value={String(share)}>
          {Math.round(share * 100)} % live
        </option>
      ))}
    </select>
  );
}

function Defences(): JSX.Element {
  const group = (place: Defence['place'], label: string): JSX.Element | null => {
    const some = DEFENCES.filter((defence) => defence.place === place);
    if (some.length === 0) return null;
    return (
      <optgroup label={label}>
        {some.map((defence) => (
          <option key={defence.id} value={defence.id}>
            {defence.name}
          </option>
        ))}
      </optgroup>
    );
  };
  return (
    <>
      {group('server', 'In the server')}
      {group('network', 'In the network')}
    </>
  );
}

function nearest(stops: readonly number[], rate: number): number {
  const away = stops.map((stop) => Math.abs(stop - rate));
  return away.indexOf(Math.min(...away));
}

const LIVE_SHARES: readonly number[] = [0, 0.1, 0.25, 0.5, 0.75, 1];

const SPOOF_NAMES: Readonly<Record<SpoofMode, string>> = {
  silent: 'forged, silent',
  random: 'forged, random',
  live: 'forged, live hosts',
  own: "the bots' own",
};
