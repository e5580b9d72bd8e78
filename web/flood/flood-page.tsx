/** The page of a flood, in the frame of the handshake's: lesson, ladder, queues and plots, transport; or two runs side by side. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { floodPlots, onOneAxis, type Plot } from '../../src/view/plot-model.ts';
import { formatTime } from '../../src/view/time-text.ts';
import { Toolbar } from '../toolbar.tsx';
import { useLab } from '../use-lab.ts';
import { Column, defenceTitle } from './column.tsx';
import type { FloodColumn } from './flood-lab.ts';
import { FloodLesson } from './flood-lesson.tsx';
import { FloodText } from './flood-text.tsx';
import { FloodTransport } from './flood-transport.tsx';
import { FollowedLadder } from './followed-ladder.tsx';
import { Knobs } from './knobs.tsx';
import { OwnerPatterns } from './owner-patterns.tsx';
import { useFlood } from './use-flood.ts';

export function FloodPage(): JSX.Element {
  const { runs } = useFlood();
  const done = runs.length > 0 && runs.every((run) => run.done);
  const hash = done ? runs.map((run) => run.report?.hash ?? '').join(' ') : undefined;
  const pair = runs.length > 1;
  return (
    <>
      <main class={pair ? 'lab flood pair' : 'lab flood'} data-hash={hash} aria-busy={!done}>
        <svg class="defs" aria-hidden="true">
          {runs.map((_, i) => (
            <OwnerPatterns key={COLUMN_IDS[i]} prefix={COLUMN_IDS[i] ?? 'c'} />
          ))}
        </svg>
        <FloodLesson />
        <PhoneTitle />
        <Knobs />
        {pair ? <Pair runs={runs} /> : <Single run={runs[0]} />}
      </main>
      <FloodTransport />
    </>
  );
}

function Single({ run }: { readonly run: FloodColumn | undefined }): JSX.Element {
  const lab = useLab();
  const plots = usePlots(run);
  return (
    <>
      <section class="ladder" id="ladder" aria-label="Followed client" tabindex={-1}>
        <Toolbar />
        {run &&
          (lab.state.asText || run.scenario.followed === null ? (
            <FloodText run={run} beside={null} plots={plots} />
          ) : (
            <FollowedLadder run={run} id={COLUMN_IDS[0]} />
          ))}
      </section>
      <section class="endpoints" aria-label="Server">
        {run && <Column run={run} beside={null} plots={plots} id={COLUMN_IDS[0]} />}
      </section>
    </>
  );
}

function Pair({ runs }: { readonly runs: readonly FloodColumn[] }): JSX.Element {
  const { asText } = useLab().state;
  const own = [usePlots(runs[0]), usePlots(runs[1])] as const;
  const [left, right] = useMemo(() => onOneAxis(own[0], own[1]), [own[0], own[1]]);
  const plots = [left, right];
  return (
    <section class="ladder pair" id="ladder" aria-label="Two defences side by side" tabindex={-1}>
      <Toolbar />
      <div class="columns">
        {runs.map((run, i) => (
          <section class="column" key={COLUMN_IDS[i]} aria-label={defenceTitle(run)}>
            {asText ? (
              <FloodText run={run} beside={runs[1 - i] ?? null} plots={plots[i] ?? []} />
            ) : (
              <>
                <Column run={run} beside={runs[1 - i] ?? null} plots={plots[i] ?? []} id={COLUMN_IDS[i] ?? 'c'} />
                <section class="column-ladder" aria-label="Followed client">
                  <h2>The followed client</h2>
                  <FollowedLadder run={run} id={COLUMN_IDS[i] ?? 'c'} />
                </section>
              </>
            )}
          </section>
        ))}
      </div>
    </section>
  );
}

function PhoneTitle(): JSX.Element {
  const { scenario, t } = useFlood();
  return (
    <div class="phone-title">
      <b>{scenario?.title}</b>
      <span class="mut mono">{formatTime(t)}</span>
    </div>
  );
}

const NO_PLOTS: readonly Plot[] = [];

function usePlots(run: FloodColumn | undefined): readonly Plot[] {
  const report = run?.report ?? null;
  return useMemo(
    () => (report === null ? NO_PLOTS : floodPlots(report.series, { capacity: report.queue.capacity })),
    [report],
  );
}

const COLUMN_IDS = ['a', 'b'] as const;
