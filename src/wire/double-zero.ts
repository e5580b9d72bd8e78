/**
 * 0 as the first value of a field of one object in a hot path that will hold more than 31 bits or fractions, as times in ns do.
 * V8 lays an object out by the first values of its fields, and -0 is a double there. From 0 it would make a small integer;
 * when that no longer fits, after 2.1 s of nanoseconds, it compiles anew all functions that have seen such an object.
 */
export const DOUBLE_ZERO: number = -0;
