/** Numbers as findings print them. */

/** `37,669`; with up to `digits` decimals, zeros at the end left out. */
export function count(value: number, digits = 0): string {
  const [whole, decimals = ''] = value.toFixed(digits).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = decimals.replace(/0+$/, '');
  return rest === '' ? grouped : `${grouped}.${rest}`;
}

/** `1 attempt`, `37,669 attempts`. */
export function attempts(n: number): string {
  return n === 1 ? '1 attempt' : `${count(n)} attempts`;
}

/** ns as `12.3 s`. */
export function seconds(ns: number): string {
  return `${count(ns / 1e9, 1)} s`;
}

/** A share as `0.2 %`. */
export function percent(share: number): string {
  return `${count(100 * share, 1)} %`;
}
