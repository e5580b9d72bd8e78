/** What the operating system said, in words: for messages about files and ports. */

/** `no such file`, `permission denied` … without the code and path that Node puts around it. */
export function systemReason(error: unknown): string {
  return REASONS[systemCode(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** `ENOENT` and the like; '' where it is no error of the system. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  ELOOP: 'the links of its path lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EISDIR: 'this is a folder, expected a file',
  EEXIST: 'there is a file of that name already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EFBIG: 'the file would be larger than is allowed',
  EDQUOT: 'no space left for this user',
  EIO: 'the device failed',
  EMFILE: 'too many open files',
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  ETIMEDOUT: 'no answer',
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
};
