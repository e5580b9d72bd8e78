/** A connection as people see it at one moment, as plain data. */
import type { Connection } from '../tcp/connection.ts';
import type { CloseReason } from '../tcp/types.ts';
import type { AddressTable } from '../wire/address.ts';
import { endpointText } from '../wire/endpoint-text.ts';
import type { TcbView } from './recording.ts';

/** Reads everything out; later changes of the connection do not touch the result. */
export function connectionView(c: Connection, where: 'connection' | 'accept-queue', addresses: AddressTable): TcbView {
  const t = c.tcb;
  const closed: CloseReason | undefined = c.closed;
  return {
    where,
    local: endpointText(addresses, t.local, t.localPort),
    remote: endpointText(addresses, t.remote, t.remotePort),
    state: c.state,
    iss: t.iss,
    irs: t.irs,
    sndUna: t.sndUna,
    sndNxt: t.sndNxt,
    sndWnd: t.sndWnd,
    rcvNxt: t.rcvNxt,
    rcvWnd: c.rcvWnd,
    mss: t.sndMss,
    sndScale: t.sndScale,
    rcvScale: t.rcvScale,
    cwnd: t.cwnd,
    ssthresh: t.ssthresh,
    srtt: t.rtt.srtt,
    rto: t.rtt.rto,
    retransmits: t.retransmits,
    timers: c.timers(),
    ...(closed !== undefined && { closed }),
  };
}
