/** poll, epoll_create, epoll_ctl, epoll_wait. */
import type { TimedAttempt } from '../socket/blocking.ts';
import { Epoll, type EpollEvent } from '../socket/epoll.ts';
import { fail, ok } from '../socket/errno.ts';
import { POLL } from '../socket/poll-bits.ts';
import { readiness } from '../socket/readiness.ts';
import type { StreamSocket } from '../socket/stream-socket.ts';
import { MS } from '../tcp/types.ts';
import type { Expr } from './ast.ts';
import { arg, BAD_DESCRIPTOR, type CallContext, descriptorArgument, type MakePlan, once } from './call.ts';
import { itemsOf, memberIn, memberOf, membersOf, numberOf, wordOf } from './values.ts';

interface Polled {
  readonly fd: number;
  readonly socket: StreamSocket | undefined;
  readonly events: number;
  readonly expected: number | undefined;
}

const poll: MakePlan = (call, context) => {
  const { file } = context;
  const polled = itemsOf(arg(call, 0, file), file).map((item) => pollfd(item, context));
  const timeout = numberOf(arg(call, 2, file), file);
  const found: number[] = [];
  const look = (): number => {
    let ready = 0;
    polled.forEach(({ fd, socket, events }, i) => {
      const always = POLL.POLLERR | POLL.POLLHUP;
      // poll(2): a negative descriptor is passed over.
      const missing = fd < 0 ? 0 : POLL.POLLNVAL;
      const revents = socket === undefined ? missing : readiness(socket) & (events | always);
      found[i] = revents;
      if (revents !== 0) ready++;
    });
    return ready;
  };
  return {
    attempt: waiting(timeout, look),
    verify: () => {
      for (const [i, { expected }] of polled.entries()) {
        if (expected !== undefined && expected !== found[i]) {
          return `revents ${i}: expected ${pollNames(expected)}, found ${pollNames(found[i] ?? 0)}`;
        }
      }
      return undefined;
    },
  };
};

function pollfd(item: Expr, { fds, file }: CallContext): Polled {
  const members = membersOf(item, file);
  const fd = memberIn(item, 'fd', file);
  const revents = memberOf(members, 'revents');
  return {
    fd: numberOf(fd, file),
    socket: fds.socket(fd, file),
    events: numberOf(memberIn(item, 'events', file), file),
    expected: revents === undefined ? undefined : numberOf(revents, file),
  };
}

const epollCreate: MakePlan = (_call, { fds }) => {
  const made = new Epoll();
  return { attempt: () => ok(0), bind: (fd) => fds.add(fd, made) };
};

const epollCtl: MakePlan = (call, context) => {
  const { fds, file } = context;
  const epoll = descriptorArgument(call, context);
  if (!(epoll instanceof Epoll)) return BAD_DESCRIPTOR;
  const op = OPERATIONS.get(wordOf(arg(call, 1, file), file));
  const socket = fds.socket(arg(call, 2, file), file);
  if (socket === undefined) return BAD_DESCRIPTOR;
  if (op === undefined) return { attempt: () => fail('EINVAL') };
  const given = call.args[3];
  const members = given?.kind === 'struct' ? given.members : [];
  const events = memberOf(members, 'events');
  const data = members.find((member) => member.name !== 'events');
  return {
    attempt: () =>
      epoll.control(
        op,
        socket,
        events === undefined ? 0 : numberOf(events, file),
        data === undefined ? 0 : numberOf(data.value, file),
      ),
  };
};

const epollWait: MakePlan = (call, context) => {
  const { file } = context;
  const epoll = descriptorArgument(call, context);
  if (!(epoll instanceof Epoll)) return BAD_DESCRIPTOR;
  const max = numberOf(arg(call, 2, file), file);
  const timeout = numberOf(arg(call, 3, file), file);
  if (max <= 0) return once(() => fail('EINVAL'));
  const expected = arg(call, 1, file);
  let found: EpollEvent[] = [];
  return {
    attempt: waiting(timeout, () => {
      found = epoll.ready(max);
      return found.length;
    }),
    verify: () => {
      if (expected.kind === 'ellipsis' || found.length === 0) return undefined;
      const all = expected.kind === 'list' ? expected.items : [expected];
      for (const [i, item] of all.entries()) {
        const members = membersOf(item, file);
        const events = numberOf(memberIn(item, 'events', file), file);
        const data = members.find((member) => member.name !== 'events');
        const got = found[i];
        if (got === undefined) return `event ${i}: expected ${pollNames(events)}, found none`;
        if (got.events !== events) return `events: expected ${pollNames(events)}, found ${pollNames(got.events)}`;
        if (data !== undefined && numberOf(data.value, file) !== got.data) {
          return `${data.name}: expected ${numberOf(data.value, file)}, found ${got.data}`;
        }
      }
      return undefined;
    },
  };
};

/** Looks until something is ready, or `timeout` ms have passed; negative = for ever. */
function waiting(timeout: number, look: () => number): TimedAttempt {
  let until = -1;
  return (now) => {
    if (until < 0) until = timeout < 0 ? Infinity : now + timeout * MS;
    const ready = look();
    return ready > 0 || now >= until ? ok(ready) : until;
  };
}

function pollNames(bits: number): string {
  const names = Object.entries(POLL)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name);
  return names.length === 0 ? '0' : names.join('|');
}

const OPERATIONS: ReadonlyMap<string, 'add' | 'mod' | 'del'> = new Map([
  ['EPOLL_CTL_ADD', 'add'],
  ['EPOLL_CTL_MOD', 'mod'],
  ['EPOLL_CTL_DEL', 'del'],
]);

export const WAIT_CALLS: Readonly<Record<string, MakePlan>> = {
  poll,
  epoll_create: epollCreate,
  epoll_ctl: epollCtl,
  epoll_wait: epollWait,
};
