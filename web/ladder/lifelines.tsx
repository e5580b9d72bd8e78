/** Lifelines: thin without a connection, dashed while listening, half filled while half-open, full when established. */
import type { JSX } from 'preact';
import { Fragment } from 'preact';
import type { LadderModel, LifelineSpan } from '../../src/view/ladder-model.ts';
import type { Frame } from './frame.ts';
import { Unspoken } from './unspoken.tsx';

interface Props {
  readonly model: LadderModel;
  readonly frame: Frame;
  readonly bottom: number;
}

export function Lifelines({ model, frame, bottom }: Props): JSX.Element {
  const now = frame.top + model.yNow * frame.row;
  return (
    <Unspoken>
      {model.lanes.map((lane) => {
        const x = frame.laneX[lane.host] ?? 0;
        const last = model.spans.findLast((span) => span.lane === lane.host);
        const plain = last === undefined || last.presence === 'none' || last.presence === 'listening';
        return (
          <Fragment key={lane.host}>
            <line class={`lane ${lane.role}`} x1={x} x2={x} y1={0} y2={frame.top} />
            <path class="ahead-line" d={plain ? `M${x} ${now}V${bottom}` : `M${x - 7} ${now}V${bottom}`} />
          </Fragment>
        );
      })}
      {model.spans.map((span) => (
        <Span key={`${span.lane}.${span.step}.${span.y0}`} span={span} frame={frame} role={roleOf(model, span.lane)} />
      ))}
    </Unspoken>
  );
}

function Span({ span, frame, role }: { span: LifelineSpan; frame: Frame; role: string }): JSX.Element {
  const x = frame.laneX[span.lane] ?? 0;
  const y0 = frame.top + span.y0 * frame.row;
  const y1 = frame.top + span.y1 * frame.row;
  const height = Math.max(0, y1 - y0);
  if (span.presence === 'none') return <line class={`lane ${role}`} x1={x} x2={x} y1={y0} y2={y1} />;
  if (span.presence === 'listening') return <line class={`lane listening ${role}`} x1={x} x2={x} y1={y0} y2={y1} />;
  const tone = toneOf(span, role);
  const { half } = frame;
  // The filled half looks towards the other side only when the circle closes: client left half, server right half.
  const fillX = span.presence === 'half-open' ? (span.lane === 0 ? x - half : x) : x - half;
  const fillWidth = span.presence === 'half-open' ? half : half * 2;
  return (
    <g class={`life ${tone} ${span.presence}`}>
      <rect class="life-ground" x={x - half} y={y0} width={half * 2} height={height} />
      <rect class="life-fill" x={fillX} y={y0} width={fillWidth} height={height} />
      <path class="life-edge" d={`M${x - half} ${y1}V${y0}H${x + half}V${y1}`} />
    </g>
  );
}

/** SYN-SENT has its host's colour, SYN-RECEIVED is amber, everything from ESTABLISHED on green. */
function toneOf(span: LifelineSpan, role: string): string {
  if (span.state === 'SYN-RECEIVED') return 'halfopen';
  return span.presence === 'half-open' ? role : 'established';
}

function roleOf(model: LadderModel, lane: number): string {
  return model.lanes[lane]?.role ?? 'peer';
}
