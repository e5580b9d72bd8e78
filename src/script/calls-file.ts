/**
 * open, pipe, sendfile, splice: as far as they move bytes from or to a socket. A file has as many zeros as are asked for;
 * what goes into a pipe is not kept.
 */
import { sending, untilReady } from '../socket/blocking.ts';
import { ok } from '../socket/errno.ts';
import { StreamSocket } from '../socket/stream-socket.ts';
import { arg, BAD_DESCRIPTOR, type MakePlan, type Plan, unsupported } from './call.ts';
import { Stream } from './descriptors.ts';
import { byteCount, itemsOf, numberOf } from './values.ts';

const open: MakePlan = (_call, { fds }) => ({
  attempt: () => ok(0),
  bind: (fd) => fds.add(fd, new Stream('file')),
});

const pipe: MakePlan = (call, { fds, file }) => {
  const [read, write] = itemsOf(arg(call, 0, file), file).map((item) => numberOf(item, file));
  if (read === undefined || write === undefined) throw unsupported(call, file, 'anything but [read end, write end]');
  return {
    attempt: () => {
      fds.add(read, new Stream('pipe'));
      fds.add(write, new Stream('pipe'));
      return ok(0);
    },
  };
};

/** sendfile(out, in, [offset], count) */
const sendfile: MakePlan = (call, context) => {
  const { fds, file } = context;
  const to = fds.socket(arg(call, 0, file), file);
  const from = fds.get(arg(call, 1, file), file);
  if (to === undefined || !(from instanceof Stream)) return BAD_DESCRIPTOR;
  const zeros = new Uint8Array(byteCount(arg(call, 3, file), file));
  return { attempt: sending(to, zeros, {}, to.nonblocking) };
};

/** splice(in, offset, out, offset, length, flags) */
const splice: MakePlan = (call, context) => {
  const { fds, file } = context;
  const from = fds.get(arg(call, 0, file), file);
  const to = fds.get(arg(call, 2, file), file);
  const length = byteCount(arg(call, 4, file), file);
  if (from instanceof StreamSocket && to instanceof Stream) return spliceFrom(from, length);
  if (from instanceof Stream && to instanceof StreamSocket) {
    return { attempt: sending(to, new Uint8Array(length), {}, to.nonblocking) };
  }
  if (from === undefined || to === undefined) return BAD_DESCRIPTOR;
  throw unsupported(call, file, 'a splice without a socket');
};

/** It stops before an urgent byte and does not pass over it: with nothing before that it moves nothing (tcp_read_sock). */
function spliceFrom(socket: StreamSocket, length: number): Plan {
  const into = new Uint8Array(length);
  return {
    attempt: untilReady(socket.nonblocking, (now, tx) => (socket.atMark() ? ok(0) : socket.recv(now, into, tx))),
  };
}

export const FILE_CALLS: Readonly<Record<string, MakePlan>> = { open, pipe, sendfile, splice };
