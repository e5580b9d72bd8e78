/** Every box in every mode, as one conformance suite sees them. */
import { ACTIVE_MONITOR } from '../../src/sim/middlebox/active-monitor.ts';
import { BLACKHOLE } from '../../src/sim/middlebox/blackhole.ts';
import { BLOCK_LIST } from '../../src/sim/middlebox/block-list.ts';
import { FIRST_SYN_DROP } from '../../src/sim/middlebox/first-syn-drop.ts';
import { RATE_LIMIT } from '../../src/sim/middlebox/rate-limit.ts';
import { SAFE_RESET } from '../../src/sim/middlebox/safe-reset.ts';
import { SEMI_TRANSPARENT_GATEWAY } from '../../src/sim/middlebox/semi-transparent-gateway.ts';
import { SYN_PROXY, XDP_SYN_PROXY } from '../../src/sim/middlebox/syn-proxy.ts';
import { TCP_INTERCEPT } from '../../src/sim/middlebox/tcp-intercept.ts';
import { SEC } from '../../src/tcp/types.ts';
import type { Variant } from './rig.ts';

/** Room for 1,000 entries, so that a flood of 200,000 sources finds each table full. */
const entries = 1000;

export const VARIANTS: readonly Variant[] = [
  {
    title: 'SYN proxy, cookies',
    kind: SYN_PROXY,
    params: { mode: 'cookie', wscale: 7, entries },
    flooded: 0,
  },
  {
    title: 'SYN proxy, cookies without timestamps',
    kind: SYN_PROXY,
    params: { mode: 'cookie', wscale: 7, entries, timestamps: 'no' },
    flooded: 0,
  },
  { title: 'SYN proxy, table', kind: SYN_PROXY, params: { mode: 'table', wscale: 7, entries }, flooded: 1000 },
  {
    title: 'SYN proxy, adaptive',
    kind: SYN_PROXY,
    params: { mode: 'adaptive', wscale: 7, entries },
    // 25 % and one more pass before cookies begin.
    flooded: 251,
  },
  { title: 'XDP SYN proxy', kind: XDP_SYN_PROXY, params: { wscale: 7, entries }, flooded: 0 },
  { title: 'semi-transparent gateway', kind: SEMI_TRANSPARENT_GATEWAY, params: { entries }, flooded: 1000 },
  {
    title: 'active monitor',
    kind: ACTIVE_MONITOR,
    params: { addresses: entries, connections: entries },
    flooded: 2000,
  },
  { title: 'TCP Intercept, intercept', kind: TCP_INTERCEPT, params: { mode: 'intercept', entries }, flooded: 1000 },
  {
    title: 'TCP Intercept, intercept, random',
    kind: TCP_INTERCEPT,
    params: {
      mode: 'intercept',
      dropMode: 'random',
      entries,
      maxIncompleteHigh: 500,
      maxIncompleteLow: 400,
    },
    // 501 incomplete turn it aggressive; from then on one goes for each that comes.
    flooded: 501,
  },
  { title: 'TCP Intercept, watch', kind: TCP_INTERCEPT, params: { mode: 'watch', entries }, flooded: 1000 },
  {
    title: 'TCP Intercept, watch, random',
    kind: TCP_INTERCEPT,
    params: { mode: 'watch', dropMode: 'random', entries },
    flooded: 1000,
  },
  { title: 'safe reset', kind: SAFE_RESET, params: { entries }, flooded: 0 },
  { title: 'safe reset, ACK out of sequence', kind: SAFE_RESET, params: { answer: 'ack', entries }, flooded: 0 },
  // 512 is the largest power of two below.
  { title: 'first-SYN drop', kind: FIRST_SYN_DROP, params: { entries }, flooded: 512 },
  { title: 'aggregate rate limit', kind: RATE_LIMIT, params: { per: 'aggregate' }, flooded: 1 },
  { title: 'rate limit per source', kind: RATE_LIMIT, params: { per: 'source', entries }, flooded: 1000 },
  {
    title: 'rate limit per /24',
    kind: RATE_LIMIT,
    params: { per: 'source', prefixLength: 24, entries },
    // A /24 takes 12.8 ms and is forgotten after 0.5 s, the time its bucket needs: 39 whole ones, two at the edges.
    flooded: 41,
  },
  {
    title: 'block list',
    kind: BLOCK_LIST,
    params: { sources: ['192.0.2.0/24'], after: 5, entries },
    flooded: 1001,
  },
  { title: 'black hole that waits', kind: BLACKHOLE, params: { trigger: 'rate', rate: 100_000 }, flooded: 1 },
  {
    title: 'black hole that is over',
    kind: BLACKHOLE,
    params: { trigger: 'times', from: 0, to: 0, hold: 1 * SEC },
    flooded: 1,
  },
];
