/** The scenario in which a captured workload is played: a server with settings of the reader's choice, and probes. */
import { parseFloodScenario } from '../scenario/parse.ts';
import type { SetValue } from '../scenario/set-value.ts';
import type { FloodScenario } from '../sim/flood-model.ts';
import type { Workload } from './workload.ts';

export interface ReplaySettings {
  /** `linux-6` and the other server profiles. */
  readonly profile: string;
  /** As in listen(2). */
  readonly backlog: number;
  /** Further changes, as `--set` gives them. */
  readonly set: readonly SetValue[];
}

/**
 * Throws `ScenarioError` for a setting that is none. Beside the people of the capture comes one ordinary client a second,
 * so that also a capture in which nobody got through says what a newcomer would have met.
 */
export function replayScenario(workload: Workload, settings: ReplaySettings): FloodScenario {
  const { port } = workload.server;
  const seconds = Math.ceil(workload.lastAt / 1e9);
  const text = `
kind: flood
title: Replay
summary: SYNs of a capture at a server with other settings
server: { address: ${SERVER}, profile: ${settings.profile}, listen: [{ port: ${port}, backlog: ${settings.backlog} }] }
clients: { name: ${PROBES}, rate: ${Math.min(1, MOST_PROBES / seconds).toPrecision(3)}, from: 0s, to: ${seconds}s, port: ${port}, prefix: 198.18.0.0/15, process: constant }
until: ${seconds + AFTER}s
`;
  const scenario = parseFloodScenario(text, 'replay', settings.set);
  return { ...scenario, clients: [...scenario.clients, ...(workload.people === undefined ? [] : [workload.people])] };
}

/** The group that was not in the capture. */
const PROBES = 'probes';

/** Documentation (RFC 5737): no run can mean the server of the capture. */
const SERVER = '192.0.2.80';
/** The run goes on after the last SYN until the last entry has had its time: Linux keeps one for 63 s. */
const AFTER = 70;
/** In a capture of many hours one a second would be more than anybody needs. */
const MOST_PROBES = 5000;
