/** Requirements of RFC 9293 that no test holds, each with the reason. One that a test holds as well fails the ledger. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  'MAY-15': 'Not offered: SEND has no PUSH flag, so MUST-60 and MUST-61 apply instead.',
  'MAY-17': 'Not offered: what has arrived can be read at once, so a PSH tells the application nothing.',
  'MAY-7': 'Not used: nothing beyond the right window edge is repeated until the window opens again.',
  'SHLD-13': 'Advice to applications. None of ours uses it; `sendUrgent` says so.',
  'SHLD-6': 'Link layer: the caller configures the MSS from the MTU of its link, and knows whether that varies.',
  'MAY-4': 'IP layer: identification is written by `encodeIpPacket`, and packets are never fragmented here.',
  'MAY-6': 'Not offered: keep-alive probes carry no data (SHLD-12).',
  'MAY-10': 'IP layer: IP options are skipped (MUST-50), not acted on.',
  'MAY-11': 'IP layer: IP options are skipped (MUST-50), not acted on.',
  'MUST-51': 'IP layer: there is no source routing (RFC 7126 §4.3 has networks drop it), hence no route to specify.',
  'MUST-52': 'IP layer: there is no source routing.',
  'MUST-53': 'IP layer: there is no source routing; a received route is skipped like any IP option.',
  'SHLD-24': 'IP layer: there is no source routing.',
  'SHLD-23': 'Advice to applications.',
  'MAY-14': 'Not offered.',
  'MAY-18': 'Not offered: NewReno with SACK is the one congestion control.',
};
