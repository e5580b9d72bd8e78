/** Counters of one listener. Capitalised names are those of the Linux MIBs (`nstat`) and count what Linux counts. */
export class ListenCounters {
  /** Connections that left the SYN queue, or a cookie, established. */
  PassiveOpens = 0;
  ListenOverflows = 0;
  /** All SYNs and final ACKs dropped by the listener; includes ListenOverflows and TCPReqQFullDrop. */
  ListenDrops = 0;
  TCPReqQFullDrop = 0;
  TCPReqQFullDoCookies = 0;
  SyncookiesSent = 0;
  SyncookiesRecv = 0;
  SyncookiesFailed = 0;
  /** Half-open entries that ended by a RST, in either direction. */
  EmbryonicRsts = 0;
  /** Of these, the ones that an RST or a SYN in the window ended (RFC 4022 tcpAttemptFails). */
  AttemptFails = 0;
  /** SYN/ACK timers that fired, the last one of an entry included. */
  TCPTimeouts = 0;
  TCPSynRetrans = 0;
  RetransSegs = 0;
  OutRsts = 0;
  TCPChallengeACK = 0;
  /** Answers to repeated or unacceptable segments withheld by the rate limit. */
  TCPACKSkippedSynRecv = 0;
  PAWSEstab = 0;
  TSEcrRejected = 0;
  /** Connections opened by a SYN with data and a good cookie, and SYNs whose cookie was none of ours. */
  TCPFastOpenPassive = 0;
  TCPFastOpenPassiveFail = 0;
  /** Good cookies of the key that is being phased out; part of TCPFastOpenPassive. */
  TCPFastOpenPassiveAltKey = 0;
  /** SYNs that got the ordinary handshake because too many Fast Opens were pending. */
  TCPFastOpenListenOverflow = 0;
  /** Requests for a cookie, answered or not. */
  TCPFastOpenCookieReqd = 0;

  // Events Linux does not count, so that each dropped segment is counted somewhere.
  /** New SYNs seen, whatever became of them. */
  syns = 0;
  /** Entries whose last timer fired, early ones included. */
  expired = 0;
  /** Entries given up before their last retransmission because the queue was more than half full. */
  pruned = 0;
  /** Entries given up for another SYN (policy verdict `evict`). */
  evicted = 0;
  /** SYNs refused by RST/ACK (policy verdict `reset`). */
  refused = 0;
  /** Unacceptable segments for a half-open entry that were answered by an ACK. */
  outOfWindow = 0;
  rstOutOfWindow = 0;
  noAckFlag = 0;
  wrongAck = 0;
  /** SYNs in the window of an entry. */
  synInWindow = 0;
  synFinDropped = 0;
  /** In LISTEN with no entry: RSTs ignored, ACKs the stack answers by RST, segments with none of RST, ACK, SYN. */
  rstIgnored = 0;
  strayAcks = 0;
  noFlagDropped = 0;
}
