import { expect, test } from 'vitest';
import type { OrderSpec } from '../../flood-model.ts';
import { orderLine, readOrders } from './order-text.ts';

const ORDER: OrderSpec = {
  at: 1e9,
  port: 443,
  rate: 0.25,
  duration: 5e9,
  spoof: 'subnet',
  prefix: '',
  live: 0,
  shape: 'windows',
};

test('an order is a line, and read back', () => {
  const line = orderLine(3, '203.0.113.80', ORDER);
  expect(line).toBe('order=3 target=203.0.113.80 port=443 rate=0.25 until=6000000000 spoof=subnet shape=windows\n');
  const order = {
    number: 3,
    target: '203.0.113.80',
    port: 443,
    rate: 0.25,
    until: 6e9,
    spoof: 'subnet',
    shape: 'windows',
  };
  expect(readOrders(line)).toEqual([order]);
  expect(readOrders(line + orderLine(4, '203.0.113.80', { ...ORDER, rate: 1e-7 }))).toEqual([
    order,
    { ...order, number: 4, rate: 1e-7 },
  ]);
  expect(readOrders('')).toEqual([]);
});

test.each(['x', '\n', 'order=1\n', 'order=1 target=203.0.113.80 port=80 rate=1 until=5 spoof=own shape=bare'])(
  '%j are no orders',
  (body) => expect(readOrders(body)).toBe(undefined),
);
