/**
 * Fast Open by an active OPEN (RFC 7413 §4.1.3, §4.2; Linux tcp_send_syn_data, tcp_rcv_fastopen_synack): what the SYN
 * carries, what its answer teaches for next time, and when not to try.
 */
import type { Segment } from '../wire/segment.ts';
import { type Seq, seqDiff } from '../wire/seq.ts';
import { MAX_OPTION_BYTES, OptionKind } from '../wire/tcp-options.ts';
import type { TcpConfig } from './config.ts';
import { FastOpenCache } from './fast-open-cache.ts';
import { ownMss } from './options.ts';
import * as rules from './rules-fast-open.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos } from './types.ts';
import type { WhySink } from './why.ts';

/** `cookie`: with the server's cookie, or else a request for one. `free`: data without any (RFC 7413 §7.3). */
export type FastOpenMode = 'cookie' | 'free';

/** Counters under Linux' names. */
export interface FastOpenCounters {
  /** Connections whose SYN's data was all acknowledged by the SYN/ACK, and those where it was not or timed out. */
  TCPFastOpenActive: number;
  TCPFastOpenActiveFail: number;
  /** Times that Fast Open was paused. */
  TCPFastOpenBlackhole: number;
}

export class FastOpenClient {
  readonly cache: FastOpenCache = new FastOpenCache();
  readonly counters: FastOpenCounters;
  /**
   * How long Fast Open pauses on this host once it seems to vanish on the way; twice as long each time that follows, up
   * to 64 times. 0 = never (Linux' default since 5.14, tcp_fastopen_blackhole_timeout_sec).
   */
  blackholeTimeout: Nanos = 0;
  #pausedAt: Nanos = 0;
  #pauses = 0;

  constructor(counters: FastOpenCounters) {
    this.counters = counters;
  }

  /** What a SYN to `remote` would carry now. */
  request(
    now: Nanos,
    local: number,
    remote: number,
    mode: FastOpenMode,
    config: TcpConfig,
    why: WhySink | null,
  ): FastOpenRequest {
    const memory = this.cache.get(local, remote);
    const mss = ownMss(config, remote);
    const limit = memory === undefined || memory.mss === 0 ? mss : Math.min(mss, memory.mss);
    const paused = this.#paused(now, why);
    const request = new FastOpenRequest(this, this.#pauses > 0 && !paused);
    if (paused) return request;
    if (mode === 'free') {
      request.room = Math.max(0, limit - MAX_OPTION_BYTES);
      return request;
    }
    if (memory !== undefined && memory.cookie.length > 0) {
      // 40 bytes stay free whatever we send ourselves: "hoping that SYN/data will not be dropped by middle-boxes that
      // insert options into SYNs" (public test of Linux).
      request.room = Math.max(0, limit - MAX_OPTION_BYTES);
      request.cookie = memory.cookie;
      request.kind = memory.kind;
      return request;
    }
    request.cookie = NO_COOKIE;
    if (memory?.experiment === 1) request.kind = OptionKind.Experiment2;
    return request;
  }

  /** Fast Open connections seem to vanish: none for a while. */
  pause(now: Nanos, why: WhySink | null): void {
    if (this.blackholeTimeout === 0) return;
    this.#pausedAt = now;
    this.#pauses++;
    this.counters.TCPFastOpenBlackhole++;
    if (why !== null) why.act(rules.FO_BLACKHOLE, this.#pauseLength(), 0, 0);
  }

  /** A Fast Open connection after a pause has brought data: the way is clear, and the next pause is a short one again. */
  allClear(): void {
    this.#pauses = 0;
  }

  #paused(now: Nanos, why: WhySink | null): boolean {
    if (this.blackholeTimeout === 0 || this.#pauses === 0) return false;
    const length = this.#pauseLength();
    const paused = now - this.#pausedAt < length;
    if (why !== null) why.check(rules.FO_PAUSED, paused, now - this.#pausedAt, length, 0);
    return paused;
  }

  #pauseLength(): Nanos {
    return this.blackholeTimeout * 2 ** Math.min(this.#pauses - 1, 6);
  }
}

/** What one SYN asks; stays with its connection. */
export class FastOpenRequest {
  readonly side = 'client';
  readonly client: FastOpenClient;
  /** The first after a pause: if it brings data, the pauses are over. */
  readonly tests: boolean;
  /** Cookie in the option; empty = a request for one; null = no option. */
  cookie: Uint8Array | null = null;
  kind: number = OptionKind.FastOpen;
  /** Bytes that may ride on the SYN; -1 = none, the data must wait. */
  room = -1;
  /** Bytes that did. */
  sent = 0;
  /** The SYN/ACK acknowledged all of them (Linux TCPI_OPT_SYN_DATA). */
  synDataAcked = false;

  constructor(client: FastOpenClient, tests: boolean) {
    this.client = client;
    this.tests = tests;
  }

  /** Does the SYN look different from an ordinary one? */
  get showsOnSyn(): boolean {
    return this.cookie !== null || this.sent > 0;
  }

  /** For the first SYN only. */
  writeOption(syn: Segment): void {
    const { cookie } = this;
    if (cookie === null) return;
    syn.tfoKind = this.kind;
    syn.tfoLen = cookie.length;
    syn.tfo.set(cookie);
  }

  /** The connection is over; `received`: data had come. */
  ended(received: boolean): void {
    if (this.tests && received) this.client.allClear();
  }

  /** Says what rides on the SYN. */
  explain(why: WhySink): void {
    const { cookie, room, sent } = this;
    if (cookie === null) {
      if (room >= 0) why.act(rules.FO_DATA_FREE, sent, room, 0);
    } else if (cookie.length === 0) why.act(rules.FO_ASK, this.kind, 0, 0);
    else why.act(rules.FO_DATA, cookie.length, sent, room);
  }
}

/** The SYN goes again, and now it is an ordinary one. */
export function plainSyn(t: Tcb, request: FastOpenRequest): void {
  t.dataOnSyn = false;
  if (t.why !== null && request.showsOnSyn) t.why.act(rules.FO_PLAIN_SYN, 0, 0, 0);
}

/** Data that rode on the SYN was pushed, and is so again: Linux keeps it as a segment of its own (tcp_send_syn_data). */
export function endedSyn(t: Tcb, end: Seq): boolean {
  const request = t.fastOpenRequest;
  return request !== null && request.sent > 0 && end === (t.iss + 1 + request.sent) >>> 0;
}

/** The SYN/ACK has come, `ack` is its acknowledgment number; the connection is established. */
export function learnFromSynAck(
  t: Tcb,
  request: FastOpenRequest,
  synAck: Readonly<Segment>,
  ack: Seq,
  now: Nanos,
): void {
  const { why } = t;
  const { client, sent } = request;
  const taken = Math.min(sent, seqDiff(ack, t.iss) - 1);
  request.synDataAcked = sent > 0 && taken === sent;
  if (sent > 0) {
    if (why !== null) why.check(rules.FO_ACKED, taken === sent, taken, sent, 0);
    if (taken === sent) client.counters.TCPFastOpenActive++;
    else client.counters.TCPFastOpenActiveFail++;
  }
  const memory = client.cache.of(t.local, t.remote);
  // As announced: what we may send at most can be another next time.
  if (synAck.mss > 0) memory.mss = synAck.mss;
  // Kind 255 was never Fast Open's on the wire of Linux.
  const length = synAck.tfoKind === OptionKind.Experiment3 ? -1 : synAck.tfoLen;
  let lost = false;
  if (request.cookie === null) {
    if (why !== null && length > 0) why.check(rules.FO_COOKIE_IGNORED, true, 0, 0, 0);
  } else if (length > 0) {
    // Also after a retransmission, which may have been for nothing.
    memory.cookie = synAck.tfo.slice(0, length);
    memory.kind = synAck.tfoKind;
    if (why !== null) why.act(rules.FO_COOKIE_KEPT, length, memory.mss, 0);
  } else if (t.synRetransmitted) lost = length < 0 && taken < sent;
  else if (length < 0 && sent === 0 && memory.cookie.length === 0) denied(request, memory, why);
  if (lost) {
    memory.synLosses++;
    memory.lastSynLossAt = now;
    if (why !== null) why.act(rules.FO_SYN_LOST, memory.synLosses, 0, 0);
  } else memory.synLosses = 0;
}

/** A timer ran out: three times in a row, or for the last time, may mean that Fast Open does not get through. */
export function suspectBlackhole(t: Tcb, request: FastOpenRequest, givesUp: boolean, now: Nanos): void {
  if (!request.showsOnSyn) return;
  if (t.retransmits !== 2 && !(t.retransmits < 2 && givesUp)) return;
  request.client.counters.TCPFastOpenActiveFail++;
  request.client.pause(now, t.why);
}

/** A RST that may be a stranger's, or a FIN beyond a gap, and nothing before: a middlebox may have eaten the rest. */
export function suspectMiddlebox(t: Tcb, now: Nanos): void {
  const request = t.fastOpenRequest;
  if (request === null || request.cookie === null || t.state !== 'ESTABLISHED' || t.rcvNxt !== (t.irs + 1) >>> 0)
    return;
  request.client.pause(now, t.why);
}

/** The server may know the older form of the option only: try that once, then never again (Linux try_exp). */
function denied(request: FastOpenRequest, memory: { experiment: 0 | 1 | 2; kind: number }, why: WhySink | null): void {
  const next = request.kind === OptionKind.FastOpen ? 1 : 2;
  if (next > memory.experiment) memory.experiment = next;
  const kind = memory.experiment === 1 ? OptionKind.Experiment2 : OptionKind.FastOpen;
  if (why !== null) why.act(rules.FO_COOKIE_DENIED, request.kind, kind, 0);
}

const NO_COOKIE: Uint8Array = new Uint8Array(0);
