/** Frames of a run as they travel from the worker and lie in the page: slots in one buffer, so that a thousand frames stay small. */
import type { Owner } from '../../src/sim/arena/types.ts';
import type { FloodFrame, SlotView } from '../../src/sim/flood-frame.ts';
import { formatIpv4, parseIpv4 } from '../../src/wire/ipv4-text.ts';

export interface PackedFrame extends Omit<FloodFrame, 'slots'> {
  /** `FIELDS` numbers per slot. Its buffer is handed over, not copied. */
  readonly packed: Float64Array<ArrayBuffer>;
}

export function packFrame(frame: FloodFrame): PackedFrame {
  const { slots, ...rest } = frame;
  const packed = new Float64Array(slots.length * FIELDS);
  for (const [i, slot] of slots.entries()) {
    packed.set(
      [
        slot.slot,
        OWNERS.indexOf(slot.owner),
        parseIpv4(slot.remote),
        slot.remotePort,
        slot.since,
        slot.firesAt,
        slot.synAcks,
      ],
      i * FIELDS,
    );
  }
  return { ...rest, packed };
}

export function unpackFrame(frame: PackedFrame): FloodFrame {
  const { packed, ...rest } = frame;
  const slots: SlotView[] = [];
  for (let at = 0; at < packed.length; at += FIELDS) {
    slots.push({
      slot: packed[at]!,
      owner: OWNERS[packed[at + 1]!] ?? 'silent',
      remote: formatIpv4(packed[at + 2]!),
      remotePort: packed[at + 3]!,
      since: packed[at + 4]!,
      firesAt: packed[at + 5]!,
      synAcks: packed[at + 6]!,
    });
  }
  return { ...rest, slots };
}

const FIELDS = 7;

const OWNERS: readonly Owner[] = ['server', 'client', 'followed', 'bot', 'c2', 'live', 'silent'];
