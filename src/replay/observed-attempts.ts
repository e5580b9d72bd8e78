/**
 * The attempts of a capture as columns, for all servers at once: which of them will be replayed is known only when the
 * whole capture has been judged. About 50 bytes an attempt, no object each.
 */
import type { Attempt } from '../diagnose/attempt.ts';
import { Verdict } from '../diagnose/verdict.ts';
import { ObservedOption } from '../sim/traffic/observed-syns.ts';
import type { AddressVisitor } from '../wire/address.ts';
import { larger } from '../wire/larger.ts';

/** What an attempt says of who made it. */
export const Maker = {
  /** It completed, or its SYN was repeated as a TCP stack repeats it: somebody wants to connect. */
  Person: 0,
  /** Nothing ever came after its SYNs. */
  Silent: 1,
  /** The SYN/ACK was answered with RST. */
  Resets: 2,
} as const;
export type Maker = (typeof Maker)[keyof typeof Maker];

/** Attempts that are kept; further ones are counted. */
export const MOST_ATTEMPTS = 8_000_000;

export class ObservedAttempts {
  count = 0;
  /** Attempts beyond `most`, which are not kept. */
  left = 0;
  at: Float64Array = new Float64Array(1024);
  client: Float64Array = new Float64Array(1024);
  server: Float64Array = new Float64Array(1024);
  serverPort: Uint16Array = new Uint16Array(1024);
  clientPort: Uint16Array = new Uint16Array(1024);
  seq: Uint32Array = new Uint32Array(1024);
  window: Uint16Array = new Uint16Array(1024);
  mss: Int32Array = new Int32Array(1024);
  windowScale: Int8Array = new Int8Array(1024);
  options: Uint8Array = new Uint8Array(1024);
  maker: Uint8Array = new Uint8Array(1024);
  completed: Uint8Array = new Uint8Array(1024);
  /** Round trip between the client and the server's side in ns, 0 = not known. */
  roundTrip: Float64Array = new Float64Array(1024);
  /** Index of `SYSTEMS`. */
  system: Uint8Array = new Uint8Array(1024);
  /** Repetitions of SYNs by those who are no people: attempt and time. */
  repeats = 0;
  repeatOf: Uint32Array = new Uint32Array(1024);
  repeatAt: Float64Array = new Float64Array(1024);
  readonly #most: number;

  constructor(most: number = MOST_ATTEMPTS) {
    this.#most = most;
  }

  /** An `AttemptSink`. */
  readonly add = (attempt: Attempt): void => {
    const { syn } = attempt;
    if (syn === undefined) return;
    if (this.count === this.#most) {
      this.left++;
      return;
    }
    if (this.count === this.at.length) this.#grow();
    const row = this.count++;
    this.at[row] = syn.ts;
    this.client[row] = attempt.client;
    this.server[row] = attempt.server;
    this.clientPort[row] = attempt.clientPort;
    this.serverPort[row] = attempt.serverPort;
    this.seq[row] = attempt.x;
    this.window[row] = attempt.clientPrint?.window ?? 0;
    const offered = attempt.clientOptions;
    this.mss[row] = offered?.mss ?? -1;
    this.windowScale[row] = offered?.windowScale ?? -1;
    this.options[row] =
      (offered?.sackPermitted ? ObservedOption.Sack : 0) |
      (offered?.timestamps ? ObservedOption.Timestamps : 0) |
      (offered?.ecn ? ObservedOption.Ecn : 0);
    const maker = makerOf(attempt);
    this.maker[row] = maker;
    this.completed[row] = attempt.verdict === Verdict.Completed ? 1 : 0;
    this.roundTrip[row] = roundTripOf(attempt);
    this.system[row] = systemOf(attempt);
    if (maker === Maker.Person) return;
    let at = syn.ts;
    for (const gap of attempt.synSchedule.gaps) {
      at += gap;
      this.#addRepeat(row, at);
    }
  };

  eachAddress(visit: AddressVisitor): void {
    for (let row = 0; row < this.count; row++) {
      visit(this.client[row]!);
      visit(this.server[row]!);
    }
  }

  #addRepeat(row: number, at: number): void {
    const repeat = this.repeats++;
    if (repeat === this.repeatOf.length) {
      this.repeatOf = larger(this.repeatOf, new Uint32Array(2 * repeat));
      this.repeatAt = larger(this.repeatAt, new Float64Array(2 * repeat));
    }
    this.repeatOf[repeat] = row;
    this.repeatAt[repeat] = at;
  }

  #grow(): void {
    const size = 2 * this.count;
    this.at = larger(this.at, new Float64Array(size));
    this.client = larger(this.client, new Float64Array(size));
    this.server = larger(this.server, new Float64Array(size));
    this.serverPort = larger(this.serverPort, new Uint16Array(size));
    this.clientPort = larger(this.clientPort, new Uint16Array(size));
    this.seq = larger(this.seq, new Uint32Array(size));
    this.window = larger(this.window, new Uint16Array(size));
    this.mss = larger(this.mss, new Int32Array(size));
    this.windowScale = larger(this.windowScale, new Int8Array(size));
    this.options = larger(this.options, new Uint8Array(size));
    this.maker = larger(this.maker, new Uint8Array(size));
    this.completed = larger(this.completed, new Uint8Array(size));
    this.roundTrip = larger(this.roundTrip, new Float64Array(size));
    this.system = larger(this.system, new Uint8Array(size));
  }
}

function makerOf({ verdict, synSchedule }: Attempt): Maker {
  if (verdict === Verdict.Completed || verdict === Verdict.CannotJudge) return Maker.Person;
  if (verdict === Verdict.Aborted) return Maker.Resets;
  return synSchedule.kind === 'backoff' || synSchedule.kind === 'linear' ? Maker.Person : Maker.Silent;
}

/** Beside one host, the other's share is the way and its own time; in between, both ways count. */
function roundTripOf({ timing }: Attempt): number {
  if (timing === undefined) return 0;
  if (timing.beside === 'server') return timing.client;
  return timing.beside === 'client' ? timing.server : timing.client + timing.server;
}

/** By the order of the options, as p0f tells systems apart; where it says nothing, the most common. */
function systemOf({ clientPrint }: Attempt): number {
  const options = clientPrint?.options ?? '';
  if (options.startsWith('mss,nop,ws,nop,nop,ts')) return SYSTEMS.indexOf('macos');
  return options.startsWith('mss,nop,ws,nop,nop,sok') ? SYSTEMS.indexOf('windows') : 0;
}

/** Whose habits a person of the replay may have. */
export const SYSTEMS = ['linux', 'windows', 'macos'] as const;
