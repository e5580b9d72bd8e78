/** `to`, which has more room, with all that `from` holds at its beginning: how a column of a table grows. */
export function larger<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
