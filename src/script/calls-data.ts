/** read, readv, recv, recvfrom, recvmsg, write, writev, send, sendto, sendmsg. */
import { fastOpening, receiving, reporting, sending } from '../socket/blocking.ts';
import { fail, ok } from '../socket/errno.ts';
import type { SendReport } from '../socket/send-reports.ts';
import type { MessageFlags, StreamSocket } from '../socket/stream-socket.ts';
import type { CallAction, Expr } from './ast.ts';
import {
  arg,
  BAD_DESCRIPTOR,
  type CallContext,
  type MakePlan,
  once,
  type Plan,
  socketArgument,
  unsupported,
} from './call.ts';
import { destination } from './calls-socket.ts';
import { type ControlMessage, controlDifference, dataMessages, reportMessages } from './control-messages.ts';
import { SYMBOLS } from './symbols.ts';
import { byteCount, flagsOf, itemsOf, memberOf, membersOf, numberOf } from './values.ts';

const read: MakePlan = (call, context) =>
  receive(call, context, byteCount(arg(call, 2, context.file), context.file), NONE);

const recv: MakePlan = (call, context) =>
  receive(call, context, byteCount(arg(call, 2, context.file), context.file), flagsOf(arg(call, 3, context.file)));

const readv: MakePlan = (call, context) =>
  receive(call, context, totalOf(arg(call, 1, context.file), context.file), NONE);

const recvmsg: MakePlan = (call, context) => {
  const { file } = context;
  const members = membersOf(arg(call, 1, file), file);
  const flags = flagsOf(arg(call, 2, file));
  const vectors = memberOf(members, 'msg_iov');
  const size = vectors === undefined ? 0 : totalOf(vectors, file);
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const expected = { control: memberOf(members, 'msg_control'), flags: memberOf(members, 'msg_flags') };
  if (flags.has('MSG_ERRQUEUE')) return receiveReport(found, size, expected, context);
  return {
    ...receive(call, context, size, flags),
    verify: () => messageDifference(expected, dataMessages(found), flags.has('MSG_OOB') ? 1 : 0, context),
  };
};

/** What a script says that recvmsg writes into its msghdr. */
interface ExpectedMessage {
  readonly control: Expr | undefined;
  readonly flags: Expr | undefined;
}

/** The error queue never makes anybody wait. A stamped segment comes along, and is cut off where it does not fit. */
function receiveReport(socket: StreamSocket, size: number, expected: ExpectedMessage, context: CallContext): Plan {
  let report: SendReport | undefined;
  return {
    attempt: () => {
      report = socket.reports.take();
      return report === undefined ? fail('EAGAIN') : ok(0);
    },
    verify: () => {
      if (report === undefined) return undefined;
      const cut = report.origin === 'timestamping' && size === 0;
      const flags = MSG_ERRQUEUE | (cut ? MSG_TRUNC : 0);
      return messageDifference(expected, reportMessages(report, socket), flags, context);
    },
  };
}

function messageDifference(
  expected: ExpectedMessage,
  control: readonly ControlMessage[],
  flags: number,
  { options, file }: CallContext,
): string | undefined {
  const wanted =
    expected.flags === undefined || expected.flags.kind === 'ellipsis' ? flags : numberOf(expected.flags, file);
  if (wanted !== flags) return `msg_flags: expected ${wanted}, found ${flags}`;
  return controlDifference(expected.control, control, options, file);
}

function receive(call: CallAction, context: CallContext, size: number, flags: ReadonlySet<string>): Plan {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  if (isNull(call.args[1]) && size > 0) {
    // The copy to a bad address fails, if there is anything to copy.
    return once(() => (found.connection !== null && found.connection.readable > 0 ? fail('EFAULT') : fail('EAGAIN')));
  }
  const into = new Uint8Array(size);
  const how: MessageFlags = { peek: flags.has('MSG_PEEK'), urgent: flags.has('MSG_OOB') };
  const nonblocking = found.nonblocking || flags.has('MSG_DONTWAIT');
  return { attempt: receiving(found, into, how, { nonblocking, all: flags.has('MSG_WAITALL') }) };
}

const write: MakePlan = (call, context) =>
  transmit(call, context, bytesOf(call, arg(call, 1, context.file), arg(call, 2, context.file), context.file), NONE);

const send: MakePlan = (call, context) =>
  transmit(
    call,
    context,
    bytesOf(call, arg(call, 1, context.file), arg(call, 2, context.file), context.file),
    flagsOf(arg(call, 3, context.file)),
  );

const writev: MakePlan = (call, context) =>
  transmit(call, context, gather(arg(call, 1, context.file), context.file), NONE);

const sendto: MakePlan = (call, context) => {
  const { file } = context;
  const bytes = bytesOf(call, arg(call, 1, file), arg(call, 2, file), file);
  return transmit(call, context, bytes, flagsOf(arg(call, 3, file)), true);
};

const sendmsg: MakePlan = (call, context) => {
  const { file } = context;
  const members = membersOf(arg(call, 1, file), file);
  const vectors = memberOf(members, 'msg_iov');
  const bytes = vectors === undefined ? NO_DATA : gather(vectors, file);
  return transmit(call, context, bytes, flagsOf(arg(call, 2, file)), true);
};

/** `addressed`: the call names a peer, which MSG_FASTOPEN connects to. */
function transmit(
  call: CallAction,
  context: CallContext,
  bytes: Uint8Array | 'bad address',
  flags: ReadonlySet<string>,
  addressed = false,
): Plan {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const nonblocking = found.nonblocking || flags.has('MSG_DONTWAIT');
  const how: MessageFlags = {
    more: flags.has('MSG_MORE'),
    whole: flags.has('MSG_EOR'),
    urgent: flags.has('MSG_OOB'),
    zerocopy: flags.has('MSG_ZEROCOPY'),
  };
  if (addressed && flags.has('MSG_FASTOPEN')) return fastOpen(call, context, found, bytes, how, nonblocking);
  if (bytes === 'bad address') return once(() => found.sendProblem() ?? fail('EFAULT'));
  return { attempt: reporting(found, how, sending(found, bytes, how, nonblocking)) };
}

function fastOpen(
  call: CallAction,
  context: CallContext,
  socket: StreamSocket,
  bytes: Uint8Array | 'bad address',
  how: MessageFlags,
  nonblocking: boolean,
): Plan {
  const to =
    call.name === 'sendto'
      ? destination(call, 4, context)
      : { address: context.bench.remote, port: context.options.connectPort };
  let begun = false;
  if (bytes === 'bad address') return once(() => fail('EFAULT'));
  const attempt = reporting(socket, how, fastOpening(socket, to, bytes, how, nonblocking));
  return once((now, tx) => {
    if (!begun && socket.connection === null && socket.listener === null) context.under.onConnect(socket);
    begun = true;
    return attempt(now, tx);
  });
}

/** `"text"` gives its bytes, `...` as many zeros as the length says, NULL a bad address. */
function bytesOf(call: CallAction, buffer: Expr, length: Expr, file: string): Uint8Array | 'bad address' {
  const n = byteCount(length, file);
  if (isNull(buffer)) return n === 0 ? NO_DATA : 'bad address';
  const bytes = new Uint8Array(n);
  if (buffer.kind === 'string') bytes.set(Uint8Array.from(buffer.value, (ch) => ch.charCodeAt(0)).subarray(0, n));
  else if (buffer.kind !== 'ellipsis') throw unsupported(call, file, 'such a buffer');
  return bytes;
}

function isNull(expr: Expr | undefined): boolean {
  return expr?.kind === 'word' && expr.word === 'NULL';
}

/** The bytes of an iovec list `[{..., 10}, {…}]`. */
function gather(vectors: Expr, file: string): Uint8Array {
  return new Uint8Array(totalOf(vectors, file));
}

function totalOf(vectors: Expr, file: string): number {
  let total = 0;
  for (const item of itemsOf(vectors, file)) {
    const last = membersOf(item, file).at(-1);
    if (last !== undefined) total += byteCount(last.value, file, total);
  }
  return total;
}

const NONE: ReadonlySet<string> = new Set();
const NO_DATA = new Uint8Array(0);
const MSG_ERRQUEUE = SYMBOLS.get('MSG_ERRQUEUE')!;
const MSG_TRUNC = SYMBOLS.get('MSG_TRUNC')!;

export const DATA_CALLS: Readonly<Record<string, MakePlan>> = {
  read,
  readv,
  recv,
  recvfrom: recv,
  recvmsg,
  write,
  writev,
  send,
  sendto,
  sendmsg,
};
