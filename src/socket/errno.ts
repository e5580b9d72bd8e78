/** Error names of socket calls with the numbers and words Linux gives them (asm-generic/errno.h, strerror). */
import type { Errno as ConnectionErrno } from '../tcp/types.ts';

export type Errno =
  | ConnectionErrno
  | 'ENOENT'
  | 'EINTR'
  | 'EIO'
  | 'EBADF'
  | 'EAGAIN'
  | 'EFAULT'
  | 'EEXIST'
  | 'EINVAL'
  | 'ENOMSG'
  | 'ENOTSOCK'
  | 'EDESTADDRREQ'
  | 'EAFNOSUPPORT'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'ECONNABORTED'
  | 'ENOBUFS'
  | 'EISCONN'
  | 'ENOTCONN'
  | 'EALREADY'
  | 'EINPROGRESS';

/** Number and words. */
export const ERRNO: Readonly<Record<Errno, readonly [number, string]>> = {
  ENOENT: [2, 'No such file or directory'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  EBADF: [9, 'Bad file descriptor'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  EACCES: [13, 'Permission denied'],
  EFAULT: [14, 'Bad address'],
  EEXIST: [17, 'File exists'],
  EINVAL: [22, 'Invalid argument'],
  EPIPE: [32, 'Broken pipe'],
  ENONET: [64, 'Machine is not on the network'],
  ENOMSG: [42, 'No message of desired type'],
  ENOTSOCK: [88, 'Socket operation on non-socket'],
  EDESTADDRREQ: [89, 'Destination address required'],
  EMSGSIZE: [90, 'Message too long'],
  EPROTO: [71, 'Protocol error'],
  ENOPROTOOPT: [92, 'Protocol not available'],
  EOPNOTSUPP: [95, 'Operation not supported'],
  EAFNOSUPPORT: [97, 'Address family not supported by protocol'],
  EADDRINUSE: [98, 'Address already in use'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ECONNABORTED: [103, 'Software caused connection abort'],
  ECONNRESET: [104, 'Connection reset by peer'],
  ENOBUFS: [105, 'No buffer space available'],
  EISCONN: [106, 'Transport endpoint is already connected'],
  ENOTCONN: [107, 'Transport endpoint is not connected'],
  ETIMEDOUT: [110, 'Connection timed out'],
  ECONNREFUSED: [111, 'Connection refused'],
  EHOSTDOWN: [112, 'Host is down'],
  EHOSTUNREACH: [113, 'No route to host'],
  EALREADY: [114, 'Operation already in progress'],
  EINPROGRESS: [115, 'Operation now in progress'],
};

/** What a call returned: a value >= 0 and no error, or -1 and its name. */
export interface Outcome {
  readonly value: number;
  readonly errno: Errno | '';
}

export function ok(value: number): Outcome {
  return { value, errno: '' };
}

export function fail(errno: Errno): Outcome {
  return { value: -1, errno };
}
