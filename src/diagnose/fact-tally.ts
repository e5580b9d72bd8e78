/** How many rows had which facts: what their details are is worked out once for each set of facts, not for each row. */

export class FactTally {
  readonly #counts = new Map<number, number>();
  /** Rows of a flood have the same facts one after the other. */
  #facts = -1;
  #times = 0;

  add(facts: number): void {
    if (facts !== this.#facts) {
      this.#flush();
      this.#facts = facts;
    }
    this.#times++;
  }

  /** Each set of facts with the number of its rows. */
  read(): ReadonlyMap<number, number> {
    this.#flush();
    return this.#counts;
  }

  #flush(): void {
    if (this.#times > 0) this.#counts.set(this.#facts, (this.#counts.get(this.#facts) ?? 0) + this.#times);
    this.#times = 0;
  }
}
