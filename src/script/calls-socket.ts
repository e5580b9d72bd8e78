/** socket, bind, listen, accept, connect, shutdown, close, fcntl, ioctl. */
import { closing, connecting, untilReady } from '../socket/blocking.ts';
import { fail, type Outcome, ok } from '../socket/errno.ts';
import { ANY, type Endpoint, StreamSocket } from '../socket/stream-socket.ts';
import type { CallAction, Expr } from './ast.ts';
import {
  arg,
  BAD_DESCRIPTOR,
  type CallContext,
  descriptorArgument,
  type MakePlan,
  once,
  socketArgument,
  unsupported,
} from './call.ts';
import { ScriptError } from './error.ts';
import { SYMBOLS } from './symbols.ts';
import { argument, describe, flagsOf, itemsOf, numberOf, wordOf } from './values.ts';

const socket: MakePlan = (call, context) => {
  const { bench, fds, options, file } = context;
  const family = arg(call, 0, file);
  const type = flagsOf(arg(call, 1, file));
  if (!type.has('SOCK_STREAM')) throw unsupported(call, file, `${[...type].join('|')}`);
  const v6 = family.kind === 'word' ? family.word === 'AF_INET6' : options.ipVersion !== 'ipv4';
  // A mapped socket speaks IPv4 underneath.
  const made = bench.host.socket(v6 && options.ipVersion === 'ipv6' ? 'inet6' : 'inet');
  made.nonblocking = type.has('SOCK_NONBLOCK');
  return {
    attempt: () => ok(0),
    bind: (fd) => {
      fds.add(fd, made);
      context.under.onSocket(made);
    },
  };
};

const bind: MakePlan = (call, context) => {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const local = endpoint(arg(call, 1, context.file), context, { address: ANY, port: context.options.bindPort });
  return once(() => found.bind(local));
};

const listen: MakePlan = (call, context) => {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const backlog = numberOf(arg(call, 1, context.file), context.file);
  return once(() => {
    const outcome = found.listen(backlog);
    if (outcome.errno === '') context.under.onListen(found);
    return outcome;
  });
};

const accept: MakePlan = (call, context) => {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  let made: StreamSocket | undefined;
  const flags = call.args[3] === undefined ? new Set<string>() : flagsOf(call.args[3]);
  const attempt = untilReady(found.nonblocking, () => {
    const accepted = found.accept();
    if (!(accepted instanceof StreamSocket)) return accepted;
    accepted.nonblocking = flags.has('SOCK_NONBLOCK');
    made = accepted;
    return ok(0);
  });
  return {
    attempt,
    bind: (fd) => {
      context.fds.add(fd, made!);
      context.under.onAccept(made!);
    },
  };
};

const connect: MakePlan = (call, context) => {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const to = arg(call, 1, context.file);
  if (to.kind === 'word' && to.word === 'AF_UNSPEC') {
    return once((now, tx) => found.disconnect(now, tx));
  }
  const remote = endpoint(to, context, { address: context.bench.remote, port: context.options.connectPort });
  const inner = connecting(found, remote, found.nonblocking);
  let begun = false;
  return once((now, tx) => {
    if (!begun && found.connection === null) context.under.onConnect(found);
    begun = true;
    return inner(now, tx);
  });
};

const shutdown: MakePlan = (call, context) => {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const how = (['read', 'write', 'both'] as const)[numberOf(arg(call, 1, context.file), context.file)];
  if (how === undefined) return once(() => fail('EINVAL'));
  return once((now, tx) => found.shutdown(now, how, tx));
};

const close: MakePlan = (call, context) => {
  const found = descriptorArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const fd = numberOf(arg(call, 0, context.file), context.file);
  const attempt = found instanceof StreamSocket ? closing(found) : (): Outcome => ok(0);
  return once((now, tx) => {
    context.fds.remove(fd);
    return attempt(now, tx);
  });
};

const fcntl: MakePlan = (call, context) => {
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const what = wordOf(arg(call, 1, context.file), context.file);
  const nonblock = SYMBOLS.get('O_NONBLOCK')!;
  if (what === 'F_GETFL') return once(() => ok(SYMBOLS.get('O_RDWR')! + (found.nonblocking ? nonblock : 0)));
  if (what !== 'F_SETFL') throw unsupported(call, context.file, what);
  const flags = numberOf(arg(call, 2, context.file), context.file);
  return once(() => {
    found.nonblocking = (flags & nonblock) !== 0;
    return ok(0);
  });
};

const ioctl: MakePlan = (call, context) => {
  const { file } = context;
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const request = wordOf(arg(call, 1, file), file);
  const expected = call.args[2];
  let value = 0;
  const ask = (): Outcome => {
    if (found.listener !== null) return fail('EINVAL');
    const c = found.connection;
    switch (request) {
      case 'SIOCINQ':
      case 'FIONREAD':
        value = c === null ? 0 : c.state === 'SYN-SENT' || c.state === 'SYN-RECEIVED' ? 0 : c.readable;
        return ok(0);
      case 'SIOCOUTQ':
      case 'TIOCOUTQ':
        value = c === null || c.state === 'SYN-SENT' ? 0 : c.unacknowledged;
        return ok(0);
      case 'SIOCOUTQNSD':
        value = c === null || c.state === 'SYN-SENT' ? 0 : c.unsent;
        return ok(0);
      case 'SIOCATMARK':
        value = found.atMark() ? 1 : 0;
        return ok(0);
      default:
        throw unsupported(call, file, request);
    }
  };
  return { attempt: ask, verify: () => checkWritten(expected, value, file) };
};

/** `[n]` in the script against what the call wrote there. */
export function checkWritten(expected: Expr | undefined, value: number, file: string): string | undefined {
  if (expected === undefined || expected.kind === 'ellipsis') return undefined;
  const first = expected.kind === 'list' ? itemsOf(expected, file)[0] : expected;
  if (first === undefined || first.kind === 'ellipsis') return undefined;
  const want = numberOf(first, file);
  return want === value ? undefined : `expected [${want}], found [${value}]`;
}

/** A sockaddr argument: `...` is the usual one. */
function endpoint(expr: Expr, { bench, file }: CallContext, usual: Endpoint): Endpoint {
  if (expr.kind === 'ellipsis') return usual;
  if (expr.kind !== 'sockaddr') {
    throw new ScriptError(file, expr.place, `expected '...' or {sa_family = …}, found ${describe(expr)}`);
  }
  if (/^(0\.0\.0\.0|::)$/.test(expr.address)) return { address: ANY, port: expr.port };
  return { address: bench.addresses.parse(expr.address), port: expr.port };
}

/** The usual address of a sendto is the peer that connect would take. */
export function destination(call: CallAction, index: number, context: CallContext): Endpoint | 'unspec' {
  const expr = argument(call.args, index, call.name, { file: context.file, place: call.place });
  if (expr.kind === 'word' && expr.word === 'AF_UNSPEC') return 'unspec';
  return endpoint(expr, context, { address: context.bench.remote, port: context.options.connectPort });
}

export const SOCKET_CALLS: Readonly<Record<string, MakePlan>> = {
  socket,
  bind,
  listen,
  accept,
  accept4: accept,
  connect,
  shutdown,
  close,
  fcntl,
  ioctl,
};
