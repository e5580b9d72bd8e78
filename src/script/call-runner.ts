/** Runs the system calls of a script: at once, or as one that waits while the script goes on, and judges what they return. */
import type { Outcome } from '../socket/errno.ts';
import { type Nanos, SEC } from '../tcp/types.ts';
import type { CallAction, ScriptEvent } from './ast.ts';
import type { CallContext, Plan } from './call.ts';
import { planCall } from './calls.ts';
import { seconds } from './failure.ts';
import { toleranceOf } from './timing.ts';
import { describe, numberOf } from './values.ts';

/** How long past its time a packet or a waiting call is waited for, as in the original. */
export const PATIENCE: Nanos = 2 * SEC;

interface Waiting {
  readonly call: CallAction;
  readonly plan: Plan;
  readonly began: Nanos;
  /** When it must return. */
  readonly end: Nanos;
  outcome: Outcome | undefined;
  /** When it did. */
  at: Nanos;
}

export class CallRunner {
  readonly #context: CallContext;
  /** Takes what is wrong with a call. */
  readonly #fail: (call: CallAction, what: string) => void;
  readonly #returned: (call: CallAction, outcome: Outcome) => void;
  /** The call that has not returned yet: one at a time, as in the original. */
  #waiting: Waiting | null = null;

  constructor(
    context: CallContext,
    on: {
      readonly fail: (call: CallAction, what: string) => void;
      readonly returned: (call: CallAction, outcome: Outcome) => void;
    },
  ) {
    this.#context = context;
    this.#fail = on.fail;
    this.#returned = on.returned;
    context.bench.onProgress = () => this.#tryAgain();
  }

  /** Begins `call`, which was due at `at`. One without a time span must return at once. */
  start(call: CallAction, { time }: ScriptEvent, at: Nanos): void {
    const { bench, options } = this.#context;
    const plan = planCall(call, this.#context);
    bench.reasons.length = 0;
    const outcome = this.#attempt(plan);
    // The end of a span is counted as its beginning is: from the script's, or from the event before.
    const base = time.kind === 'relative' ? at - time.after * 1000 : 0;
    const end = call.end === undefined ? bench.now : base + call.end * 1000;
    if (outcome !== undefined) {
      if (end - bench.now > toleranceOf(end - at, options)) {
        return this.#fail(
          call,
          `${call.name}: expected to wait until ${seconds(end)} s, found it back at once with ${outcomeText(outcome)}`,
        );
      }
      if (outcome.errno === '') bind(call, plan);
      return this.#judge(call, plan, outcome);
    }
    this.#waiting = { call, plan, began: bench.now, end, outcome: undefined, at: 0 };
    if (call.end === undefined) this.finish();
  }

  /** Waits until the call under way, if any, has returned, and judges it. */
  finish(): void {
    const w = this.#waiting;
    if (w === null) return;
    const { bench, options } = this.#context;
    const { call } = w;
    const tolerance = toleranceOf(w.end - w.began, options);
    const returned = (): boolean => w.outcome !== undefined;
    bench.advanceUntil(w.end + PATIENCE + tolerance, returned);
    this.#waiting = null;
    if (w.outcome === undefined) {
      return this.#fail(call, `${call.name}: expected to return at ${seconds(w.end)} s, found still waiting`);
    }
    if (Math.abs(w.at - w.end) > tolerance) {
      return this.#fail(
        call,
        `${call.name}: expected to return at ${seconds(w.end)} s, found back at ${seconds(w.at)} s`,
      );
    }
    this.#judge(call, w.plan, w.outcome);
  }

  #tryAgain(): void {
    const w = this.#waiting;
    if (w === null || w.outcome !== undefined) return;
    const outcome = this.#attempt(w.plan);
    if (outcome === undefined) return;
    w.outcome = outcome;
    w.at = this.#context.bench.now;
    // Its descriptor may be wanted by the very next event.
    if (outcome.errno === '') bind(w.call, w.plan);
  }

  /** Undefined: it waits, and is tried again after whatever happens next or when its time is over. */
  #attempt(plan: Plan): Outcome | undefined {
    const { bench } = this.#context;
    const result = plan.attempt(bench.now, bench.tx);
    bench.host.settle(bench.now);
    bench.alarm = typeof result === 'number' ? result : Infinity;
    return typeof result === 'number' ? undefined : result;
  }

  #judge(call: CallAction, plan: Plan, outcome: Outcome): void {
    if (call.result.kind === 'ellipsis') this.#returned(call, outcome);
    else {
      const want = numberOf(call.result, this.#context.file);
      // A new descriptor has the number that the script gives it.
      const got = plan.bind !== undefined && outcome.errno === '' && want >= 0 ? want : outcome.value;
      this.#returned(call, { ...outcome, value: got });
      // A bare -1 is any error, as in the original.
      if (want !== got || (call.errno !== '' && call.errno !== outcome.errno)) {
        return this.#fail(call, `${call.name}: expected ${resultText(call)}, found ${outcomeText(outcome)}`);
      }
    }
    if (outcome.errno !== '') return;
    const wrong = plan.verify?.(outcome);
    if (wrong !== undefined) this.#fail(call, `${call.name}: ${wrong}`);
  }
}

function bind(call: CallAction, plan: Plan): void {
  if (plan.bind !== undefined && call.result.kind === 'int' && call.result.value >= 0) plan.bind(call.result.value);
}

function resultText(call: CallAction): string {
  const value = call.result.kind === 'int' ? String(call.result.value) : describe(call.result);
  return call.errno === '' ? value : `${value} ${call.errno}`;
}

export function outcomeText({ value, errno }: Outcome): string {
  return errno === '' ? String(value) : `${value} ${errno}`;
}
