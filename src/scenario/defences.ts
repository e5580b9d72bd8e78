/**
 * The defences that can be compared: each a named change to a flood scenario whose own defences were taken away first.
 * `a+b` is both. Sections are those of RFC 4987.
 */
import type { BoxSpec, FloodScenario, ListenSpec } from '../sim/flood-model.ts';
import { HalfopenError } from '../wire/error.ts';
import { suggestion } from './named-params.ts';

export interface Defence {
  readonly name: string;
  /** What it does and what it costs, one sentence. */
  readonly what: string;
  readonly rfc4987: string;
  readonly patch: (scenario: FloodScenario) => FloodScenario;
}

/** `halfopen compare` without a choice. */
export const USUAL_DEFENCES: readonly string[] = [
  ...['none', 'backlog-x4', 'short-timer', 'oldest-drop', 'random-drop', 'syn-cache', 'syn-cookies', 'cookies-always'],
  ...['ingress-50', 'rate-limit', 'first-syn-drop', 'syn-proxy'],
];

/**
 * The scenario with these defences instead of its own; `as-is` is the scenario itself. Throws `HalfopenError` for a name
 * that nobody has, and for two that choose the listener's policy: the second would silently undo the first.
 */
export function withDefences(scenario: FloodScenario, text: string): FloodScenario {
  if (text === 'as-is') return scenario;
  const base = bare(scenario);
  const defences = text.split('+').map(defenceNamed);
  const [first, second] = defences.filter(({ patch }) => policies(patch(base)) !== policies(base));
  if (first !== undefined && second !== undefined)
    throw new HalfopenError(
      `"${text}": ${first.name} and ${second.name} each choose the listener's policy; expected one of them`,
    );
  return defences.reduce((patched, { patch }) => patch(patched), base);
}

function policies({ server }: FloodScenario): string {
  return JSON.stringify(server.listen.map(({ policy, policyParams }) => [policy, policyParams]));
}

/** What the defences of `a+b` do, one sentence each. */
export function defencesOf(text: string): readonly Defence[] {
  return text === 'as-is' ? [AS_IS] : text.split('+').map(defenceNamed);
}

function defenceNamed(name: string): Defence {
  const numbered = /^(backlog-x|ingress-)([1-9]\d{0,3})$/.exec(name);
  if (numbered) {
    const [, kind, digits] = numbered;
    const value = Number(digits);
    if (kind === 'backlog-x') return backlogTimes(value);
    if (value <= 100) return ingress(value);
  }
  const found = DEFENCES.find((defence) => defence.name === name);
  if (found !== undefined) return found;
  const known = ['as-is', ...DEFENCES.map((defence) => defence.name)];
  throw new HalfopenError(`no defence is called "${name}"; ${suggestion(name, known)}`);
}

// ---- patches -----------------------------------------------------------------------------------------------------------

/** No defence at all: a queue that drops when it is full, and nothing on the road. */
function bare(scenario: FloodScenario): FloodScenario {
  const without = { ...scenario, boxes: [], ingress: { deployed: 0, mode: 'strict' as const } };
  // The 4.4BSD queue has no defence, and its one limit is what it is.
  if (scenario.server.profile === 'bsd-1996') return eachListener(without, () => ({ policy: '', policyParams: {} }));
  const dropping = eachListener(without, () => ({ policy: 'drop-when-full', policyParams: {} }));
  if (scenario.server.profile === 'linux-6') {
    // Fast Open is no defence and stays; its limit is one, and goes as far up as somaxconn lets it.
    const takes = ((scenario.server.settings.tcp_fastopen ?? 0) & 2) !== 0;
    return setting(dropping, { tcp_syncookies: 0, ...(takes && { fastopen_qlen: MOST_PENDING }) });
  }
  return scenario.server.profile === 'freebsd-14' ? setting(dropping, { syncookies: 0 }) : dropping;
}

function eachListener(scenario: FloodScenario, change: (listen: ListenSpec) => Partial<ListenSpec>): FloodScenario {
  const listen = scenario.server.listen.map((each) => ({ ...each, ...change(each) }));
  return { ...scenario, server: { ...scenario.server, listen } };
}

function setting(scenario: FloodScenario, settings: Readonly<Record<string, number>>): FloodScenario {
  const { server } = scenario;
  return { ...scenario, server: { ...server, settings: { ...server.settings, ...settings } } };
}

function policy(name: string): Defence['patch'] {
  return (scenario) => eachListener(scenario, () => ({ policy: name, policyParams: {} }));
}

/** Boxes meet a segment in the order in which they were named. */
function box(make: (scenario: FloodScenario) => BoxSpec): Defence['patch'] {
  return (scenario) => ({ ...scenario, boxes: [...scenario.boxes, make(scenario)] });
}

function plainBox(name: string): Defence['patch'] {
  return box(() => ({ name, params: {} }));
}

function backlogTimes(times: number): Defence {
  return {
    name: `backlog-x${times}`,
    what: `a backlog ${times} times as large: memory, and only as much more flood as that is more room`,
    rfc4987: '3.2',
    patch: (scenario) => {
      const larger = eachListener(scenario, ({ backlog }) => ({ backlog: Math.min(MOST_BACKLOG, backlog * times) }));
      const most = Math.max(...larger.server.listen.map(({ backlog }) => backlog));
      // The system-wide limits must allow it, too.
      switch (scenario.server.profile) {
        case 'linux-6':
          return setting(larger, { somaxconn: Math.max(4096, most), tcp_max_syn_backlog: Math.max(4096, 2 * most) });
        case 'freebsd-14':
          return setting(larger, { soacceptqueue: Math.max(128, most) });
        default:
          return setting(larger, { somaxconn: Math.max(4096, most) });
      }
    },
  };
}

const MOST_BACKLOG = 2_000_000;
const MOST_PENDING = 65_535;

function ingress(percent: number): Defence {
  return {
    name: `ingress-${percent}`,
    what: `${percent} % of the networks that bots are in let no forged source out (RFC 2827): others must do it for you`,
    rfc4987: '3.1',
    patch: (scenario) => ({ ...scenario, ingress: { deployed: percent / 100, mode: 'strict' } }),
  };
}

/** The server gives up sooner: one repetition, or ten seconds where the whole time is set. */
function shortTimer(scenario: FloodScenario): FloodScenario {
  const shorter = {
    'linux-6': { tcp_synack_retries: 1 },
    'freebsd-14': { syncache_rexmtlimit: 1 },
    rfc9293: { synack_retries: 1 },
    'bsd-1996': { tcp_keepinit: 10 },
  }[scenario.server.profile];
  return setting(scenario, shorter ?? {});
}

/** The application takes connections faster, and more of them may wait. */
function acceptTuning(scenario: FloodScenario): FloodScenario {
  const faster = eachListener(scenario, ({ app }) => ({
    app: { ...app, accept: app.accept === 'never' ? 'auto' : app.accept, workers: 4 * app.workers, acceptFrom: 0 },
  }));
  return backlogTimes(4).patch(faster);
}

/** A quarter of the backlog is not for strangers: with tcp_max_syn_backlog at the backlog itself. */
function reserve(scenario: FloodScenario): FloodScenario {
  return eachListener(scenario, ({ backlog }) => ({
    policy: 'drop-when-full',
    policyParams: { maxSynBacklog: Math.max(1, backlog) },
  }));
}

/** Four times what clients send on average, and ten a second at the least. */
function fairRate(scenario: FloodScenario): number {
  const rate = scenario.clients.reduce((sum, { arrivals }) => sum + ('rate' in arrivals ? arrivals.rate : 0), 0);
  return Math.max(10, Math.ceil(4 * rate));
}

// ---- the catalogue -----------------------------------------------------------------------------------------------------

const AS_IS: Defence = { name: 'as-is', what: 'the scenario as its file has it', rfc4987: '', patch: (s) => s };

export const DEFENCES: readonly Defence[] = [
  { name: 'none', what: 'a SYN that finds the queue full is dropped', rfc4987: '', patch: (scenario) => scenario },
  backlogTimes(4),
  {
    name: 'short-timer',
    what: 'half-open entries are given up after one repetition: twice the flood for each one less, and slow clients fail',
    rfc4987: '3.3',
    patch: shortTimer,
  },
  {
    name: 'oldest-drop',
    what: 'the oldest entry makes room: everybody whose round trip is shorter than backlog / rate, and nobody else',
    rfc4987: '3.4',
    patch: policy('oldest-drop'),
  },
  {
    name: 'random-drop',
    what: 'an entry drawn by lot makes room: no threshold, but far clients lose more often than near ones',
    rfc4987: '3.4',
    patch: policy('random-drop'),
  },
  {
    name: 'syn-cache',
    what: 'small entries in 512 buckets of 30, the oldest of a full bucket goes: 15,360 places for little memory',
    rfc4987: '3.5',
    patch: policy('syn-cache'),
  },
  {
    name: 'syn-cookies',
    what: 'cookies once the queue is full: nobody is turned away, but each SYN is answered and options may be lost',
    rfc4987: '3.7',
    patch: policy('cookies-when-full'),
  },
  {
    name: 'cookies-always',
    what: 'a cookie for each SYN: no queue at all, and a SYN/ACK or final ACK that is lost is not repeated by the server',
    rfc4987: '3.6',
    patch: policy('syn-cookies'),
  },
  {
    name: 'syn-cache-then-cookies',
    what: 'a SYN cache, and a cookie instead of giving up an entry',
    rfc4987: '3.7',
    patch: policy('syn-cache-then-cookies'),
  },
  {
    name: 'adaptive-cookies',
    what: 'cookies from a quarter of the queue on, until it has fallen below an eighth (pf)',
    rfc4987: '3.7',
    patch: policy('adaptive-cookies'),
  },
  {
    name: 'reset-when-full',
    what: 'refuses with RST instead of silence: clients know at once, and do not try again',
    rfc4987: '',
    patch: policy('reset-when-full'),
  },
  {
    name: 'accept-tuning',
    what: 'four times the workers and the backlog: against slow applications, not against floods of SYNs',
    rfc4987: '',
    patch: acceptTuning,
  },
  {
    name: 'reserve',
    what: 'the last quarter of the queue is for hosts that were served before (Linux): strangers lose, regulars get in',
    rfc4987: '',
    patch: reserve,
  },
  {
    name: 'fast-open-limit',
    what: 'only 16 Fast Opens may be pending (RFC 7413): a flood with cookies is an ordinary one, and nobody opens fast',
    rfc4987: '',
    patch: (scenario) =>
      scenario.server.profile === 'linux-6' ? setting(scenario, { tcp_fastopen: 3, fastopen_qlen: 16 }) : scenario,
  },
  ingress(50),
  ingress(100),
  {
    name: 'rate-limit',
    what: 'a limit of four times the usual SYN rate for all: clients share what the flood leaves, small queues still fill',
    rfc4987: '',
    patch: box((scenario) => ({ name: 'rate-limit', params: { rate: fairRate(scenario), burst: fairRate(scenario) } })),
  },
  {
    name: 'per-source-limit',
    what: 'one SYN a second from each address: good against bots with their own address, nothing against forged ones',
    rfc4987: '',
    patch: box(() => ({ name: 'rate-limit', params: { per: 'source', rate: 1, burst: 5 } })),
  },
  {
    name: 'first-syn-drop',
    what: 'each first SYN is dropped and its repetition passes: one second longer for all, and bots that repeat pass too',
    rfc4987: '3.8',
    patch: plainBox('first-syn-drop'),
  },
  {
    name: 'safe-reset',
    what: 'a wrong answer first, whose RST proves the address: one more round trip and a second try for newcomers',
    rfc4987: '3.8',
    patch: plainBox('safe-reset'),
  },
  {
    name: 'syn-proxy',
    what: 'a proxy completes the handshake and only then asks the server: nothing of the flood arrives, all is translated',
    rfc4987: '3.8',
    patch: plainBox('syn-proxy'),
  },
  {
    name: 'gateway',
    what: 'a gateway acknowledges for the client and resets later: the SYN queue empties at once, the accept queue pays',
    rfc4987: '3.8',
    patch: plainBox('semi-transparent-gateway'),
  },
  {
    name: 'monitor',
    what: 'a monitor learns who answers and resets the entries of those who do not (synkill)',
    rfc4987: '3.8',
    patch: plainBox('active-monitor'),
  },
  {
    name: 'tcp-intercept',
    what: 'a router answers for the server and turns aggressive under attack (Cisco IOS)',
    rfc4987: '3.8',
    patch: plainBox('tcp-intercept'),
  },
  {
    name: 'blackhole',
    what: 'the network drops all that goes to the victim: neighbours are safe, the victim is gone',
    rfc4987: '',
    patch: plainBox('blackhole'),
  },
];
