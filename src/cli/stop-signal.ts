/** Ctrl+C as a wish to stop: the first one is told by an `AbortSignal`, the second one ends the process as it always would. */
import { constants } from 'node:os';

export interface StopSignal {
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells tell it; 0 while there was none. */
  exitCode(): number;
  release(): void;
}

export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let code = 0;
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    code = 128 + constants.signals[name];
    release();
    controller.abort();
  };
  const release = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { signal: controller.signal, exitCode: () => code, release };
}
