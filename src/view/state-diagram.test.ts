import { expect, test } from 'vitest';
import { handshake } from '../../test/support/recording-builder.ts';
import { FIGURE_5, stateDiagram } from './state-diagram.ts';

test('RFC 9293 figure 5 has 11 states and 21 edges', () => {
  const states = new Set(FIGURE_5.flatMap((edge) => [edge.from, edge.to]));
  expect(states.size).toBe(11);
  expect(FIGURE_5.length).toBe(21);
});

test('the server after the SYN: came from LISTEN just now, may become ESTABLISHED', () => {
  const diagram = stateDiagram(handshake(), 2, 1);
  expect(diagram.nodes).toEqual([
    { state: 'LISTEN', place: 'past' },
    { state: 'SYN-RECEIVED', place: 'now' },
    { state: 'ESTABLISHED', place: 'next' },
    { state: 'FIN-WAIT-1', place: 'next' },
  ]);
  const live = diagram.edges.filter((edge) => edge.live);
  expect(live).toMatchObject([{ from: 'LISTEN', to: 'SYN-RECEIVED', event: 'SYN in', action: 'send SYN/ACK' }]);
  // A step later the edge is history.
  expect(stateDiagram(handshake(), 3, 1).edges.some((edge) => edge.live)).toBe(false);
});

test('before anything happened', () => {
  const diagram = stateDiagram(handshake(), -1, 0);
  expect(diagram.state).toBe('CLOSED');
  expect(diagram.nodes.map((node) => node.state)).toEqual(['CLOSED', 'LISTEN', 'SYN-SENT']);
});
