/**
 * Alarms: what becomes of judgements while a capture goes on. An alarm begins once per kind and subject, is told again when it
 * changes, and ends after a while of quiet, so that a flood that pauses is one flood. No clock: time is an argument.
 */
import type { AddressVisitor } from '../../wire/address.ts';
import type { Judgement, JudgementKind, Subject } from '../findings.ts';
import { visitJudgement } from '../held-addresses.ts';

/** Of what alarms can be. */
export const ALARM_KINDS: readonly JudgementKind[] = [
  'flood',
  'scan',
  'backscatter',
  'reflection',
  'retry-storm',
  'flash-crowd',
];

export interface Alarm {
  /** From 1, in the order in which they began. */
  readonly id: number;
  readonly kind: JudgementKind;
  readonly subject: Subject;
  /** ns since the first packet: when what it is about began, and when it was noticed. */
  readonly onset: number;
  readonly noticedAt: number;
  /** The latest time at which it went on. */
  readonly lastAt: number;
  /** -1 while it goes on. */
  readonly endedAt: number;
  /** `quiet`: it was over; `input-ended`: there was nothing more to read. '' while it goes on. */
  readonly endedBy: '' | 'quiet' | 'input-ended';
  /** Since the onset; a second's worth is lost where judgements begin to count anew. */
  readonly attempts: number;
  /** SYNs a second, at most. */
  readonly peakRate: number;
  /** The latest one, with confidence, reasons and evidence. */
  readonly judgement: Judgement;
}

export interface AlarmEvent {
  readonly type: 'alarm-begin' | 'alarm-update' | 'alarm-end';
  /** ns since the first packet. */
  readonly at: number;
  readonly alarm: Alarm;
}

export class AlarmBook {
  /** Alarms so far. */
  begun = 0;
  /** Of the judgements seen last: how many had no room to become an alarm. */
  withoutRoom = 0;
  readonly #going = new Map<string, Going>();
  /** By kind and subject: when the last alarm of it ended. The oldest are forgotten first. */
  readonly #over = new Map<string, number>();
  /** Since when what asks for patience has been named without a break. */
  #named = new Map<string, number>();
  #recent: Alarm[] = [];

  /** Going on now, in the order in which they began. */
  get going(): readonly Alarm[] {
    return [...this.#going.values()].map(({ alarm }) => alarm);
  }

  /** The last few that ended, latest first. */
  get recent(): readonly Alarm[] {
    return this.#recent;
  }

  /** What `judgements`, made at `now`, begin, change and end. */
  judge(now: number, judgements: readonly Judgement[]): AlarmEvent[] {
    const events: AlarmEvent[] = [];
    this.withoutRoom = 0;
    const named = this.#named;
    this.#named = new Map();
    for (const judgement of judgements) {
      if (judgement.kind === 'nothing') continue;
      const key = keyOf(judgement);
      const patience = PATIENCE[judgement.kind];
      if (patience !== undefined && !this.#going.has(key)) {
        const since = named.get(key) ?? now;
        this.#named.set(key, since);
        if (now - since < patience) continue;
      }
      const lastAt = judgement.end < 0 ? now : judgement.end;
      const going = this.#going.get(key);
      if (going !== undefined) this.#goOn(events, now, going, judgement, lastAt);
      else if (this.#isNew(key, judgement, lastAt)) this.#begin(events, now, key, judgement, lastAt);
    }
    events.push(...this.passTime(now));
    return events;
  }

  /** What ends because nothing was heard of it until `now`: also for the time that passes while no packet comes. */
  passTime(now: number): AlarmEvent[] {
    const events: AlarmEvent[] = [];
    for (const [key, { alarm }] of this.#going) {
      if (now - alarm.lastAt >= QUIET) events.push(this.#end(now, key, alarm, 'quiet'));
    }
    return events;
  }

  /** No more input: what still went on ends with it. */
  finish(now: number): AlarmEvent[] {
    return [...this.#going].map(([key, { alarm }]) =>
      this.#end(now, key, alarm, alarm.judgement.end < 0 ? 'input-ended' : 'quiet'),
    );
  }

  /** Shows every address handle that is kept, also those within keys. */
  eachAddress(visit: AddressVisitor): void {
    for (const { judgement } of [...this.going, ...this.#recent]) visitJudgement(judgement, visit);
    for (const keys of [this.#over.keys(), this.#named.keys()]) for (const key of keys) visit(addressOf(key));
  }

  /** A judgement stays in the findings when it is long over; its alarm was told then. */
  #isNew(key: string, judgement: Judgement, lastAt: number): boolean {
    // Low confidence keeps an alarm going but begins none: two levels, so that a score at a border does not flap.
    if (judgement.confidence.level === 'low') return false;
    const over = this.#over.get(key);
    return over === undefined || lastAt > over;
  }

  #begin(events: AlarmEvent[], now: number, key: string, judgement: Judgement, lastAt: number): void {
    if (this.#going.size >= MOST_GOING) {
      this.withoutRoom++;
      return;
    }
    this.begun++;
    const over = this.#over.get(key) ?? -1;
    const alarm: Alarm = {
      id: this.begun,
      kind: judgement.kind,
      subject: judgement.subject,
      // A judgement may span the pause after which this one begins.
      onset: judgement.onset > over ? judgement.onset : now,
      noticedAt: now,
      lastAt,
      endedAt: -1,
      endedBy: '',
      attempts: judgement.attempts,
      peakRate: judgement.peakRate,
      judgement,
    };
    this.#going.set(key, { alarm, toldAt: now, told: alarm });
    events.push({ type: 'alarm-begin', at: now, alarm });
  }

  #goOn(events: AlarmEvent[], now: number, going: Going, judgement: Judgement, lastAt: number): void {
    const before = going.alarm;
    // Judgements look back on some minutes only, and at times on fewer than before.
    const more = Math.max(0, judgement.attempts - before.judgement.attempts);
    const alarm: Alarm = {
      ...before,
      lastAt: Math.max(lastAt, before.lastAt),
      attempts: before.attempts + more,
      peakRate: Math.max(judgement.peakRate, before.peakRate),
      judgement,
    };
    going.alarm = alarm;
    const { told } = going;
    const changed =
      alarm.judgement.confidence.level !== told.judgement.confidence.level || alarm.peakRate >= 2 * told.peakRate;
    if (judgement.end < 0 && now > going.toldAt && (changed || now - going.toldAt >= TELL_AGAIN)) {
      going.toldAt = now;
      going.told = alarm;
      events.push({ type: 'alarm-update', at: now, alarm });
    }
  }

  #end(now: number, key: string, last: Alarm, endedBy: 'quiet' | 'input-ended'): AlarmEvent {
    const alarm: Alarm = { ...last, endedAt: last.lastAt, endedBy };
    this.#going.delete(key);
    this.#over.delete(key);
    this.#over.set(key, alarm.endedAt);
    if (this.#over.size > MOST_OVER) this.#over.delete(this.#over.keys().next().value!);
    this.#recent = [alarm, ...this.#recent].slice(0, MOST_RECENT);
    return { type: 'alarm-end', at: now, alarm };
  }
}

interface Going {
  alarm: Alarm;
  toldAt: number;
  told: Alarm;
}

function keyOf({ kind, subject }: Judgement): string {
  return `${kind} ${subject.role} ${subject.address} ${subject.port} ${subject.prefix}`;
}

function addressOf(key: string): number {
  return Number(key.split(' ')[2]);
}

const SEC = 1e9;
/** In its first seconds a flood looks like a crowd: nobody knows yet who of them will answer. */
const PATIENCE: Partial<Record<JudgementKind, number>> = { 'flash-crowd': 15 * SEC };
/** A pause shorter than this is within one alarm: longer than the burst periods of pulsing floods. */
const QUIET = 30 * SEC;
/** An alarm that goes on unchanged is told again so often. */
const TELL_AGAIN = 60 * SEC;
const MOST_GOING = 200;
const MOST_OVER = 10_000;
const MOST_RECENT = 20;
