/** halfopen/socket: BSD sockets over the engine, on virtual time. */
export { type Attempt, connecting, receiving, sending, untilReady } from './socket/blocking.ts';
export { Epoll, type EpollEvent } from './socket/epoll.ts';
export { ERRNO, type Errno, type Outcome } from './socket/errno.ts';
export { SocketHost, type SocketHostOptions } from './socket/host.ts';
export { POLL } from './socket/poll-bits.ts';
export { readiness } from './socket/readiness.ts';
export { type HostSettings, LINUX6_HOST, RFC9293_HOST } from './socket/settings.ts';
export { ANY, type Endpoint, type MessageFlags, StreamSocket } from './socket/stream-socket.ts';
export { mappedSysctls, withSysctl } from './socket/sysctl.ts';
export { tcpInfo } from './socket/tcp-info.ts';
