/** Small things both kinds of tasks need of Node's sockets, and of the engine's. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { connect } from '../../src/node/tun/live-socket.ts';
import type { CloseReason } from '../../src/tcp/types.ts';
import { KERNEL, type Lab, type Version } from './lab.ts';

/** A server of the kernel on a free port; it may go on sending to who has closed. */
export async function listening(version: Version, accepted: (socket: net.Socket) => void): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true }, accepted).listen(0, KERNEL[version]);
  await once(server, 'listening');
  return server;
}

export function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}

/** All that the kernel's socket receives until the other side closes. */
export async function hashOf(socket: net.Socket): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of socket) hash.update(piece as Buffer);
  return hash.digest('hex');
}

export async function errorOf(socket: net.Socket): Promise<string> {
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code ?? error.message;
}

/** How the engine's connection to that port ended. */
export function endOf(lab: Lab, version: Version, port: number, says = ''): Promise<CloseReason> {
  return new Promise((resolve) => {
    const socket = connect(lab.host, lab.kernel(version), port, {
      established: () => socket.write(Buffer.from(says)),
      closed: resolve,
    });
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Bytes that look random and are the same in every run (xorshift32). */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = 0x9e3779b9;
  for (let i = 0; i < length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes[i] = x;
  }
  return bytes;
}
