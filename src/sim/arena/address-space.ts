/** Who lives at which address: ranges that do not overlap, looked up by binary search. */
import type { AddressRange, Owner, Party } from './types.ts';

export class AddressSpace {
  readonly #ranges: AddressRange[] = [];

  /** Throws when part of the range is taken: the scenario layer has refused that before. */
  add(range: AddressRange): void {
    if (range.last < range.first) throw new Error(`an address range ends before it begins: ${range.first}`);
    const at = this.#ranges.findIndex((other) => other.first > range.first);
    const place = at < 0 ? this.#ranges.length : at;
    const before = this.#ranges[place - 1];
    const after = this.#ranges[place];
    if ((before !== undefined && before.last >= range.first) || (after !== undefined && after.first <= range.last)) {
      throw new Error(`two owners for the address ${range.first}`);
    }
    this.#ranges.splice(place, 0, range);
  }

  /** The range that holds `address`; undefined: nobody lives there. */
  find(address: number): AddressRange | undefined {
    const ranges = this.#ranges;
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const range = ranges[middle];
      if (range === undefined || address < range.first) high = middle - 1;
      else if (address > range.last) low = middle + 1;
      else return range;
    }
    return undefined;
  }

  /** Who answers at `address`; null: nobody. */
  partyAt(address: number): Party | null {
    return this.find(address)?.party ?? null;
  }

  /** Nobody's addresses are silent. */
  ownerOf(address: number): Owner {
    const range = this.find(address);
    if (range === undefined) return 'silent';
    return range.party?.ownerOf?.(address) ?? range.owner;
  }
}
