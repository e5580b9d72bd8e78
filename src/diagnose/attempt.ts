/**
 * One connection attempt, or one flow whose opening is not in the capture, as plain data for people, files and reports.
 * Built from the columns of the tracker when somebody asks; nothing here is held per packet.
 */
import type { Verdict } from './verdict.ts';

/** A packet the verdict rests on. */
export interface Evidence {
  /** Its number in the capture, from 1 as in Wireshark. */
  readonly packet: number;
  /** ns since the first packet of the capture. */
  readonly ts: number;
  /** As on the wire; `ack` is -1 without the ACK flag. */
  readonly seq: number;
  readonly ack: number;
}

export type Side = 'client' | 'server';

/** How copies of one segment follow each other. */
export interface Schedule {
  /** Times the segment was sent, the first included; frames recorded twice are not among them. */
  readonly sent: number;
  /** ns between one copy and the next, at most the first `MOST_GAPS`. */
  readonly gaps: readonly number[];
  /**
   * `once`: never sent again. `backoff`: gaps double, as RFC 6298 §5.5 asks. `linear`: equal gaps first, then doubling
   * (Linux `tcp_syn_linear_timeouts`, macOS). `copies`: closer together or more even than any stack's timer.
   * `irregular`: none of these.
   */
  readonly kind: 'once' | 'backoff' | 'linear' | 'copies' | 'irregular';
}

/** Options of a SYN or SYN/ACK as they stood in it; -1 = absent. */
export interface OfferedOptions {
  readonly mss: number;
  readonly windowScale: number;
  readonly sackPermitted: boolean;
  readonly timestamps: boolean;
  /** Fast Open cookie length, 0 = request, -1 = absent. */
  readonly fastOpen: number;
  readonly ecn: boolean;
}

/** Where a segment comes from, as far as its header tells. */
export interface Fingerprint {
  readonly ttl: number;
  /** Routers passed, if the sender began with the next of 64, 128 and 255. */
  readonly hops: number;
  /** Window field as on the wire. */
  readonly window: number;
  /** Option kinds in order and the sender's values, in p0f's notation: `mss,sok,ts,nop,ws`; '' without options. */
  readonly options: string;
}

/** Shares of the time a handshake took, in ns; what is on the far side of the capture point is network and host together. */
export interface HandshakeTiming {
  /** SYN to SYN/ACK: way to the server and back, and the server's own time. */
  readonly server: number;
  /** SYN/ACK to ACK: way to the client and back, and the client's own time. */
  readonly client: number;
  /** Which side the capture was made beside, from TTLs that no router has lowered; its share is that host's own time. */
  readonly beside: Side | 'neither' | 'both';
}

/** The same connection as Zeek and Wireshark name it, so that people can cross-check. */
export interface FlowFacts {
  /** Zeek `conn_state`: S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH. */
  readonly connState: string;
  /** Zeek `history`. */
  readonly history: string;
  /** Wireshark `tcp.completeness`: SYN 1, SYN/ACK 2, ACK 4, data 8, FIN 16, RST 32. */
  readonly completeness: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Who Zeek says opened it: the sender of the SYN; without one, of the first segment, or a guess by port numbers. */
  readonly originator: Side;
  /** Packets, payload bytes by sequence numbers (as Zeek), and bytes of IP, per direction; `orig` is the originator. */
  readonly origPackets: number;
  readonly origBytes: number;
  readonly origIpBytes: number;
  readonly respPackets: number;
  readonly respBytes: number;
  readonly respIpBytes: number;
  readonly missedBytes: number;
}

/** Relative to the host that captured: cooked headers and pcapng flags say so. */
export type Direction = 'in' | 'out' | 'unknown';

/**
 * What is behind a verdict, one word each; `DETAIL_TEXT` has the sentences. A verdict is what the capture shows, its detail
 * is why.
 */
export type Detail =
  // completed
  | 'by-ack'
  | 'by-data'
  | 'late-ack'
  | 'split-handshake'
  | 'simultaneous-open'
  | 'fast-open-accepted'
  | 'fast-open-fallback'
  | 'answer-not-captured'
  // half-open
  | 'silent-client'
  | 'wrong-ack'
  | 'reset-by-server'
  // aborted
  | 'client-reset'
  // refused
  | 'reset'
  | 'reset-without-ack'
  | 'icmp'
  // unanswered
  | 'no-answer'
  | 'gave-up'
  | 'one-sided'
  // not an attempt
  | 'syn-ack-only'
  | 'stray-reset'
  | 'mid-stream';

export interface Attempt {
  readonly verdict: Verdict;
  readonly detail: Detail;
  /** Address handles. The client is the side that sent the SYN, or should have. */
  readonly client: number;
  readonly clientPort: number;
  readonly server: number;
  readonly serverPort: number;
  readonly direction: Direction;
  /** Sequence numbers of the SYN and of the SYN/ACK, or -1. */
  readonly x: number;
  readonly y: number;
  /** First packet of the row, whatever it was. */
  readonly firstPacket: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly syn: Evidence | undefined;
  readonly synack: Evidence | undefined;
  readonly ack: Evidence | undefined;
  readonly rst: (Evidence & { readonly from: Side }) | undefined;
  /** An ICMP error that quotes the SYN; `from` is the address handle of who reports, `kind` as in `wire/icmp`. */
  readonly icmp:
    | { readonly packet: number; readonly ts: number; readonly from: number; readonly kind: string }
    | undefined;
  /** Bytes of data on the SYN. */
  readonly synLen: number;
  readonly synSchedule: Schedule;
  readonly synackSchedule: Schedule;
  /** Frames recorded more than once. */
  readonly duplicates: number;
  readonly timing: HandshakeTiming | undefined;
  readonly clientOptions: OfferedOptions | undefined;
  readonly serverOptions: OfferedOptions | undefined;
  readonly clientPrint: Fingerprint | undefined;
  readonly serverPrint: Fingerprint | undefined;
  /** Bits of `Fact`. */
  readonly facts: number;
  readonly flow: FlowFacts;
}

/** Told of each attempt once, when the tracker is done with it; at the end of the capture in order of their first packets. */
export type AttemptSink = (attempt: Attempt) => void;

/** Gaps kept per schedule: the seven of Linux's six SYN retransmissions, and one more to see what comes after. */
export const MOST_GAPS = 7;
