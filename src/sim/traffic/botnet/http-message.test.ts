import { describe, expect, test } from 'vitest';
import { HttpReader, requestBytes, responseBytes } from './http-message.ts';

const text = (bytes: Uint8Array) => [...bytes].map((b) => String.fromCharCode(b)).join('');
const bytesOf = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));

function read(of: 'request' | 'response', bytes: Uint8Array, step = bytes.length): HttpReader {
  const reader = new HttpReader(of);
  for (let at = 0; at < bytes.length; at += step) {
    const part = bytes.subarray(at, at + step);
    reader.add(part, part.length);
  }
  return reader;
}

test('byte for byte what RFC 9112 §2.1 asks for', () => {
  expect(text(requestBytes('POST', '/register', '203.0.113.9', 'kind=iot'))).toBe(
    'POST /register HTTP/1.1\r\nHost: 203.0.113.9\r\nContent-Length: 8\r\nConnection: close\r\n\r\nkind=iot',
  );
  expect(text(requestBytes('GET', '/orders', 'c2', ''))).toBe(
    'GET /orders HTTP/1.1\r\nHost: c2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  );
  expect(text(responseBytes(404, ''))).toBe('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
});

test.each([1, 2, 3, 7, 1000])('round trip in pieces of %d bytes', (step) => {
  const request = read('request', requestBytes('POST', '/report?x=1', 'c2', 'a=1\r\nb=2\n'), step);
  expect([request.state, request.method, request.target, request.body]).toEqual([
    'done',
    'POST',
    '/report?x=1',
    'a=1\r\nb=2\n',
  ]);
  const response = read('response', responseBytes(200, 'order'), step);
  expect([response.state, response.status, response.body]).toEqual(['done', 200, 'order']);
});

test('a message that is not complete is waited for', () => {
  const whole = requestBytes('POST', '/', 'c2', 'body');
  for (let n = 0; n < whole.length; n++) expect(read('request', whole.subarray(0, n)).state).toBe('reading');
});

describe('strict', () => {
  const ok = 'Host: c2\r\nContent-Length: 0\r\n\r\n';
  test.each([
    ['a method it does not know', `PUT / HTTP/1.1\r\n${ok}`],
    ['another version', `GET / HTTP/1.0\r\n${ok}`],
    ['a relative target', `GET orders HTTP/1.1\r\n${ok}`],
    ['two spaces', `GET  / HTTP/1.1\r\n${ok}`],
    ['a bare LF', `GET / HTTP/1.1\nHost: c2\nContent-Length: 0\r\n\r\n`],
    ['no Host', 'GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n'],
    ['two Hosts', `GET / HTTP/1.1\r\nHost: a\r\n${ok}`],
    ['no length', 'GET / HTTP/1.1\r\nHost: c2\r\n\r\n'],
    ['two lengths', `GET / HTTP/1.1\r\nContent-Length: 0\r\n${ok}`],
    ['a length with a sign', 'GET / HTTP/1.1\r\nHost: c2\r\nContent-Length: +1\r\n\r\nx'],
    ['a length beyond all reason', 'GET / HTTP/1.1\r\nHost: c2\r\nContent-Length: 100000\r\n\r\n'],
    ['a transfer coding', `GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${ok}`],
    ['a folded field', `GET / HTTP/1.1\r\nX: a\r\n b\r\n${ok}`],
    ['a space before the colon', `GET / HTTP/1.1\r\nX : a\r\n${ok}`],
    ['more than the body', 'GET / HTTP/1.1\r\nHost: c2\r\nContent-Length: 1\r\n\r\nxy'],
    ['a byte that is no text', `GET /\u0000 HTTP/1.1\r\n${ok}`],
    ['a head without end', `GET /${'x'.repeat(3000)}`],
  ])('%s is bad', (_what, message) => {
    expect(read('request', bytesOf(message)).state).toBe('bad');
  });

  test('anything after the end is bad', () => {
    const reader = read('response', responseBytes(200, 'x'));
    expect(reader.state).toBe('done');
    reader.add(bytesOf('y'), 1);
    expect(reader.state).toBe('bad');
  });

  test.each(['HTTP/1.1 099 No', 'HTTP/2 200 OK', 'HTTP/1.1 200', 'http/1.1 200 OK'])('%s is no status line', (line) => {
    expect(read('response', bytesOf(`${line}\r\nContent-Length: 0\r\n\r\n`)).state).toBe('bad');
  });
});
