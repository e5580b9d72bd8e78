/**
 * Wireshark's `tcp.completeness`: which kinds of segments a stream has shown, as bits. The rules are those of Wireshark 4.0
 * (`epan/dissectors/packet-tcp.c`, "initialize or move forward the conversation completeness"). A SYN counts only as the
 * first segment of its stream. Another first segment counts for Wireshark once it has looked at all packets again, as it
 * does when a filter is set; here it counts at once.
 */
import { ACK, FIN, RST, type Segment, SYN } from '../wire/segment.ts';

export const Completeness = {
  Syn: 1,
  SynAck: 2,
  /** An ACK without payload. A RST or FIN with the ACK flag is one, too. */
  Ack: 4,
  Data: 8,
  Fin: 16,
  Rst: 32,
} as const;

/** What the first segment of a stream shows. */
export function firstCompleteness(seg: Readonly<Segment>): number {
  const shown = laterCompleteness(seg);
  if ((seg.flags & (SYN | ACK)) !== SYN) return shown;
  return shown | (seg.len > 0 ? Completeness.Syn | Completeness.Data : Completeness.Syn);
}

/** What any later segment adds. */
export function laterCompleteness(seg: Readonly<Segment>): number {
  const flags = seg.flags;
  let shown = (flags & RST) !== 0 ? Completeness.Rst : 0;
  if ((flags & ACK) === 0) return shown;
  if ((flags & SYN) !== 0) shown |= Completeness.SynAck;
  else shown |= seg.len > 0 ? Completeness.Data : Completeness.Ack;
  if ((flags & FIN) !== 0) shown |= Completeness.Fin;
  return shown;
}
