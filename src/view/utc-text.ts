/** Moments of the calendar as text, in UTC. Without `Date`, which engine layers must not touch, and to the nanosecond. */

/** `2023-11-14T22:13:20.250000000Z` (ISO 8601). `nanos` may be any number: what is beyond a second is carried. */
export function utcText(sec: number, nanos: number, digits: 0 | 3 | 6 | 9 = 9): string {
  const whole = sec + Math.floor(nanos / 1e9);
  const rest = nanos - Math.floor(nanos / 1e9) * 1e9;
  const days = Math.floor(whole / 86_400);
  const second = whole - days * 86_400;
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map(two).join(':');
  const fraction = digits === 0 ? '' : `.${String(rest).padStart(9, '0').slice(0, digits)}`;
  return `${dateText(days)}T${clock}${fraction}Z`;
}

/** Whether a capture says when it was made. One of the first day of 1970 counts from its own start, as simulators do. */
export function hasClock(startSec: number): boolean {
  return startSec >= 86_400;
}

/** The Gregorian date so many days after 1 January 1970. Years are counted from March, so that 29 February ends one. */
function dateText(days: number): string {
  const day = days + DAYS_TO_1970;
  const era = Math.floor(day / DAYS_OF_400_YEARS);
  const dayOfEra = day - era * DAYS_OF_400_YEARS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // Months from March have 31, 30, 31, 30, 31 days over and over: 153 in five.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** From 1 March of year 0. */
const DAYS_TO_1970 = 719_468;
const DAYS_OF_400_YEARS = 146_097;
