#!/usr/bin/env node
/**
 * The program behind `halfopen tun serve`, run in a network namespace of its own: the engine at one end of a TUN device,
 * the kernel and any program at the other. It is a program, not a module of the command, so that no file of the house
 * reaches both a TUN device and what must never come near one (test/walls.test.ts).
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { runChild } from '../node/child.ts';
import { systemReason } from '../node/system-reason.ts';
import { captureTap } from '../node/tun/capture-tap.ts';
import { TunDevice } from '../node/tun/device.ts';
import { TunHost } from '../node/tun/host.ts';
import { CLEAR, type Impairment } from '../node/tun/link.ts';
import { serve } from '../node/tun/live-socket.ts';
import { StepRecorder } from '../node/tun/step-recorder.ts';

import { MS } from '../tcp/types.ts';
import { AddressTable } from '../wire/address.ts';
import { HalfopenError } from '../wire/error.ts';
import { handshakePage } from './handshake-page.ts';
import { HOSTS } from './profiles.ts';
import { painter, tell } from './terminal.ts';
import type { TunServeOptions } from './tun-options.ts';
import { tunStepText } from './tun-step-text.ts';

const NAME = 'halfopen0';
const MTU = 1500;
/** How long the last segments of a finished command may take. */
const GRACE_MS = 500;

// `halfopen tun serve | head` closes the pipe early: that is no fault of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  // Written by `commands/tun.ts` of the same version.
  process.exitCode = await run(JSON.parse(process.argv[2] ?? '') as TunServeOptions);
} catch (error) {
  if (!(error instanceof HalfopenError)) throw error;
  tell(error.message);
  process.exitCode = 2;
}

async function run(options: TunServeOptions): Promise<number> {
  const addresses = new AddressTable();
  const own = options.addresses.map((text) => addressBytes(addresses, text));
  const kernel = own.map(neighbour);
  const device = await TunDevice.open({ name: NAME, mtu: MTU, own, kernel });
  const road: Impairment = { ...CLEAR, loss: options.loss / 100, delay: options.delay * MS };
  const clear = options.loss === 0 && options.delay === 0;
  const file = options.pcapng === '' ? -1 : openCapture(options.pcapng);
  const host = new TunHost({
    device,
    addresses,
    own: own.map((bytes) => handleOf(addresses, bytes)),
    settings: HOSTS[options.profile],
    ...(!clear && { toKernel: road, toEngine: road, seed: options.seed }),
    ...(file >= 0 && { tap: captureTap(Date.now(), (piece) => void writeSync(file, piece)) }),
  });
  const pairs = own.map((bytes, i): [string, string] => [
    addresses.format(handleOf(addresses, bytes)),
    addresses.format(handleOf(addresses, kernel[i]!.address)),
  ]);
  let count = 0;
  const paint = painter(options.colour);
  new StepRecorder(host, pairs, (recording) => {
    process.stdout.write(`${tunStepText(recording, ++count, options, paint)}\n`);
  });
  try {
    serve(host, options.port, options.backlog, (socket) => handshakePage(socket, addresses));
    if (options.command.length === 0) await untilInterrupted(options);
    else return await runCommand(options.command, host);
    return 0;
  } finally {
    host.close();
    if (file >= 0) closeSync(file);
  }
}

async function runCommand([command = '', ...args]: readonly string[], host: TunHost): Promise<number> {
  try {
    const { code } = await runChild(command, args);
    await finished(host);
    return code;
  } catch (error) {
    throw new HalfopenError(`cannot run ${command}: ${systemReason(error)}`);
  }
}

/** Waits until no connection has anything left to say, but not for ever. */
async function finished(host: TunHost): Promise<void> {
  const over = (): boolean =>
    [...host.sockets.stack.connections()].every(({ state }) => state === 'CLOSED' || state === 'TIME-WAIT');
  for (let waited = 0; waited < GRACE_MS && !over(); waited += 10) await new Promise((done) => setTimeout(done, 10));
}

function untilInterrupted({ addresses, port }: TunServeOptions): Promise<void> {
  const urls = addresses.map(
    (text) => `http://${text.includes(':') ? `[${text}]` : text}${port === 80 ? '' : `:${port}`}/`,
  );
  // Before anything is said: who reads it may interrupt at once.
  const interrupted = new Promise<void>((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
  process.stdout.write(
    [
      `The engine serves ${urls.join(' and ')} in a network namespace of its own.`,
      'From another terminal:',
      `  nsenter --preserve-credentials --user --net --target ${process.pid} curl ${urls[0]}`,
      'Ctrl+C ends it.',
      '',
    ].join('\n'),
  );
  return interrupted;
}

function addressBytes(addresses: AddressTable, text: string): Uint8Array {
  const handle = addresses.parse(text);
  const bytes = new Uint8Array(addresses.isV6(handle) ? 16 : 4);
  addresses.bytes(handle, bytes, 0);
  return bytes;
}

function handleOf(addresses: AddressTable, bytes: Uint8Array): number {
  return bytes.length === 16 ? addresses.intern(bytes, 0) : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** The kernel's address: the other one of the smallest network that holds both (a /30 has two; else a /31, RFC 3021). */
function neighbour(own: Uint8Array): { address: Uint8Array; prefix: number } {
  const address = own.slice();
  const last = own.length - 1;
  const low = own[last]! & 3;
  const middle = low === 1 || low === 2;
  address[last] = own[last]! ^ (middle ? 3 : 1);
  return { address, prefix: 8 * own.length - (middle ? 2 : 1) };
}

function openCapture(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new HalfopenError(`cannot write ${path}: ${systemReason(error)}`);
  }
}
