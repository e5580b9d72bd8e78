/** The rules of the listener's defences beyond Linux' own admission, each with its source. */
import type { Rule, ValueKind } from './why.ts';

export const OLDEST_OUT: Rule = rule(
  'oldest-out',
  'RFC 4987 §3.4',
  'the SYN queue is full: give up the entry that arrived first, of {0}',
  'n',
);
export const RANDOM_OUT: Rule = rule(
  'random-out',
  'Ricciulli, Lincoln, Kakkar 1999',
  'the SYN queue is full: give up one of its {0} entries at random',
  'n',
);

// The SYN cache (Lemon 2002) and FreeBSD's pause.
export const BUCKET_ROOM: Rule = rule(
  'bucket-room',
  'RFC 4987 §3.5, FreeBSD syncache_insert',
  'room in its bucket of the SYN cache: {0} < {1}',
  'n',
  'n',
);
export const CACHE_ROOM: Rule = rule(
  'cache-room',
  'FreeBSD syncache_add, net.inet.tcp.syncache.cachelimit',
  'room in the SYN cache: {0} < {1}',
  'n',
  'n',
);
export const BUCKET_OLDEST_OUT: Rule = rule(
  'bucket-oldest-out',
  'FreeBSD syncache_insert',
  'give up the oldest entry of its bucket, of {0}',
  'n',
);
export const CACHE_OLDEST_OUT: Rule = rule(
  'cache-oldest-out',
  'Lemon 2002 §4',
  'give up the oldest entry of the SYN cache, of {0}',
  'n',
);
export const NOT_PAUSED: Rule = rule(
  'syn-cache-not-paused',
  'FreeBSD syncache_cookiesonly',
  'the SYN cache is in use: its pause ended at {0}, it is {1}',
  'ns',
  'ns',
);
export const PAUSE_BEGINS: Rule = rule(
  'syn-cache-pause',
  'FreeBSD syncache_pause',
  'a bucket overflowed: cookies only for the next {0}',
  'ns',
);
export const ABANDONED: Rule = rule(
  'entry-abandoned',
  'FreeBSD syncache_timer',
  'the SYN cache is paused: forget the entry with ISS {0}',
  'local',
);
export const OVERFLOWED: Rule = rule(
  'bucket-overflowed',
  'FreeBSD syncache_expand',
  'its bucket gave up an entry {0} ago, at most {1}',
  'ns',
  'ns',
);

export const ANY_SYN_AGAIN: Rule = rule(
  'any-syn-again',
  'FreeBSD syncache_add',
  'a SYN for an entry, SEQ {0}, is taken for the one that made it, SEQ {1}',
  'remote',
  'remote',
);

// Hybrids (RFC 4987 §3.7) and other endings.
export const COOKIE_INSTEAD: Rule = rule(
  'cookie-instead',
  'RFC 4987 §3.7',
  'no room: answer with a cookie and keep what is there',
);
export const ADAPTIVE_START: Rule = rule(
  'adaptive-start',
  'OpenBSD pf_synflood_check',
  '{0} half-open <= {1}: no flood',
  'n',
  'n',
);
export const ADAPTIVE_END: Rule = rule(
  'adaptive-end',
  'OpenBSD pf_syncookie_rotate',
  '{0} half-open and {1} cookies out < {2}: the flood is over',
  'n',
  'n',
  'n',
);
export const ADAPTIVE_ACTIVE: Rule = rule(
  'adaptive-active',
  'OpenBSD pf.conf, set syncookies adaptive',
  'a flood is on: a cookie for each SYN',
);
export const ONE_LIMIT: Rule = rule(
  'one-limit',
  '4.4BSD sonewconn1',
  'half-open {0} and waiting {1} together <= {2}, one and a half times the backlog',
  'n',
  'n',
  'n',
);
export const RESET_INSTEAD: Rule = rule('reset-instead', 'RFC 9293 §3.10.7.1', 'no room: refuse as if nobody listened');

function rule(id: string, ref: string, text: string, ...values: ValueKind[]): Rule {
  return { id, ref, text, values };
}
