/** The entry of the slot that somebody looks at, in the ladder: its SYN as it came in, and when its SYN/ACK timer fires. */
import type { JSX } from 'preact';
import type { SlotView } from '../../src/sim/flood-frame.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import type { LadderModel } from '../../src/view/ladder-model.ts';
import { slotOwner } from '../../src/view/owner-look.ts';
import { yOf } from '../../src/view/time-scale.ts';
import type { Frame } from '../ladder/frame.ts';
import { Unspoken } from '../ladder/unspoken.tsx';

interface Props {
  readonly slot: SlotView;
  readonly model: LadderModel;
  readonly frame: Frame;
}

export function WatchedEntry({ slot, model, frame }: Props): JSX.Element {
  const right = (frame.laneX.at(-1) ?? frame.width) - frame.half - 1;
  const left = right - (right - (frame.laneX[0] ?? 0)) * SHARE;
  const end = model.scale.times.at(-1) ?? 0;
  const at = (t: Nanos): number => frame.top + yOf(model.scale, t) * frame.row;
  const y = at(slot.since);
  const fires = at(slot.firesAt);
  // The ladder ends with the followed client's story: what lies beyond has no place in it.
  const told = Number.isFinite(slot.firesAt) && slot.firesAt <= end;
  return (
    <Unspoken class={`watched slot ${slotOwner(slot.owner)}`}>
      <path class="watched-way" d={`M${left} ${y - FALL}L${right} ${y}`} />
      <path class="watched-head" d={`M${right} ${y}l-10-6.5 1.5 9.5z`} />
      <text class="halo" x={left - 5} y={y - FALL + 4} text-anchor="end">
        {slot.remote} SYN
      </text>
      {told && (
        <>
          <path class="watched-way ahead" d={`M${right} ${fires}L${left} ${fires + FALL}`} />
          <text class="halo" x={left - 5} y={fires + FALL + 4} text-anchor="end">
            SYN/ACK again
          </text>
        </>
      )}
    </Unspoken>
  );
}

/** Nobody knows where it came from, so it comes from half-way, with a slope of its own. */
const SHARE = 0.3;
const FALL = 10;
