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
  const listen = scenario.server.listen.map((spec) =>
    defence.policy === '' ? spec : { ...spec, policy: defence.policy, policyParams: {} },
  );
  return { ...scenario, boxes: defence.boxes, server: { ...scenario.server, listen } };
}

function onServer(id: string, name: string, rfc4987: string, policy: string): Defence {
  return { id, name, place: 'server', rfc4987, policy, boxes: [] };
}

export const DEFENCES: readonly Defence[] = [
  onServer('none', 'None: drop when full', '', 'drop-when-full'),
  onServer('oldest-drop', 'Recycle the oldest entry', '3.4', 'oldest-drop'),
  onServer('random-drop', 'Drop an entry at random', '3.4', 'random-drop'),
  onServer('cookies-when-full', 'SYN cookies when full', '3.7', 'cookies-when-full'),
  onServer('syn-cookies', 'SYN cookies always', '3.6', 'syn-cookies'),
];
