/**
 * The journal of a sweep: one JSON line for each finished run, appended as soon as it is there, so that a sweep that was
 * killed goes on where it was. The first line says of which grid. Written lines survive the death of the process at once
 * and, after `sync`, that of the machine.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { HalfopenError } from '../../wire/error.ts';
import { makeFolder } from '../make-folder.ts';
import { systemReason } from '../system-reason.ts';
import { type ReplicaResult, readResult } from './task.ts';

/** What a journal is of; another grid, scenario or program would give other numbers under the same names. */
export interface JournalHead {
  /** Version and digest (`programId`). */
  readonly halfopen: string;
  /** SHA-256 of the grid's meaning, and of the scenario's text. */
  readonly grid: string;
  readonly scenario: string;
  readonly points: number;
  readonly replicas: number;
  readonly measures: readonly string[];
}

export class Journal {
  readonly file: string;
  /** Lines that a kill had cut off; their runs are computed again. */
  readonly torn: number;
  readonly #head: JournalHead;
  readonly #fd: number;
  readonly #results: Map<number, ReplicaResult> = new Map();
  #unsynced = 0;
  #syncedAt: number = Date.now();

  private constructor(file: string, fd: number, head: JournalHead, torn: number) {
    this.file = file;
    this.torn = torn;
    this.#fd = fd;
    this.#head = head;
  }

  /** Opens the journal in a folder, or begins one; `fresh` forgets what is there. Throws `HalfopenError` for another grid's. */
  static open(folder: string, head: JournalHead, fresh: boolean): Journal {
    const file = join(folder, NAME);
    let fd = -1;
    try {
      makeFolder(folder);
      fd = openSync(file, fresh ? 'w+' : 'a+');
      const bytes = readFileSync(fd);
      const end = bytes.lastIndexOf(LF) + 1;
      if (end === 0) return Journal.#begin(file, fd, head, bytes);
      const journal = new Journal(file, fd, head, end < bytes.length ? 1 : 0);
      journal.#read(bytes.subarray(0, end));
      ftruncateSync(fd, end);
      return journal;
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      if (error instanceof HalfopenError) throw error;
      throw new HalfopenError(`${file}: ${systemReason(error)}`);
    }
  }

  /** A journal without a whole line: new, or killed while its first line was written. */
  static #begin(file: string, fd: number, head: JournalHead, bytes: Buffer): Journal {
    const first = `${JSON.stringify({ journal: FORMAT, ...head })}\n`;
    if (!first.startsWith(bytes.toString('utf8'))) throw new HalfopenError(`${file}: this is no journal of a sweep`);
    ftruncateSync(fd, 0);
    writeAll(fd, first);
    fsyncSync(fd);
    return new Journal(file, fd, head, 0);
  }

  get size(): number {
    return this.#results.size;
  }

  get(point: number, replica: number): ReplicaResult | undefined {
    return this.#results.get(point * this.#head.replicas + replica);
  }

  /** Keeps a result; false when there was one already. Two that differ mean that something is not repeatable: refused. */
  add(result: ReplicaResult): boolean {
    if (!this.#keep(result)) return false;
    const { point, replica, seed, hash, values } = result;
    writeAll(this.#fd, `${JSON.stringify({ point, replica, seed, hash, values })}\n`);
    // One fsync for many lines: a disk takes milliseconds for each, a small run takes less.
    if (++this.#unsynced >= BATCH || Date.now() - this.#syncedAt > BATCH_MS) this.sync();
    return true;
  }

  /** All lines are on the disk when this returns. */
  sync(): void {
    if (this.#unsynced === 0) return;
    fsyncSync(this.#fd);
    this.#unsynced = 0;
    this.#syncedAt = Date.now();
  }

  close(): void {
    this.sync();
    closeSync(this.#fd);
  }

  #read(bytes: Buffer): void {
    let line = 0;
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      line++;
      const data = jsonOf(bytes.toString('utf8', start, end));
      start = end + 1;
      if (line === 1) {
        this.#checkHead(data);
        continue;
      }
      const result = readResult(data, this.#head.measures.length);
      if (result === undefined || result.point >= this.#head.points || result.replica >= this.#head.replicas)
        throw new HalfopenError(`${this.file}:${line}: this is no result of the sweep; --fresh begins anew`);
      this.#keep(result);
    }
  }

  #checkHead(data: unknown): void {
    const found = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (found.journal !== FORMAT) throw new HalfopenError(`${this.file}: this is no journal of a sweep`);
    const differs = (key: keyof JournalHead): boolean => JSON.stringify(found[key]) !== JSON.stringify(this.#head[key]);
    const way = '--fresh forgets its runs, --out names another folder';
    if (differs('halfopen'))
      throw new HalfopenError(
        `${this.file}: begun by halfopen ${String(found.halfopen)}, and this is ${this.#head.halfopen}; ${way}`,
      );
    if (differs('scenario'))
      throw new HalfopenError(`${this.file}: the scenario has changed since it was begun; ${way}`);
    if (HEAD_KEYS.some(differs))
      throw new HalfopenError(`${this.file}: the grid has changed since it was begun; ${way}`);
  }

  #keep(result: ReplicaResult): boolean {
    const { point, replica } = result;
    const key = point * this.#head.replicas + replica;
    const before = this.#results.get(key);
    if (before === undefined) {
      this.#results.set(key, result);
      return true;
    }
    if (before.hash === result.hash && JSON.stringify(before.values) === JSON.stringify(result.values)) return false;
    throw new HalfopenError(
      `${this.file}: two runs of point ${point}, replica ${replica} differ; the machines do not run the same program`,
    );
  }
}

const NAME = 'journal.jsonl';
const FORMAT = 1;
const LF = 10;
const BATCH = 64;
const BATCH_MS = 500;
const HEAD_KEYS: readonly (keyof JournalHead)[] = ['grid', 'points', 'replicas', 'measures'];

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
