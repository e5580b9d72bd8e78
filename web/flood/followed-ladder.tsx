/** The followed client's ladder, with the whole flood as a band behind it. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Recording } from '../../src/sim/recording.ts';
import { withSides } from '../../src/view/host-sides.ts';
import { Numbers } from '../../src/view/numbers.ts';
import { LadderView } from '../ladder/ladder.tsx';
import { useLab } from '../use-lab.ts';
import { DensityBandView } from './density-band.tsx';
import type { FloodColumn } from './flood-lab.ts';
import { useFlood } from './use-flood.ts';
import { WatchedEntry } from './watched-entry.tsx';

export function FollowedLadder({ run, id }: { readonly run: FloodColumn; readonly id: string }): JSX.Element {
  const followed = run.report?.followed ?? null;
  const recording = useMemo(() => (followed === null ? null : withSides(followed)), [followed]);
  if (recording === null) {
    return <p class="mut no-ladder">This scenario follows no single client.</p>;
  }
  return <At recording={recording} run={run} id={id} />;
}

function At({ recording, run, id }: { recording: Recording; run: FloodColumn; id: string }): JSX.Element {
  const lab = useLab();
  const { numbers: mode, scale } = lab.state;
  const { t, watched } = useFlood();
  const slot = watched?.column === id ? watched.slot : null;
  const numbers = useMemo(() => new Numbers(recording, mode, { group: '\u00a0' }), [recording, mode]);
  const step = recording.steps.findLastIndex((one) => one.t <= t);
  return (
    <LadderView
      recording={recording}
      numbers={numbers}
      moment={{ step, now: t }}
      scale={scale}
      selected={-1}
      acting={false}
      silence="nothing of this client"
      behind={(model, frame) => (
        <>
          <DensityBandView density={run.density} recording={recording} model={model} frame={frame} id={id} />
          {slot !== null && <WatchedEntry slot={slot} model={model} frame={frame} />}
        </>
      )}
      onSelect={(flight) => lab.flood.jumpTo(recording.flights[flight]?.sentAt ?? 0)}
    />
  );
}
