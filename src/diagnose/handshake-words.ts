/** Where each field of a row stands, in words of the three records that `HandshakeTable` keeps. Times take two words. */

export const Opening = {
  client: 0,
  server: 1,
  /** The client's in the upper half. */
  ports: 2,
  x: 3,
  packet: 4,
  facts: 5,
  older: 6,
  /** Answer + 1 with `Fact.SynAck`, else sequel + 1. */
  more: 7,
  at: 8,
  /** Window in the upper half, options in the lower. */
  windowPrint: 10,
  /** Bits as in `Meta`. */
  meta: 11,
  words: 12,
} as const;

/** TTL 8 bits, depth 4, by X 1, direction 2, IPv6 1, IP identification 16. */
export const Meta = { depthShift: 20, byX: 0x8_0000, directionShift: 17, v6: 0x1_0000 } as const;

export const Answer = {
  y: 0,
  ack: 1,
  packet: 2,
  /** Sequel + 1. */
  sequel: 3,
  at: 4,
  /** TTL 8 bits, then `ecn`, IP identification 16. */
  header: 6,
  windowPrint: 7,
  words: 8,
  ecn: 0x1_0000,
} as const;

/** Fields of a sequel that callers name. */
export const Later = {
  /** The segment that completed the handshake, or would if the SYN/ACK were there. */
  ackSeq: 0,
  ackAck: 1,
  ackPacket: 2,
  /** The RST; or with `Fact.IcmpRefused` the ICMP error: `rstSeq` is then its kind, `rstAck` who reports. */
  rstSeq: 3,
  rstAck: 4,
  rstPacket: 5,
  synLen: 6,
  synsAgain: 7,
  synacksAgain: 8,
  /** Frames recorded more than once, and how many of them in a row since the last that was sent. */
  duplicates: 9,
  duplicateRun: 10,
  /** Schedules of SYN and SYN/ACK + 1. */
  synSchedule: 11,
  synackSchedule: 12,
  /** Row of the flow table + 1. */
  flow: 13,
  rstHasAck: 15,
} as const;

export const LaterTime = { ack: 16, rst: 18, last: 20, lastSyn: 22, lastSynack: 24 } as const;

/** The other fields of a sequel. */
export const Sequel = { firstPacket: 14, firstAt: 26, words: 28 } as const;
