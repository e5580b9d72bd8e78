/** Calls that wait: a call of a blocking socket as something to try again until it has an outcome. */
import { type Nanos, SEC, type TcpState, type Tx } from '../tcp/types.ts';
import { fail, type Outcome, ok } from './errno.ts';
import type { Endpoint, MessageFlags, StreamSocket } from './stream-socket.ts';

/** Tries once at `now`; undefined = it still waits. To be tried again after anything happened on the host. */
export type Attempt = (now: Nanos, tx: Tx) => Outcome | undefined;

/** The same; a time = it waits no longer than until then, when it is to be tried again whatever happens. */
export type TimedAttempt = (now: Nanos, tx: Tx) => Outcome | Nanos | undefined;

/** `call` once when `nonblocking`, else until it is not EAGAIN any more. */
export function untilReady(nonblocking: boolean, call: (now: Nanos, tx: Tx) => Outcome): Attempt {
  return (now, tx) => {
    const outcome = call(now, tx);
    return outcome.errno === 'EAGAIN' && !nonblocking ? undefined : outcome;
  };
}

/** recv(2): a blocking one waits for SO_RCVLOWAT bytes or, with MSG_WAITALL, for `all` (tcp_recvmsg_locked). */
export function receiving(
  socket: StreamSocket,
  into: Uint8Array,
  flags: MessageFlags,
  { nonblocking, all }: { readonly nonblocking: boolean; readonly all: boolean },
): Attempt {
  if (nonblocking || flags.urgent === true) return (now, tx) => socket.recv(now, into, tx, flags);
  const target = all ? into.length : Math.min(socket.options.rcvLowat, into.length);
  const peek = flags.peek === true;
  let done = 0;
  return (now, tx) => {
    for (;;) {
      const ended = socket.error !== '' || socket.readShut;
      // What is wrong is for the next call, this one has something to tell.
      if (done > 0 && ended && !(socket.connection !== null && socket.connection.readable > 0)) return ok(done);
      const outcome = socket.recv(now, into.subarray(done), tx, flags);
      if (outcome.errno === 'EAGAIN') return undefined;
      if (outcome.errno !== '') return outcome;
      const got = done + outcome.value;
      if (outcome.value === 0 || got >= target || socket.atMark() || (peek && ended)) return ok(got);
      if (peek) return undefined;
      done = got;
    }
  };
}

/** connect(2): waits for the end of the handshake. */
export function connecting(socket: StreamSocket, remote: Endpoint, nonblocking: boolean): Attempt {
  return (now, tx) => {
    const outcome = socket.connect(now, remote, tx);
    const waits = outcome.errno === 'EINPROGRESS' || outcome.errno === 'EALREADY';
    return waits && !nonblocking ? undefined : outcome;
  };
}

/**
 * sendto(2) with MSG_FASTOPEN: connects, and the bytes ride on the SYN where a cookie is known (RFC 7413 §4.2). A blocking
 * one returns when the handshake is complete and all bytes are taken.
 */
export function fastOpening(
  socket: StreamSocket,
  remote: Endpoint | 'unspec',
  bytes: Uint8Array,
  flags: MessageFlags,
  nonblocking: boolean,
): Attempt {
  let taken = -1;
  let rest: Attempt | undefined;
  return (now, tx) => {
    if (rest !== undefined) return rest(now, tx);
    const first = taken < 0;
    const outcome = socket.fastOpen(now, remote, first ? bytes : NOTHING, !nonblocking, tx);
    if (first && socket.connection?.state === 'SYN-SENT' && outcome.errno !== 'EALREADY') {
      taken = Math.max(outcome.value, 0);
      if (!nonblocking) return undefined;
      return outcome;
    }
    if (outcome.errno === 'EALREADY' && !nonblocking) return undefined;
    if (outcome.errno !== '') return outcome;
    const before = Math.max(0, taken);
    const sends = sending(socket, bytes.subarray(before), flags, nonblocking);
    rest = (at, out) => {
      const sent = before < bytes.length ? sends(at, out) : ok(0);
      if (sent === undefined || (sent.errno !== '' && before === 0)) return sent;
      return ok(before + Math.max(0, sent.value));
    };
    return rest(now, tx);
  };
}

/** close(2): with SO_LINGER and a time it waits until the peer has acknowledged our FIN, but no longer than that. */
export function closing(socket: StreamSocket): TimedAttempt {
  let until = -1;
  return (now, tx) => {
    const c = socket.connection;
    const { linger } = socket.options;
    if (until < 0) {
      const outcome = socket.close(now, tx);
      if (outcome.errno !== '' || c === null || linger <= 0) return outcome;
      until = now + linger * SEC;
    }
    return c === null || now >= until || !FIN_UNACKNOWLEDGED.includes(c.state) ? ok(0) : until;
  };
}

const FIN_UNACKNOWLEDGED: readonly TcpState[] = ['FIN-WAIT-1', 'CLOSING', 'LAST-ACK'];

/** send(2): a blocking one returns when all bytes are taken, or how many were before an error. */
export function sending(socket: StreamSocket, bytes: Uint8Array, flags: MessageFlags, nonblocking: boolean): Attempt {
  let done = 0;
  let opening: Attempt | undefined;
  let waits = false;
  return (now, tx) => {
    if (done === 0 && socket.deferred !== null)
      opening = fastOpening(socket, socket.deferred, bytes, flags, nonblocking);
    if (opening !== undefined) return opening(now, tx);
    for (;;) {
      // Who waits for room is woken when a third of the buffer is free, not by the first byte (sk_stream_write_space).
      if (waits && socket.error === '' && !socket.writeShut && socket.connection?.lacksRoom) return undefined;
      // The error is for the next call, this one has something to tell (sk_stream_error).
      if (waits && done > 0 && socket.error !== '') return ok(done);
      waits = false;
      const outcome = socket.send(now, bytes.subarray(done), tx, flags);
      if (outcome.errno === 'EAGAIN') {
        if (!nonblocking) {
          waits = true;
          return undefined;
        }
        return done > 0 ? ok(done) : fail('EAGAIN');
      }
      if (outcome.errno !== '') return done > 0 ? ok(done) : outcome;
      done += outcome.value;
      if (done >= bytes.length || (nonblocking && outcome.value === 0)) return ok(done);
    }
  };
}

/** `attempt` to send, whose bytes the error queue will tell of if that was asked for. */
export function reporting(socket: StreamSocket, flags: MessageFlags, attempt: Attempt): Attempt {
  return (now, tx) => {
    const outcome = attempt(now, tx);
    const { connection: c, options } = socket;
    if (outcome !== undefined && outcome.value > 0 && c !== null) {
      socket.reports.sent(c, flags.zerocopy === true && options.zeroCopy === 1, options.timestamping, now);
    }
    return outcome;
  };
}

const NOTHING: Uint8Array = new Uint8Array(0);
