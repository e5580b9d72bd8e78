/** May a SYN begin a new connection where the old one is in TIME-WAIT (RFC 6191 §2, RFC 9293 SHLD-4)? */
import type { Segment } from '../wire/segment.ts';
import { seqGt } from '../wire/seq.ts';
import type { Tcb } from './tcb.ts';

/** Is the SYN younger than all that the old connection has seen? Timestamps tell where there are any, else numbers. */
export function beginsAnew(t: Tcb, syn: Readonly<Segment>): boolean {
  const beyond = seqGt(syn.seq, t.rcvNxt);
  const stamped = syn.tsVal >= 0 && t.config.timestamps;
  // "If the previous incarnation of the connection did not use Timestamps", one that does cannot be an old duplicate.
  if (!t.tsOk) return beyond || stamped;
  if (!stamped) return beyond;
  const later = (syn.tsVal - t.tsRecent) | 0;
  return later > 0 || (later === 0 && beyond);
}
