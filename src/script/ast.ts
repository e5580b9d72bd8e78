/** What a packetdrill script says, as plain data: options, init command, timed events. Made by `parse.ts`. */

/** Where something stands in the script; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Script {
  /** Name used in messages. */
  readonly file: string;
  /** `--tolerance_usecs=405000` … in order; `value` is undefined for a bare flag. */
  readonly options: readonly ScriptOption[];
  /** Shell text of the back-quoted command before the first event, and of the one after the last. */
  readonly init: Command | undefined;
  readonly events: readonly ScriptEvent[];
  readonly cleanup: Command | undefined;
}

export interface ScriptOption {
  readonly place: Place;
  readonly name: string;
  readonly value: string | undefined;
}

export interface Command {
  readonly place: Place;
  readonly text: string;
}

/** Times are integer microseconds, as in the original. */
export type EventTime =
  | { readonly kind: 'absolute'; readonly at: number }
  | { readonly kind: 'relative'; readonly after: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'absolute-range'; readonly from: number; readonly to: number }
  | { readonly kind: 'relative-range'; readonly from: number; readonly to: number };

export interface ScriptEvent {
  /** Place of the event's time. */
  readonly place: Place;
  readonly time: EventTime;
  readonly action: Action;
}

export type Action = PacketAction | IcmpAction | UdpAction | CallAction | CommandAction | CodeAction;

/** `<` is into the stack under test, `>` is what it is expected to send. */
export type Direction = 'in' | 'out';

/** `[ect0]`, `[tos 0x10]`, `[ttl 64]`, `[flowlabel 0x12345]` before a packet. */
export interface IpInfo {
  /** The two ECN bits, or `ect01` for either ECT. */
  readonly ecn?: 'noecn' | 'ect0' | 'ect1' | 'ce' | 'ect01';
  readonly tos?: number;
  readonly ttl?: number;
  readonly flowLabel?: number;
}

interface Packet {
  readonly place: Place;
  readonly direction: Direction;
  readonly ip: IpInfo;
  /** The text of the packet as written, for messages. */
  readonly text: string;
}

export interface PacketAction extends Packet {
  readonly kind: 'packet';
  /** `8080 > 40000`; undefined: the ports of the connection at hand. */
  readonly ports: { readonly from: number; readonly to: number } | undefined;
  /** TCP control bits of wire/segment.ts. */
  readonly flags: number;
  /** The AccECN counter given as a digit in the flags (`S.5`), else undefined. */
  readonly ace: number | undefined;
  /** Script sequence numbers: relative to the ISN of the sender, uint32. */
  readonly seq: number;
  readonly len: number;
  /** Undefined: not given. */
  readonly ack: number | undefined;
  readonly window: number | undefined;
  readonly urgent: number | undefined;
  /** `any`: `<...>`. An empty list: none may be there. */
  readonly options: readonly TcpOption[] | 'any';
}

export type TcpOption =
  | { readonly kind: 'nop' | 'eol' | 'sackOK' }
  | { readonly kind: 'mss' | 'wscale'; readonly value: number }
  | { readonly kind: 'TS'; readonly val: number; readonly ecr: number }
  | { readonly kind: 'sack'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
  /** Bytes of the cookie or digest; empty for a cookie request. */
  | { readonly kind: 'FO' | 'FOEXP' | 'md5'; readonly bytes: Uint8Array }
  /** Counters of an AccECN option, in the order written. */
  | {
      readonly kind: 'ECN';
      readonly fields: readonly { readonly name: 'e0b' | 'e1b' | 'ceb'; readonly value: number }[];
    };

export interface IcmpAction extends Packet {
  readonly kind: 'icmp';
  /** `unreachable`, `time_exceeded` … as written, and `host_unreachable`, `frag_needed` …; '' = none. */
  readonly type: string;
  readonly code: string;
  readonly mtu: number | undefined;
  readonly echoId: number | undefined;
  /** The TCP sequence range quoted, script numbers. Undefined: the segment is quoted with sequence 0, no payload. */
  readonly quoted: { readonly protocol: 'tcp' | 'udp' | 'raw'; readonly seq: number; readonly len: number } | undefined;
}

export interface UdpAction extends Packet {
  readonly kind: 'udp';
  readonly ports: { readonly from: number; readonly to: number } | undefined;
  readonly len: number;
}

export interface CallAction {
  readonly kind: 'call';
  readonly place: Place;
  readonly name: string;
  readonly args: readonly Expr[];
  /** End of a blocking call, `0.100...0.200 read(…)`: microseconds, absolute or counted like the start; undefined: does not block. */
  readonly end: number | undefined;
  readonly result: Expr;
  /** `EAGAIN` after `= -1`; '' = none. */
  readonly errno: string;
  /** The call as written, for messages. */
  readonly text: string;
}

export interface CommandAction {
  readonly kind: 'command';
  readonly place: Place;
  readonly text: string;
}

/** `%{ assert tcpi_snd_cwnd == 10 }%`: the text between the braces, and where it begins. */
export interface CodeAction {
  readonly kind: 'code';
  readonly place: Place;
  readonly text: string;
}

export type Expr =
  | { readonly kind: 'ellipsis'; readonly place: Place }
  | { readonly kind: 'int'; readonly place: Place; readonly value: number }
  /** A symbol: `SOL_SOCKET`, `O_RDWR`, `INADDR_ANY`. */
  | { readonly kind: 'word'; readonly place: Place; readonly word: string }
  | { readonly kind: 'string'; readonly place: Place; readonly value: string; readonly more: boolean }
  | { readonly kind: 'or'; readonly place: Place; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'assign'; readonly place: Place; readonly word: string; readonly right: Expr }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly Expr[] }
  | { readonly kind: 'inet-addr'; readonly place: Place; readonly family: 'inet' | 'inet6'; readonly text: string }
  | {
      readonly kind: 'sockaddr';
      readonly place: Place;
      readonly family: string;
      readonly port: number;
      readonly address: string;
    }
  /**
   * Any other braces: `{onoff=1, linger=0}`, `{fd=4, events=POLLIN, revents=POLLIN}`, `{events=EPOLLIN, fd=4}`,
   * `{msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}`, `{..., 10}`, `{cmsg_level=SOL_TCP, …}`.
   * Positional members have an empty name.
   */
  | { readonly kind: 'struct'; readonly place: Place; readonly members: readonly Member[] };

export interface Member {
  readonly name: string;
  readonly value: Expr;
  /** What stands in parentheses behind the name: `msg_iov(1)`. */
  readonly count?: Expr;
}
