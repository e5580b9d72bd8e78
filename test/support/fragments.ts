/** Cuts an IP datagram into fragments, for tests. */

/** Fragments of the datagram at the multiples of 8 in `cuts` (offsets in its data); whole without any. */
export function fragmentsOf(datagram: Uint8Array, cuts: readonly number[], id: number): Uint8Array[] {
  const header = datagram[0]! >>> 4 === 4 ? (datagram[0]! & 15) * 4 : 40;
  const length = datagram.length - header;
  const edges = [0, ...[...new Set(cuts)].filter((cut) => cut > 0 && cut < length).sort((a, b) => a - b), length];
  return edges.slice(1).map((end, i) => fragment(datagram, edges[i]!, end, id, end < length));
}

/** Bytes `start .. end` of the datagram's data, or `data` in their place. */
export function fragment(
  datagram: Uint8Array,
  start: number,
  end: number,
  id: number,
  more: boolean,
  data?: Uint8Array,
): Uint8Array {
  const v4 = datagram[0]! >>> 4 === 4;
  const header = v4 ? (datagram[0]! & 15) * 4 : 40;
  const body = data ?? datagram.subarray(header + start, header + end);
  const out = new Uint8Array(header + (v4 ? 0 : 8) + body.length);
  const view = new DataView(out.buffer);
  out.set(datagram.subarray(0, header));
  out.set(body, out.length - body.length);
  if (v4) {
    view.setUint16(2, out.length);
    view.setUint16(4, id);
    view.setUint16(6, (more ? 0x2000 : 0) | (start / 8));
  } else {
    view.setUint16(4, out.length - 40);
    out[6] = 44;
    out[40] = datagram[6]!;
    view.setUint16(42, start | (more ? 1 : 0));
    view.setUint32(44, id);
  }
  return out;
}
