/**
 * Reasons as a first-class output: every decision of the engine can be asked why, as a rule with its source and the
 * values compared. With no listener attached (`null`) the engine pays one comparison per decision.
 */
import type { TcpState } from './types.ts';

/**
 * How a compared value is meant, so that a view can show it absolutely, relatively or as X and Y:
 * `local` = a sequence number of our own sending space (relative to ISS), `remote` = of the peer's (relative to IRS),
 * `n` = a plain number, `ns` = a duration or time in nanoseconds, `flags` = TCP control bits, `ts` = a timestamp value.
 */
export type ValueKind = 'local' | 'remote' | 'n' | 'ns' | 'flags' | 'ts';

/** One rule of the RFC or of a kernel. `text` holds `{0}`, `{1}`, `{2}` where the values go. */
export interface Rule {
  /** Stable code, kebab-case, e.g. `ack-acceptable`. */
  readonly id: string;
  /** Source: `RFC 9293 §3.10.7.4`, `Linux tcp_conn_request` … */
  readonly ref: string;
  readonly text: string;
  readonly values: readonly ValueKind[];
}

/** Receives the reasons of one endpoint, in the order in which the checks were made. */
export interface WhySink {
  /** A check was made. `held` tells whether the rule's condition was true; unused values are 0. */
  check(rule: Rule, held: boolean, a: number, b: number, c: number): void;
  /** An action or consequence with no condition of its own (a segment dropped, a timer armed, an RST sent). */
  act(rule: Rule, a: number, b: number, c: number): void;
  /** A state change of the connection or half-open entry under consideration. */
  state(from: TcpState, to: TcpState): void;
}
