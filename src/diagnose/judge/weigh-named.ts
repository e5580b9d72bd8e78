/**
 * SYNs in the name of one address, at several servers, over and over, whose answers it never acknowledges: somebody has them
 * answer it (reflection), where the capture shows the SYNs, too. A machine that floods would not spread what it has over
 * servers that each see little of it, a scanner asks once, and who watches services does so every second at most.
 */
import type { SourceProfile } from '../detect/target-profile.ts';
import { grouped, roughly, short } from '../figures.ts';
import { Reasons } from './confidence.ts';

export function weighNamed(s: SourceProfile): Reasons | undefined {
  const counted = s.attempts - s.over;
  const sockets = Math.min(counted, s.sockets.count);
  const silent = s.answered - s.completed - s.aborted;
  if (s.hosts.count < SEVERAL || counted < LEAST || counted < OFTEN * sockets) return undefined;
  if (s.answered < 0.8 * counted || s.completed >= 0.01 * counted) return undefined;
  const each = counted / sockets / Math.max(1, (s.lastAt - s.firstAt) / 1e9);
  const unheard = silent >= 0.5 * counted;
  // A checker without an answer tries each second, one that resets what it gets some times a second at most.
  if (each < (unheard ? 2 : 10)) return undefined;
  const reasons = new Reasons();
  reasons.add(-3, 'whom servers answer, that one mostly asked');
  const text = unheard ? `${grouped(silent)} answers met silence` : `${grouped(s.aborted)} answers were reset`;
  reasons.add(unheard ? 3 : 1, `${text}, and none was acknowledged`, 'cusum-answers');
  reasons.add(
    counted >= 1000 ? 2 : counted >= 200 ? 1.5 : 1,
    `${grouped(counted)} SYNs in one name, ${short(each)} a second at each socket`,
    'syn-rate',
  );
  reasons.add(s.hosts.count >= 10 ? 1.5 : 1, `they went to ${roughly(s.hosts, 'server')}`, 'dst-port-entropy');
  return reasons;
}

const SEVERAL = 3;
const LEAST = 100;
/** Times at each socket. */
const OFTEN = 5;
