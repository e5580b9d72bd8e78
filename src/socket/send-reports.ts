/**
 * What a socket hears later about bytes it has sent, in its error queue (recv(2), MSG_ERRQUEUE): that a MSG_ZEROCOPY send
 * needs its bytes no longer, and when the last byte of a send left and was acknowledged (SO_TIMESTAMPING).
 */
import type { Connection } from '../tcp/connection.ts';
import type { Nanos } from '../tcp/types.ts';
import { type Seq, seqDiff, seqGe } from '../wire/seq.ts';

/** One message of the error queue, with what Linux puts into sock_extended_err. */
export interface SendReport {
  readonly origin: 'zerocopy' | 'timestamping';
  /** Zero copies: the first and the last send that are done. Timestamps: which event, and which byte. */
  readonly info: number;
  data: number;
  /** When it happened, for timestamps. */
  readonly at: Nanos;
}

/** `ee_info` of timestamps (linux/errqueue.h). */
export const TSTAMP = { SND: 0, SCHED: 1, ACK: 2 } as const;
/** Bits of SO_TIMESTAMPING that mean something here (linux/net_tstamp.h). */
export const TIMESTAMPING = { TX_SOFTWARE: 2, SOFTWARE: 16, OPT_ID: 128, TX_SCHED: 256, TX_ACK: 512 } as const;

interface Send {
  /** Behind its last byte. */
  readonly end: Seq;
  /** Number of the zero-copy send, -1 = none. */
  readonly zerocopy: number;
  /** Asked of SO_TIMESTAMPING at the time. */
  readonly timestamping: number;
  left: boolean;
}

export class SendReports {
  readonly #reports: SendReport[] = [];
  #sends: Send[] = [];
  #zerocopies = 0;
  /** The byte that OPT_ID counts from. */
  #firstByte: Seq = 0;

  /** Something can be read from the error queue. */
  get waiting(): boolean {
    return this.#reports.length > 0;
  }

  take(): SendReport | undefined {
    return this.#reports.shift();
  }

  /** OPT_ID was set: bytes count from here. */
  countFrom(seq: Seq): void {
    this.#firstByte = seq;
  }

  /** A send took bytes, the last of them now the last in the send buffer. `asked`: the bits of SO_TIMESTAMPING. */
  sent(c: Connection, zerocopy: boolean, asked: number, now: Nanos): void {
    const events = TIMESTAMPING.TX_SCHED | TIMESTAMPING.TX_SOFTWARE | TIMESTAMPING.TX_ACK;
    const timestamping = (asked & events) === 0 ? 0 : asked;
    if (!zerocopy && timestamping === 0) return;
    this.#sends.push({ end: c.written, zerocopy: zerocopy ? this.#zerocopies++ : -1, timestamping, left: false });
    this.look(c, now);
  }

  /** Something happened to the connection. Returns whether there are new reports. */
  look(c: Connection, now: Nanos): boolean {
    if (this.#sends.length === 0) return false;
    const { sndUna, sndNxt } = c.tcb;
    const before = this.#reports.length;
    let news = false;
    for (const send of this.#sends) if (seqGe(sndUna, send.end)) news = this.#arrived(send, now) || news;
    this.#sends = this.#sends.filter((send) => !seqGe(sndUna, send.end));
    for (const send of this.#sends) if (!send.left && seqGe(sndNxt, send.end)) this.#left(send, now);
    return news || this.#reports.length > before;
  }

  #left(send: Send, now: Nanos): void {
    send.left = true;
    if ((send.timestamping & TIMESTAMPING.TX_SCHED) !== 0) this.#stamp(TSTAMP.SCHED, send, now);
    if ((send.timestamping & TIMESTAMPING.TX_SOFTWARE) !== 0) this.#stamp(TSTAMP.SND, send, now);
  }

  #arrived(send: Send, now: Nanos): boolean {
    if (!send.left) this.#left(send, now);
    if ((send.timestamping & TIMESTAMPING.TX_ACK) !== 0) this.#stamp(TSTAMP.ACK, send, now);
    if (send.zerocopy < 0) return false;
    // Sends that are done one after the other are told as a range (skb_zerocopy_notify_extend).
    const last = this.#reports.at(-1);
    if (last?.origin === 'zerocopy' && last.data === send.zerocopy - 1) last.data = send.zerocopy;
    else this.#reports.push({ origin: 'zerocopy', info: send.zerocopy, data: send.zerocopy, at: now });
    return true;
  }

  #stamp(info: number, send: Send, at: Nanos): void {
    const data = (send.timestamping & TIMESTAMPING.OPT_ID) === 0 ? 0 : seqDiff(send.end, this.#firstByte) - 1;
    this.#reports.push({ origin: 'timestamping', info, data, at });
  }
}
