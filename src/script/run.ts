/**
 * Runs a script against the engine on virtual time: no root, no device, no clock. The rules of the original are kept:
 * one connection is under test at a time, what the stack sends on others is not looked at, and what it sends beyond the
 * last expectation is nobody's business.
 */

import type { Outcome } from '../socket/errno.ts';
import type { HostSettings } from '../socket/settings.ts';
import { tcpInfo } from '../socket/tcp-info.ts';
import { type Nanos, SEC, US } from '../tcp/types.ts';
import { applyCommand } from './apply-commands.ts';
import type { CallAction, CodeAction, CommandAction, IcmpAction, PacketAction, Script, ScriptEvent } from './ast.ts';
import { Bench } from './bench.ts';
import type { CallContext, Plan } from './call.ts';
import { planCall } from './calls.ts';
import { Descriptors } from './descriptors.ts';
import { ScriptError } from './error.ts';
import { type CodeValue, runCode } from './evaluate.ts';
import { type Failure, reasonText, seconds } from './failure.ts';
import { liveSegment } from './inject.ts';
import { injectIcmp } from './inject-icmp.ts';
import { parseScript } from './parse.ts';
import { type GivenOption, type RunOptions, runOptions } from './run-options.ts';
import { TCP_INFO_SYMBOLS } from './symbols.ts';
import { takeExpected } from './take-expected.ts';
import { dueTime, timeDifference, toleranceOf } from './timing.ts';
import { UnderTest } from './under-test.ts';
import { describe, numberOf } from './values.ts';

export interface ScriptResult {
  readonly file: string;
  /** undefined: all went as the script says. */
  readonly failure: Failure | undefined;
  /** Events that went as they should. */
  readonly events: number;
  /** Virtual time at the end. */
  readonly took: Nanos;
  /** What `print` in code said. */
  readonly printed: readonly string[];
}

/** How long past the latest expected time a packet or a waiting call is waited for, as in the original. */
const PATIENCE: Nanos = 2 * SEC;
/** `*` waits as long as anything may happen, but not beyond a day. */
const FOR_EVER: Nanos = 86_400 * SEC;

/**
 * Parses and runs `text`. `settings` is the host under test before the script's own sysctls.
 *
 * @throws ScriptError when the script itself is wrong (syntax, an unknown call, setting or symbol).
 */
export function runScript(
  text: string,
  file: string,
  settings: HostSettings,
  given: readonly GivenOption[] = [],
): ScriptResult {
  // Which symbols there are depends on the IP version, which the script itself may say.
  let options = runOptions(file, [], given);
  let script = parseScript(text, file, options.defines);
  options = runOptions(file, script.options, given);
  if (options.ipVersion === 'ipv6') {
    script = parseScript(text, file, options.defines);
  }
  return new Run(script, options, settings).run();
}

interface Waiting {
  readonly call: CallAction;
  readonly plan: Plan;
  /** When it must return. */
  readonly end: Nanos;
  readonly began: Nanos;
  outcome: Outcome | undefined;
  at: Nanos;
}

class Run {
  readonly #script: Script;
  readonly #options: RunOptions;
  readonly #settings: HostSettings;
  readonly #bench: Bench;
  readonly #under: UnderTest;
  readonly #fds = new Descriptors();
  readonly #context: CallContext;
  readonly #locals = new Map<string, CodeValue>();
  readonly #printed: string[] = [];
  #failure: Failure | undefined;
  /** A blocking call that has not returned yet. */
  #waiting: Waiting | null = null;
  #last: { readonly event: ScriptEvent; readonly due: Nanos } | null = null;

  constructor(script: Script, options: RunOptions, settings: HostSettings) {
    this.#script = script;
    this.#options = options;
    this.#settings = settings;
    this.#bench = new Bench(settings, options.localIp, options.remoteIp);
    this.#under = new UnderTest(this.#bench, options);
    this.#context = {
      bench: this.#bench,
      fds: this.#fds,
      options,
      file: script.file,
      onSocket: (socket) => this.#under.onSocket(socket),
      onListen: (socket) => this.#under.onListen(socket),
      onConnect: (socket) => this.#under.onConnect(socket),
      onAccept: (socket) => this.#under.onAccept(socket),
    };
    this.#bench.onProgress = () => this.#tryWaiting();
  }

  run(): ScriptResult {
    const { script, bench } = { script: this.#script, bench: this.#bench };
    if (script.init !== undefined) applyCommand(script.init, script.file, bench, this.#settings);
    bench.now = 0;
    let done = 0;
    for (const event of script.events) {
      this.#event(event);
      if (this.#failure !== undefined) break;
      done++;
    }
    if (this.#failure === undefined) this.#finishWaiting();
    return {
      file: script.file,
      failure: this.#failure,
      events: done,
      took: bench.now,
      printed: this.#printed,
    };
  }

  #event(event: ScriptEvent): void {
    const bench = this.#bench;
    const { action } = event;
    // Packets one after another into the stack keep the script's own pace; all else counts from now.
    const chained = this.#last !== null && isInbound(this.#last.event) && isInbound(event);
    const lastAt = this.#last?.due ?? 0;
    const due = dueTime(event.time, chained ? lastAt : bench.now);
    const lastEvent = this.#last;
    this.#last = { event, due: due.any ? bench.now : due.from };
    if (action.kind === 'packet' && action.direction === 'out') {
      this.#expect(action, due.from, due.to, due.any, lastEvent?.due ?? 0);
      if (due.any) this.#last = { event, due: bench.now };
      return;
    }
    if (action.kind === 'call' || action.kind === 'code' || action.kind === 'command') this.#finishWaiting();
    if (this.#failure !== undefined) return;
    bench.advance(due.from);
    const late = timeDifference(nameOf(event), bench.now, due, lastAt, this.#options);
    if (late !== undefined && lastEvent !== null) return this.#fail(event, late);
    switch (action.kind) {
      case 'packet':
        return this.#inject(action);
      case 'icmp':
        return this.#icmp(action);
      case 'call':
        return this.#call(action, due.from, event);
      case 'code':
        return this.#code(action);
      case 'command':
        return this.#command(action);
      case 'udp':
        throw new ScriptError(
          this.#script.file,
          action.place,
          'expected a TCP or ICMP packet, found UDP, which is not supported',
        );
      default:
        throw new Error(`no such action: ${JSON.stringify(action satisfies never)}`);
    }
  }

  #inject(packet: PacketAction): void {
    const map = this.#under.forInbound(packet);
    const seg = liveSegment(packet, map, this.#bench, this.#script.file, this.#options.tsEcrScaled);
    this.#bench.inject(seg);
  }

  #icmp(action: IcmpAction): void {
    if (action.direction === 'out') {
      throw new ScriptError(this.#script.file, action.place, "expected '<' before icmp: this stack sends no ICMP");
    }
    injectIcmp(action, this.#under.current(action.place, this.#script.file), this.#bench, this.#script.file);
    this.#bench.onProgress();
  }

  #expect(packet: PacketAction, from: Nanos, to: Nanos, any: boolean, lastAt: Nanos): void {
    const bench = this.#bench;
    const { file } = this.#script;
    const map = this.#under.forOutbound(packet, file);
    const limit = any ? FOR_EVER : Math.max(from, to) + PATIENCE + toleranceOf(from - lastAt, this.#options);
    // Only what has passed since the beginning counts for the drift of a timestamp clock.
    const tick = this.#options.tsTickUsecs * US;
    const tsTolerance = tick === 0 ? Infinity : toleranceOf(from, this.#options) / tick;
    const taken = takeExpected(packet, map, this.#under, limit, tsTolerance);
    let what = taken.difference;
    if (what === undefined && taken.at !== undefined) {
      what = timeDifference('outbound packet', taken.at, { from, to, any }, lastAt, this.#options);
    }
    if (what === undefined) return;
    this.#failure = {
      file,
      place: packet.place,
      what,
      expected: `${any ? '*' : seconds(from)} ${taken.expected}`,
      actual: taken.at === undefined ? '' : `${any ? '*' : seconds(taken.at)} ${taken.actual}`,
      reasons: this.#reasons(),
    };
    if (bench.now < 0) throw new Error('time ran backwards');
  }

  #call(call: CallAction, at: Nanos, event: ScriptEvent): void {
    const bench = this.#bench;
    const plan = planCall(call, this.#context);
    bench.reasons.length = 0;
    const outcome = plan.attempt(bench.now, bench.tx);
    this.#settled();
    const end =
      call.end === undefined
        ? undefined
        : event.time.kind === 'absolute'
          ? call.end * 1000
          : at - relativeStart(event) + call.end * 1000;
    if (outcome !== undefined) {
      if (end !== undefined && end - bench.now > toleranceOf(end - at, this.#options)) {
        return this.#failAt(
          call.place,
          `${call.name}: expected to wait until ${seconds(end)} s, found it back at once with ${outcomeText(outcome)}`,
        );
      }
      return this.#returned(call, plan, outcome);
    }
    this.#waiting = { call, plan, end: end ?? bench.now, began: bench.now, outcome: undefined, at: 0 };
    bench.alarm = end ?? Infinity;
    // A call without a time span is expected not to wait.
    if (end === undefined) this.#finishWaiting();
  }

  /** Sockets hear of what a call did to their connections. */
  #settled(): void {
    this.#bench.host.settle();
  }

  #tryWaiting(): void {
    const w = this.#waiting;
    if (w === null || w.outcome !== undefined) return;
    const bench = this.#bench;
    const outcome = w.plan.attempt(bench.now, bench.tx);
    this.#settled();
    if (outcome === undefined) return;
    w.outcome = outcome;
    w.at = bench.now;
    // Its descriptor or its effect may be wanted by the very next packet.
    if (outcome.errno === '' && outcome.value >= 0) this.#bind(w.call, w.plan);
  }

  /** Waits until the blocking call has returned, and judges it. */
  #finishWaiting(): void {
    const w = this.#waiting;
    if (w === null) return;
    const bench = this.#bench;
    const tolerance = toleranceOf(w.end - w.began, this.#options);
    const limit = w.end + PATIENCE + tolerance;
    bench.advanceUntil(w.end, () => w.outcome !== undefined);
    if (w.outcome === undefined) {
      if (bench.now < w.end) bench.now = w.end;
      this.#tryWaiting();
    }
    if (w.outcome === undefined) bench.advanceUntil(limit, () => w.outcome !== undefined);
    this.#waiting = null;
    const { outcome } = w;
    if (outcome === undefined) {
      return this.#failAt(
        w.call.place,
        `${w.call.name}: expected to return at ${seconds(w.end)} s, found still waiting`,
      );
    }
    if (Math.abs(w.at - w.end) > tolerance) {
      return this.#failAt(
        w.call.place,
        `${w.call.name}: expected to return at ${seconds(w.end)} s, found back at ${seconds(w.at)} s`,
      );
    }
    this.#judge(w.call, w.plan, outcome);
  }

  #returned(call: CallAction, plan: Plan, outcome: Outcome): void {
    if (outcome.errno === '') this.#bind(call, plan);
    this.#judge(call, plan, outcome);
  }

  #bind(call: CallAction, plan: Plan): void {
    if (plan.bind === undefined || call.result.kind !== 'int' || call.result.value < 0) return;
    plan.bind(call.result.value);
  }

  #judge(call: CallAction, plan: Plan, outcome: Outcome): void {
    const { file } = this.#script;
    if (call.result.kind !== 'ellipsis') {
      const want = numberOf(call.result, file);
      // A new descriptor has the number that the script gives it.
      const got = plan.bind !== undefined && outcome.errno === '' ? want : outcome.value;
      if (want !== got || (want < 0 && plan.bind !== undefined && outcome.errno === '')) {
        return this.#failAt(call.place, `${call.name}: expected ${resultText(call)}, found ${outcomeText(outcome)}`);
      }
      if (call.errno !== outcome.errno && (call.errno !== '' || outcome.errno !== '')) {
        return this.#failAt(call.place, `${call.name}: expected ${resultText(call)}, found ${outcomeText(outcome)}`);
      }
    }
    if (outcome.errno !== '') return;
    const wrong = plan.verify?.(outcome);
    if (wrong !== undefined) this.#failAt(call.place, `${call.name}: ${wrong}`);
  }

  #code(action: CodeAction): void {
    const { file } = this.#script;
    const socket = this.#under.socket(action.place, file);
    const info = tcpInfo(socket, this.#bench.now);
    const source = { text: action.text, file, place: action.place };
    const result = runCode(source, {
      lookup: (name) => info[name] ?? TCP_INFO_SYMBOLS.get(name),
      locals: this.#locals,
    });
    this.#printed.push(...result.printed);
    if (result.ok) return;
    const message = result.message === '' ? '' : `: ${result.message}`;
    this.#failAt(action.place, `assert ${result.expression} is false (${result.filled})${message}`);
  }

  #command(action: CommandAction): void {
    applyCommand(action, this.#script.file, this.#bench, this.#settings);
  }

  #fail(event: ScriptEvent, what: string): void {
    this.#failAt(event.place, what);
  }

  #failAt(place: Failure['place'], what: string): void {
    this.#failure ??= { file: this.#script.file, place, what, reasons: this.#reasons() };
  }

  #reasons(): string[] {
    const map = this.#under.mapping;
    const local = (seq: number): number => map?.toScriptLocal(seq, false) ?? seq;
    const remote = (seq: number): number => map?.toScriptRemote(seq, false) ?? seq;
    const ts = (value: number): number => map?.scriptTs(value) ?? value;
    return this.#bench.reasons.map((reason) => reasonText(reason, local, remote, ts));
  }
}

function isInbound({ action }: ScriptEvent): boolean {
  return 'direction' in action && action.direction === 'in';
}

function relativeStart({ time }: ScriptEvent): Nanos {
  return time.kind === 'relative' ? time.after * 1000 : 0;
}

function nameOf({ action }: ScriptEvent): string {
  switch (action.kind) {
    case 'call':
      return action.name;
    case 'packet':
    case 'icmp':
    case 'udp':
      return 'inbound packet';
    case 'code':
      return 'code';
    case 'command':
      return 'command';
  }
}

function resultText(call: CallAction): string {
  const value = call.result.kind === 'int' ? String(call.result.value) : describe(call.result);
  return call.errno === '' ? value : `${value} ${call.errno}`;
}

function outcomeText({ value, errno }: Outcome): string {
  return errno === '' ? String(value) : `${value} ${errno}`;
}
