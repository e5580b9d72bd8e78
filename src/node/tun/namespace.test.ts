import { expect, test } from 'vitest';
import { type ProcFiles, whyNotPrivate } from './namespace.ts';

const HEADINGS =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
const LO =
  '    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n';
const ROUTES = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
/** What every namespace has: no route, on lo. */
const ROUTES6 =
  '00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n';

/** As read in a fresh `unshare --user --map-root-user --net`. */
const FRESH: ProcFiles = {
  dev: HEADINGS + LO,
  route: '',
  route6: ROUTES6,
  ownNamespace: 'net:[4026532178]',
  firstNamespace: '',
};
const NOTHING: ReadonlySet<string> = new Set();

test('a fresh namespace is private, with the fallback devices of tunnel modules and with what we made', () => {
  expect(whyNotPrivate(NOTHING, FRESH)).toBe(undefined);
  const more = { ...FRESH, dev: `${HEADINGS}${LO} tunl0: 0\n  sit0: 0\nip6tnl0: 0\nhalfopen0: 12 1\n` };
  expect(whyNotPrivate(new Set(['halfopen0']), more)).toBe(undefined);
  expect(whyNotPrivate(NOTHING, more)).toBe('this one has the interface halfopen0');
});

test('one with another interface is not', () => {
  const dev = `${HEADINGS}${LO}  eth0: 1 1\nwlan0:1 1\n`;
  expect(whyNotPrivate(NOTHING, { ...FRESH, dev })).toBe('this one has the interface eth0, wlan0');
});

test('nor is that of process 1, bare as it may be', () => {
  const proc = { ...FRESH, firstNamespace: FRESH.ownNamespace };
  expect(whyNotPrivate(NOTHING, proc)).toBe('this is the network namespace of process 1');
});

test('nor is one with a default route', () => {
  const route = `${ROUTES}halfopen0\t00000000\t010012C6\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
  expect(whyNotPrivate(NOTHING, { ...FRESH, route })).toBe('this one has a default route');
  const own = `${ROUTES}halfopen0\t000012C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`;
  expect(whyNotPrivate(NOTHING, { ...FRESH, route: own })).toBe(undefined);
  const route6 = ROUTES6.replace(/lo\n$/, 'halfopen0\n');
  expect(whyNotPrivate(NOTHING, { ...FRESH, route6 })).toBe('this one has a default route');
});
