/** One run under one defence: the verdict, both queues, the plots, the counters. Two of these stand side by side. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FloodFrame } from '../../src/sim/flood-frame.ts';
import { entryLifetime } from '../../src/view/entry-lifetime.ts';
import { floodCounters } from '../../src/view/flood-bridge.ts';
import { AS_GIVEN, defenceNamed } from '../../src/view/flood-defences.ts';
import { countText } from '../../src/view/flood-number.ts';
import type { Plot } from '../../src/view/plot-model.ts';
import { verdictOf } from '../../src/view/verdict-sentence.ts';
import { BotnetMaps } from './botnet-map.tsx';
import { type FloodColumn, frameAt } from './flood-lab.ts';
import { Plots } from './plots.tsx';
import { SlotGridView } from './slot-grid.tsx';
import { useFlood } from './use-flood.ts';

interface Props {
  readonly run: FloodColumn;
  /** The other column's, for comparison; null = there is none. */
  readonly beside: FloodColumn | null;
  readonly plots: readonly Plot[];
  readonly id: string;
}

export function Column({ run, beside, plots, id }: Props): JSX.Element | null {
  const { t } = useFlood();
  const frame = frameAt(run, t);
  const { report, scenario } = run;
  const lifetime = useMemo(() => entryLifetime(scenario.server), [scenario]);
  if (frame === null || report === null) return null;
  return (
    <>
      {beside !== null && <VerdictText run={run} beside={beside} />}
      <SlotGridView frame={frame} lifetime={lifetime} id={id} />
      <AcceptQueue frame={frame} />
      {frame.bots.length > 0 && <BotnetMaps frame={frame} scenario={scenario} id={id} />}
      <Plots plots={plots} series={report.series} until={scenario.until} t={t} moments={report.moments} id={id} />
      {beside === null && <VerdictText run={run} beside={null} />}
      <Counters frame={frame} />
    </>
  );
}

/** `SYN cookies always`, or what the scenario itself has. */
export function defenceTitle(run: FloodColumn): string {
  const { defence } = run.knobs;
  if (defence !== AS_GIVEN) return defenceNamed(defence)?.name ?? defence;
  const policy = run.report?.listeners[0]?.policy ?? '';
  const parts = [policy, ...run.scenario.boxes.map((box) => box.name)].filter((name) => name !== '');
  return parts.length > 0 ? `As in the scenario: ${parts.join(', ')}` : 'As in the scenario';
}

function VerdictText({ run, beside }: { run: FloodColumn; beside: FloodColumn | null }): JSX.Element | null {
  const other = beside?.report ?? null;
  const verdict = useMemo(() => (run.report === null ? null : verdictOf(run.report, other)), [run.report, other]);
  if (verdict === null) return null;
  return (
    <section class="verdict" aria-label="Verdict">
      <h2>{defenceTitle(run)}</h2>
      <p>
        <b class="bought">{run.done ? 'Bought' : 'So far'}</b> {verdict.bought}.
      </p>
      <p>
        <b class="paid">Cost</b> {verdict.cost}.
      </p>
    </section>
  );
}

function AcceptQueue({ frame }: { readonly frame: FloodFrame }): JSX.Element {
  const { acceptQueue, acceptCapacity } = frame;
  const full = acceptQueue >= acceptCapacity;
  const share = acceptCapacity > 0 ? Math.min(1, acceptQueue / acceptCapacity) : 0;
  return (
    <section class="acceptq" aria-label="Accept queue">
      <div class="row2">
        <h2>Accept queue</h2>
        <span class={full ? 'use full' : 'use'}>
          <b>{countText(acceptQueue)}</b> of {countText(acceptCapacity)} {full ? 'waiting: full' : 'waiting'}
        </span>
      </div>
      <svg class="accept-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="accept-ground" width="100" height="10" />
        <rect class="accept-fill" width={100 * share} height="10" />
      </svg>
    </section>
  );
}

function Counters({ frame }: { readonly frame: FloodFrame }): JSX.Element {
  const lines = floodCounters(frame);
  return (
    <section class="counters" aria-label="Counters">
      <h2>Counters, as in nstat</h2>
      {lines.length === 0 ? (
        <p class="mut small">All are zero so far.</p>
      ) : (
        <dl>
          {lines.map((line) => (
            <div
              key={line.name}
              data-cause={line.causes.join(' ')}
              {...(line.causes.length > 0 ? { tabIndex: 0 } : {})}
            >
              <dt class="mono">{line.name}</dt>
              <dd class="mono">{countText(line.value)}</dd>
              <dd class="mut">{line.means}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
