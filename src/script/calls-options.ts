/** setsockopt and getsockopt. */
import { fail, ok } from '../socket/errno.ts';
import type { Expr } from './ast.ts';
import { arg, BAD_DESCRIPTOR, type MakePlan, once, socketArgument, unsupported } from './call.ts';
import { checkWritten } from './calls-socket.ts';
import { itemsOf, memberIn, numberOf, wordOf } from './values.ts';

const setsockopt: MakePlan = (call, context) => {
  const { file } = context;
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const level = levelOf(arg(call, 1, file), file);
  const name = wordOf(arg(call, 2, file), file);
  const value = arg(call, 3, file);
  if (NOT_MODELLED.has(name)) throw unsupported(call, file, name);
  if (name === 'SO_LINGER') {
    const on = numberOf(memberIn(value, 'onoff', file), file) !== 0;
    const seconds = numberOf(memberIn(value, 'linger', file), file);
    return once(() => {
      found.options.linger = on ? seconds : -1;
      return ok(0);
    });
  }
  if (name === 'TCP_FASTOPEN_KEY') {
    const length = numberOf(arg(call, 4, file), file);
    const bytes = Uint8Array.from(textOf(value).slice(0, length), (ch) => ch.charCodeAt(0));
    return once(() => found.setFastOpenKey(bytes));
  }
  if (name === 'TCP_CONGESTION') return once(() => ok(0)); // one congestion control, whatever its name
  if (value.kind === 'word' && value.word === 'NULL') return once(() => fail('EFAULT'));
  const n = numberOf(value.kind === 'list' ? (itemsOf(value, file)[0] ?? value) : value, file);
  if (name === 'TCP_LINGER2' && n < 0) throw unsupported(call, file, 'a TCP_LINGER2 below 0');
  return once((now, tx) => found.set(now, level, name, n, tx));
};

const getsockopt: MakePlan = (call, context) => {
  const { file } = context;
  const found = socketArgument(call, context);
  if (found === undefined) return BAD_DESCRIPTOR;
  const level = levelOf(arg(call, 1, file), file);
  const name = wordOf(arg(call, 2, file), file);
  const expected = arg(call, 3, file);
  if (name === 'SO_LINGER' || name === 'TCP_INFO') return once(() => ok(0));
  let value = 0;
  return {
    attempt: () => {
      const got = found.get(level, name);
      if (got === undefined) return fail('ENOPROTOOPT');
      value = got;
      return ok(0);
    },
    verify: () => checkWritten(expected, value, file),
  };
};

/** Options of Linux that would change what a connection does, and do not here. */
const NOT_MODELLED: ReadonlySet<string> = new Set([
  'TCP_DEFER_ACCEPT',
  'TCP_WINDOW_CLAMP',
  'TCP_SAVE_SYN',
  'TCP_REPAIR',
  'TCP_ULP',
  'TCP_MD5SIG',
  'TCP_TX_DELAY',
  'SO_RCVTIMEO',
  'SO_SNDTIMEO',
]);

/** IPPROTO_TCP and SOL_TCP are one. */
function levelOf(expr: Expr, file: string): string {
  const word = wordOf(expr, file);
  return LEVELS[word] ?? word;
}

function textOf(expr: Expr): string {
  return expr.kind === 'string' ? expr.value : '';
}

const LEVELS: Readonly<Record<string, string>> = {
  IPPROTO_TCP: 'SOL_TCP',
  IPPROTO_IP: 'SOL_IP',
  IPPROTO_IPV6: 'SOL_IPV6',
};

export const OPTION_CALLS: Readonly<Record<string, MakePlan>> = { setsockopt, getsockopt };
