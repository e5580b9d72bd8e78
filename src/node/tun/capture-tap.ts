/** A capture of what the engine sends and receives, as pcapng, with real times: a tap for `TunHost`. */
import { PcapngWriter } from '../../capture/pcapng-writer.ts';
import type { Nanos } from '../../tcp/types.ts';
import type { TunHostOptions } from './host.ts';

/** LINKTYPE_RAW: packets begin with their IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;

/**
 * Gives the pieces of a pcapng file to `write`, the header at once. `began` is the wall clock at the host's time 0 in
 * milliseconds since the epoch.
 */
export function captureTap(began: number, write: (piece: Uint8Array) => void): NonNullable<TunHostOptions['tap']> {
  const writer = new PcapngWriter();
  write(writer.header('halfopen'));
  write(writer.addInterface({ linkType: LINKTYPE_RAW, name: 'engine' }));
  const beganNanos = BigInt(Math.round(began)) * 1_000_000n;
  return (_direction, now: Nanos, bytes, length) => {
    const at = beganNanos + BigInt(now);
    write(writer.packet(Number(at / SECOND), Number(at % SECOND), bytes.subarray(0, length)));
  };
}

const SECOND = 1_000_000_000n;
