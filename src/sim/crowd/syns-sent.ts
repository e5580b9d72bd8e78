/** How many SYNs a client's connection has sent. */
import type { Tcb } from '../../tcp/tcb.ts';

/** Of a connection that is opening, or has just been opened: later, repetitions of data count too. */
export function synsSent({ fastOpenRequest, totalRetransmits }: Tcb): number {
  // Data of a Fast Open that the SYN/ACK leaves out goes again at once (RFC 7413 §4.2.2): sent again, but no SYN.
  const dataAgain = fastOpenRequest !== null && fastOpenRequest.sent > 0 && !fastOpenRequest.synDataAcked;
  return totalRetransmits + (dataAgain ? 0 : 1);
}
