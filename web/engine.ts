/** The page's end of the worker: ask for a run, get a recording; ask for a flood, get its parts. Only the latest request is answered. */
import type { FailedReply, FloodPart, FloodRequest, Reply, Request, RunReply, RunRequest } from './messages.ts';

export interface Engine {
  /** Resolves with the reply, or with `null` when a newer request overtook this one. */
  run(request: Omit<RunRequest, 'id' | 'kind'>): Promise<RunReply | FailedReply | null>;
  /** Calls `onPart` as the flood runs on, until it is over, fails, or a newer request overtakes it. */
  flood(request: Omit<FloodRequest, 'id' | 'kind'>, onPart: (part: FloodPart | FailedReply) => void): void;
}

/** Starts the worker at once, so that it is warm when the first scenario is chosen. */
export function startEngine(): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'halfopen engine' });
  let latest = 0;
  /** Ends the wait for a request that was overtaken. */
  let overtaken = (): void => undefined;
  let listen = (_reply: Reply): void => undefined;
  worker.onmessage = (event: MessageEvent<Reply>): void => {
    if (event.data.id === latest) listen(event.data);
  };
  worker.onerror = (event: ErrorEvent): void => {
    listen({ kind: 'failed', id: latest, error: `The engine stopped: ${event.message}` });
  };
  const ask = (request: Request, answer: (reply: Reply) => void, superseded: () => void): void => {
    overtaken();
    overtaken = superseded;
    listen = answer;
    worker.postMessage(request);
  };
  return {
    run(request): Promise<RunReply | FailedReply | null> {
      latest += 1;
      return new Promise((resolve) => {
        ask(
          { ...request, kind: 'run', id: latest },
          (reply) => {
            if (reply.kind !== 'flood') resolve(reply);
          },
          () => resolve(null),
        );
      });
    },
    flood(request, onPart): void {
      latest += 1;
      ask(
        { ...request, kind: 'flood', id: latest },
        (reply) => {
          if (reply.kind !== 'run') onPart(reply);
        },
        () => undefined,
      );
    },
  };
}
