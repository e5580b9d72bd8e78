import { describe, expect, test } from 'vitest';
import { HalfopenError } from '../wire/error.ts';
import { parsePrefix } from './prefix.ts';

describe('parsePrefix', () => {
  test.each([
    ['198.18.0.0/15', 0xc612_0000, 0xc613_ffff, 131_072, 15],
    ['10.0.0.0/8', 0x0a00_0000, 0x0aff_ffff, 16_777_216, 8],
    ['203.0.113.77', 0xcb00_714d, 0xcb00_714d, 1, 32],
  ])('%s', (text, first, last, size, bits) => {
    expect(parsePrefix(text, 'x')).toEqual({ first, last, size, bits });
  });

  test.each([
    // One bit wider than the safe range, next to one, and somebody's own.
    ['198.16.0.0/14', 'expected addresses within'],
    ['0.0.0.0/0', 'expected addresses within'],
    ['172.32.0.0/12', 'expected addresses within'],
    ['8.8.8.0/24', 'expected addresses within'],
    ['10.0.0.1/8', 'expected 10.0.0.0/8'],
    ['10.0.0.0/33', 'expected an IPv4 prefix'],
    ['10.0.0.0/08', 'expected an IPv4 prefix'],
    ['10.0.0.0/8/8', 'expected an IPv4 prefix'],
    ['2001:db8::/32', 'expected an IPv4 prefix'],
    ['', 'expected an IPv4 prefix'],
  ])('%s is refused', (text, because) => {
    const read = () => parsePrefix(text, "flood 'a'");
    expect(read).toThrow(HalfopenError);
    expect(read).toThrow(`flood 'a': found ${because.startsWith('expected an IPv4') ? `'${text}'` : text}, ${because}`);
  });
});
