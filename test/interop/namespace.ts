/**
 * A network namespace for tests: `unshare` runs `inside.ts` there, which does what it is asked by name over Node's IPC
 * channel and answers with plain data, so that all expectations stand in the tests.
 */
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inPrivateNamespace } from '../../src/node/private-namespace.ts';
import type { Version } from './lab.ts';
import type { Tasks } from './tasks.ts';

export interface Namespace {
  /** IP versions that the kernel has. */
  readonly versions: readonly Version[];
  run<K extends keyof Tasks>(task: K, asked: Parameters<Tasks[K]>[0]): ReturnType<Tasks[K]>;
  leave(): void;
}

const ENTER = fileURLToPath(new URL('./enter.mjs', import.meta.url));

/** The namespace, or the reason why there is none on this machine. */
export async function enterNamespace(): Promise<Namespace | string> {
  let command: [string, ...string[]];
  try {
    command = await inPrivateNamespace(process.execPath, [ENTER]);
  } catch (error) {
    return (error as Error).message;
  }
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 0;
  child.on('message', (answer: { id: number; value?: unknown; error?: string }) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) asked?.resolve(answer.value);
    else asked?.reject(new Error(answer.error));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the namespace has ended with ${code ?? signal}`));
    waiting.clear();
  });
  const ask = (task: string, asked: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      child.send({ id, task, asked });
    });
  let versions: readonly Version[];
  try {
    // A machine may permit namespaces and yet no TUN device in them.
    versions = (await ask('probe', {})) as readonly Version[];
  } catch (error) {
    child.kill();
    return (error as Error).message;
  }
  // The answers are what the tasks of that name return, by way of JSON.
  return { versions, run: ask as Namespace['run'], leave: () => void child.kill() };
}

export function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
