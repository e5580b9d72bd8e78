/**
 * Urgent data as BSD sockets show it: one byte, the last before the urgent pointer, which MSG_OOB reads apart and which a
 * read stops before (RFC 6093 §3.1; Linux tcp_recv_urg, tcp_recvmsg_locked). The engine keeps all in line.
 */
import type { Connection } from '../tcp/connection.ts';
import type { Nanos, Tx } from '../tcp/types.ts';
import type { Seq } from '../wire/seq.ts';
import { fail, type Outcome, ok } from './errno.ts';

export class UrgentByte {
  /** The pointer whose byte has been read apart. */
  #takenAt: Seq | null = null;

  /** Is the byte there to be read apart? */
  waits(c: Connection): boolean {
    return c.urgent > 0 && c.readable >= c.urgent && this.#takenAt !== pointer(c);
  }

  /** recv(2) with MSG_OOB. EINVAL: none, or read already; EAGAIN: announced, and still on its way. */
  receive(c: Connection, into: Uint8Array, keep: boolean): Outcome {
    if (c.urgent === 0 || this.#takenAt === pointer(c)) return fail('EINVAL');
    if (c.readable < c.urgent) return fail('EAGAIN');
    const upTo = new Uint8Array(c.urgent);
    c.peek(upTo);
    if (!keep) this.#takenAt = pointer(c);
    if (into.length > 0) into[0] = upTo[upTo.length - 1]!;
    return ok(Math.min(1, into.length));
  }

  /** The next byte would be the urgent one (SIOCATMARK). */
  atMark(c: Connection): boolean {
    return c.urgent === 1;
  }

  /** Reads up to the urgent byte, or passes over it unless it belongs `inline`. */
  read(c: Connection, into: Uint8Array, inline: boolean, now: Nanos, tx: Tx): number {
    if (c.urgent === 1 && !inline) c.read(now, new Uint8Array(1), tx);
    return c.read(now, upToMark(c, into), tx);
  }

  /** As `read`, but all stays, the urgent byte as well: Linux moves only its peek_seq past it. */
  peek(c: Connection, into: Uint8Array, inline: boolean): number {
    if (c.urgent !== 1 || inline) return c.peek(upToMark(c, into));
    const withIt = new Uint8Array(into.length + 1);
    const n = c.peek(withIt) - 1;
    into.set(withIt.subarray(1, 1 + n));
    return n;
  }
}

function upToMark(c: Connection, into: Uint8Array): Uint8Array {
  return c.urgent > 1 ? into.subarray(0, c.urgent - 1) : into;
}

function pointer(c: Connection): Seq | null {
  return c.tcb.urgent?.rcvUp ?? null;
}
