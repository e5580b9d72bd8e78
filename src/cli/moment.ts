/** Moments within a capture as people write them: since its first packet, or by the calendar. */

export interface Moment {
  /** Since the epoch; else since the first packet. */
  readonly absolute: boolean;
  readonly nanos: bigint;
}

/**
 * `10s`, `1m30s`, `1h`, `250ms`, also as they are printed: `1 h 2 min 3.456 s`; or ISO 8601 such as `2026-12-01T08:00:00Z`,
 * in UTC where no zone is named. Undefined when it is none of these.
 */
export function parseMoment(text: string): Moment | undefined {
  const compact = text.replaceAll(' ', '');
  if (compact === '0') return { absolute: false, nanos: 0n };
  if (SPAN.test(compact)) {
    let sum = 0;
    for (const [, value, unit] of compact.matchAll(PART)) sum += Number(value) * (UNITS[unit ?? ''] ?? 0);
    return { absolute: false, nanos: BigInt(Math.round(sum)) };
  }
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = ISO.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  return { absolute: true, nanos: BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')) };
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
  d: 86_400e9,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|min|s|m|h|d)/g;
const SPAN = /^(\d+(\.\d+)?(ns|us|µs|ms|min|s|m|h|d))+$/;
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;
