/** What ICMP has told about the path of a connection. Most connections never hear of it, so it is an object of its own. */
import type { Errno } from './types.ts';

export class Path {
  /** Of the last error that ended nothing: what a timeout will then be blamed on (Linux sk_err_soft). */
  softError: Errno | null = null;
  /** Largest TCP payload it carries, options not taken off (RFC 1191 §6.4). */
  mss = 0xffff;
}
