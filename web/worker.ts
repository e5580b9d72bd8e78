/** The engine's thread: a scenario's text comes in, a whole recording goes out. The page itself never simulates. */
import type { RunReply, RunRequest } from './messages.ts';

self.onmessage = (event: MessageEvent<RunRequest>): void => {
  self.postMessage(run(event.data));
};

function run(request: RunRequest): RunReply {
  return { id: request.id, error: `The engine is not part of this build yet, so ${request.scenarioId} cannot run.` };
}
