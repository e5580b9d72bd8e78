/** Control messages of recvmsg: what the call would have written into `msg_control`, and whether the script expects that. */
import { ERRNO } from '../socket/errno.ts';
import type { SendReport } from '../socket/send-reports.ts';
import { TIMESTAMPING } from '../socket/send-reports.ts';
import type { StreamSocket } from '../socket/stream-socket.ts';
import type { Expr } from './ast.ts';
import { seconds } from './failure.ts';
import type { RunOptions } from './run-options.ts';
import { describe, itemsOf, memberIn, membersOf, numberOf, wordOf } from './values.ts';

/** One control message: names as words, data as a number or by field. */
export interface ControlMessage {
  readonly level: string;
  readonly type: string;
  readonly data: number | Readonly<Record<string, number>>;
}

/** What comes with data: with TCP_INQ how much more there is, the peer's FIN counting as a byte (Linux tcp_inq_hint). */
export function dataMessages(socket: StreamSocket): ControlMessage[] {
  const c = socket.connection;
  if (c === null || socket.options.inq === 0) return [];
  return [{ level: 'SOL_TCP', type: 'TCP_CM_INQ', data: c.readable + (socket.peerClosed ? 1 : 0) }];
}

/** What comes with a report of the error queue (struct sock_extended_err, struct scm_timestamping). */
export function reportMessages(report: SendReport, socket: StreamSocket): ControlMessage[] {
  const v6 = socket.family === 'inet6';
  const stamped = report.origin === 'timestamping';
  const error: ControlMessage = {
    level: v6 ? 'SOL_IPV6' : 'SOL_IP',
    type: v6 ? 'IPV6_RECVERR' : 'IP_RECVERR',
    data: {
      ee_errno: stamped ? ERRNO.ENOMSG[0] : 0,
      ee_origin: stamped ? EE_ORIGIN.TIMESTAMPING : EE_ORIGIN.ZEROCOPY,
      ee_type: 0,
      // A segment that is looked at, as every one of a script is, has been copied on its way out.
      ee_code: stamped ? 0 : 1,
      ee_info: report.info,
      ee_data: report.data,
    },
  };
  const bits = socket.options.timestamping;
  if (!stamped || (bits & TIMESTAMPING.SOFTWARE) === 0) return [error];
  const time = { scm_sec: Math.floor(report.at / 1e9), scm_nsec: report.at % 1e9 };
  return [{ level: 'SOL_SOCKET', type: 'SCM_TIMESTAMPING', data: time }, error];
}

/** A difference in words between `msg_control` of a script and what there was. */
export function controlDifference(
  expected: Expr | undefined,
  actual: readonly ControlMessage[],
  options: RunOptions,
  file: string,
): string | undefined {
  if (expected === undefined || expected.kind === 'ellipsis') return undefined;
  const wanted = itemsOf(expected, file);
  if (wanted.length !== actual.length) return `msg_control: expected ${wanted.length} messages, found ${actual.length}`;
  for (const [i, message] of actual.entries()) {
    const want = wanted[i]!;
    const level = wordOf(memberIn(want, 'cmsg_level', file), file);
    const type = wordOf(memberIn(want, 'cmsg_type', file), file);
    if (level !== message.level || type !== message.type) {
      return `msg_control ${i}: expected ${level} ${type}, found ${message.level} ${message.type}`;
    }
    const wrong = dataDifference(memberIn(want, 'cmsg_data', file), message, options, file);
    if (wrong !== undefined) return `${type}: ${wrong}`;
  }
  return undefined;
}

function dataDifference(
  expected: Expr,
  { data }: ControlMessage,
  options: RunOptions,
  file: string,
): string | undefined {
  if (typeof data === 'number') {
    const want = numberOf(expected, file);
    return want === data ? undefined : `expected ${want}, found ${data}`;
  }
  if (data.scm_sec !== undefined && data.scm_nsec !== undefined) {
    const at = data.scm_sec * 1e9 + data.scm_nsec;
    const want =
      numberOf(memberIn(expected, 'scm_sec', file), file) * 1e9 + numberOf(memberIn(expected, 'scm_nsec', file), file);
    const near = Math.abs(at - want) <= options.toleranceUsecs * 1000;
    return near ? undefined : `expected ${seconds(want)} s, found ${seconds(at)} s`;
  }
  for (const { name, value } of membersOf(expected, file)) {
    const found = Object.hasOwn(data, name) ? data[name] : undefined;
    const symbol = value.kind === 'word' ? EE_SYMBOLS.get(value.word) : undefined;
    const want = symbol ?? numberOf(value, file);
    if (want !== found) return `${name}: expected ${want}, found ${found ?? describe(value)}`;
  }
  return undefined;
}

/** linux/errqueue.h */
const EE_ORIGIN = { TIMESTAMPING: 4, ZEROCOPY: 5 } as const;
const EE_SYMBOLS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    SO_EE_ORIGIN_NONE: 0,
    SO_EE_ORIGIN_LOCAL: 1,
    SO_EE_ORIGIN_ICMP: 2,
    SO_EE_ORIGIN_ICMP6: 3,
    SO_EE_ORIGIN_TIMESTAMPING: EE_ORIGIN.TIMESTAMPING,
    SO_EE_ORIGIN_ZEROCOPY: EE_ORIGIN.ZEROCOPY,
    SO_EE_CODE_ZEROCOPY_COPIED: 1,
    SCM_TSTAMP_SND: 0,
    SCM_TSTAMP_SCHED: 1,
    SCM_TSTAMP_ACK: 2,
  }),
);
