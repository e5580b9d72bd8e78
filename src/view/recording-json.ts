/** A recording as JSON for other programs: bytes as hex, times in nanoseconds, "never" as null. */
import type { Recording } from '../sim/recording.ts';

/** Text of a JSON object with the fields of `Recording`. Packets are hex strings; `Infinity` becomes null. */
export function recordingToJson(recording: Recording): string {
  return JSON.stringify(recording, replace, 1);
}

function replace(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return value;
}
