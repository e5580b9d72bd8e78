/** Counts the SYNs that reach the server's edge in steps of 10 ms, by owner: the band behind the ladder. */
import type { FloodTap, Owner, Passage } from '../../src/sim/arena/types.ts';
import type { Nanos } from '../../src/tcp/types.ts';
import { DENSITY_OWNERS, DENSITY_STEP } from '../../src/view/density-band.ts';
import { slotOwner } from '../../src/view/owner-look.ts';
import { ACK, type Segment, SYN } from '../../src/wire/segment.ts';

export class DensityTap implements FloodTap {
  readonly place = 'edge';
  readonly counts: Uint32Array<ArrayBuffer>;
  readonly #ownerOf: (address: number) => Owner;

  /** `until`: end of the run. `ownerOf`: whose an address is. */
  constructor(until: Nanos, ownerOf: (address: number) => Owner) {
    const steps = Math.min(MOST_STEPS, Math.ceil(until / DENSITY_STEP) + 1);
    this.counts = new Uint32Array(steps * DENSITY_OWNERS.length);
    this.#ownerOf = ownerOf;
  }

  packet(t: Nanos, seg: Readonly<Segment>, _passage: Passage): void {
    if ((seg.flags & (SYN | ACK)) !== SYN) return;
    const owner = DENSITY_OWNERS.indexOf(slotOwner(this.#ownerOf(seg.src)));
    // The followed client has its own arrows.
    if (owner < 0) return;
    const at = Math.floor(t / DENSITY_STEP) * DENSITY_OWNERS.length + owner;
    if (at < this.counts.length) this.counts[at]! += 1;
  }
}

/** An hour and a half; later SYNs are not in the band. */
const MOST_STEPS = 540_000;
