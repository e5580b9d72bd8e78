/** Serves the built lab to browsers on this machine: static files from one folder, nothing else. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HalfopenError } from '../wire/error.ts';
import { systemCode, systemReason } from './system-reason.ts';

export interface LabOptions {
  /** 0 .. 65535; 0 = any free port. */
  readonly port: number;
  /** Take any free port when `port` is in use. Default false. */
  readonly orAnyPort?: boolean;
  /** Folder with `index.html`. Default: the lab in this package. */
  readonly root?: string;
}

export interface LabServer {
  /** `http://127.0.0.1:9293/` */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The lab as `npm run build` leaves it, seen from `dist/node`. */
export const LAB_FOLDER: string = fileURLToPath(new URL('../../dist/lab/', import.meta.url));

/** Starts to serve; only on the loopback address, because the lab is for whoever started it. */
export async function startLab(options: LabOptions): Promise<LabServer> {
  const root = await labRoot(options.root ?? LAB_FOLDER);
  const server = createServer((request, response) => {
    serve(root, request, response).catch(() => finish(response, 500, 'The lab could not read this file.'));
  });
  const port = await listen(server, options.port).catch(async (error: unknown) => {
    const inUse = systemCode(error) === 'EADDRINUSE';
    if (inUse && options.orAnyPort) return listen(server, 0);
    throw new HalfopenError(`cannot serve the lab on 127.0.0.1:${options.port}: ${systemReason(error)}`);
  });
  return {
    url: `http://${HOST}:${port}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Browsers keep connections open; without this, close would wait for them.
        server.closeAllConnections();
      }),
  };
}

const HOST = '127.0.0.1';

async function labRoot(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    await stat(join(root, 'index.html'));
    return root;
  } catch {
    throw new HalfopenError(`the lab is not built: no index.html in ${folder}; "npm run build" makes it`);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    finish(response, 405, 'Only GET and HEAD.');
    return;
  }
  const file = await resolveFile(root, request.url ?? '/');
  if (file === undefined) {
    finish(response, 404, 'Not found.');
    return;
  }
  const { size } = await stat(file);
  response.writeHead(200, {
    'Content-Type': MIME_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': size,
    'X-Content-Type-Options': 'nosniff',
    // Names in assets/ carry a hash of their content; the page itself must always be fresh.
    'Cache-Control': file.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  stream.on('error', () => response.destroy());
  stream.pipe(response);
}

/** The file for a request path, or undefined when there is none inside the root. Links that lead out count as none. */
async function resolveFile(root: string, url: string): Promise<string | undefined> {
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/');
  } catch {
    return undefined;
  }
  // Backslashes are separators on Windows; NUL ends a path in C.
  if (path.includes('\0') || path.includes('\\') || path.split('/').includes('..')) return undefined;
  try {
    let file = await realpath(join(root, path));
    if ((await stat(file)).isDirectory()) file = await realpath(join(file, 'index.html'));
    const inside = file.startsWith(root.endsWith(sep) ? root : root + sep);
    return inside && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

function finish(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(`${text}\n`);
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.yaml': 'application/yaml; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};
