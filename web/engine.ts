/** The page's end of the worker: ask for a run, get a recording. Only the latest request is answered. */
import type { RunReply, RunRequest } from './messages.ts';

export interface Engine {
  /** Resolves with the reply, or with `null` when a newer request overtook this one. */
  run(request: Omit<RunRequest, 'id'>): Promise<RunReply | null>;
}

/** Starts the worker at once, so that it is warm when the first scenario is chosen. */
export function startEngine(): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'halfopen engine' });
  let latest = 0;
  let settle: ((reply: RunReply | null) => void) | null = null;
  worker.onmessage = (event: MessageEvent<RunReply>): void => {
    if (event.data.id !== latest) return;
    settle?.(event.data);
    settle = null;
  };
  worker.onerror = (event: ErrorEvent): void => {
    settle?.({ id: latest, error: `The engine stopped: ${event.message}` });
    settle = null;
  };
  return {
    run(request): Promise<RunReply | null> {
      settle?.(null);
      latest += 1;
      return new Promise((resolve) => {
        settle = resolve;
        worker.postMessage({ ...request, id: latest } satisfies RunRequest);
      });
    },
  };
}
