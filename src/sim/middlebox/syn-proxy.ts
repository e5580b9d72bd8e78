/**
 * SYN proxy, "SYN/ACK spoofing" (RFC 4987 §3.8): the box answers SYNs itself and opens to the server only for a client
 * whose ACK has come, then translates between the two (splice.ts). It answers
 *
 *   cookie     with a SYN cookie and no memory (Linux SYNPROXY, pf `syncookies always`, XDP: bpf_tcp_raw_gen_syncookie)
 *   table      from a table of offered connections (pf `synproxy state`)
 *   adaptive   SYNs pass, until more of them are half open than a share of the state limit; then cookies, until few are
 *              (pf `set syncookies adaptive`: start 25 %, end 12 %; pf_syncookies.c looks every 15 s)
 */
import { CookieJar } from '../../tcp/cookie.ts';
import { deriveKey } from '../../tcp/siphash.ts';
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ACK, RST, type Segment, SYN } from '../../wire/segment.ts';
import { type BoxDeps, type BoxKind, type BoxParams, choiceOf, numberOf, type Parameter } from './box-kind.ts';
import { clientOfCookie, clientOfSyn } from './client-of-syn.ts';
import { HalfOpenWatch } from './half-open-watch.ts';
import { mergedCounters } from './merged-counters.ts';
import { Splicer } from './splice.ts';
import { type Announced, type Client, newClient } from './splice-rows.ts';
import type { BoxPort, Middlebox } from './types.ts';

type Mode = 'cookie' | 'table' | 'adaptive';

const KEY_JAR = 1;
const KEY_TABLE = 2;
/** A client's ACK, and what is left of a connection afterwards (Linux nf_conntrack_tcp_timeout_time_wait: 120 s). */
const SYN_ACK_WAITS: readonly Nanos[] = [1 * SEC, 2 * SEC, 4 * SEC];
const OPEN_WAITS: readonly Nanos[] = [1 * SEC, 2 * SEC, 4 * SEC, 8 * SEC];
const CLOSING: Nanos = 120 * SEC;

class SynProxy implements Middlebox {
  readonly name: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly #mode: Mode;
  readonly #announced: Announced;
  readonly #jar: CookieJar;
  readonly #splicer: Splicer;
  readonly #own = {
    cookieChecked: 0,
    cookieValid: 0,
    cookieInvalidDropped: 0,
    synPassed: 0,
    adaptiveOn: 0,
    adaptiveOff: 0,
  };
  readonly #client: Client = newClient();
  readonly #watch: HalfOpenWatch | null;

  constructor(name: string, mode: Mode, announced: Announced, params: BoxParams, secret: Uint32Array) {
    this.name = name;
    this.#mode = mode;
    this.#announced = announced;
    this.#jar = new CookieJar(deriveKey(secret, KEY_JAR));
    const entries = numberOf(params, 'entries');
    const times = {
      synAck: mode === 'table' ? SYN_ACK_WAITS : [],
      open: OPEN_WAITS,
      idle: numberOf(params, 'idle'),
      closing: CLOSING,
    };
    this.#splicer = new Splicer(entries, announced, times, deriveKey(secret, KEY_TABLE));
    this.#watch =
      mode === 'adaptive'
        ? new HalfOpenWatch(
            Math.floor(entries * numberOf(params, 'start')),
            Math.floor(entries * numberOf(params, 'end')),
            deriveKey(secret, KEY_TABLE),
          )
        : null;
    this.counters = mergedCounters(this.#splicer.counters, this.#own);
  }

  get entries(): number {
    return this.#splicer.table.length + (this.#watch?.length ?? 0);
  }

  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    const splicer = this.#splicer;
    splicer.counters.seen++;
    const row = splicer.find(seg.src, seg.sport, seg.dst, seg.dport);
    if (row >= 0 && !splicer.fromNet(now, seg, row, out)) return false;
    if ((seg.flags & (SYN | ACK | RST)) === SYN) return this.#syn(now, seg, out);
    const watch = this.#watch;
    watch?.fromNet(seg);
    const looks = this.#mode === 'cookie' || (watch !== null && watch.inFlight > 0);
    if (looks && (seg.flags & (SYN | ACK | RST)) === ACK) {
      this.#own.cookieChecked++;
      if (clientOfCookie(now, seg, this.#announced, this.#jar, this.#client)) {
        this.#own.cookieValid++;
        watch?.redeemed();
        splicer.open(now, seg, this.#client, out);
        return false;
      }
      if (watch === null) {
        this.#own.cookieInvalidDropped++;
        return false;
      }
    }
    // Adaptive: connections that passed by have no entry.
    if (watch !== null) return true;
    splicer.counters.strayDropped++;
    return false;
  }

  fromServer(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean {
    const splicer = this.#splicer;
    splicer.counters.seen++;
    const row = splicer.find(seg.dst, seg.dport, seg.src, seg.sport);
    if (row >= 0) {
      splicer.fromServer(now, seg, row, out);
      return false;
    }
    if (this.#watch !== null) {
      this.#watch.fromServer(seg);
      return true;
    }
    // Untranslated it would only confuse the client.
    splicer.counters.strayDropped++;
    return false;
  }

  onTimer(now: Nanos, out: BoxPort): void {
    this.#splicer.onTimer(now, out);
    if (this.#watch?.onTimer(now) === true) this.#own.adaptiveOff++;
  }

  nextTimer(): Nanos {
    return Math.min(this.#splicer.nextTimer(), this.#watch?.nextTimer() ?? Infinity);
  }

  #syn(now: Nanos, syn: Readonly<Segment>, out: BoxPort): boolean {
    const watch = this.#watch;
    if (watch !== null) {
      if (watch.tooMany(now)) this.#own.adaptiveOn++;
      if (!watch.active || watch.knows(syn)) {
        watch.passed(now, syn);
        this.#own.synPassed++;
        return true;
      }
    }
    const stateless = this.#mode !== 'table';
    clientOfSyn(now, syn, this.#announced, this.#jar, stateless, this.#client);
    if (stateless) {
      watch?.sent();
      this.#splicer.answer(syn, this.#client, out);
    } else this.#splicer.offer(now, syn, this.#client, out);
    return false;
  }
}

const PARAMETERS: readonly Parameter[] = [
  {
    name: 'mode',
    kind: 'choice',
    default: 'cookie',
    choices: ['cookie', 'table', 'adaptive'],
    says: 'answer with cookies, from a table, or let SYNs pass until too many are half open',
  },
  {
    name: 'mss',
    kind: 'count',
    default: 1460,
    min: 64,
    max: 65_495,
    says: 'MSS announced to clients; must be that of the server, which a scenario takes when it is left out (SYNPROXY --mss)',
  },
  {
    name: 'wscale',
    kind: 'count',
    default: 10,
    min: -1,
    max: 14,
    says: 'window scale announced to clients, -1 = none; likewise that of the server (SYNPROXY --wscale), 10 for Linux 6.18',
  },
  {
    name: 'timestamps',
    kind: 'choice',
    default: 'yes',
    choices: ['yes', 'no'],
    says: 'agree to timestamps, if the server does (SYNPROXY --timestamp); cookies carry the other options in them',
  },
  {
    name: 'sack',
    kind: 'choice',
    default: 'yes',
    choices: ['yes', 'no'],
    says: 'agree to selective acknowledgments, if the server does (SYNPROXY --sack-perm)',
  },
  {
    name: 'entries',
    kind: 'count',
    default: 100_000,
    min: 1,
    max: 4_194_304,
    says: 'connections it can hold (pf limit states: 100,000); the longest offered gives way, then the longest closing, else a new one is dropped',
  },
  {
    name: 'idle',
    kind: 'duration',
    default: 86_400 * SEC,
    min: 1,
    max: 864_000 * SEC,
    says: 'an open connection without segments is forgotten after so long (pf tcp.established: 24 h)',
  },
  {
    name: 'start',
    kind: 'share',
    default: 0.25,
    min: 0,
    max: 1,
    says: 'with mode: adaptive, cookies begin when more than this share of `entries` is half open (pf: 25 %)',
  },
  {
    name: 'end',
    kind: 'share',
    default: 0.12,
    min: 0,
    max: 1,
    says: 'and end when fewer than this share are half open or have a cookie under way (pf: 12 %)',
  },
];

function make(name: string, params: BoxParams, deps: BoxDeps): Middlebox {
  const announced: Announced = {
    mss: numberOf(params, 'mss'),
    wscale: numberOf(params, 'wscale'),
    sack: params.sack === 'yes',
    timestamps: params.timestamps === 'yes',
  };
  return new SynProxy(name, choiceOf(params, 'mode', ['cookie', 'table', 'adaptive']), announced, params, deps.secret);
}

export const SYN_PROXY: BoxKind = {
  name: 'syn-proxy',
  place: 'site',
  describe:
    'The proxy answers SYNs itself, opens to the server for clients that complete, and joins the two connections.',
  source: 'RFC 4987 §3.8; Linux SYNPROXY (nf_synproxy_core.c), pf synproxy and syncookies',
  parameters: PARAMETERS,
  buys: 'No SYN of a flood that does not answer reaches the server, whatever its rate.',
  costs:
    "Every connection needs a second handshake and is translated for life; options are the proxy's guess, and lost without timestamps; the proxy is the new target.",
  // A cookie is two SipHashes, on the ordinary path of a kernel's network stack.
  cost: {
    seen: 100,
    synAckSent: 900,
    cookieChecked: 400,
    serverSynSent: 600,
    serverSynAckAbsorbed: 900,
    netTranslated: 150,
    serverTranslated: 150,
  },
  make: (params, deps) => make('syn-proxy', params, deps),
};

/** The same before the network stack, in the driver (XDP): SYNs cost about a tenth; the connections themselves do not change. */
export const XDP_SYN_PROXY: BoxKind = {
  ...SYN_PROXY,
  name: 'xdp-syn-proxy',
  describe: 'A SYN proxy with cookies in the network driver (XDP), before the kernel has made anything of a packet.',
  source: 'RFC 4987 §3.8; Linux bpf_tcp_raw_gen_syncookie, xdp_synproxy_kern.c',
  buys: 'What a SYN proxy buys, at about a tenth of the CPU time for each forged SYN.',
  cost: { ...SYN_PROXY.cost, seen: 20, synAckSent: 90, cookieChecked: 60 },
  make: (params, deps) => make('xdp-syn-proxy', params, deps),
};
