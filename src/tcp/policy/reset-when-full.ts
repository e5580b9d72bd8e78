/**
 * Refuses with RST what `inner` would drop: the client learns at once and does not try again, where a silent drop costs
 * it a second or more and leaves it hope. The answer to a flood is then a RST for each SYN, to whoever the addresses
 * belong to.
 */
import { RESET_INSTEAD } from '../rules-policy.ts';
import { dropWhenFull } from './drop-when-full.ts';
import type { ListenPolicy, SynVerdict } from './types.ts';

export function resetWhenFull(inner: ListenPolicy = dropWhenFull()): ListenPolicy {
  return {
    ...inner,
    name: `reset-when-full(${inner.name})`,
    onSyn(now, syn, synQueue, acceptQueue, why): SynVerdict {
      const verdict = inner.onSyn(now, syn, synQueue, acceptQueue, why);
      if (verdict !== 'drop-syn-queue' && verdict !== 'drop-accept-queue' && verdict !== 'drop-reserve') return verdict;
      if (why !== null) why.act(RESET_INSTEAD, 0, 0, 0);
      return 'reset';
    },
  };
}
