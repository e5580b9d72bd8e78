/**
 * Ingress filtering at the networks that attackers sit in (RFC 4987 §3.1; RFC 2827 = BCP 38, RFC 3704 = BCP 84): their
 * provider lets no source out that cannot be theirs. It does not stand on the victim's road, so it is no Middlebox but a
 * decision that the traffic asks for each forged source.
 */
import { isIpv6 } from '../../wire/address.ts';
import { isHostAddress } from '../../wire/host-address.ts';
import type { Prefix } from '../prefix.ts';
import type { DefenceText } from './box-kind.ts';
import { inAny } from './networks.ts';

/**
 * `strict`: the source must be of the network the packet comes from (RFC 2827 §3; RFC 3704 §2.2 strict reverse path).
 * `loose`: it must be routed at all, wherever (RFC 3704 §2.4); that stops martians and unallocated space only.
 */
export type IngressMode = 'strict' | 'loose';

/**
 * Whether a packet with `source` gets out of the network `home`. `routed`: what is reachable anywhere, for `loose`; null =
 * all that a host can have but loopback and link-local (RFC 3704 §2.4: "martians").
 */
export function ingressPasses(
  mode: IngressMode,
  home: Prefix,
  source: number,
  routed: readonly Prefix[] | null = null,
): boolean {
  if (mode === 'strict') return source >= home.first && source <= home.last;
  if (routed !== null) return inAny(source, routed);
  if (isIpv6(source)) return isHostAddress(source, null);
  return isHostAddress(source, null) && source >>> 24 !== LOOPBACK && source >>> 16 !== LINK_LOCAL;
}

export const INGRESS_FILTER: DefenceText = {
  name: 'ingress-filter',
  describe: 'The networks that bots sit in let no packet out whose source address cannot be theirs.',
  source: 'RFC 4987 §3.1; RFC 2827, RFC 3704',
  parameters: [
    {
      name: 'deployed',
      kind: 'share',
      default: 0,
      min: 0,
      max: 1,
      says: 'share of the source networks that filter; a flood with random sources shrinks to 1 less this share',
    },
    {
      name: 'mode',
      kind: 'choice',
      default: 'strict',
      choices: ['strict', 'loose'],
      says: "strict: only the network's own prefix passes; loose: any routed source does (RFC 3704 §2.2, §2.4)",
    },
  ],
  buys: 'Forged SYNs end where they begin; what still arrives names the network it comes from.',
  costs: 'Others must deploy it, and it does nothing against bots that use their own address.',
};

/** First bits of 127/8 (RFC 1122 §3.2.1.3) and 169.254/16 (RFC 3927). */
const LOOPBACK = 0x7f;
const LINK_LOCAL = 0xa9fe;
