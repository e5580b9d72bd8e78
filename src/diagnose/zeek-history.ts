/**
 * Zeek's `history` strings, each held once: a history is a node of a tree whose edges are letters, so that a flow holds
 * one small number and adding a letter allocates nothing. What each letter stands for is said in Zeek's
 * `scripts/base/protocols/conn/main.zeek`.
 */
import { larger } from '../wire/larger.ts';

/** Letters by number. The originator's are capitals; `RESPONDER` is added for the other side. */
export const Letter = {
  /** SYN without ACK. */
  Syn: 0,
  /** SYN with ACK. */
  SynAck: 1,
  /** ACK and nothing else. */
  Ack: 2,
  /** Payload. */
  Data: 3,
  Fin: 4,
  Rst: 5,
  /** FIN and RST together. */
  FinRst: 6,
  /** SYN beside FIN or RST. */
  ManyFlags: 7,
  /** Wrong checksum. */
  Corrupt: 8,
  /** Acknowledged bytes that were not captured. */
  Gap: 9,
  /** Payload sent again. */
  Again: 10,
  ZeroWindow: 11,
  /** Originator and responder changed places; has no lower case. */
  Flipped: 12,
} as const;

export const RESPONDER = 16;
/** The history without letters. */
export const NO_HISTORY = 0;

export class HistoryTree {
  /** Nodes in use, the empty history among them. */
  count = 1;
  /** Child of each node by letter; 0 = none yet. */
  #children = new Uint16Array(FIRST * LETTERS);
  #parent = new Uint16Array(FIRST);
  #letter = new Uint8Array(FIRST);
  #length = new Uint8Array(FIRST);

  /** The history `node` with one more letter, or -1 when it may not grow further: a limit, or the tree, is full. */
  append(node: number, letter: number): number {
    const at = node * LETTERS + letter;
    const known = this.#children[at]!;
    if (known !== 0) return known;
    if (this.#length[node] === MOST_LETTERS || this.count > LAST_NODE) return -1;
    if (this.count === this.#letter.length) this.#grow();
    const child = this.count++;
    this.#children[at] = child;
    this.#parent[child] = node;
    this.#letter[child] = letter;
    this.#length[child] = this.#length[node]! + 1;
    return child;
  }

  /** As Zeek writes it. */
  text(node: number): string {
    let text = '';
    for (let at = node; at !== NO_HISTORY; at = this.#parent[at]!) text = CHARACTERS[this.#letter[at]!]! + text;
    return text;
  }

  #grow(): void {
    const nodes = 2 * this.#letter.length;
    this.#children = larger(this.#children, new Uint16Array(nodes * LETTERS));
    this.#parent = larger(this.#parent, new Uint16Array(nodes));
    this.#letter = larger(this.#letter, new Uint8Array(nodes));
    this.#length = larger(this.#length, new Uint8Array(nodes));
  }
}

const LETTERS = 32;
const FIRST = 256;
/** A node is 16 bits of a flow's row. A capture made to fill the tree fills 4.5 MB and no more. */
const LAST_NODE = 0xffff;
/** Longer ones come only from resets or FINs of ever new numbers; one such flow must not fill the tree. */
const MOST_LETTERS = 100;
const CHARACTERS = 'SHADFRIQCGTW^   shadfriqcgtw^   ';
