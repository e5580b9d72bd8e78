/** What is wrong with a capture file, and where: one sentence for people. */
import { HalfopenError } from '../wire/error.ts';

/** A file that is no capture, or one whose damage makes the rest unreadable. Everything before `offset` was still read. */
export class CaptureError extends HalfopenError {
  override readonly name: string = 'CaptureError';
  /** Byte offset in the file of the record, block or header that cannot be read. */
  readonly offset: number;
  /** The file as the user named it. */
  readonly path: string;

  constructor(path: string, offset: number, message: string) {
    super(`${path}: ${message}`);
    this.offset = offset;
    this.path = path;
  }
}
