/** Counts, shares and times of flood reports, as people read them. */
import type { Nanos } from '../tcp/types.ts';
import { formatSpan } from './time-text.ts';

/** `12,345`. */
export function countText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const [whole = '', decimals] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** A share of 1 in percent: `12.3 %`, `100 %`; never rounded to all or nothing. `–` where there is nothing to share. */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return '–';
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share > 0 && share < 0.001) return '< 0.1 %';
  if (share < 1 && share > 0.999) return '> 99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** `50.1 ms`, `7.05 s`: three digits that count; `–` for less than 0, which stands for none. */
export function spanText(ns: Nanos): string {
  if (!Number.isFinite(ns) || ns < 0) return '–';
  const unit = ns >= 1e9 ? 1e9 : ns >= 1e6 ? 1e6 : ns >= 1e3 ? 1e3 : 1;
  return formatSpan(Number((ns / unit).toPrecision(3)) * unit);
}

/** Bytes with a unit: `10.3 kB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toPrecision(3)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toPrecision(3)} MB`;
  if (bytes >= 1e4) return `${(bytes / 1e3).toPrecision(3)} kB`;
  return `${bytes} bytes`;
}

/** `once`, `2 times`. */
export function timesText(count: number): string {
  return count === 1 ? 'once' : `${countText(count)} times`;
}

/** `1 SYN`, `3 SYNs`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
