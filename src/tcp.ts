/** halfopen/tcp: the sans-IO RFC 9293 engine. Zero dependencies; the caller brings time, segments and secrets. */
export { BSD1996, BSD1996_LISTEN, type Bsd1996ListenSettings, bsd1996Listener } from './tcp/bsd1996-listener.ts';
export { LINUX6, RFC9293, type TcpConfig } from './tcp/config.ts';
export { Connection } from './tcp/connection.ts';
export { CookieJar } from './tcp/cookie.ts';
export { FastOpenCache, type FastOpenMemory } from './tcp/fast-open-cache.ts';
export { FastOpenClient, type FastOpenCounters, type FastOpenMode, FastOpenRequest } from './tcp/fast-open-client.ts';
export { FastOpenKeys, fastOpenKeysOf, parseFastOpenKeys } from './tcp/fast-open-cookie.ts';
export type { FastOpenChild, FastOpenServer } from './tcp/fast-open-server.ts';
export { FREEBSD_LISTEN, FREEBSD14, type FreebsdListenSettings, freebsdListener } from './tcp/freebsd-listener.ts';
export { HalfOpen } from './tcp/half-open.ts';
export { IsnGenerator } from './tcp/isn.ts';
export {
  LINUX_6_6,
  LINUX_6_18,
  LINUX_LISTEN,
  type LinuxListenSettings,
  type LinuxVersion,
  linuxBacklog,
  linuxListener,
  linuxPolicy,
  type Proven,
} from './tcp/linux-listener.ts';
export type { ListenCounters } from './tcp/listen-counters.ts';
export type { ListenOptions } from './tcp/listen-options.ts';
export { Listener } from './tcp/listener.ts';
export { OpenError } from './tcp/open-error.ts';
export { PeerMetrics } from './tcp/peer-metrics.ts';
export { type AdaptiveOptions, adaptiveCookies } from './tcp/policy/adaptive-cookies.ts';
export { cookiePause } from './tcp/policy/cookie-pause.ts';
export { cookiesOnOverflow } from './tcp/policy/cookies-on-overflow.ts';
export { dropWhenFull } from './tcp/policy/drop-when-full.ts';
export { oldestDrop } from './tcp/policy/oldest-drop.ts';
export { oneLimit } from './tcp/policy/one-limit.ts';
export { randomDrop } from './tcp/policy/random-drop.ts';
export { resetWhenFull } from './tcp/policy/reset-when-full.ts';
export { type SynCache, type SynCacheOptions, synCache } from './tcp/policy/syn-cache.ts';
export { synCookies } from './tcp/policy/syn-cookies.ts';
export type { ListenPolicy, QueueView, RowWatcher, SynQueueView, SynVerdict } from './tcp/policy/types.ts';
export type { RunningTimer } from './tcp/running-timers.ts';
export { SipHash } from './tcp/siphash.ts';
export { TcpStack } from './tcp/stack.ts';
export type { ConnectOptions, StackCounters, StackOptions } from './tcp/stack-options.ts';
export type { Tcb } from './tcp/tcb.ts';
export { TimerWheel, type WheelOptions } from './tcp/timer-wheel.ts';
export {
  type CloseReason,
  type Endpoint,
  type Errno,
  MS,
  type Nanos,
  SEC,
  type TcpEvent,
  type TcpState,
  type Tx,
  US,
} from './tcp/types.ts';
export type { Rule, ValueKind, WhySink } from './tcp/why.ts';
