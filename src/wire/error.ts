/** The base of every error meant for people: one sentence of what, where, what was found and what was expected. */
export class HalfopenError extends Error {
  override readonly name: string = 'HalfopenError';
}
