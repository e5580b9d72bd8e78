/** `halfopen explain --report <file>`: gathers what a report draws while a capture is read, and writes the page at its end. */
import type { Attempt } from '../diagnose/attempt.ts';
import { DETECTORS } from '../diagnose/detectors.ts';
import type { HandshakeTable } from '../diagnose/handshake-table.ts';
import { GrowingOutput } from '../node/growing-output.ts';
import type { CaptureSummary } from '../view/capture-text.ts';
import { reportPage } from '../view/report/report-page.ts';
import { TellingAttempts } from '../view/report/telling-attempts.ts';
import type { AddressTable, AddressVisitor } from '../wire/address.ts';
import { packageVersion } from './version.ts';

export class ExplainReport {
  readonly #output: GrowingOutput;
  readonly #telling = new TellingAttempts();
  /** What `wants` said of the row that is given next, if it is given. */
  #wanted = false;

  /** `-` is standard output. Throws a `HalfopenError` when it cannot be opened. */
  constructor(path: string) {
    this.#output = new GrowingOutput(path);
  }

  /** Asked once for each row, whoever else wants it. */
  wants(table: HandshakeTable, row: number): boolean {
    this.#wanted = this.#telling.wants(table.server(row), table.serverPort(row), table.verdict(row));
    return this.#wanted;
  }

  /** The attempt of the row asked for last. */
  add(attempt: Attempt): void {
    if (this.#wanted) this.#telling.add(attempt);
  }

  eachAddress(visit: AddressVisitor): void {
    this.#telling.eachAddress(visit);
  }

  finish(summary: CaptureSummary, addresses: AddressTable): void {
    const page = reportPage({
      ...summary,
      addresses,
      telling: this.#telling,
      detectors: DETECTORS,
      version: packageVersion(),
    });
    this.#output.write(page);
    this.#output.finish();
  }

  /** Nothing is kept of a page that is not whole. */
  discard(): void {
    this.#output.discard();
  }
}
