/** The page that the engine serves: what the visitor's own handshake was like. */
import type { LiveSocket, SocketEvents } from '../node/tun/live-socket.ts';
import type { AddressTable } from '../wire/address.ts';

/** A request longer than this is nobody's who wants to see a page. */
const MOST_HEAD = 16_384;

/** Answers one HTTP request of any kind with the page, then closes. */
export function handshakePage(socket: LiveSocket, addresses: AddressTable): SocketEvents {
  let head = '';
  let answered = false;
  return {
    data: (bytes) => {
      if (answered) return;
      head += Buffer.from(bytes).toString('latin1');
      if (head.length > MOST_HEAD) return socket.abort();
      if (!head.includes('\r\n\r\n')) return;
      answered = true;
      const body = Buffer.from(pageText(socket, addresses));
      socket.write(
        Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
          ),
          head.startsWith('HEAD ') ? Buffer.alloc(0) : body,
        ]),
      );
      socket.end();
    },
    // Somebody who closes without a request gets nothing.
    ended: () => socket.end(),
  };
}

function pageText(socket: LiveSocket, addresses: AddressTable): string {
  const t = socket.socket.connection!.tcb;
  const yes = (agreed: boolean): string => (agreed ? 'yes' : 'no');
  return [
    'You have just shaken hands with halfopen.',
    '',
    `  you        ${addresses.format(t.remote)} port ${t.remotePort}`,
    `  the engine ${addresses.format(t.local)} port ${t.localPort}`,
    `  X, your initial sequence number  ${t.irs}`,
    `  Y, the engine's                  ${t.iss}`,
    `  round trip of the handshake      ${t.rtt.srtt < 0 ? 'not measured' : `${(t.rtt.srtt / 1e6).toFixed(3)} ms`}`,
    `  largest segment to you           ${t.sndMss} bytes`,
    `  window scale                     ${t.scaleOk ? `yours ${t.sndScale}, the engine's ${t.rcvScale}` : 'none'}`,
    `  SACK ${yes(t.sackOk)}, timestamps ${yes(t.tsOk)}`,
    '',
  ].join('\n');
}
