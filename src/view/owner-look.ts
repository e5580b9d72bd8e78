/** Whose a half-open entry is, for eyes: one colour, one pattern and one name per kind, everywhere. */
import type { Owner } from '../sim/arena/types.ts';

/** The kinds that can be told apart in a queue, in the order they are drawn and listed. */
export const SLOT_OWNERS = ['silent', 'live', 'bot', 'client', 'followed'] as const;
export type SlotOwner = (typeof SLOT_OWNERS)[number];

/** Who asks for connections: a server or a C&C host that did would count as a bot. */
export function slotOwner(owner: Owner): SlotOwner {
  return owner === 'server' || owner === 'c2' ? 'bot' : owner;
}

/** As in a legend. */
export const OWNER_NAMES: Readonly<Record<SlotOwner, string>> = {
  silent: 'forged, nobody there',
  live: 'forged, somebody there',
  bot: "a bot's own address",
  client: 'client',
  followed: 'followed client',
};

/** As in a sentence, after a number: `120 by forged addresses where nobody is`. */
export const OWNER_PHRASES: Readonly<Record<SlotOwner, string>> = {
  silent: 'by forged addresses where nobody is',
  live: 'by forged addresses where somebody is',
  bot: 'by bots under their own addresses',
  client: 'by clients',
  followed: 'by the followed client',
};
