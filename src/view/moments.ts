/** The steps worth jumping to: drops, expiries, state changes. The scrubber marks them, the keyboard jumps to them. */
import type { Recording, Step } from '../sim/recording.ts';

export type MomentKind = 'drop' | 'expiry' | 'state';

/** What a step is above all, for its mark on the scrubber: the rarer thing wins. */
export type StepMark = 'drop' | 'expiry' | 'state' | 'sent' | 'arrived' | 'quiet';

/** Index of the first step after `from` that is of this kind, or -1. */
export function nextMoment(recording: Recording, from: number, kind: MomentKind): number {
  for (let i = from + 1; i < recording.steps.length; i++) {
    const step = recording.steps[i];
    if (step && isMoment(step, kind)) return i;
  }
  return -1;
}

function isMoment(step: Step, kind: MomentKind): boolean {
  switch (kind) {
    case 'drop':
      return step.kind === 'lost';
    case 'expiry':
      return step.kind === 'timer';
    case 'state':
      return step.changes.length > 0;
    default:
      return kind satisfies never;
  }
}

export function markOf(step: Step): StepMark {
  if (step.kind === 'lost') return 'drop';
  if (step.kind === 'timer') return 'expiry';
  if (step.changes.length > 0) return 'state';
  if (step.sent.length > 0 || step.kind === 'inject') return 'sent';
  return step.kind === 'arrive' ? 'arrived' : 'quiet';
}

/** Flights on the way after step `at`: sent, and neither arrived nor lost yet. Oldest first. */
export function inFlight(recording: Recording, at: number): number[] {
  const now = recording.steps[at]?.t ?? 0;
  const begun = new Set<number>();
  const over = new Set<number>();
  for (const step of recording.steps.slice(0, at + 1)) {
    for (const flight of step.sent) begun.add(flight);
    if (step.flight < 0) continue;
    if (step.kind === 'inject') begun.add(step.flight);
    else over.add(step.flight);
  }
  return recording.flights
    .filter(
      (f) => !over.has(f.index) && (begun.has(f.index) || (f.copyOf >= 0 && f.sentAt <= now)) && f.arrivesAt > now,
    )
    .map((f) => f.index);
}
