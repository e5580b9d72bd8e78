/**
 * Test fixture: a stack on virtual time and a peer of bare segments, both ISNs known, so that segments read as in
 * packetdrill scripts: `S. 0:0(0) ack 11 <FO 3021b9d889017eeb>`.
 */
import { LINUX6, type TcpConfig } from '../../src/tcp/config.ts';
import type { Connection } from '../../src/tcp/connection.ts';
import type { ListenOptions } from '../../src/tcp/listen-options.ts';
import type { Listener } from '../../src/tcp/listener.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import type { ConnectOptions } from '../../src/tcp/stack-options.ts';
import { MS, type Nanos } from '../../src/tcp/types.ts';
import type { Rule } from '../../src/tcp/why.ts';
import { formatFlags } from '../../src/wire/print.ts';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { OptionKind } from '../../src/wire/tcp-options.ts';

export const HOST = 0xc0a80001; // 192.168.0.1
export const PEER = 0xc0000201; // 192.0.2.1
/** Near the wraps on purpose. */
const ISS = 0xfffffff0;
const IRS = 0x7fffff00;
const PORT = 8080;

/** No options that change over time, and each ACK at once. */
export const PLAIN: TcpConfig = {
  ...LINUX6,
  windowScale: -1,
  sack: false,
  timestamps: false,
  delayedAck: 0,
};

export interface Extra {
  /** Bytes of payload; their values do not matter. */
  len?: number;
  ack?: number;
  /** Cookie in hex; '' is a request. */
  fo?: string;
  kind?: number;
  mss?: number;
  wnd?: number;
  port?: number;
  ts?: readonly [number, number];
}

export class FastOpenDialogue {
  readonly stack: TcpStack;
  now: Nanos = 0;
  /** Port of the connection that `recv` and `sent` speak of. */
  port = 40000;
  /** Ids of the rules reported, in order. */
  rules: string[] = [];
  #out: string[] = [];
  readonly tx = {
    alloc: (): Segment => new Segment(),
    send: (s: Segment): void => {
      this.#out.push(show(s));
    },
  };

  constructor(config: TcpConfig = PLAIN) {
    this.stack = new TcpStack({ addresses: [HOST], config, secret: Uint32Array.of(1, 2, 3, 4) });
    this.stack.why = {
      check: (rule: Rule, held: boolean) => this.rules.push(held ? rule.id : `not ${rule.id}`),
      act: (rule: Rule) => this.rules.push(rule.id),
      state: () => {},
    };
  }

  listen(options: Partial<ListenOptions>): Listener<Connection> {
    return this.stack.listen(PORT, { backlog: 100, ...options });
  }

  connect(options: ConnectOptions): Connection {
    return this.stack.connect(this.now, PEER, PORT, this.tx, { localPort: this.port, iss: ISS, ...options });
  }

  /** A segment of the peer; `seq` counts from its ISN, `ack` from ours. To a listener our ISS is set first. */
  recv(flags: string, seq: number, extra: Extra = {}): void {
    const s = new Segment();
    s.src = PEER;
    s.dst = HOST;
    s.dport = this.stack.listener(PORT) === undefined ? (extra.port ?? this.port) : PORT;
    s.sport = s.dport === PORT ? (extra.port ?? this.port) : PORT;
    for (const letter of flags) s.flags |= LETTERS[letter]!;
    s.seq = (IRS + seq) >>> 0;
    s.ack = extra.ack === undefined ? 0 : (ISS + extra.ack) >>> 0;
    s.wnd = extra.wnd ?? 30000;
    s.len = extra.len ?? 0;
    s.payload = new Uint8Array(s.len).fill(120);
    s.mss = (s.flags & SYN) === 0 ? -1 : (extra.mss ?? 1460);
    if (extra.fo !== undefined) {
      s.tfoLen = extra.fo.length / 2;
      s.tfo.set(Buffer.from(extra.fo, 'hex'));
      s.tfoKind = extra.kind ?? OptionKind.FastOpen;
    }
    if (extra.ts !== undefined) [s.tsVal, s.tsEcr] = extra.ts;
    if ((s.flags & (SYN | ACK)) === SYN && s.dport === PORT) this.stack.nextIss = ISS;
    this.stack.onSegment(this.now, s, this.tx);
    this.stack.nextIss = null;
  }

  /** All that was sent since the last look. */
  sent(): string[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  wait(dt: Nanos): void {
    const end = this.now + dt;
    for (let next = this.stack.nextTimer(); next <= end; next = this.stack.nextTimer()) {
      this.now = next;
      this.stack.onTimer(next, this.tx);
    }
    this.now = end;
  }

  /** Everything sent in the next `dt`, with its time in ms. */
  timeline(dt: Nanos): string[] {
    const lines: string[] = [];
    const end = this.now + dt;
    for (let next = this.stack.nextTimer(); next <= end; next = this.stack.nextTimer()) {
      this.wait(next - this.now);
      lines.push(...this.sent().map((line) => `${this.now / MS} ${line}`));
    }
    this.wait(end - this.now);
    return lines;
  }
}

export function bytes(n: number): Uint8Array {
  return new Uint8Array(n).fill(121);
}

/** Reads all there is and tells how much that was. */
export function readAll(d: FastOpenDialogue, c: Connection): number {
  return c.read(d.now, new Uint8Array(100_000), d.tx);
}

export function events(c: Connection): string[] {
  const all: string[] = [];
  for (let e = c.pollEvent(); e !== undefined; e = c.pollEvent()) {
    all.push(e.type === 'closed' ? `closed: ${e.reason}` : e.type);
  }
  return all;
}

const LETTERS: Record<string, number> = { S: SYN, '.': ACK, F: FIN, R: RST, P: PSH };

function show(s: Readonly<Segment>): string {
  const seq = (s.flags & RST) !== 0 && (s.flags & ACK) !== 0 && s.seq === 0 ? 0 : (s.seq - ISS) >>> 0;
  const ack = (s.flags & ACK) === 0 ? '' : ` ack ${(s.ack - IRS) >>> 0}`;
  const name = s.tfoKind === OptionKind.FastOpen ? 'FO' : 'FOEXP';
  const cookie = Buffer.from(s.tfo.subarray(0, Math.max(0, s.tfoLen))).toString('hex');
  const option = s.tfoLen < 0 ? '' : ` <${`${name} ${cookie}`.trim()}>`;
  return `${formatFlags(s.flags)} ${seq}:${seq + s.len}(${s.len})${ack}${option}`;
}
