/**
 * A flood scenario: one server, the people who want to use it, who floods it, and what stands in the way, as plain data
 * that is already checked. `src/scenario` reads YAML into this; tests may write it directly.
 *
 * Everything happens inside the simulator. All addresses, forged ones included, are of ranges that belong to nobody
 * (`src/scenario/safe-address.ts`).
 */
import type { TcpConfig } from '../tcp/config.ts';
import type { Nanos } from '../tcp/types.ts';

export interface FloodScenario {
  readonly kind: 'flood';
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Place in the list people choose from; lower comes first. */
  readonly order: number;
  /** 0 .. 2^32 - 1; everything random in a run comes from it. */
  readonly seed: number;
  /** The run stops here. */
  readonly until: Nanos;
  /** Distance between two samples of the series; `until / sampleEvery` <= 100,000. */
  readonly sampleEvery: Nanos;
  readonly server: ServerSpec;
  readonly clients: readonly ClientsSpec[];
  /** One client whose every segment is kept; null = none. */
  readonly followed: FollowedSpec | null;
  readonly floods: readonly FloodSpec[];
  readonly botnets: readonly BotnetSpec[];
  /** Source networks that let no forged source out (RFC 2827). */
  readonly ingress: IngressSpec;
  /** Network defences in the order in which a segment from the Internet meets them. */
  readonly boxes: readonly BoxSpec[];
  readonly access: AccessSpec;
  /** What must be true at the end; each is a sentence for a test and a claim of the lesson. */
  readonly expect: readonly FloodExpectation[];
  /** Text that follows what happens, in order; for the lab and `--explain`. */
  readonly lesson: readonly LessonStep[];
}

// ---- server -----------------------------------------------------------------------------------------------------------

export interface ServerSpec {
  readonly address: string;
  /** `linux-6`, `freebsd-14`, `rfc9293`, `bsd-1996`. */
  readonly profile: string;
  /** What reports call it: the profile's name, or that of the scenario's own profile on top of it. */
  readonly label: string;
  /** Settings that differ from the profile's, under the profile's own names (`tcp_syncookies`, `somaxconn`, …). */
  readonly settings: Readonly<Record<string, number>>;
  /** TCP settings that differ from the profile's. */
  readonly tcp: Partial<TcpConfig>;
  readonly listen: readonly ListenSpec[];
  /** What work costs; times in the report's CPU column. */
  readonly cost: CostSpec;
}

export interface ListenSpec {
  readonly port: number;
  /** As in listen(2). */
  readonly backlog: number;
  /** Name of the listen policy, parameters beside it; '' = the profile's own. */
  readonly policy: string;
  readonly policyParams: Readonly<Record<string, number | string>>;
  readonly app: AppSpec;
}

/** The server's application. */
export interface AppSpec {
  /** `auto`: takes each connection at once; `never`; `workers`: so many at a time, each for `service`. */
  readonly accept: 'auto' | 'never' | 'workers';
  readonly workers: number;
  /** From the whole request to the response. */
  readonly service: Nanos;
  /** Bytes of a response; 0 = it never answers. */
  readonly response: number;
  /** Accepts nothing before this moment. */
  readonly acceptFrom: Nanos;
}

/** CPU time of the server per act; a stated model, not a measurement. */
export interface CostSpec {
  readonly perSegment: Nanos;
  readonly perSynAck: Nanos;
  readonly perCookie: Nanos;
  /** Per entry looked at when a victim is searched in a list (Lemon 2002). */
  readonly perListElement: Nanos;
  /** True: segments wait for the CPU, at most `queue` of them; false: the CPU is only accounted for. */
  readonly limits: boolean;
  readonly queue: number;
}

// ---- legitimate load ---------------------------------------------------------------------------------------------------

export interface ClientsSpec {
  readonly name: string;
  /** Addresses are taken from here one after the other: `198.18.0.0/16`. */
  readonly from: string;
  readonly port: number;
  /**
   * How many people these are: they come in turn, each from an address of its own, and so come back. 0 = as many as there
   * are addresses.
   */
  readonly people: number;
  /** They ask for a Fast Open cookie, and who has one puts the request on its SYN (RFC 7413). */
  readonly fastOpen: boolean;
  readonly arrivals: ArrivalSpec;
  /** Round trip between a client and the server's edge. */
  readonly rtt: DistributionSpec;
  /** Shares by operating system; they need not add up to 1. */
  readonly os: Readonly<Partial<Record<ClientOs, number>>>;
  /** Bytes sent once connected; 0 = the client sends nothing and closes. */
  readonly request: number;
  /** Gives up when the response is not there after this long; Infinity = when TCP does. */
  readonly patience: Nanos;
  /**
   * After a response: `close`, or `stay` and ask again every `think`. Staying ones show that established users are not
   * touched by a flood.
   */
  readonly after: 'close' | 'stay';
  readonly think: Nanos;
}

/** `rfc6298`: no system's habits, SYNs after 1, 3 and 7 s as that RFC has it. */
export type ClientOs = 'linux' | 'windows' | 'macos' | 'ios' | 'android' | 'freebsd' | 'rfc6298';

export type ArrivalSpec =
  /** Poisson, from `from` to `to`. */
  | { readonly process: 'poisson' | 'constant'; readonly rate: number; readonly from: Nanos; readonly to: Nanos }
  /** Exactly these, ascending. */
  | { readonly process: 'times'; readonly at: readonly Nanos[] };

export type DistributionSpec =
  | { readonly shape: 'fixed'; readonly value: Nanos }
  | { readonly shape: 'uniform'; readonly least: Nanos; readonly most: Nanos }
  /** In turn: the first value for the first client, and so on. */
  | { readonly shape: 'cycle'; readonly values: readonly Nanos[] }
  /** `least` plus an exponential part. */
  | { readonly shape: 'exponential'; readonly least: Nanos; readonly mean: Nanos };

export interface FollowedSpec {
  readonly address: string;
  readonly at: Nanos;
  readonly port: number;
  readonly rtt: Nanos;
  readonly os: ClientOs;
  readonly request: number;
  readonly patience: Nanos;
}

// ---- floods ------------------------------------------------------------------------------------------------------------

/** A source of SYNs that nobody will follow up: one machine, or the sum of many. */
export interface FloodSpec {
  readonly name: string;
  readonly port: number;
  readonly rate: RateSpec;
  readonly from: Nanos;
  readonly to: Nanos;
  readonly spoof: SpoofSpec;
  readonly shape: SynShape;
  /** How often each SYN is repeated by its sender, 1, 3, 7 s … after the first, as a real stack would; 0 = never. */
  readonly retries: number;
  /**
   * Bytes of a request on each SYN, beside a Fast Open cookie; 0 = SYNs without data. Own addresses have the cookie that
   * the server gives them, for they can ask for it (RFC 7413 §5.1); who forges addresses guesses.
   */
  readonly data: number;
}

export type RateSpec =
  /** SYN i at i / rate. */
  | { readonly process: 'constant'; readonly rate: number }
  | { readonly process: 'poisson'; readonly rate: number }
  /** `size` SYNs at once, every `every`. */
  | { readonly process: 'burst'; readonly size: number; readonly every: Nanos }
  /** Poisson at `rate` for `on`, silent for `off`, and again. */
  | { readonly process: 'pulse'; readonly rate: number; readonly on: Nanos; readonly off: Nanos }
  /** Poisson with a rate that grows linearly from `first` to `last` between `from` and `to` of the flood. */
  | { readonly process: 'ramp'; readonly first: number; readonly last: number };

export type SpoofSpec =
  /** Its own true addresses, `count` of them in `prefix`, which drop what the server answers. */
  | { readonly mode: 'own'; readonly prefix: string; readonly count: number }
  /** Anywhere in `prefix`; a share `live` of all addresses there belongs to hosts that answer a stray SYN/ACK with RST. */
  | { readonly mode: 'random'; readonly prefix: string; readonly live: number }
  /** Anywhere in a small `prefix` where nobody answers. */
  | { readonly mode: 'silent'; readonly prefix: string }
  /** Only addresses of hosts that answer with RST. */
  | { readonly mode: 'live'; readonly prefix: string };

/** `bare`: no options, as simple flood tools send them; the others as that system's SYN. */
export type SynShape = 'bare' | 'mss' | 'linux' | 'windows';

export interface BotnetSpec {
  readonly name: string;
  /** Bots by kind. */
  readonly bots: readonly BotKindSpec[];
  /** Where the command-and-control host lives, inside the simulated network. */
  readonly c2: string;
  /** Mean time between two polls of a bot; the time of each poll is memoryless. */
  readonly poll: Nanos;
  /** Bots register in this span after the start. */
  readonly joinWithin: Nanos;
  readonly orders: readonly OrderSpec[];
  readonly takeDown: TakeDownSpec | null;
  /**
   * `each`: bot by bot, every C&C exchange over the engine's TCP; `sum`: superposed processes with the same law, in
   * constant memory; `auto`: bot by bot up to 2,000 bots.
   */
  readonly as: 'each' | 'sum' | 'auto';
}

export interface BotKindSpec {
  readonly kind: 'pc' | 'phone' | 'iot' | 'server';
  readonly count: number;
  /** Bots are spread over networks of this prefix length inside it; 24 = each /24 is one source network. */
  readonly prefix: string;
  readonly networkBits: number;
  /** SYNs per second the bot's access link and CPU can send at most. */
  readonly uplink: number;
  readonly rtt: DistributionSpec;
}

/** What the botmaster asks for; every bot that learns of it before its end takes part until then. */
export interface OrderSpec {
  readonly at: Nanos;
  readonly port: number;
  /** SYNs per second and bot, Poisson. */
  readonly rate: number;
  readonly duration: Nanos;
  readonly spoof: 'own' | 'subnet' | 'random';
  /** For `random`: the range forged sources come from, and the share of live addresses in it. */
  readonly prefix: string;
  readonly live: number;
  readonly shape: SynShape;
}

export interface TakeDownSpec {
  /** `sinkhole`: the name leads elsewhere, polls get no orders; `edge-block`: its packets die; `outage`: connections are refused. */
  readonly how: 'sinkhole' | 'edge-block' | 'outage';
  readonly at: Nanos;
}

/** A share of source networks filters (RFC 2827); which ones, the seed decides. */
export interface IngressSpec {
  /** 0 .. 1. */
  readonly deployed: number;
  /** `strict`: only the network's own prefix passes; `loose`: any routed source does (RFC 3704). */
  readonly mode: 'strict' | 'loose';
}

// ---- the road ----------------------------------------------------------------------------------------------------------

/** A middlebox by its name in the catalogue, with parameters. */
export interface BoxSpec {
  readonly name: string;
  readonly params: Readonly<Record<string, number | string | readonly string[]>>;
}

/** The server's access link: both directions alike. */
export interface AccessSpec {
  readonly delay: Nanos;
  /** Bits per second, 0 = unlimited. */
  readonly rate: number;
  /** Packets that may wait. */
  readonly queue: number;
  /** Probability of loss, 0 .. 1. */
  readonly loss: number;
}

// ---- claims and text ---------------------------------------------------------------------------------------------------

/** A claim about one number of the report (`measureOf` knows the names): at least, at most. */
export interface FloodExpectation {
  readonly measure: string;
  readonly least: number;
  readonly most: number;
}

export interface LessonStep {
  /** Shown from the first moment the condition holds. */
  readonly when: LessonMoment;
  readonly title: string;
  readonly say: string;
  /** Put to the reader with the step. */
  readonly ask?: LessonQuestion;
}

export interface LessonQuestion {
  readonly question: string;
  readonly answers: readonly LessonAnswer[];
}

export interface LessonAnswer {
  readonly say: string;
  readonly right: boolean;
  /** Shown once it was chosen: why it is right, or which idea leads astray. */
  readonly why: string;
}

export type LessonMoment =
  | {
      readonly on:
        | 'start'
        | 'first-client-served'
        | 'flood-begins'
        | 'queue-full'
        | 'first-client-dropped'
        | 'flood-ends'
        | 'recovered'
        | 'bots-ordered'
        | 'take-down';
    }
  | { readonly on: 'time'; readonly at: Nanos };
