/** Detector 5: how many half-open entries the packets add up to, and whether a usual queue would have been full. */
import { counted, grouped, percent, span } from '../figures.ts';
import type { QueueEstimate } from '../findings.ts';
import { BACKLOGS, DEFAULT_RETRIES, LIFETIMES, QueueModel } from './queue-model.ts';
import type { DetectorInfo, Finding } from './types.ts';

export const HALF_OPEN: DetectorInfo = {
  id: 'half-open',
  title: 'Half-open entries, by the packets',
  formula: 'H(t) = attempts begun in (t - T, t] that were neither completed nor reset nor refused by t',
  source: 'RFC 4987 §3 (backlog and lifetime of entries); Linux reqsk_timer_handler, inet_csk_reqsk_queue_is_full',
  window: 'T, the lifetime of an entry: 1 + 2 + … + 2^r s for r SYN/ACK retransmissions; 63 s (r = 5) unless seen',
  threshold: `H >= ${BACKLOGS[0]}: the smallest usual backlog would have been full`,
  blindSpots: [
    'With SYN cookies or a SYN proxy there is no queue, or another.',
    'In a capture of one direction completions are missing: H is an upper bound.',
    'Linux lets old entries go early once its queue is half full (reqsk_timer_handler): T seen in a flood is shorter than set.',
    'A busy server with slow clients has many half-open entries as well.',
  ],
};

/** What else is known of the server when the model is asked. */
export interface QueueContext {
  readonly attempts: number;
  readonly answered: number;
  readonly refused: number;
  /** Is anything this server sent in the capture? And anything that any server sent? */
  readonly serverHeard: boolean;
  readonly anyServerHeard: boolean;
  /** ns: now, or the end of the capture. */
  readonly endedAt: number;
}

export class HalfOpenQueue {
  readonly model: QueueModel;
  /** By number of SYN/ACK retransmissions: entries after which the server was seen to give up. */
  readonly #gaveUp = new Uint32Array(LIFETIMES.length);
  /** Most SYN/ACK retransmissions of one attempt. */
  #most = 0;

  /** `modelled`: is there one queue at all? Where many ports are taken together, only levels are kept. */
  constructor(second: number, modelled: boolean) {
    this.model = new QueueModel(second, modelled ? BACKLOGS.length : 0);
  }

  /** An attempt that was answered `synacks` times and never acknowledged; the last answer was `watched` ns ago. */
  onSilent(synacks: number, watched: number): void {
    const retries = synacks - 1;
    if (retries > this.#most) this.#most = retries;
    // Twice the next timeout without another copy: there is none to come.
    if (retries < LIFETIMES.length && watched > 2 * 2 ** retries * SEC) this.#gaveUp[retries]!++;
  }

  finding(context: QueueContext): Finding {
    const { t, rests } = this.#lifetime();
    const { applies, note } = this.#judgeable(context);
    const peak = this.model.peak(t);
    const least = this.model.limited(t, 0);
    const fires = applies && least !== undefined;
    const numbers = `${grouped(peak)} half-open at once, if an entry lives ${LIFETIMES[t]} s`;
    return {
      detector: HALF_OPEN.id,
      state: applies ? (fires ? 'fires' : 'quiet') : 'cannot-judge',
      onset: fires ? least.fullAt : -1,
      end: fires ? least.lastFullAt : -1,
      // The model knows what is held at the end of each second; when within one the last room went is an estimate.
      onsetWithin: fires ? SEC : 0,
      endWithin: fires ? SEC : 0,
      value: peak,
      threshold: BACKLOGS[0]!,
      sentence: applies ? `The packets add up to at most ${numbers}.${note}` : note,
      evidence: [
        { label: 'attempts', value: grouped(context.attempts) },
        { label: 'most half-open entries', value: `${grouped(peak)} at ${span(this.model.peakAt(t))}` },
        { label: 'lifetime of an entry', value: `${LIFETIMES[t]} s: ${rests}` },
      ],
    };
  }

  estimate(context: QueueContext): QueueEstimate {
    const { t, rests } = this.#lifetime();
    const { applies, note } = this.#judgeable(context);
    const peak = this.model.peak(t);
    const backlogs = BACKLOGS.map((backlog, b) => {
      const queue = this.model.limited(t, b);
      if (queue === undefined) return { backlog, full: false, fullAt: -1, fullShare: 0 };
      const since = (context.endedAt - queue.fullAt) / SEC;
      return {
        backlog,
        full: true,
        fullAt: queue.fullAt,
        fullShare: since > 0 ? Math.min(1, queue.fullTime / since) : 1,
      };
    });
    const largest = backlogs.findLast((b) => b.full);
    const sentence = !applies
      ? note
      : largest === undefined
        ? `A backlog of ${BACKLOGS[0]} would have had room: ${grouped(peak)} at once were the most.${note}`
        : `A backlog of ${grouped(largest.backlog)} would have been full from ${span(largest.fullAt)} on, ` +
          `${percent(largest.fullShare)} of the time; ${grouped(peak + 1)} would have been enough.${note}`;
    return {
      lifetime: LIFETIMES[t]!,
      rests,
      peak,
      peakAt: peak > 0 ? this.model.peakAt(t) : -1,
      backlogs,
      enough: peak + 1,
      applies,
      sentence,
    };
  }

  /** Which of the lifetimes, and why. */
  #lifetime(): { readonly t: number; readonly rests: string } {
    let t = 0;
    for (let r = 1; r < LIFETIMES.length; r++) if (this.#gaveUp[r]! > this.#gaveUp[t]!) t = r;
    const times = this.#gaveUp[t]!;
    if (times > 0 && t > 0) {
      const timeouts = Array.from({ length: t + 1 }, (_, i) => 2 ** i);
      const sum = (t > 3 ? [1, 2, '…', 2 ** t] : timeouts).join(' + ');
      return { t, rests: `SYN/ACKs were sent ${t + 1} times and no more (${counted(times, 'attempt')}): ${sum} s` };
    }
    const copies = Math.min(this.#most, LIFETIMES.length - 1);
    if (copies > DEFAULT_RETRIES)
      return { t: copies, rests: `${copies} SYN/ACK retransmissions were seen, and no end of them` };
    return {
      t: DEFAULT_RETRIES,
      rests: `Linux' default of ${DEFAULT_RETRIES} SYN/ACK retransmissions; the capture does not show how many`,
    };
  }

  /** Can there have been a queue, and with which reservation? */
  #judgeable(context: QueueContext): { readonly applies: boolean; readonly note: string } {
    const once = this.#gaveUp[0]!;
    if (once >= LEAST_ONCE && 2 * once > this.#gaveUp.reduce((sum, n) => sum + n, 0)) {
      return {
        applies: false,
        note: `SYN/ACKs were sent only once though nobody acknowledged them (${counted(once, 'attempt')}): so answers who uses SYN cookies, and keeps no entry.`,
      };
    }
    return judgeable(context);
  }
}

/** The same, from counts alone. */
function judgeable(context: QueueContext): { readonly applies: boolean; readonly note: string } {
  const { attempts, answered, refused, serverHeard, anyServerHeard } = context;
  if (attempts === 0) return { applies: false, note: 'There were no attempts.' };
  if (answered === 0 && refused > 0 && 2 * refused >= attempts) {
    return {
      applies: false,
      note: `The port was closed: ${grouped(refused)} of ${counted(attempts, 'attempt')} were refused, and a refused SYN leaves no entry.`,
    };
  }
  if (answered > 0) return { applies: true, note: '' };
  if (!serverHeard && anyServerHeard) {
    return {
      applies: false,
      note: 'Nothing this server sent is in the capture, though others were heard: nothing shows that somebody listens there.',
    };
  }
  return { applies: true, note: ' No answer was captured, so this is an upper bound: what completed is not known.' };
}

/** Fewer SYN/ACKs without a copy are taken for lost frames. */
const LEAST_ONCE = 10;
const SEC = 1e9;
