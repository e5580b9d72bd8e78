/** GTP-U, which carries the packets of phones between radio and core of a mobile network (3GPP TS 29.281 §5). */
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

/**
 * `packet` holds a UDP datagram whose payload begins at `at`; moves `packet.ipOff` to the IP header of what a phone sent or
 * receives and returns `Ok`, or what is in the way: `NotTcp` for signalling, for what is no GTP, and for a payload without IP.
 */
export function enterGtp(bytes: Uint8Array, at: number, packet: Packet): DecodeStatus {
  const { end, wireEnd } = packet;
  if (end - at < HEADER || (bytes[at]! & VERSION_AND_TYPE) !== VERSION_1_GTP || bytes[at + 1] !== G_PDU) {
    return DecodeStatus.NotTcp;
  }
  const flags = bytes[at]!;
  let inner = at + HEADER;
  // With any of the three flags all three fields are there; those without a flag say nothing (§5.1).
  if ((flags & (EXTENSION | SEQUENCE | N_PDU)) !== 0) {
    inner += OPTIONAL;
    let next = 0;
    if ((flags & EXTENSION) !== 0 && inner <= end) next = bytes[inner - 1]!;
    for (let headers = 0; next !== 0; headers++) {
      if (headers === MAX_HEADERS) return DecodeStatus.TooDeep;
      if (inner >= end) break;
      // In units of four bytes, of which the last says what comes next (§5.2.1).
      const length = bytes[inner]! * 4;
      if (length === 0) return DecodeStatus.BadEncapsulation;
      inner += length;
      next = inner <= end ? bytes[inner - 1]! : 0;
    }
  }
  if (inner >= end) return inner < wireEnd ? DecodeStatus.Truncated : DecodeStatus.BadEncapsulation;
  const version = bytes[inner]! >>> 4;
  if (version !== 4 && version !== 6) return DecodeStatus.NotTcp;
  packet.ipOff = inner;
  return DecodeStatus.Ok;
}

const HEADER = 8;
/** Sequence number, N-PDU number, type of the next extension header. */
const OPTIONAL = 4;
const VERSION_AND_TYPE = 0xf0;
const VERSION_1_GTP = 0x30;
const EXTENSION = 0x04;
const SEQUENCE = 0x02;
const N_PDU = 0x01;
const G_PDU = 255;
/** Real ones have one or two; each costs a step, so a hostile packet must not choose how many. */
const MAX_HEADERS = 16;
