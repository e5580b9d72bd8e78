/** All network defences that a scenario can name, in the order of RFC 4987 §3. */
import { ACTIVE_MONITOR } from './active-monitor.ts';
import { BLACKHOLE } from './blackhole.ts';
import { BLOCK_LIST } from './block-list.ts';
import type { BoxKind, DefenceText } from './box-kind.ts';
import { FIRST_SYN_DROP } from './first-syn-drop.ts';
import { INGRESS_FILTER } from './ingress-filter.ts';
import { RATE_LIMIT } from './rate-limit.ts';
import { SAFE_RESET } from './safe-reset.ts';
import { SEMI_TRANSPARENT_GATEWAY } from './semi-transparent-gateway.ts';
import { SYN_PROXY, XDP_SYN_PROXY } from './syn-proxy.ts';
import { TCP_INTERCEPT } from './tcp-intercept.ts';

export const MIDDLEBOXES: readonly BoxKind[] = [
  SYN_PROXY,
  XDP_SYN_PROXY,
  SEMI_TRANSPARENT_GATEWAY,
  ACTIVE_MONITOR,
  TCP_INTERCEPT,
  SAFE_RESET,
  FIRST_SYN_DROP,
  RATE_LIMIT,
  BLOCK_LIST,
  BLACKHOLE,
];

/** Defences elsewhere in the network, for texts: no box of theirs stands on the victim's road. */
export const ELSEWHERE: readonly DefenceText[] = [INGRESS_FILTER];

export function middleboxNamed(name: string): BoxKind | undefined {
  return MIDDLEBOXES.find((kind) => kind.name === name);
}
