/** The defences that the lab offers to choose from, each a change to a scenario. Names as a lesson uses them. */
import type { BoxSpec, FloodScenario } from '../sim/flood-model.ts';

export interface Defence {
  readonly id: string;
  readonly name: string;
  /** Where it lives (RFC 4987 §3): in the server's listener, or on the road. */
  readonly place: 'server' | 'network';
  /** Section of RFC 4987, '' where it has none. */
  readonly rfc4987: string;
  /** Name in the catalogue of listen policies, '' = the profile's own. */
  readonly policy: string;
  readonly boxes: readonly BoxSpec[];
  /** Settings of the server by profile. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Share of source networks that let no forged source out; -1 = as the scenario says. */
  readonly ingress: number;
}

/** What the scenario itself has. */
export const AS_GIVEN = 'scenario';

export function defenceNamed(id: string): Defence | undefined {
  return DEFENCES.find((defence) => defence.id === id);
}

/** The scenario with this defence instead of its own; unknown names change nothing. */
export function withDefence(scenario: FloodScenario, id: string): FloodScenario {
  const defence = defenceNamed(id);
  if (defence === undefined) return scenario;
  const { server } = scenario;
  const listen = scenario.server.listen.map((spec) =>
    defence.policy === '' ? spec : { ...spec, policy: defence.policy, policyParams: {} },
  );
  const settings = { ...server.settings, ...defence.settings[server.profile] };
  const ingress = defence.ingress < 0 ? scenario.ingress : { ...scenario.ingress, deployed: defence.ingress };
  return { ...scenario, ingress, boxes: defence.boxes, server: { ...server, settings, listen } };
}

function inServer(name: string, rfc4987: string, policy: string, id: string = policy): Defence {
  return { id, name, place: 'server', rfc4987, policy, boxes: [], settings: {}, ingress: -1 };
}

function onRoad(name: string, rfc4987: string, box: string, params: BoxSpec['params'] = {}, id: string = box): Defence {
  const boxes = [{ name: box, params }];
  return { id, name, place: 'network', rfc4987, policy: '', boxes, settings: {}, ingress: -1 };
}

/** One SYN/ACK again and no more, or as near to it as a profile comes. */
const SHORT_WAIT: Defence['settings'] = {
  'linux-6': { tcp_synack_retries: 1 },
  'freebsd-14': { syncache_rexmtlimit: 1 },
  rfc9293: { synack_retries: 1 },
  'bsd-1996': { tcp_keepinit: 10 },
};

export const DEFENCES: readonly Defence[] = [
  inServer('None: drop when full', '', 'drop-when-full', 'none'),
  inServer('Refuse when full', '', 'reset-when-full'),
  { ...inServer('Shorter wait for the ACK', '3.3', '', 'short-wait'), settings: SHORT_WAIT },
  inServer('Drop the oldest', '3.4', 'oldest-drop'),
  inServer('Drop one at random', '3.4', 'random-drop'),
  inServer('SYN cache', '3.5', 'syn-cache'),
  inServer('SYN cookies when full', '3.7', 'cookies-when-full'),
  inServer('SYN cookies always', '3.6', 'syn-cookies'),
  inServer('SYN cache, then cookies', '3.7', 'syn-cache-then-cookies'),
  inServer('Cookies from a share on (pf)', '3.7', 'adaptive-cookies'),
  inServer('Cookies for a pause (FreeBSD)', '3.7', 'cookie-pause'),
  onRoad('SYN proxy', '3.8', 'syn-proxy'),
  onRoad('Semi-transparent gateway', '3.8', 'semi-transparent-gateway'),
  onRoad('Active monitor', '3.8', 'active-monitor'),
  onRoad('TCP Intercept', '3.8', 'tcp-intercept'),
  onRoad('Safe reset', '', 'safe-reset'),
  onRoad('Drop the first SYN', '', 'first-syn-drop'),
  onRoad('Rate limit, all together', '', 'rate-limit', { per: 'aggregate' }),
  onRoad('Rate limit per source', '', 'rate-limit', { per: 'source', rate: 2, burst: 5 }, 'rate-limit-per-source'),
  onRoad('Blackhole', '', 'blackhole'),
  { ...onRoad('Ingress filters everywhere', '3.1', '', {}, 'ingress'), boxes: [], ingress: 1 },
];
