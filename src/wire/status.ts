/**
 * Outcome of decoding: garbage from the network is data, not an exception. A number, so that counters can be indexed
 * by it.
 */
export const DecodeStatus = {
  /** A TCP segment, its header whole. Its payload may still be cut by the capture (`Packet.capturedAll`). */
  Ok: 0,
  /** Neither IPv4 nor IPv6: ARP, LLDP, STP … */
  NotIp: 1,
  /** IP, but `Packet.protocol` is not TCP. */
  NotTcp: 2,
  /** A fragment of an IP datagram. The first fragment's TCP fields are filled as far as they are there. */
  Fragment: 3,
  /** The capture (or the sender) cut a header short. TCP fields are filled as far as `Packet.headerAvailable` goes. */
  Truncated: 4,
  /** Impossible IP header: wrong version, header length below 20, lengths that contradict each other. */
  BadIpHeader: 5,
  /** TCP data offset below 5, or beyond the end of the segment. The fixed header is filled. */
  BadDataOffset: 6,
  /** An option length below 2 or beyond the header (RFC 9293 MUST-7). Everything before it is filled. */
  BadOptionLength: 7,
  /** The capture's link type is none of `LinkType`. */
  UnsupportedLink: 8,
  /** A PPP, PPPoE, GRE or Geneve header that contradicts itself or its specification. */
  BadEncapsulation: 9,
  /** More headers between link and IP, labels, or tunnels than are followed. */
  TooDeep: 10,
} as const;

export type DecodeStatus = (typeof DecodeStatus)[keyof typeof DecodeStatus];

/** Names for people, by status. */
export const STATUS_NAMES: readonly string[] = [
  'ok',
  'not IP',
  'not TCP',
  'IP fragment',
  'truncated header',
  'bad IP header',
  'bad data offset',
  'bad option length',
  'unsupported link type',
  'bad encapsulation header',
  'nested too deeply',
];
