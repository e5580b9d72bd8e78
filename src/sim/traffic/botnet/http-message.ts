/**
 * HTTP/1.1 as far as bots and their command host speak it (RFC 9112): one request and one response on a connection, with a
 * length, as bytes. The reader is strict: whatever it does not expect makes the message bad.
 */

export type HttpMethod = 'GET' | 'POST';

/** A request with `Connection: close`. `target` is an absolute path; `body` is ASCII. */
export function requestBytes(method: HttpMethod, target: string, host: string, body: string): Uint8Array {
  return ascii(
    `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

export function responseBytes(status: HttpStatus, body: string): Uint8Array {
  return ascii(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

export type HttpStatus = 200 | 400 | 404;

/** Collects the bytes of one message. Fields of the start line and `body` are there once `state` is `done`. */
export class HttpReader {
  state: 'reading' | 'done' | 'bad' = 'reading';
  method: HttpMethod = 'GET';
  target = '';
  status = 0;
  body = '';
  readonly #of: 'request' | 'response';
  #text = '';
  /** Where the body begins, -1 = the head is not complete, and how long it is. */
  #bodyAt = -1;
  #length = 0;

  constructor(of: 'request' | 'response') {
    this.#of = of;
  }

  /** The first `n` of `bytes` have come. After the end of a message nothing may come. */
  add(bytes: Uint8Array, n: number): void {
    if (n === 0 || this.state === 'bad') return;
    for (let i = 0; i < n; i++) {
      const byte = bytes[i]!;
      // ASCII text alone: CR, LF, and what can be printed.
      if (byte !== 0x0a && byte !== 0x0d && (byte < 0x20 || byte > 0x7e)) return this.#refuse();
      this.#text += String.fromCharCode(byte);
    }
    if (this.#bodyAt < 0) this.#readHead();
    if (this.#bodyAt < 0 || this.state !== 'reading') {
      if (this.#text.length > MOST_HEAD || this.state === 'done') this.#refuse();
      return;
    }
    const end = this.#bodyAt + this.#length;
    if (this.#text.length < end) return;
    if (this.#text.length > end) return this.#refuse();
    this.body = this.#text.slice(this.#bodyAt);
    this.state = 'done';
  }

  #readHead(): void {
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const [first = '', ...fields] = this.#text.slice(0, end).split('\r\n');
    if (!this.#readStart(first)) return this.#refuse();
    let length = '';
    let hosts = 0;
    for (const field of fields) {
      const match = FIELD.exec(field);
      if (match === null) return this.#refuse();
      const [, name = '', value = ''] = match;
      const lower = name.toLowerCase();
      // A second length, or a transfer coding beside it, is how requests are smuggled (RFC 9112 §6.3, §11.2).
      if (lower === 'transfer-encoding' || (lower === 'content-length' && length !== '')) return this.#refuse();
      if (lower === 'content-length') length = value;
      if (lower === 'host') hosts++;
    }
    if (!LENGTH.test(length)) return this.#refuse();
    // RFC 9112 §3.2: a request without exactly one Host is answered with 400.
    if (this.#of === 'request' && hosts !== 1) return this.#refuse();
    this.#length = Number(length);
    this.#bodyAt = end + 4;
  }

  #readStart(line: string): boolean {
    if (this.#of === 'request') {
      const match = REQUEST_LINE.exec(line);
      if (match === null) return false;
      this.method = match[1] === 'POST' ? 'POST' : 'GET';
      this.target = match[2] ?? '';
      return true;
    }
    const match = STATUS_LINE.exec(line);
    if (match === null) return false;
    this.status = Number(match[1]);
    return true;
  }

  #refuse(): void {
    this.state = 'bad';
    this.#text = '';
  }
}

/** A loop: `Uint8Array.from` takes ten times as long, which showed with ten thousand bots. */
function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const REASONS: Readonly<Record<HttpStatus, string>> = { 200: 'OK', 400: 'Bad Request', 404: 'Not Found' };

/** Bytes of start line and fields that are waited for. */
const MOST_HEAD = 2048;
const REQUEST_LINE = /^(GET|POST) (\/[!-~]*) HTTP\/1\.1$/;
const STATUS_LINE = /^HTTP\/1\.1 ([1-5][0-9]{2}) [ -~]*$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~]|[!-~][ -~]*[!-~])?[ \t]*$/;
const LENGTH = /^(0|[1-9][0-9]{0,4})$/;
