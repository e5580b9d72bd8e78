/** Numbers in the sentences of findings: `37,669`, `12 %`, `0.25 s`, `17.3 bits`. The language's locale data is not asked. */

/** `37,669`. */
export function grouped(n: number): string {
  const whole = String(Math.round(Math.abs(n)));
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return n < 0 ? `-${text}` : text;
}

/** A share of 1 as `0.2 %`, `12 %`, `100 %`; one decimal below 10 % and above 99 %, so that rare things do not read as none. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value === 0 || value === 100) return `${value} %`;
  if (value < 0.1) return 'less than 0.1 %';
  if (value > 99.9) return 'more than 99.9 %';
  return value < 10 || value > 99 ? `${value.toFixed(1)} %` : `${Math.round(value)} %`;
}

/** Nanoseconds as `12 ms`, `0.25 s`, `63 s`, `4.5 min`, `2.5 h`. */
export function span(ns: number): string {
  const s = ns / 1e9;
  if (s === 0) return '0 s';
  if (s < 0.001) return `${short(s * 1e6)} µs`;
  if (s < 0.1) return `${short(s * 1e3)} ms`;
  if (s < 120) return `${short(s)} s`;
  if (s < 7200) return `${short(s / 60)} min`;
  return `${short(s / 3600)} h`;
}

/** Two decimals below 10, one below 100, none above; no trailing zeros. */
export function short(n: number): string {
  if (Math.abs(n) >= 100) return grouped(n);
  return String(Number(n.toFixed(Math.abs(n) < 10 ? 2 : 1)));
}

/** `1 source`, `2 sources`, `3 addresses`. */
export function counted(n: number, noun: string, plural: string = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

/** The same of a number that may be an estimate: `about 35,700 addresses`; `error` is its standard error, a share. */
export function roughly(
  n: { readonly count: number; readonly error: number },
  noun: string,
  plural: string = `${noun}s`,
): string {
  return `${n.error > 0 && n.count > SURE ? 'about ' : ''}${counted(n.count, noun, plural)}`;
}

/** So few are told apart by any sketch. */
const SURE = 3;
