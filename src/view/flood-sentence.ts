/** A moment of a flood run in words: what screen readers hear and the text view lists. */
import type { FloodFrame } from '../sim/flood-frame.ts';
import type { FloodMoment } from '../sim/flood-report.ts';
import { counted, countText } from './flood-number.ts';
import { OWNER_PHRASES, SLOT_OWNERS } from './owner-look.ts';
import { ownerCounts } from './slot-grid.ts';
import { formatTime } from './time-text.ts';

/** `12.000 s. 129 of 129 slots of the SYN queue are in use: 120 by forged …, 9 by clients. 0 of 129 wait to be accepted.` */
export function frameSentence(frame: FloodFrame): string {
  const counts = ownerCounts(frame);
  const listed = SLOT_OWNERS.filter((owner) => counts[owner] > 0);
  const whole = frame.slots.length === frame.halfOpen;
  const parts = listed.map((owner) => `${whole ? '' : 'at least '}${countText(counts[owner])} ${OWNER_PHRASES[owner]}`);
  const whose = parts.length > 0 ? `: ${parts.join(', ')}` : '';
  const full = frame.halfOpen >= frame.capacity ? ' It is full.' : '';
  const bots = frame.bots
    .filter((net) => net.registered > 0)
    .map((net) => ` ${counted(net.flooding, 'bot')} of ${countText(net.registered)} flood.`);
  return `${formatTime(frame.t)}. ${countText(frame.halfOpen)} of ${counted(frame.capacity, 'slot')} of the SYN queue in use${whose}.${full} ${countText(frame.acceptQueue)} of ${countText(frame.acceptCapacity)} wait to be accepted, ${countText(frame.established)} established.${bots.join('')}`;
}

/** `5.000 s. The flood begins.` */
export function momentSentence(moment: FloodMoment): string {
  return `${formatTime(moment.t)}. ${MOMENT_WORDS[moment.what]}.`;
}

/** Each as a sentence without its full stop. */
const MOMENT_WORDS: Readonly<Record<FloodMoment['what'], string>> = {
  'first-client-served': 'The first client gets its response',
  'flood-begins': 'The flood begins',
  'queue-full': 'The SYN queue is full',
  'first-client-dropped': "A client's SYN is dropped",
  'flood-ends': 'The flood ends',
  recovered: 'There is room in the SYN queue again, for good',
  'bots-ordered': 'The bots learn of their order',
  'take-down': 'The botnet is taken down',
};
