/**
 * A worker of the stub in a process of its own, that a test can kill: `queue-worker.mjs <address> <version> <patience>`. Ends
 * in order at SIGTERM.
 */
import { fileURLToPath } from 'node:url';
import { replicaPool } from '../../dist/node/sweep/pool.js';
import { serveQueue } from '../../dist/node/sweep/queue.js';

const [url, halfopen, patience] = process.argv.slice(2);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const pool = replicaPool(1, fileURLToPath(new URL('./stub-worker.mjs', import.meta.url)));
const tell = (sentence) => console.log(sentence);
tell('begun');
const finished = await serveQueue(
  url,
  (task) => pool.run(task),
  { halfopen, jobs: 1, patience: Number(patience), tell },
  stop.signal,
);
tell(`finished ${finished}`);
await pool.close();
