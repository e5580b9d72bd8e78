/** What each side has sent and expects: the sequence spaces as bars with UNA, NXT and window. */
import type { JSX } from 'preact';
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
          // A label starts at its mark, but the first of two ends there when that leaves room: neither ever clips.
          const edge = edges[mark.before] ?? 0;
          const ends = i === 0 && space.marks.length > 1;
          const place = ends ? { right: `${100 - edge}%` } : { left: `${Math.min(edge, 58)}%` };
          return (
            <span
              key={mark.name}
              class={ends ? 'mark-label ends mono' : 'mark-label mono'}
              style={place}
              data-k={`n${mark.value}`}
            >
              {mark.name} {text(mark.value)}
            </span>
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
const WEIGHTS = { done: 30, syn: 15, waiting: 26, window: 44 } as const;
