/**
 * A scenario: hosts, the path between them, what the applications do and what should come of it, as plain data that is
 * already checked. Scenario files (`src/scenario`) are read into this; tests may write it directly.
 */
import type { TcpConfig } from '../tcp/config.ts';
import type { Nanos, TcpState } from '../tcp/types.ts';

export type ProfileName = 'rfc9293' | 'linux-6';

/** What a listener does with a SYN; names of the policies in `src/tcp/policy`. */
export type PolicyName = 'drop-when-full' | 'syn-cookies' | 'cookies-when-full';

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Place in the list people choose from; lower comes first. */
  readonly order: number;
  readonly profile: ProfileName;
  /** 0 .. 2^32 - 1; everything random in a run comes from it. */
  readonly seed: number;
  /** The run stops here. */
  readonly until: Nanos;
  /** A second bound, on the number of steps, for scenarios that never fall silent. */
  readonly maxSteps: number;
  /** Two or more. A number elsewhere in the scenario that stands for a host is an index into this list. */
  readonly hosts: readonly HostSpec[];
  /** Every host reaches every other over a link like this one, with a queue per direction. */
  readonly link: LinkSpec;
  readonly path: readonly PathRule[];
  readonly inject: readonly Injection[];
  readonly expect: Expectation;
  readonly story: readonly Caption[];
}

export interface HostSpec {
  readonly name: string;
  readonly role: 'client' | 'server' | 'peer';
  /** IPv4 or IPv6 text. */
  readonly address: string;
  /** Local port of the host's active opens; 0 = the stack picks one. */
  readonly port: number;
  /** Initial sequence numbers for the host's first connections, in order; after them RFC 6528 decides. */
  readonly iss: readonly number[];
  /** `never`: the application leaves its bytes in the receive buffer, so that the window closes. */
  readonly read: 'auto' | 'never';
  /** Settings that differ from the profile's. */
  readonly tcp: Partial<TcpConfig>;
  readonly actions: readonly Action[];
}

/** Something an application does, `after` a time or an event. */
export interface Action {
  /** `start` counts from the beginning of the run; the others from the first such event on one of the host's connections. */
  readonly on: Trigger;
  readonly after: Nanos;
  readonly what: AppCall;
}

export type Trigger = 'start' | 'established' | 'readable' | 'peer-closed' | 'closed';

/** `send`, `close` and `abort` act on the host's newest connection. */
export type AppCall =
  | {
      readonly do: 'listen';
      readonly port: number;
      readonly backlog: number;
      readonly policy: PolicyName;
      /** `never`: connections stay in the accept queue. */
      readonly accept: 'auto' | 'never';
    }
  /** `bytes` > 0 puts data on the SYN. */
  | { readonly do: 'connect'; readonly to: number; readonly port: number; readonly bytes: number }
  | { readonly do: 'send'; readonly bytes: number }
  | { readonly do: 'read' }
  | { readonly do: 'accept' }
  | { readonly do: 'close' }
  | { readonly do: 'abort' }
  /** The host loses its memory and says nothing: power failure and reboot (RFC 9293 §3.5.1). */
  | { readonly do: 'crash' };

export interface LinkSpec {
  /** One way. */
  readonly delay: Nanos;
  /** Up to this much is added, each value equally likely; segments may overtake each other. */
  readonly jitter: Nanos;
  /** Probability that a packet is lost, 0 .. 1. */
  readonly loss: number;
  /** Bits per second; 0 = unlimited. */
  readonly rate: number;
  /** Packets that may wait for a limited link; one more is dropped. */
  readonly queue: number;
}

/** Which packets a path rule concerns. */
export interface Match {
  /** Host index, -1 = any. */
  readonly from: number;
  readonly to: number;
  /** Destination port, 0 = any. */
  readonly port: number;
  /** SYN, ACK, FIN and RST exactly as given (other bits are not looked at); -1 = any. */
  readonly flags: number;
  /** Whether it carries data; undefined = either. */
  readonly data?: boolean | undefined;
  /** Which of the matching packets, counted from 1; empty = all. */
  readonly nth: readonly number[];
}

export type PathRule =
  /** Dies on the way, at the fraction `where` of its journey (0 at the sender, 1 at the receiver). */
  | { readonly do: 'lose'; readonly match: Match; readonly where: number }
  /** A filter discards it silently, at the far end of the path. */
  | { readonly do: 'filter'; readonly match: Match }
  | { readonly do: 'delay'; readonly match: Match; readonly by: Nanos }
  /** A copy arrives `by` after the original. */
  | { readonly do: 'duplicate'; readonly match: Match; readonly by: Nanos };

/** A segment that no engine of this run sends: an old duplicate, a mistake, an attacker's guess. */
export interface Injection {
  /** When it enters the path; it arrives one link delay later. */
  readonly at: Nanos;
  /** Whose address it bears, truly or not. */
  readonly from: number;
  readonly to: number;
  /** 0 = the port that host uses. */
  readonly sport: number;
  readonly dport: number;
  readonly flags: number;
  readonly seq: SeqExpr;
  readonly ack: SeqExpr;
  readonly wnd: number;
  readonly bytes: number;
}

/** `X` and `Y` are the first sequence numbers of the two sides of the connection under study; `''` = none, an absolute number. */
export interface SeqExpr {
  readonly base: 'X' | 'Y' | '';
  readonly plus: number;
}

/** What must be true at the end; a key left out is not checked. */
export interface Expectation {
  /** State of each host, by index. */
  readonly states?: ReadonlyMap<number, TcpState>;
  /** How the newest connection of a host ended. */
  readonly closed?: ReadonlyMap<number, string>;
  /** Hosts whose engine sent at least one RST; all others must have sent none. */
  readonly resets?: readonly number[];
  /** Bytes each host's application has read. */
  readonly read?: ReadonlyMap<number, number>;
  /** Every segment in order of sending. */
  readonly dialogue?: readonly DialogueLine[];
  /** Every state a host passes through, in order. */
  readonly passes?: ReadonlyMap<number, readonly TcpState[]>;
}

/** One segment as the expectation names it: `client: SYN,ACK seq=Y ack=X+1 len=0 lost`. */
export interface DialogueLine {
  readonly from: number;
  readonly flags: number;
  readonly seq?: SeqExpr;
  readonly ack?: SeqExpr;
  readonly len?: number;
  /** Whether it arrived; undefined = not looked at. */
  readonly arrives?: boolean;
  readonly text: string;
}

/** A sentence for the reader at one kind of moment. */
export interface Caption {
  readonly host: number;
  readonly when: 'sends' | 'receives' | 'loses' | 'timer' | 'does';
  /** Flags for `sends`, `receives` and `loses` (-1 = any). */
  readonly flags: number;
  /** Timer or action name for `timer` and `does`; '' = any. */
  readonly name: string;
  /** Which occurrence, counted from 1; 0 = the first, as when none is given. */
  readonly nth: number;
  readonly say: string;
}
