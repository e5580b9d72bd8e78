/**
 * A recording: one finished run of a small scenario, step by step, as plain data that can be posted between threads,
 * written as JSON and walked forwards and backwards. The columns of `trace.ts` serve big runs; this serves eyes.
 */
import type { RunningTimer } from '../tcp/running-timers.ts';
import type { CloseReason, Nanos, TcpState } from '../tcp/types.ts';
import type { Rule } from '../tcp/why.ts';

/** Why a segment did not arrive, or that it did. */
export type Fate =
  | 'delivered'
  | 'in-flight' // the run ended first
  | 'lost' // the link's random loss
  | 'scripted' // the scenario says: lose this one
  | 'user' // somebody clicked "drop"
  | 'filtered' // a filter on the path discards it silently
  | 'overflow'; // the link's queue was full

/** The header of a segment as plain data; absent options are -1, as in `Segment`. */
export interface SegmentView {
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly wnd: number;
  readonly len: number;
  readonly mss: number;
  readonly ws: number;
  readonly sackPerm: boolean;
  readonly tsVal: number;
  readonly tsEcr: number;
  readonly sack: readonly number[];
  /** The whole IP packet as it would stand on the wire, checksums included. */
  readonly bytes: Uint8Array;
  /** Offset of the TCP header in `bytes`. */
  readonly tcpOff: number;
}

/** One journey of one segment over a link. A duplicate is a flight of its own. */
export interface Flight {
  readonly index: number;
  readonly from: number; // host index
  readonly to: number;
  readonly sentAt: Nanos;
  /** When it arrives or would have arrived. */
  readonly arrivesAt: Nanos;
  /** When and why it died; `Infinity` while delivered or in flight. */
  readonly lostAt: Nanos;
  readonly fate: Fate;
  /** Index of the flight this one duplicates, or -1. */
  readonly copyOf: number;
  /** The same sequence range was sent before by the same host. */
  readonly again: boolean;
  /** Made by the scenario's script rather than by an engine (an old duplicate, a wrong ACK). */
  readonly scripted: boolean;
  readonly segment: SegmentView;
}

export interface WhyNote {
  /** `check`: a condition was evaluated; `act`: something was done. */
  readonly kind: 'check' | 'act';
  readonly rule: Rule;
  readonly held: boolean;
  readonly values: readonly [number, number, number];
}

export interface StateChange {
  readonly host: number;
  readonly from: TcpState;
  readonly to: TcpState;
}

/** A timer that is armed: a bar in the ladder. */
export interface TimerView {
  readonly name: RunningTimer['name'] | 'syn-ack';
  readonly armedAt: Nanos;
  readonly firesAt: Nanos;
}

/** A connection or half-open entry of a host, at one moment. */
export interface TcbView {
  /** Where it lives: a connection object, a row of the SYN queue, or the accept queue of a listener. */
  readonly where: 'connection' | 'syn-queue' | 'accept-queue';
  readonly local: string; // '203.0.113.80:80'
  readonly remote: string;
  readonly state: TcpState;
  readonly iss: number;
  readonly irs: number;
  readonly sndUna: number;
  readonly sndNxt: number;
  readonly sndWnd: number;
  readonly rcvNxt: number;
  readonly rcvWnd: number;
  readonly mss: number;
  readonly sndScale: number;
  readonly rcvScale: number;
  readonly cwnd: number;
  readonly ssthresh: number;
  /** -1 before the first measurement. */
  readonly srtt: Nanos;
  readonly rto: Nanos;
  readonly retransmits: number;
  readonly timers: readonly TimerView[];
  /** Once CLOSED: how it ended. */
  readonly closed?: CloseReason;
}

export interface QueueState {
  readonly port: number;
  readonly backlog: number;
  readonly synQueue: number;
  readonly acceptQueue: number;
}

export interface HostView {
  /** State to show for the host as a whole: of its newest connection or entry, LISTEN with only a listener, else CLOSED. */
  readonly state: TcpState;
  readonly tcbs: readonly TcbView[];
  readonly queues: readonly QueueState[];
  /** Counters with Linux MIB names that are not zero. */
  readonly counters: Readonly<Record<string, number>>;
  /** Bytes the application has read and written so far. */
  readonly appRead: number;
  readonly appWritten: number;
}

export type StepKind = 'app' | 'arrive' | 'timer' | 'lost' | 'inject';

/** One event of the run and all that followed from it at the same instant. */
export interface Step {
  readonly index: number;
  readonly t: Nanos;
  readonly kind: StepKind;
  /** The host where it happened (for `lost`: the sender). */
  readonly host: number;
  /** The flight that arrived, was lost or was injected; -1 for `app` and `timer`. */
  readonly flight: number;
  /** App action (`listen`, `connect`, `send`, `accept`, `close`, `abort`, `crash`) or timer name; '' otherwise. */
  readonly label: string;
  readonly sent: readonly number[]; // flights
  readonly changes: readonly StateChange[];
  readonly why: readonly WhyNote[];
  /** All hosts after the step. */
  readonly hosts: readonly HostView[];
}

export interface HostInfo {
  readonly name: string;
  readonly role: 'client' | 'server' | 'peer';
  readonly address: string;
  /** The first port this host uses or listens on, 0 when none. */
  readonly port: number;
}

/** What somebody did to a flight while watching: applied by re-running with it, so what follows is what really follows. */
export interface Intervention {
  /** Flight index it acts on. */
  readonly flight: number;
  readonly action: 'drop' | 'delay' | 'duplicate';
  /** When it acts: between the flight's sending and its arrival. */
  readonly at: Nanos;
  /** For `delay`: how much later it arrives; for `duplicate`: how long after the original the copy arrives. */
  readonly by: Nanos;
}

export interface Recording {
  readonly scenario: string; // id
  readonly title: string;
  readonly seed: number;
  readonly profile: string;
  readonly hosts: readonly HostInfo[];
  readonly flights: readonly Flight[];
  readonly steps: readonly Step[];
  /** Hex hash of the trace columns: equal for the same scenario, seed and interventions, in Node and in a browser. */
  readonly hash: string;
  readonly interventions: readonly Intervention[];
  /** The connection under study, for X/Y symbols: ISS of the first client and of the first server; -1 when none yet. */
  readonly x: number;
  readonly y: number;
}
