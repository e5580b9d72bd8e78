/**
 * Test fixture: the sockets of one host on virtual time, and a peer of bare segments. Numbers count from both sides' first
 * ones, so that segments read as in packetdrill scripts: `P. 1:1001(1000) ack 1`.
 */
import { SocketHost } from '../../src/socket/host.ts';
import { type HostSettings, LINUX6_HOST } from '../../src/socket/settings.ts';
import { ANY, type Endpoint, StreamSocket } from '../../src/socket/stream-socket.ts';
import type { TcpConfig } from '../../src/tcp/config.ts';
import type { Nanos, Tx } from '../../src/tcp/types.ts';
import { formatFlags } from '../../src/wire/print.ts';
import { ACK, CWR, ECE, FIN, PSH, RST, Segment, SYN, URG } from '../../src/wire/segment.ts';

const HOST = 0xc0a80001; // 192.168.0.1
const PEER = 0xc0000201; // 192.0.2.1
const PORT = 8080;
const PEER_PORT = 40000;
/** Near the wraps on purpose. */
const IRS = 0xffffff00;

export const SERVER: Endpoint = { address: PEER, port: PORT };

export interface Extra {
  readonly ack?: number;
  readonly len?: number;
  readonly wnd?: number;
  readonly mss?: number;
  /** The urgent pointer. */
  readonly urg?: number;
  /** ECN bits of the IP header. */
  readonly ecn?: number;
  /** Fast Open cookie in hex; '' is a request. */
  readonly fo?: string;
}

export class SocketBench {
  readonly host: SocketHost;
  now: Nanos = 0;
  /** The connection that `recv` and `sent` speak of: our port, the peer's, and our first sequence number. */
  port = PORT;
  peerPort: number = PEER_PORT;
  #iss = 0;
  #out: string[] = [];
  readonly tx: Tx = {
    alloc: () => new Segment(),
    send: (seg) => {
      if ((seg.flags & SYN) !== 0) this.#iss = seg.seq;
      this.port = seg.sport;
      this.#out.push(this.#show(seg));
    },
  };

  /** No options but MSS, so that segments are short to write. */
  constructor(tcp: Partial<TcpConfig> = {}, settings: Partial<HostSettings> = {}) {
    const plain = { ...LINUX6_HOST.tcp, windowScale: -1, sack: false, timestamps: false, ...tcp };
    this.host = new SocketHost({
      addresses: [HOST],
      settings: { ...LINUX6_HOST, ...settings, tcp: plain },
      secret: Uint32Array.of(1, 2, 3, 4),
    });
  }

  /** A segment of the peer. */
  recv(flags: string, seq: number, extra: Extra = {}): void {
    const seg = new Segment();
    seg.src = PEER;
    seg.sport = this.port === PORT ? this.peerPort : PORT;
    seg.dst = HOST;
    seg.dport = this.port;
    for (const letter of flags) seg.flags |= LETTERS[letter]!;
    seg.seq = (IRS + seq) >>> 0;
    if (extra.ack !== undefined) seg.ack = (this.#iss + extra.ack) >>> 0;
    seg.wnd = extra.wnd ?? 65535;
    seg.urg = extra.urg ?? 0;
    seg.ecn = extra.ecn ?? 0;
    seg.len = extra.len ?? 0;
    seg.payload = new Uint8Array(seg.len).fill(120);
    if ((seg.flags & SYN) !== 0) seg.mss = extra.mss ?? 1000;
    if (extra.fo !== undefined) {
      seg.tfoLen = extra.fo.length / 2;
      seg.tfo.set(Buffer.from(extra.fo, 'hex'));
    }
    this.host.onSegment(this.now, seg, this.tx);
  }

  /** All that was sent since the last look. */
  sent(): string[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  wait(dt: Nanos): void {
    const end = this.now + dt;
    for (let next = this.host.nextTimer(); next <= end; next = this.host.nextTimer()) {
      this.now = next;
      this.host.onTimer(next, this.tx);
    }
    this.now = end;
  }

  listening(backlog = 5): StreamSocket {
    const socket = this.host.socket();
    socket.bind({ address: ANY, port: PORT });
    socket.listen(backlog);
    return socket;
  }

  /** The peer opens a connection to a listener; its last ACK comes a millisecond after the SYN/ACK. */
  handshake(extra: Extra = {}): void {
    this.port = PORT;
    this.recv('S', 0, extra);
    this.wait(1e6);
    this.recv('.', 1, { ...extra, ack: 1 });
  }

  /** A connection that was accepted, nothing sent on it yet. */
  accepted(extra: Extra = {}): StreamSocket {
    const listener = this.listening();
    this.handshake(extra);
    const socket = listener.accept();
    if (!(socket instanceof StreamSocket)) throw new Error('nothing to accept');
    this.sent();
    return socket;
  }

  /** A connection that was opened actively, its handshake over. */
  connected(extra: Extra = {}): StreamSocket {
    const socket = this.host.socket();
    socket.connect(this.now, SERVER, this.tx);
    this.recv('S.', 0, { ...extra, ack: 1 });
    this.sent();
    return socket;
  }

  #show(seg: Readonly<Segment>): string {
    const syn = (seg.flags & SYN) !== 0;
    const seq = syn ? 0 : (seg.seq - this.#iss) >>> 0;
    const ack = (seg.flags & ACK) === 0 ? '' : ` ack ${(seg.ack - IRS) >>> 0}`;
    const cookie = Buffer.from(seg.tfo.subarray(0, Math.max(0, seg.tfoLen))).toString('hex');
    const option = seg.tfoLen < 0 ? '' : ` <${`FO ${cookie}`.trim()}>`;
    const ip = seg.ecn === 0 ? '' : `[${['', 'ect1', 'ect0', 'ce'][seg.ecn]}] `;
    return `${ip}${formatFlags(seg.flags)} ${seq}:${seq + seg.len}(${seg.len})${ack}${option}`;
  }
}

/** An outcome as scripts write it: `1000`, `-1 EAGAIN`. */
export function text(outcome: StreamSocket | { readonly value: number; readonly errno: string }): string {
  if (outcome instanceof StreamSocket) return 'a socket';
  return outcome.errno === '' ? String(outcome.value) : `${outcome.value} ${outcome.errno}`;
}

const LETTERS: Readonly<Record<string, number>> = { S: SYN, '.': ACK, F: FIN, R: RST, P: PSH, U: URG, E: ECE, W: CWR };
