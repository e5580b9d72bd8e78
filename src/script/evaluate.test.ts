/** Code snippets: expectations are what Python answers for the same text. */
import { describe, expect, test } from 'vitest';
import { CODE_NAMES } from './code-names.ts';
import { ScriptError } from './error.ts';
import { type CodeResult, type CodeValue, runCode } from './evaluate.ts';

const INFO: ReadonlyMap<string, number> = new Map([
  ['tcpi_snd_cwnd', 10],
  ['tcpi_options', 0x27],
  ['tcpi_rtt', 100_123],
  ['tcpi_snd_ssthresh', 0x7fffffff],
  ['tcpi_ca_state', 3],
  ['tcpi_max_pacing_rate', 2 ** 40 + 1],
]);

const lookup = (name: string): number | undefined => INFO.get(name) ?? CODE_NAMES.get(name);

function run(text: string, locals: Map<string, CodeValue> = new Map()): CodeResult {
  return runCode({ file: 't.pkt', place: { line: 7, column: 12 }, text }, { lookup, locals });
}

function printed(expression: string): string | undefined {
  return run(`print(${expression})`).printed[0];
}

describe('assertions', () => {
  test.each([
    ' assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd ',
    'assert (tcpi_options & TCPI_OPT_SYN_DATA) != 0, tcpi_options',
    'assert 100000 <= tcpi_rtt <= 120000, "srtt=%d us" % tcpi_rtt',
    'assert tcpi_snd_ssthresh == 0x7fffffff; assert tcpi_ca_state == TCP_CA_Recovery',
    '\nassert tcpi_snd_cwnd == 10 # a remark\n\n# another\nassert True, 1\n',
    'assert tcpi_snd_cwnd == 10;\\\n\t assert not tcpi_snd_cwnd == 11;\\\n',
    'assert (tcpi_snd_cwnd ==\n 10 and\n not False)',
    'pass',
    '',
  ])('%s holds', (text) => {
    expect(run(text)).toEqual({ ok: true, printed: [] });
  });

  test('one that does not hold is told with its values and its message', () => {
    expect(run(' assert tcpi_snd_cwnd  ==  11, tcpi_snd_cwnd ')).toEqual({
      ok: false,
      printed: [],
      at: 1,
      expression: 'tcpi_snd_cwnd == 11',
      filled: '10 == 11',
      message: '10',
    });
  });

  test('values of an expression over several lines come on one', () => {
    expect(
      run("x = 3\nassert ((tcpi_options & TCPI_OPT_ECN) != 0\n or min(x, 7)>5), 'options: %d' % tcpi_options"),
    ).toEqual({
      ok: false,
      printed: [],
      at: 6,
      expression: '((tcpi_options & TCPI_OPT_ECN) != 0 or min(x, 7)>5)',
      filled: '((39 & 8) != 0 or min(3, 7)>5)',
      message: 'options: 39',
    });
  });

  test('ends the snippet', () => {
    const locals = new Map<string, CodeValue>();
    expect(run('print(1)\nassert 0\nx = 1', locals)).toMatchObject({ ok: false, printed: ['1'], message: '' });
    expect(locals.size).toBe(0);
  });
});

test('names that are assigned live on in the next snippet', () => {
  const locals = new Map<string, CodeValue>();
  run('cwnd = tcpi_snd_cwnd', locals);
  run('cwnd += 5; cwnd *= 2; cwnd -= 1; cwnd //= 2', locals);
  expect(locals).toEqual(new Map([['cwnd', 14]]));
  expect(run('assert cwnd == 14', locals).ok).toBe(true);
  run('tcpi_rtt = 5', locals);
  expect(run('assert tcpi_rtt == 5', locals).ok, 'a name of its own hides ours').toBe(true);
});

test.each([
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['-2 ** 2', '-4'],
  ['2 ** -1', '0.5'],
  ['2 ** 3 ** 2', '512'],
  ['7 // 2, -7 // 2, -7 % 3, 7 % -3', '3 -4 2 -2'],
  ['7 / 2', '3.5'],
  ['~5', '-6'],
  ['1 | 2 ^ 3 & 2', '1'],
  ['1 << 4 >> 2', '4'],
  ['1 << 40 | 1', '1099511627777'],
  ['0x80000000 & 0xffffffff', '2147483648'],
  ['tcpi_max_pacing_rate & 1', '1'],
  ['1 < 2 < 3, 1 < 3 < 2', 'True False'],
  ['1 == 1 != 2', 'True'],
  ['not 1 == 2', 'True'],
  ['1 or 2, 0 or 2, 1 and 2, 0 and 2', '1 2 2 0'],
  ['0 or not 0 and 3', '3'],
  ['0 and undefined_name', '0'],
  ['True + True', '2'],
  ['abs(-3), min(3, 1, 2), max(3, 1), int(3.9), int(-3.9), float(3) == 3, round(2.4)', '3 1 3 3 -3 True 2'],
  ["'a' 'b' + 'c'", 'abc'],
  ["'%d %5d|%-5d|%05d %x %s %r %.2f %%' % (1, 2, 3, 4, 255, 'a', 5, 1.5)", '1     2|3    |00004 ff a 5 1.50 %'],
  ["'cwnd=%d' % tcpi_snd_cwnd", 'cwnd=10'],
  ['(1, "a", (2,))', "(1, 'a', (2,))"],
  ['"a" == "a", "a" < "b", "a" == 1', 'True True False'],
  ['.5 + 1e3', '1000.5'],
])('print(%s)', (expression, text) => {
  expect(printed(expression)).toBe(text);
});

test.each([
  ['assert tcpi_foo == 1', "7:19: expected a name that has a value, found 'tcpi_foo'"],
  ['assert tcpi_snd_cwnd = 1', "7:33: expected an operator, ';' or the end of the line, found '='"],
  ['\n  x += 1', "8:3: expected a name that has a value, found 'x'"],
  ['assert', '7:18: expected a value, found the end of the code'],
  ['assert (1', "7:21: expected ')' or ',', found the end of the code"],
  ['assert 1 2', "7:21: expected an operator, ';' or the end of the line, found '2'"],
  ['assert 1 +\n2', '7:22: expected a value, found a new line'],
  ['if 1: pass', "7:12: expected a statement on one line: code in blocks is not supported, found 'if'"],
  ['assert 1 is 1', "7:21: expected an operator, ';' or the end of the line, found 'is'"],
  ['assert 1 / 0', "7:21: expected a divisor behind '/', found 0"],
  ["assert 'a", '7:19: expected Python code, found a string without its end'],
  ['assert 1 ? 2', "7:21: expected Python code, found '?'"],
  ["assert 1 < 'a'", "7:19: '<' does not compare a number with a string"],
  ["x = 1 + 'a'", "7:18: expected numbers on both sides of '+'"],
  ["x = 'a' - 1", "7:20: expected '%' or '+' and a string behind a string, found '-'"],
  ["x = '%d' % 'a'", "7:21: expected a value for '%d' in the format"],
  ["x = '%d' % (1, 2)", '7:21: expected a place in the format for every value'],
  ['x = 1.5 & 1', "7:20: expected whole numbers around '&'"],
  ['x = 1 << 64', '7:18: expected a shift of 0 to 63 bits, found 64'],
  ["x = min('a')", "7:16: expected numbers for 'min'"],
  ['open(1)', "7:12: expected print, str, abs, int, float, round, min, max, found 'open'"],
  [`x = ${'('.repeat(80)}1`, '7:80: expected at most 64 nested expressions'],
])('%s', (text, message) => {
  expect(() => run(text)).toThrowError(ScriptError);
  expect(() => run(text)).toThrowError(`t.pkt:${message}`);
});

test('code without end is refused, not run', () => {
  // x, = and 1 are three words, each +1 two more: word 2001 begins in column 12 + 2002.
  expect(() => run(`x = 1${'+1'.repeat(3000)}`)).toThrowError(
    't.pkt:7:2014: expected at most 2000 words of code, found more',
  );
  expect(run(`x = 1${'+1'.repeat(900)}`).ok).toBe(true);
});
