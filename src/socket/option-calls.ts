/** What setsockopt(2) and getsockopt(2) do besides remembering a number (Linux sk_setsockopt, do_tcp_setsockopt). */
import type { Nanos, Tx } from '../tcp/types.ts';
import { ERRNO, fail, type Outcome } from './errno.ts';
import { TFO } from './fast-open.ts';
import { getNumber, setNumber } from './option-table.ts';
import { TIMESTAMPING } from './send-reports.ts';

import type { StreamSocket } from './stream-socket.ts';

/** TCP_MSS_DEFAULT: what getsockopt tells before anybody has said anything. */
const DEFAULT_MSS = 536;

export function setOption(
  socket: StreamSocket,
  now: Nanos,
  level: string,
  name: string,
  value: number,
  tx: Tx,
): Outcome {
  const refused = name === 'SO_TIMESTAMPING' ? countBytes(socket, value) : refuseFastOpen(socket, name);
  if (refused !== undefined) return refused;
  const outcome = setNumber(socket.options, socket.settings, level, name, value);
  if (outcome.errno !== '') return outcome;
  const { connection: c, config } = socket;
  if (name === 'TCP_FASTOPEN' || name === 'TCP_FASTOPEN_NO_COOKIE') socket.tuneFastOpen();
  if (name === 'SO_RCVLOWAT') socket.noticeRcvLowat();
  socket.listener?.configure(config);
  if (c === null) return outcome;
  c.configure(config, now);
  if (name === 'TCP_QUICKACK') {
    // An even number other than 0 sends what is owed, and does no more (__tcp_sock_set_quickack).
    const once = value !== 0 && (value & 1) === 0 && c.tcb.ackOwed > 0;
    c.quickAck(value !== 0, now, tx);
    if (once) c.quickAck(false, now, tx);
  }
  if (name === 'TCP_NODELAY') c.noDelay(value !== 0, now, tx);
  if (name === 'TCP_CORK') c.cork(value !== 0, now, tx);
  return outcome;
}

/** A number, or undefined: no such option. */
export function getOption(socket: StreamSocket, level: string, name: string): number | undefined {
  const { connection: c, options } = socket;
  switch (name) {
    case 'SO_ERROR':
      return socket.error === '' ? 0 : ERRNO[socket.takeError()][0];
    case 'SO_TYPE':
      return 1;
    case 'SO_ACCEPTCONN':
      return socket.listener === null ? 0 : 1;
    case 'SO_SNDBUF':
      return options.sndBuf || c?.tcb.sendQueue?.size || getNumber(options, socket.settings, level, name);
    case 'TCP_QUICKACK':
      return c === null ? Number(options.quickAck) : Number(c.tcb.intake?.pingPong !== true);
    case 'TCP_MAXSEG':
      if (c !== null && c.state !== 'SYN-SENT') return c.tcb.sndMss;
      return options.maxSegment > 0 ? options.maxSegment : DEFAULT_MSS;
    default:
      return getNumber(options, socket.settings, level, name);
  }
}

/** OPT_ID counts from what is unacknowledged now, which there is not before a connection (sock_set_timestamping). */
function countBytes({ connection: c, options, reports, deferred }: StreamSocket, bits: number): Outcome | undefined {
  if ((bits & ~options.timestamping & TIMESTAMPING.OPT_ID) === 0) return undefined;
  if (c === null ? deferred === null : c.state === 'CLOSED') return fail('EINVAL');
  reports.countFrom(c?.tcb.sndUna ?? 0);
  return undefined;
}

/** These belong to a socket that is not connected. */
function refuseFastOpen(socket: StreamSocket, name: string): Outcome | undefined {
  const busy = socket.connection !== null || socket.deferred !== null;
  switch (name) {
    case 'TCP_FASTOPEN':
    case 'TCP_FASTOPEN_NO_COOKIE':
      return busy ? fail('EINVAL') : undefined;
    case 'TCP_FASTOPEN_CONNECT':
      if ((socket.settings.fastOpen.flags & TFO.CLIENT_ENABLE) === 0) return fail('EOPNOTSUPP');
      return busy || socket.listener !== null ? fail('EINVAL') : undefined;
    default:
      return undefined;
  }
}
