/** Commands on a Linux host that show what a capture cannot: the queue itself, its counters and its limits. */
import type { Judgement } from '../../diagnose/findings.ts';

export interface ServerCommand {
  readonly command: string;
  /** What it shows, as a heading. */
  readonly shows: string;
  /** What to make of it. */
  readonly means: string;
}

/** For the host a judgement is about; none where the host could not tell more. */
export function serverCommands({ kind, subject }: Judgement): readonly ServerCommand[] {
  const filter = subject.port >= 0 ? ` 'sport = :${subject.port}'` : '';
  switch (kind) {
    case 'flood':
    case 'retry-storm':
    case 'flash-crowd':
      return [
        {
          shows: 'Half-open connections now',
          command: `ss -Htan state syn-recv${filter} | wc -l`,
          means: 'As many as the backlog, or nearly: the queue is full.',
        },
        {
          shows: 'Accept queue (Recv-Q) and its limit (Send-Q)',
          command: `ss -tln${filter}`,
          means: 'The limit also bounds the SYN queue. Recv-Q at the limit: the application accepts too slowly.',
        },
        {
          shows: 'What the listener dropped, and whether cookies answered',
          command:
            'nstat -az TcpExtListenDrops TcpExtListenOverflows TcpExtTCPReqQFullDoCookies TcpExtTCPReqQFullDrop TcpExtSyncookiesSent',
          means:
            'Counted since the host started: run it twice and compare. TCPReqQFullDrop grows: SYNs find no place. TCPReqQFullDoCookies and SyncookiesSent grow: cookies answer instead. ListenOverflows grows: the accept queue is full, which is another trouble.',
        },
        {
          shows: 'Limits of the queue, cookies, and how often a SYN/ACK is sent again',
          command:
            'sysctl net.ipv4.tcp_max_syn_backlog net.core.somaxconn net.ipv4.tcp_syncookies net.ipv4.tcp_synack_retries',
          means: 'tcp_syncookies 0 is off, 1 when the queue is full, 2 always.',
        },
      ];
    case 'scan':
      return [
        {
          shows: 'Ports that listen',
          command: 'ss -tln',
          means: 'Each of them may have been found, if no filter is before it.',
        },
      ];
    case 'reflection':
    case 'backscatter':
      return [
        {
          shows: 'RSTs that this host sends',
          command: 'nstat -az TcpOutRsts',
          means:
            'A host answers a SYN/ACK that it never asked for with RST (RFC 9293 §3.10.7.1): run it twice, the count grows with them.',
        },
        {
          shows: 'Connections that this host is opening now',
          command: 'ss -Htan state syn-sent | wc -l',
          means: 'Few or none: it did not ask for these answers.',
        },
      ];
    case 'nothing':
      return [];
  }
}
