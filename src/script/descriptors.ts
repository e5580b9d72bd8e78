/** What a script's file descriptors stand for. Their numbers are the script's own; the stack has none. */
import type { Epoll } from '../socket/epoll.ts';
import { StreamSocket } from '../socket/stream-socket.ts';
import type { Expr } from './ast.ts';
import { ScriptError } from './error.ts';
import { describe } from './values.ts';

export class Descriptors {
  readonly #open = new Map<number, StreamSocket | Epoll>();

  add(fd: number, what: StreamSocket | Epoll): void {
    this.#open.set(fd, what);
  }

  remove(fd: number): void {
    this.#open.delete(fd);
  }

  has(fd: number): boolean {
    return this.#open.has(fd);
  }

  /** The object behind the descriptor `expr`, or undefined: EBADF. */
  get(expr: Expr, file: string): StreamSocket | Epoll | undefined {
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
