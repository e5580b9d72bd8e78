/** What ends the reading of Zstandard data. */

/** Something is wrong with it: a few words that stand in a sentence. */
export class ZstdDamage extends Error {
  override readonly name = 'ZstdDamage';
}

/** It asks for more than is given to it: words that go on after "the Zstandard data". */
export class ZstdRefusal extends Error {
  override readonly name = 'ZstdRefusal';
}
