/** Frames of a run as they travel from the worker and lie in the page: slots in one buffer, so that many frames stay small. */
import type { Owner } from '../../src/sim/arena/types.ts';
import type { FloodFrame, SlotView } from '../../src/sim/flood-frame.ts';
import { formatIpv4, parseIpv4 } from '../../src/wire/ipv4-text.ts';

export interface PackedFrame extends Omit<FloodFrame, 'slots'> {
  /** `SLOT_BYTES` per slot: first the times of all, then three words of each. It is handed over, not copied. */
  readonly packed: ArrayBuffer;
}

export const SLOT_BYTES = 28;

export function packFrame(frame: FloodFrame): PackedFrame {
  const { slots, ...rest } = frame;
  const packed = new ArrayBuffer(slots.length * SLOT_BYTES);
  const times = new Float64Array(packed, 0, slots.length * TIMES);
  const words = new Uint32Array(packed, slots.length * TIMES * 8, slots.length * WORDS);
  for (const [i, slot] of slots.entries()) {
    times[i * TIMES] = slot.since;
    times[i * TIMES + 1] = slot.firesAt;
    words[i * WORDS] = slot.slot;
    words[i * WORDS + 1] = parseIpv4(slot.remote);
    words[i * WORDS + 2] =
      slot.remotePort + OWNERS.indexOf(slot.owner) * 2 ** 16 + Math.min(slot.synAcks, 255) * 2 ** 24;
  }
  return { ...rest, packed };
}

export function unpackFrame(frame: PackedFrame): FloodFrame {
  const { packed, ...rest } = frame;
  const count = packed.byteLength / SLOT_BYTES;
  const times = new Float64Array(packed, 0, count * TIMES);
  const words = new Uint32Array(packed, count * TIMES * 8, count * WORDS);
  const slots: SlotView[] = [];
  for (let i = 0; i < count; i++) {
    slots.push(
      new PackedSlot(
        words[i * WORDS]!,
        words[i * WORDS + 1]!,
        words[i * WORDS + 2]!,
        times[i * TIMES]!,
        times[i * TIMES + 1]!,
      ),
    );
  }
  return { ...rest, slots };
}

/** Addresses become text only for a slot that somebody looks at. */
class PackedSlot implements SlotView {
  readonly slot: number;
  readonly since: number;
  readonly firesAt: number;
  readonly owner: Owner;
  readonly remotePort: number;
  readonly synAcks: number;
  readonly #address: number;

  constructor(slot: number, address: number, mixed: number, since: number, firesAt: number) {
    this.slot = slot;
    this.since = since;
    this.firesAt = firesAt;
    this.owner = OWNERS[(mixed >>> 16) & 0xff] ?? 'silent';
    this.remotePort = mixed & 0xffff;
    this.synAcks = mixed >>> 24;
    this.#address = address;
  }

  get remote(): string {
    return formatIpv4(this.#address);
  }
}

const TIMES = 2;
const WORDS = 3;

const OWNERS: readonly Owner[] = ['server', 'client', 'followed', 'bot', 'c2', 'live', 'silent'];
