/** The engine's thread: a scenario's text comes in, recordings and floods go out. The page itself never simulates. */
import { parseScenario } from '../src/scenario/parse.ts';
import { record } from '../src/sim/record.ts';
import { storyOf } from '../src/sim/story.ts';
import { FloodTask } from './flood/flood-task.ts';
import type { FloodRequest, Reply, Request, RunRequest } from './messages.ts';

/** Counts requests: a slice that was meant for an earlier one does nothing. */
let latest = 0;

self.onmessage = (event: MessageEvent<Request>): void => {
  const request = event.data;
  latest = request.id;
  answer(request.id, () => (request.kind === 'flood' ? startFlood(request) : post(run(request))));
};

function run(request: RunRequest): Reply {
  const { id, scenarioId, scenarioText, seed, interventions } = request;
  const scenario = parseScenario(scenarioText, `${scenarioId}.yaml`);
  const recording = record(scenario, { interventions, ...(seed >= 0 ? { seed } : {}) });
  return { kind: 'run', id, recording, summary: scenario.summary, story: storyOf(scenario, recording) };
}

function startFlood(request: FloodRequest): void {
  const task = new FloodTask(request);
  const slice = (): void => {
    if (request.id !== latest) return;
    answer(request.id, () => task.slice(post));
    if (!task.done) setTimeout(slice, 0);
  };
  slice();
}

/** What goes wrong is told to whoever asked. */
function answer(id: number, act: () => void): void {
  try {
    act();
  } catch (error) {
    latest = -1;
    post({ kind: 'failed', id, error: error instanceof Error ? error.message : String(error) });
  }
}

function post(reply: Reply, handOver: Transferable[] = []): void {
  self.postMessage(reply, { transfer: handOver });
}
