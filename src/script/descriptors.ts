/** What a script's file descriptors stand for. Their numbers are the script's own; the stack has none. */
import type { Epoll } from '../socket/epoll.ts';
import { StreamSocket } from '../socket/stream-socket.ts';
import type { Expr } from './ast.ts';
import { ScriptError } from './error.ts';
import { describe } from './values.ts';

/** A file or an end of a pipe. */
export class Stream {
  readonly kind: 'file' | 'pipe';

  constructor(kind: 'file' | 'pipe') {
    this.kind = kind;
  }
}

export type Described = StreamSocket | Epoll | Stream;

export class Descriptors {
  readonly #open = new Map<number, Described>();

  add(fd: number, what: Described): void {
    this.#open.set(fd, what);
  }

  remove(fd: number): void {
    this.#open.delete(fd);
  }

  /** The object behind the descriptor `expr`, or undefined: EBADF. */
  get(expr: Expr, file: string): Described | undefined {
    if (expr.kind !== 'int') {
      throw new ScriptError(file, expr.place, `expected a file descriptor, found ${describe(expr)}`);
    }
    return this.#open.get(expr.value);
  }

  socket(expr: Expr, file: string): StreamSocket | undefined {
    const found = this.get(expr, file);
    return found instanceof StreamSocket ? found : undefined;
  }
}
