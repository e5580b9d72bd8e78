/** Files that nobody would write by accident: one sentence each, with a place, and never a run that cannot end. */
import { describe, expect, test } from 'vitest';
import { parseAnyScenario, parseFloodScenario } from './parse.ts';

const flood = (rest: string): string => `kind: flood\ntitle: t\nsummary: s\nuntil: 10s\n${rest}\n`;

function refusal(text: string): string {
  try {
    parseAnyScenario(text, 't.yaml');
    return 'accepted';
  } catch (error) {
    return String(error);
  }
}

describe('clients that stay', () => {
  const staying = (rest: string) => flood(`clients: { rate: 5, after: stay, ${rest} }`);

  test('that never wait would hold the time', () => {
    expect(refusal(staying('rtt: 0, think: 0'))).toContain(
      't.yaml:5:49: clients.think is 0, up to infinitely many requests in this run; expected at most 1,000,000,000',
    );
    expect(refusal(staying('rtt: { cycle: [1ms, 0] }, think: 0'))).toContain('infinitely many requests');
  });

  test('are counted before they run: 50 clients of 10 s ask 500 s / 100 ns times', () => {
    expect(refusal(staying('rtt: 0, think: 100ns'))).toContain('clients.think is 100ns, up to 5,000,000,000 requests');
  });

  test('may ask again at once where the way takes its time', () => {
    expect(refusal(staying('rtt: 1ms, think: 0'))).toBe('accepted');
    expect(refusal(flood('clients: { rate: 0, after: stay, rtt: 0, think: 0 }'))).toBe('accepted');
  });
});

describe('clients that wait take memory', () => {
  test.each([
    // 10 s of 166,000 a second, where nobody leaves.
    ['rate: 166000, after: stay', 'clients.rate is 166000, up to 1,660,000 clients at once; expected at most 300,000'],
    ['rate: 166000, patience: never', 'up to 1,660,000 clients at once'],
    ['rate: 166000, patience: 2s', 'up to 332,000 clients at once; expected at most 300,000, or less patience'],
    ['rate: 166000, patience: 1s', 'accepted'],
    ['rate: 166000, patience: never, from: 9s', 'accepted'],
  ])('%s', (clients, answer) => {
    expect(refusal(flood(`clients: { ${clients} }`))).toContain(answer);
  });
});

describe('what YAML can do', () => {
  test.each(['['.repeat(100_000), `kind: flood\ntitle: ${'{a: '.repeat(20_000)}`])('nesting without end', (text) => {
    expect(refusal(text)).toMatch(/t\.yaml:\d+:\d+: not readable as YAML: nested too deeply$/);
  });

  test('no number is no example of a time', () => {
    expect(refusal(flood('floods: { rate: 5, from: .nan }'))).toMatch(
      /floods\.from is NaN; expected a time such as 200us, 40ms, 1\.5s or 2m$/,
    );
  });

  test('text that would give orders to a terminal', () => {
    expect(refusal(flood('').replace('title: t', 'title: "\\e[2J"'))).toMatch(
      /t\.yaml:2:8: title has the control character U\+001B; expected plain text$/,
    );
    expect(parseFloodScenario(flood('').replace('summary: s', 'summary: "a\\tb\\nc"'), 't.yaml').summary).toBe(
      'a\tb\nc',
    );
  });

  test('a long value is quoted as far as one can know it again', () => {
    const message = refusal(flood('floods: { rate: x }').replace('x', 'x'.repeat(100_000)));
    expect(message).toContain(`floods.rate is '${'x'.repeat(79)}…'; expected`);
  });
});
