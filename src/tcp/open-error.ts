/** An active OPEN that cannot be: a mistake of the caller, not of the network. `errno` is what connect(2) would say. */
export class OpenError extends Error {
  override readonly name = 'OpenError' as const;
  readonly errno: 'EADDRNOTAVAIL' | 'ENETUNREACH';

  constructor(errno: OpenError['errno'], message: string) {
    super(message);
    this.errno = errno;
  }
}
