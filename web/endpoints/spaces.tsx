/** What each side has sent and expects: the sequence spaces as bars with UNA, NXT and window. */
import { Fragment, type JSX } from 'preact';
import type { Recording } from '../../src/sim/recording.ts';
import { capitalise } from '../../src/view/ladder-model.ts';
import type { Numbers } from '../../src/view/numbers.ts';
import { primaryTcb, receiveSpace, type SequenceSpace, sendSpace } from '../../src/view/sequence-space.ts';
import { HostSign } from '../icons.tsx';

interface Props {
  readonly recording: Recording;
  readonly step: number;
  readonly numbers: Numbers;
}

export function Spaces({ recording, step, numbers }: Props): JSX.Element | null {
  const rows = recording.hosts.flatMap((host, index) => {
    const tcb = primaryTcb(recording.steps[step]?.hosts[index]);
    if (!tcb || tcb.state === 'LISTEN' || tcb.closed !== undefined) return [];
    const spaces = [sendSpace(tcb), receiveSpace(tcb)].filter((space) => space !== undefined);
    return [{ host, tcb, spaces }];
  });
  return (
    <section aria-labelledby="spaces-title">
      <h2 id="spaces-title">What each side has sent and expects</h2>
      {rows.length === 0 && <p class="mut small">Nobody holds a connection at this step.</p>}
      {rows.map(({ host, tcb, spaces }) => (
        <div key={host.name} class={`spaces ${tcb.state === 'SYN-RECEIVED' ? 'halfopen' : host.role}`}>
          <p class="who">
            <HostSign role={host.role} />
            {capitalise(host.name)}
          </p>
          {spaces.map((space) => (
            <Bar
              key={space.side}
              space={space}
              text={(value) => numbers.from(value, space.side === 'send' ? tcb.iss : tcb.irs)}
            />
          ))}
        </div>
      ))}
    </section>
  );
}

function Bar({ space, text }: { readonly space: SequenceSpace; text(value: number): string }): JSX.Element {
  const edges = cellEdges(space);
  const labels = space.marks.map((mark) => `${mark.name} ${text(mark.value)}`);
  const spoken = `${space.side} space: ${[...space.cells.map((c) => c.label), ...labels].join(', ')}`;
  return (
    <figure class={`space ${space.side}`} role="img" aria-label={spoken}>
      <figcaption aria-hidden="true">{space.side}</figcaption>
      <div class="cells" aria-hidden="true">
        {(edges[0] ?? 0) > 0 && <span class="cell before" style={{ flexBasis: `${edges[0]}%` }} />}
        {space.cells.map((cell, i) => (
          <span
            key={cell.kind}
            class={`cell ${cell.kind}`}
            style={{ flexBasis: `${(edges[i + 1] ?? 0) - (edges[i] ?? 0)}%` }}
          >
            <span>{cell.label}</span>
          </span>
        ))}
      </div>
      <div class="marks" aria-hidden="true">
        {space.marks.map((mark, i) => {
          // The first of two labels ends at its mark, the others start there or move inside: none ever clips.
          const edge = edges[mark.before] ?? 0;
          const label = `${mark.name} ${text(mark.value)}`;
          const ends = i === 0 && space.marks.length > 1;
          const place = ends
            ? { right: `${100 - edge}%` }
            : { left: `min(${edge}%, calc(100% - ${Math.ceil(label.length * 7.3) + 8}px))` };
          return (
            <Fragment key={mark.name}>
              <span class="mark-tick" style={{ left: `${edge}%` }} />
              <span class="mark-label mono" style={place} data-k={`n${mark.value}`}>
                {label}
              </span>
            </Fragment>
          );
        })}
      </div>
    </figure>
  );
}

/**
 * Percentages of the bar at which cells begin: not to scale, a single SYN must be readable beside a window of 64 K.
 * A bar that begins with its first mark leaves room before it, so that the mark's label has a place.
 */
function cellEdges(space: SequenceSpace): number[] {
  const start = space.marks[0]?.before === 0 ? LEAD : 0;
  const weights = space.cells.map((cell) => WEIGHTS[cell.kind]);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const full = space.cells.some((cell) => cell.kind === 'window') ? 100 : Math.min(100, start + total);
  const edges = [start];
  for (const weight of weights) edges.push((edges.at(-1) ?? 0) + (weight / total) * (full - start));
  return edges;
}

const LEAD = 36;
const WEIGHTS = { done: 34, syn: 14, waiting: 26, window: 48 } as const;
