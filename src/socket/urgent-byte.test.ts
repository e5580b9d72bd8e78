/** Urgent data as a socket reads it (Linux tcp_recvmsg_locked, tcp_recv_urg). */
import { expect, test } from 'vitest';
import { SocketBench, text } from '../../test/support/socket-bench.ts';

test('MSG_PEEK at the mark looks past the urgent byte and leaves it for MSG_OOB', () => {
  const b = new SocketBench();
  const socket = b.accepted();
  b.recv('PU.', 1, { ack: 1, len: 10, urg: 1 });
  const peeked = new Uint8Array(9);
  expect(text(socket.recv(b.now, peeked, b.tx, { peek: true }))).toBe('9');
  expect(peeked).toEqual(new Uint8Array(9).fill(120));
  expect(text(socket.recv(b.now, new Uint8Array(1), b.tx, { urgent: true }))).toBe('1');
  expect(text(socket.recv(b.now, new Uint8Array(10), b.tx))).toBe('9');
});
