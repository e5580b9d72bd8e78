/** Segments that a box sends in somebody's name: addressed, everything else at its initial value. */
import { ACK, RST, type Segment } from '../../wire/segment.ts';
import type { Seq } from '../../wire/seq.ts';
import type { EntryTable } from './entry-table.ts';
import type { BoxPort } from './types.ts';

/** From the receiver of `seg` to its sender. */
export function replyTo(seg: Readonly<Segment>, out: BoxPort): Segment {
  const s = out.alloc();
  s.src = seg.dst;
  s.sport = seg.dport;
  s.dst = seg.src;
  s.dport = seg.sport;
  return s;
}

/** From the client of a row, keyed as (client, port, server, port), to its server. */
export function asClient(table: EntryTable, row: number, out: BoxPort): Segment {
  const s = out.alloc();
  s.src = table.remote(row);
  s.sport = table.remotePort(row);
  s.dst = table.local(row);
  s.dport = table.localPort(row);
  return s;
}

/** From the server of a row to its client. */
export function asServer(table: EntryTable, row: number, out: BoxPort): Segment {
  const s = out.alloc();
  s.src = table.local(row);
  s.sport = table.localPort(row);
  s.dst = table.remote(row);
  s.dport = table.remotePort(row);
  return s;
}

/**
 * Frees the server's half-open entry of this row: RST with exactly the number the server waits for, the client's ISN + 1,
 * as RFC 5961 §3.2 wants it.
 */
export function resetServer(table: EntryTable, row: number, rcvNxt: Seq, out: BoxPort): void {
  const s = asClient(table, row, out);
  s.seq = rcvNxt;
  s.flags = RST;
  out.toServer(s);
}

/** Ends the client's connection of this row: RST in its window, with an ACK, good in SYN-SENT as well. */
export function resetClient(table: EntryTable, row: number, seq: Seq, ack: Seq, out: BoxPort): void {
  const s = asServer(table, row, out);
  s.seq = seq;
  s.ack = ack;
  s.flags = RST | ACK;
  out.toNet(s);
}
