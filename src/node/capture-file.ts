/** Capture files from disk or standard input, in bounded memory. */
import { createReadStream } from 'node:fs';
import type { CaptureReader } from '../capture/reader.ts';
import { Frame } from '../capture/types.ts';
import { HalfopenError } from '../wire/error.ts';

/**
 * Streams `path` (`-` is standard input) through `reader` and hands every frame to `onFrame`, which gets the same
 * object each time. Rejects with `CaptureError` where the capture cannot be read further, after all frames before it,
 * and with `HalfopenError` where the file cannot be read at all. A cut last record is not an error: see
 * `reader.truncated`.
 */
export async function streamCapture(
  path: string,
  reader: CaptureReader,
  onFrame: (frame: Frame) => void,
): Promise<void> {
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
  const frame = new Frame();
  try {
    for await (const chunk of stream) {
      reader.push(chunk as Uint8Array); // no encoding is set, so chunks are bytes
      while (reader.next(frame)) onFrame(frame);
    }
  } catch (error) {
    throw ioError(path, error) ?? error;
  }
  reader.end();
  while (reader.next(frame)) onFrame(frame);
}

/** How the input is called in messages. */
export function captureName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Node's file errors as one sentence; undefined for any other error. */
function ioError(path: string, error: unknown): HalfopenError | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const name = captureName(path);
  switch (error.code) {
    case 'ENOENT':
      return new HalfopenError(`${name}: no such file, expected a pcap or pcapng capture`);
    case 'EISDIR':
      return new HalfopenError(`${name}: is a folder, expected a pcap or pcapng capture`);
    case 'EACCES':
      return new HalfopenError(`${name}: no permission to read it`);
    default:
      return new HalfopenError(`${name}: cannot be read (${String(error.code)})`);
  }
}

/** Larger reads than Node's 64 KiB: fewer trips through the event loop per packet. */
const CHUNK = 1 << 18;
