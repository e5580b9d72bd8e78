/** The engine's thread: a scenario's text comes in, a whole recording goes out. The page itself never simulates. */
import { parseScenario } from '../src/scenario/parse.ts';
import { record } from '../src/sim/record.ts';
import { storyOf } from '../src/sim/story.ts';
import type { RunReply, RunRequest } from './messages.ts';

self.onmessage = (event: MessageEvent<RunRequest>): void => {
  self.postMessage(run(event.data));
};

function run(request: RunRequest): RunReply {
  const { id, scenarioId, scenarioText, seed, interventions } = request;
  try {
    const scenario = parseScenario(scenarioText, `${scenarioId}.yaml`);
    const recording = record(scenario, { interventions, ...(seed >= 0 ? { seed } : {}) });
    return { id, recording, summary: scenario.summary, story: storyOf(scenario, recording) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
