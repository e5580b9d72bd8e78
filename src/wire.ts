/** Bytes to segments and back: link types, IPv4 and IPv6, TCP and its options, checksums, printing. */
export { AddressTable, IPV6_BASE, isIpv6 } from './wire/address.ts';
export { addWords, inetChecksum, pseudoHeaderSum, tcpChecksum } from './wire/checksum.ts';
export { Direction } from './wire/direction.ts';
export { HalfopenError } from './wire/error.ts';
export {
  decodeIcmpError,
  encodeIcmpError,
  IcmpError,
  type IcmpKind,
  icmpCode,
  icmpKind,
  icmpRoom,
  setIcmp,
} from './wire/icmp.ts';
export { formatIpv4, parseIpv4 } from './wire/ipv4-text.ts';
export { formatIpv6, parseIpv6 } from './wire/ipv6-text.ts';
export { LinkType } from './wire/link.ts';
export { OptionCursor, optionName } from './wire/option-cursor.ts';
export {
  type ChecksumState,
  decodeFrame,
  decodeIp,
  encodeEthernet,
  encodeIpPacket,
  type IpOptions,
  ipPacketLength,
  Packet,
  resetPacket,
} from './wire/packet.ts';
export { type FormatOptions, flagNames, formatFlags, formatOptions, formatSegment } from './wire/print.ts';
export {
  ACK,
  AE,
  CWR,
  copySegment,
  ECE,
  FIN,
  MAX_SACK_BLOCKS,
  NO_BYTES,
  PSH,
  RST,
  resetSegment,
  Segment,
  SYN,
  segLen,
  URG,
} from './wire/segment.ts';
export { type Seq, seqAdd, seqDiff, seqGe, seqGt, seqIn, seqLe, seqLt, seqMax } from './wire/seq.ts';
export { DecodeStatus, STATUS_NAMES } from './wire/status.ts';
export {
  decodeTcp,
  encodeTcp,
  TCP_FLAGS_END,
  TCP_HEADER_BYTES,
  tcpHeaderLength,
  tcpLength,
} from './wire/tcp-header.ts';
export { decodeOptions, encodeOptions, MAX_OPTION_BYTES, OptionKind, optionsLength } from './wire/tcp-options.ts';
