/** A column of numbers as one line of block characters, for terminals: `·` is zero, `█` the top. */

/** `width` characters; few values are repeated as often as all of them fit. `top` is the value that fills a cell; NaN leaves a blank. */
export function sparkline(values: readonly number[], width: number, top: number = most(values)): string {
  const times = values.length === 0 ? 1 : Math.max(1, Math.floor(width / values.length));
  return resample(values, width)
    .map((value) => {
      if (Number.isNaN(value)) return ' ';
      if (value <= 0 || top <= 0) return '·';
      return BLOCKS[Math.min(BLOCKS.length, Math.ceil((value / top) * BLOCKS.length)) - 1];
    })
    .map((block) => (block ?? '').repeat(times))
    .join('');
}

/** The means of `width` stretches of equal length; values that are NaN do not count, a stretch without any other is NaN. */
export function resample(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const to = Math.floor(((i + 1) * values.length) / width);
    let sum = 0;
    let count = 0;
    for (const value of values.slice(from, to)) {
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
}

function most(values: readonly number[]): number {
  return values.reduce((top, value) => Math.max(top, Number.isNaN(value) ? 0 : value), 0);
}

const BLOCKS = '▁▂▃▄▅▆▇█';
