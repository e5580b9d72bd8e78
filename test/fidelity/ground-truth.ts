/** The tables measured on a real kernel, as rows of named columns. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LINUX_LISTEN, type LinuxListenSettings } from '../../src/tcp/linux-listener.ts';

/** One row of a CSV: the text of each column by its name. */
export class Row {
  readonly csv: string;
  readonly fields: ReadonlyMap<string, string>;

  constructor(csv: string, fields: ReadonlyMap<string, string>) {
    this.csv = csv;
    this.fields = fields;
  }

  /** The text of a column; throws when the table has none of that name. */
  text(column: string): string {
    const text = this.fields.get(column);
    if (text === undefined) throw new Error(`${this.csv}: found no column ${column}`);
    return text;
  }

  /** The number in a column; throws when it holds none. */
  number(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (text === '' || Number.isNaN(value))
      throw new Error(`${this.csv}: found "${text}" in ${column}, expected a number`);
    return value;
  }

  /** The number in a column, or `otherwise` when the table lacks the column or the row leaves it empty. */
  numberOr<T>(column: string, otherwise: T): number | T {
    const text = this.fields.get(column) ?? '';
    return text === '' ? otherwise : this.number(column);
  }

  /** Columns whose name matches. */
  columns(pattern: RegExp): string[] {
    return [...this.fields.keys()].filter((name) => pattern.test(name));
  }
}

/** `HALFOPEN_GROUND_TRUTH` names another folder of tables in the same form. */
export const FOLDER: string =
  process.env.HALFOPEN_GROUND_TRUTH ?? fileURLToPath(new URL('../../../shared/ground-truth/', import.meta.url));

/** A few runs measured in the same way when the model was finished, so that something is compared where no folder is. */
export const LATER: string = fileURLToPath(new URL('later/', import.meta.url));

/** The tables of one folder. */
export class GroundTruth {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The rows of `name`, or null when the folder does not hold it. */
  table(name: string): Row[] | null {
    const path = join(this.#folder, name);
    if (!existsSync(path)) return null;
    const [head = [], ...rows] = parseCsv(readFileSync(path, 'utf8'));
    return rows.map((cells) => new Row(name, new Map(head.map((column, i) => [column, cells[i] ?? '']))));
  }
}

/** Rows by the text of one column, in the order of first appearance. */
export function groupBy(rows: readonly Row[], column: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.text(column);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** The settings a row names; what it does not name was fixed in all runs (ground truth, section 0). */
export function settingsOf(row: Row): LinuxListenSettings {
  return {
    ...LINUX_LISTEN,
    backlog: row.numberOr('listen_backlog', row.numberOr('backlog', 1024)),
    somaxconn: row.numberOr('somaxconn', 4096),
    tcp_max_syn_backlog: row.numberOr('tcp_max_syn_backlog', 4096),
    tcp_syncookies: oneOf(row.numberOr('tcp_syncookies', 0), 0, 1, 2),
    tcp_synack_retries: row.numberOr('tcp_synack_retries', 5),
    tcp_abort_on_overflow: oneOf(row.numberOr('tcp_abort_on_overflow', 0), 0, 1),
  };
}

function oneOf<T extends number>(value: number, ...allowed: T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`found ${value}, expected one of ${allowed.join(', ')}`);
  return found;
}

/** RFC 4180: quoted fields may hold commas, line breaks and doubled quotes. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[i++];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      row.push(field);
      field = '';
      if (c === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (c !== '\r') field += c;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows.filter((cells) => cells.length > 1);
}
