/** Frames recorded more than once (several hooks, mirrored ports, with and without a VLAN tag) against frames sent again. */
import type { Packet } from '../wire/packet.ts';
import { Later } from './handshake-words.ts';
import type { VerdictBook } from './verdict-book.ts';

/**
 * Was this copy of a SYN or SYN/ACK of `row` recorded again, not sent again? At the same instant, or within a millisecond
 * if the IP identification agrees; then it is counted. The quickest real retransmission comes after a second (RFC 6298
 * §2), but tools that flood may send copies back to back: their identifications differ, or there are more of them than
 * any capture records of one frame. `before`: the time of the copy sent last.
 */
export function isSameFrame(
  book: VerdictBook,
  row: number,
  ts: number,
  before: number,
  ipId: number,
  ipIdBefore: number,
): boolean {
  const t = book.table;
  const near = ts === before || (ipId > 0 && Math.abs(ts - before) < 1_000_000);
  const run = t.later(row, Later.duplicateRun);
  if (!near || ipId !== ipIdBefore || run >= MOST_DUPLICATES) {
    if (!near && run > 0) t.setLater(row, Later.duplicateRun, 0);
    return false;
  }
  t.setLater(row, Later.duplicateRun, run + 1);
  t.setLater(row, Later.duplicates, t.later(row, Later.duplicates) + 1);
  book.duplicates++;
  return true;
}

/** The IP identification that tells copies apart, or -1: IPv6 has one in fragments only. */
export function ipIdOf(packet: Readonly<Packet>): number {
  return packet.network === 4 ? packet.ipId : -1;
}

/** Netfilter logs a frame at up to five hooks; what comes oftener in a row has been sent. */
const MOST_DUPLICATES = 4;
