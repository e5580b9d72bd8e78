/** What the tests have done in the namespace: each task makes a lab, lets engine and kernel talk, and tells how it went. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { promisify } from 'node:util';
import { captureTap } from '../../src/node/tun/capture-tap.ts';
import { connect, type LiveSocket, serve } from '../../src/node/tun/live-socket.ts';
import type { CloseReason } from '../../src/tcp/types.ts';
import { dialectTasks } from './dialects.ts';
import { endOf, errorOf, hashOf, listening, portOf, randomBytes, sha256, sleep } from './kernel-side.ts';
import { ENGINE, KERNEL, type Lab, type Road, urlHost, VERSIONS, type Version, withLab } from './lab.ts';

type Side = 'engine' | 'kernel';

const PORT = 80;
const CLOSED_PORT = 81;
const PAGE = '<!doctype html><title>halfopen</title><p>A page served over a handshake.\n';

export const tasks = {
  ...dialectTasks,

  /** Can this machine do it at all, and with which IP versions? */
  async probe(_: object): Promise<readonly Version[]> {
    return withLab({}, async () => VERSIONS);
  },

  /** A page over HTTP: the engine serves Node's client or curl, or fetches from Node's server. */
  async page(asked: { version: Version; server: Side; client: 'node' | 'curl' | 'engine' }): Promise<string> {
    return withLab({}, async (lab) => {
      if (asked.server === 'kernel') return fetchPage(lab, asked.version);
      servePages(lab);
      const url = `http://${urlHost(ENGINE[asked.version])}/`;
      if (asked.client === 'curl') return (await run('curl', ['-sS', '--max-time', '20', url])).stdout;
      return getText(url);
    });
  },

  /** `bytes` from one side to the other on one connection that the kernel opened. */
  async transfer(asked: { version: Version; from: Side; bytes: number; road?: Road }): Promise<Transferred> {
    const payload = randomBytes(asked.bytes);
    return withLab({ road: asked.road }, async (lab) => {
      const began = performance.now();
      const got =
        asked.from === 'engine'
          ? await engineSends(lab, asked.version, payload)
          : await kernelSends(lab, asked.version, payload);
      const seconds = (performance.now() - began) / 1000;
      const { toKernel, toEngine } = lab.host;
      const sum = (name: 'lost' | 'duplicated' | 'heldBack'): number =>
        (toKernel?.counters[name] ?? 0) + (toEngine?.counters[name] ?? 0);
      return {
        want: sha256(payload),
        got,
        seconds,
        lost: sum('lost'),
        duplicated: sum('duplicated'),
        heldBack: sum('heldBack'),
        badChecksums: lab.host.counters.badChecksum,
      };
    });
  },

  /** Somebody knocks at a port where nobody listens. */
  async refused(asked: { version: Version; from: Side }): Promise<string> {
    return withLab({}, async (lab) => {
      if (asked.from === 'engine') return endOf(lab, asked.version, CLOSED_PORT);
      return errorOf(net.connect(CLOSED_PORT, ENGINE[asked.version]));
    });
  },

  /** One side ends an established connection by RST; what the other is told. */
  async reset(asked: { version: Version; by: Side }): Promise<string> {
    return withLab({}, async (lab) => {
      if (asked.by === 'engine') {
        serve(lab.host, PORT, 1, (socket) => ({ data: () => socket.abort() }));
        const client = net.connect(PORT, ENGINE[asked.version]);
        client.write('reset me');
        return errorOf(client);
      }
      const server = await listening(asked.version, (socket) => {
        socket.on('data', () => socket.resetAndDestroy());
        socket.on('error', () => {});
      });
      const end = await endOf(lab, asked.version, portOf(server), 'reset me');
      server.close();
      return end;
    });
  },

  /** One side closes at once, the other answers at length and closes then. */
  async halfClose(asked: { version: Version; first: Side; bytes: number }): Promise<HalfClosed> {
    const answer = randomBytes(asked.bytes);
    const want = sha256(answer);
    return withLab({}, async (lab) => {
      if (asked.first === 'kernel') {
        let states = '';
        serve(lab.host, PORT, 1, (socket) => ({
          ended: () => {
            states = socket.socket.connection?.state ?? '';
            socket.write(answer);
            socket.end();
          },
        }));
        const client = net.connect({ port: PORT, host: ENGINE[asked.version], allowHalfOpen: true });
        client.end('question');
        return { want, got: await hashOf(client), state: states };
      }
      const server = await listening(asked.version, (socket) => {
        socket.resume().on('end', () => socket.end(answer));
      });
      const hash = createHash('sha256');
      let state = '';
      await new Promise<void>((resolve) => {
        const socket = connect(lab.host, lab.kernel(asked.version), portOf(server), {
          established: () => {
            socket.write(Buffer.from('question'));
            socket.end();
          },
          data: (bytes) => {
            state ||= socket.socket.connection?.state ?? '';
            hash.update(bytes);
          },
          closed: () => resolve(),
        });
      });
      server.close();
      return { want, got: hash.digest('hex'), state };
    });
  },

  /** The receiver reads nothing for a while: its window closes, is probed, and opens again. */
  async slowReader(asked: { version: Version; from: Side; bytes: number; pause: number }): Promise<SlowlyRead> {
    const payload = randomBytes(asked.bytes);
    const want = sha256(payload);
    return withLab({}, async (lab) => {
      if (asked.from === 'engine') {
        let sender: LiveSocket | undefined;
        serve(lab.host, PORT, 1, (socket) => {
          sender = socket;
          return { data: () => sendAll(socket, payload) };
        });
        const client = net.connect(PORT, ENGINE[asked.version]);
        client.write('go');
        client.pause();
        await sleep(asked.pause);
        const windowWas = sender?.socket.connection?.tcb.sndWnd ?? -1;
        return { want, windowWas, got: await hashOf(client) };
      }
      const server = await listening(asked.version, (socket) => void socket.end(payload));
      const hash = createHash('sha256');
      let windowWas = -1;
      await new Promise<void>((resolve) => {
        const socket = connect(lab.host, lab.kernel(asked.version), portOf(server), {
          established: () => {
            socket.pause();
            setTimeout(() => {
              windowWas = socket.socket.connection?.rcvWnd ?? -1;
              socket.resume();
            }, asked.pause);
          },
          data: (bytes) => void hash.update(bytes),
          ended: () => socket.end(),
          closed: () => resolve(),
        });
      });
      server.close();
      return { want, windowWas, got: hash.digest('hex') };
    });
  },

  /** Of each kind of attempt one, in each IP version, as a pcapng file in base64. */
  async captured(_: object): Promise<string> {
    const pieces: Uint8Array[] = [];
    const tap = captureTap(Date.now(), (piece) => void pieces.push(piece));
    await withLab({ tap }, async (lab) => {
      servePages(lab);
      for (const version of VERSIONS) {
        await getText(`http://${urlHost(ENGINE[version])}/`);
        await fetchPage(lab, version);
        await endOf(lab, version, CLOSED_PORT);
        await errorOf(net.connect(CLOSED_PORT, ENGINE[version]));
      }
    });
    return Buffer.concat(pieces).toString('base64');
  },

  /** What the device says to a packet with the kernel's address as its source, and whether it was sent. */
  async forged(asked: { version: Version }): Promise<{ message: string; sent: number }> {
    return withLab({}, async ({ device, host }) => {
      const packet = new Uint8Array(asked.version === 4 ? 20 : 40);
      packet[0] = asked.version === 4 ? 0x45 : 0x60;
      host.addresses.bytes(host.addresses.parse(KERNEL[asked.version]), packet, asked.version === 4 ? 12 : 8);
      try {
        device.send(packet, packet.length);
        return { message: '', sent: device.counters.sent };
      } catch (error) {
        return { message: (error as Error).message, sent: device.counters.sent };
      }
    });
  },
};

export type Tasks = typeof tasks;

export interface Transferred {
  readonly want: string;
  readonly got: string;
  readonly seconds: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly heldBack: number;
  readonly badChecksums: number;
}

export interface HalfClosed {
  readonly want: string;
  readonly got: string;
  /** The engine's state while the answer was under way. */
  readonly state: string;
}

export interface SlowlyRead {
  readonly want: string;
  readonly got: string;
  /** The receiver's window before it began to read. */
  readonly windowWas: number;
}

const run = promisify(execFile);

/** The engine as a web server of one page. */
function servePages(lab: Lab): void {
  serve(lab.host, PORT, 8, (socket) => {
    let head = '';
    return {
      data: (bytes) => {
        head += Buffer.from(bytes).toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        socket.write(
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`),
        );
        socket.end();
      },
    };
  });
}

/** The engine as a client of Node's web server: the body of the answer. */
async function fetchPage(lab: Lab, version: Version): Promise<string> {
  const server = http.createServer((_, response) => void response.end(PAGE));
  server.listen(0, KERNEL[version]);
  await once(server, 'listening');
  let answer = '';
  await new Promise<void>((resolve) => {
    const socket = connect(lab.host, lab.kernel(version), portOf(server), {
      established: () => socket.write(Buffer.from('GET / HTTP/1.0\r\n\r\n')),
      data: (bytes) => {
        answer += Buffer.from(bytes).toString('latin1');
      },
      ended: () => socket.end(),
      closed: () => resolve(),
    });
  });
  server.close();
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

async function getText(url: string): Promise<string> {
  const [response] = (await once(http.get(url), 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece;
  return text;
}

async function engineSends(lab: Lab, version: Version, payload: Uint8Array): Promise<string> {
  serve(lab.host, PORT, 1, (socket) => {
    sendAll(socket, payload);
    return {};
  });
  return hashOf(net.connect(PORT, ENGINE[version]));
}

async function kernelSends(lab: Lab, version: Version, payload: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  const done = new Promise<CloseReason>((resolve) => {
    serve(lab.host, PORT, 1, (socket) => ({
      data: (bytes) => void hash.update(bytes),
      ended: () => socket.end(),
      closed: resolve,
    }));
  });
  net.connect(PORT, ENGINE[version]).end(payload);
  await done;
  return hash.digest('hex');
}

function sendAll(socket: LiveSocket, payload: Uint8Array): void {
  socket.write(payload);
  socket.end();
}
