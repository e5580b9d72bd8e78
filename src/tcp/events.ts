/** What a connection has to tell its application, one thing after the other. */
import {
  EV_ESTABLISHED,
  EV_PEER_CLOSED,
  EV_READABLE,
  EV_RETRYING,
  EV_SOFT_ERROR,
  EV_URGENT,
  EV_WRITABLE,
  type Tcb,
} from './tcb.ts';
import type { TcpEvent } from './types.ts';

/** The next, oldest kind first, or undefined: nothing. */
export function nextEvent(t: Tcb): TcpEvent | undefined {
  const { events } = t;
  if (events === 0) return undefined;
  const bit = events & -events;
  t.events = events & ~bit;
  if (bit === EV_ESTABLISHED) return ESTABLISHED;
  if (bit === EV_URGENT) return URGENT;
  if (bit === EV_READABLE) return READABLE;
  if (bit === EV_WRITABLE) return WRITABLE;
  if (bit === EV_SOFT_ERROR) return { type: 'soft-error', cause: 'icmp', error: t.path!.softError! };
  if (bit === EV_RETRYING) return { type: 'soft-error', cause: 'retransmissions', error: 'ETIMEDOUT' };
  if (bit === EV_PEER_CLOSED) return PEER_CLOSED;
  return { type: 'closed', reason: t.ended!.reason };
}

const ESTABLISHED: TcpEvent = { type: 'established' };
const READABLE: TcpEvent = { type: 'readable' };
const WRITABLE: TcpEvent = { type: 'writable' };
const URGENT: TcpEvent = { type: 'urgent' };
const PEER_CLOSED: TcpEvent = { type: 'peer-closed' };
