/** A Redis or Valkey server of its own for a test, where one is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** The program; undefined, with a word on why tests are skipped, where there is none. */
export const queueServer: string | undefined = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
if (queueServer === undefined)
  console.warn('tests of the queue are skipped: neither redis-server nor valkey-server is installed');

export interface QueueServer {
  readonly url: string;
  stop(): void;
}

export async function startQueueServer(): Promise<QueueServer> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(queueServer ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (/ready to accept connections/i.test(text)) resolve();
    });
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`${queueServer} ended with ${code}`)));
  });
  return { url: `redis://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') };
}

/** One that nobody listens on, a moment ago at least. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
