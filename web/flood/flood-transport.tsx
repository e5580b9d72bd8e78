/** The transport of a flood: the handshake's buttons, and a scrubber in time with a mark for each turn of the story. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FloodMoment, FloodReport } from '../../src/sim/flood-report.ts';
import { countText } from '../../src/view/flood-number.ts';
import { frameSentence, momentSentence } from '../../src/view/flood-sentence.ts';
import { linePath } from '../../src/view/plot-path.ts';
import { roundTimes } from '../../src/view/round-times.ts';
import { formatSpan } from '../../src/view/time-text.ts';
import { RAIL_Y, Rail } from '../rail.tsx';
import { TransportBar } from '../transport.tsx';
import { useLab } from '../use-lab.ts';
import { frameAt } from './flood-lab.ts';
import { useFlood } from './use-flood.ts';

export function FloodTransport(): JSX.Element | null {
  const lab = useLab();
  const { scenario, runs, t, playing, speed } = useFlood();
  const first = runs[0];
  if (scenario === null || first === undefined) return null;
  const { sampleEvery, until } = scenario;
  const last = Math.floor(until / sampleEvery);
  const at = Math.round(t / sampleEvery);
  const computed = lab.flood.computedTo();
  const frame = frameAt(first, t);
  const labels = roundTimes(until, 8).map((time) => ({
    place: time / sampleEvery,
    text: time === 0 ? '0 s' : formatSpan(time),
  }));
  return (
    <TransportBar atStart={t <= 0} atEnd={t >= until} playing={playing} speed={countText(speed)} jumps={JUMPS}>
      <Rail
        label="Time"
        at={at}
        last={last}
        text={frame === null ? '' : frameSentence(frame)}
        labels={labels}
        marks={(x) => (
          <>
            <Occupancy report={first.report} x0={x(0)} x1={x(last)} samples={last} />
            {computed < until && (
              <line class="rail computed" x1={x(at)} x2={x(computed / sampleEvery)} y1={RAIL_Y} y2={RAIL_Y} />
            )}
            {first.report?.moments.map((moment) => (
              <g
                key={`${moment.what}${moment.t}`}
                class={moment.t > t ? 'mark ahead' : 'mark'}
                transform={`translate(${x(moment.t / sampleEvery)} ${RAIL_Y})`}
              >
                <title>{momentSentence(moment)}</title>
                <Mark moment={moment} />
              </g>
            ))}
          </>
        )}
      />
    </TransportBar>
  );
}

/** How full the SYN queue was, faint below the rail: it shows where to look. */
function Occupancy({
  report,
  x0,
  x1,
  samples,
}: {
  report: FloodReport | null;
  x0: number;
  x1: number;
  samples: number;
}): JSX.Element | null {
  return useMemo(() => {
    if (report === null) return null;
    const d = linePath(report.series.columns.halfOpen, {
      width: x1 - x0,
      height: 14,
      samples,
      top: Math.max(1, report.queue.capacity),
    });
    return <path class="rail-use" transform={`translate(${x0} ${RAIL_Y + 5})`} d={d} />;
  }, [report, x0, x1, samples]);
}

function Mark({ moment }: { readonly moment: FloodMoment }): JSX.Element {
  switch (moment.what) {
    case 'first-client-dropped':
      return <path class="mark-drop" d="M-5-5 5 5M5-5-5 5" />;
    case 'queue-full':
      return <path class="mark-state halfopen" d="M-6-6H6V6H-6z" />;
    case 'flood-begins':
      return <path class="mark-flood" d="M-4-7 7 0-4 7z" />;
    case 'flood-ends':
      return <path class="mark-flood ends" d="M-5-6v12M0-6v12" />;
    case 'bots-ordered':
    case 'take-down':
      return <path class="mark-state plain" d="M0-7 7 0 0 7-7 0z" />;
    case 'first-client-served':
    case 'recovered':
      return <path class="mark-state" d="M0-7 7 0 0 7-7 0z" />;
    default:
      return moment.what satisfies never;
  }
}

const JUMPS: Parameters<typeof TransportBar>[0]['jumps'] = [
  ['drop', 'drop', 'cross'],
  ['expiry', 'expiry', 'hourglass'],
  ['state', 'moment', 'diamond'],
];
