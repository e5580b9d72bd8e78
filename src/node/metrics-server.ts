/** Answers `GET /metrics` over HTTP, for Prometheus: text that is made anew for each request, and nothing else. */
import { createServer, type ServerResponse } from 'node:http';
import { HalfopenError } from '../wire/error.ts';
import { systemReason } from './system-reason.ts';

export interface MetricsOptions {
  /** Address to listen on; whoever names another than loopback opens the metrics to a network. */
  readonly host: string;
  /** 0 .. 65535; 0 = any free port. */
  readonly port: number;
  /** The answer, in Prometheus' text format 0.0.4. */
  readonly text: () => Promise<string>;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9400/metrics` */
  readonly url: string;
  close(): void;
}

export async function startMetrics({ host, port, text }: MetricsOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics') answer(response, 404, PLAIN, 'Not found; the metrics are at /metrics.\n');
    else if (request.method !== 'GET') answer(response, 405, PLAIN, 'Only GET.\n');
    else {
      text().then(
        (body) => answer(response, 200, METRICS, body),
        () => answer(response, 500, PLAIN, 'The metrics could not be made.\n'),
      );
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((error: unknown) => {
    throw new HalfopenError(`cannot serve metrics on ${at(host, port)}: ${systemReason(error)}`);
  });
  // The watch ends when its input does, whoever still asks.
  server.unref();
  const address = server.address();
  return {
    url: `http://${at(host, typeof address === 'object' && address !== null ? address.port : port)}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function at(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' });
  response.end(body);
}

const PLAIN = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8';
