/**
 * Runs a script against the engine on virtual time: no root, no device, no clock. The rules of the original are kept:
 * one connection is under test at a time, what the stack sends on others is not looked at, and what it sends beyond the
 * last expectation is nobody's business.
 */
import type { HostSettings } from '../socket/settings.ts';
import { tcpInfo } from '../socket/tcp-info.ts';
import { type Nanos, SEC, US } from '../tcp/types.ts';
import { applyCommand } from './apply-commands.ts';
import type { CodeAction, Command, IcmpAction, PacketAction, Place, Script, ScriptEvent } from './ast.ts';
import { Bench } from './bench.ts';
import { CallRunner, outcomeText, PATIENCE } from './call-runner.ts';
import { Descriptors } from './descriptors.ts';
import { ScriptError } from './error.ts';
import { type CodeValue, runCode } from './evaluate.ts';
import { type Failure, seconds } from './failure.ts';
import { liveSegment } from './inject.ts';
import { injectIcmp } from './inject-icmp.ts';
import { parseScript } from './parse.ts';
import { type GivenOption, type RunOptions, runOptions } from './run-options.ts';
import { TCP_INFO_SYMBOLS } from './symbols.ts';
import { takeExpected } from './take-expected.ts';
import { type Due, dueTime, timeDifference, toleranceOf } from './timing.ts';
import { reasonLines, Transcript } from './transcript.ts';
import { UnderTest } from './under-test.ts';

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
  /** Options, settings and shell commands that mean nothing to the engine, in order. */
  readonly inert: readonly string[];
  readonly transcript: Transcript;
}

/** `*` waits as long as anything may happen, but not beyond a day. */
const FOR_EVER: Nanos = 86_400 * SEC;

/**
 * Parses and runs `text`. `settings` is the host under test before the script's own sysctls.
 *
 * @throws ScriptError when the script itself is wrong: syntax, an unknown call, setting or symbol.
 */
export function runScript(
  text: string,
  file: string,
  settings: HostSettings,
  given: readonly GivenOption[] = [],
): ScriptResult {
  // Parsing needs these two; the rest can only be judged together with what the script says.
  const symbols = given.filter(({ name }) => name === 'ip_version' || name === 'define');
  const before = runOptions(file, [], symbols);
  let script = parseScript(text, file, before.defines);
  const options = runOptions(file, script.options, given);
  // Which symbols there are depends on the IP version, which the script itself may have said.
  if (options.ipVersion !== before.ipVersion) script = parseScript(text, file, options.defines);
  return new Run(script, options, settings).run();
}

class Run {
  readonly #script: Script;
  readonly #file: string;
  readonly #options: RunOptions;
  readonly #settings: HostSettings;
  readonly #bench: Bench;
  readonly #under: UnderTest;
  readonly #calls: CallRunner;
  readonly #locals = new Map<string, CodeValue>();
  readonly #printed: string[] = [];
  readonly #inert: string[];
  readonly #transcript = new Transcript();
  #failure: Failure | undefined;
  /** The event before, and the time it was due. */
  #last: { readonly event: ScriptEvent; readonly due: Nanos } | null = null;

  constructor(script: Script, options: RunOptions, settings: HostSettings) {
    this.#script = script;
    this.#file = script.file;
    this.#options = options;
    this.#inert = [...options.inert];
    // The device's MTU decides; 40 bytes are IPv4's and TCP's headers, for IPv6 the stack takes off 20 more.
    this.#settings = { ...settings, tcp: { ...settings.tcp, mss: options.mtu - 40 } };
    const bench = new Bench(this.#settings, options.localIp, options.remoteIp);
    const under = new UnderTest(bench, options);
    this.#bench = bench;
    this.#under = under;
    const context = { bench, options, file: script.file, fds: new Descriptors(), under };
    this.#calls = new CallRunner(context, {
      fail: (call, what) => this.#fail(call.place, what),
      returned: (call, outcome) => this.#note(`${call.name}(…) = ${outcomeText(outcome)}`),
    });
  }

  run(): ScriptResult {
    const { init, events } = this.#script;
    const bench = this.#bench;
    if (init !== undefined) this.#command(init);
    bench.now = 0;
    let done = 0;
    for (const event of events) {
      this.#event(event);
      if (this.#failure !== undefined) break;
      done++;
    }
    if (this.#failure === undefined) this.#calls.finish();
    return {
      file: this.#file,
      failure: this.#failure,
      events: done,
      took: bench.now,
      printed: this.#printed,
      inert: this.#inert,
      transcript: this.#transcript,
    };
  }

  #event(event: ScriptEvent): void {
    const bench = this.#bench;
    const { action } = event;
    const last = this.#last;
    // Packets one after another into the stack keep the script's own pace; all else counts from now.
    const chained = last !== null && isInbound(last.event) && isInbound(event);
    const due = dueTime(event.time, chained ? last.due : bench.now);
    const lastAt = last?.due ?? 0;
    if (action.kind === 'packet' && action.direction === 'out') {
      this.#expect(action, due, lastAt);
      this.#last = { event, due: due.any ? bench.now : due.from };
      return;
    }
    this.#last = { event, due: due.from };
    if (action.kind === 'call' || action.kind === 'code' || action.kind === 'command') this.#calls.finish();
    if (this.#failure !== undefined) return;
    bench.advance(due.from);
    const late = timeDifference(nameOf(event), bench.now, due, lastAt, this.#options);
    if (late !== undefined && last !== null) return this.#fail(event.place, late);
    switch (action.kind) {
      case 'packet':
        return this.#inject(action);
      case 'icmp':
        return this.#injectIcmp(action);
      case 'call':
        return this.#calls.start(action, event, due.from);
      case 'code':
        return this.#code(action);
      case 'command':
        return this.#command(action);
      case 'udp':
        throw this.#mistake(action.place, 'expected a TCP or ICMP packet, found UDP, which is not supported');
      default:
        throw new Error(`no such action: ${JSON.stringify(action satisfies never)}`);
    }
  }

  #inject(packet: PacketAction): void {
    const map = this.#under.forInbound(packet);
    const seg = liveSegment(packet, map, this.#bench, this.#file, this.#options.tsEcrScaled);
    this.#bench.inject(seg);
    this.#note(packet.text);
  }

  #injectIcmp(action: IcmpAction): void {
    if (action.direction === 'out')
      throw this.#mistake(action.place, "expected '<' before icmp: this stack sends none");
    injectIcmp(action, this.#under.current(action.place, this.#file), this.#bench, this.#file);
    this.#bench.onProgress();
    this.#note(action.text);
  }

  #expect(packet: PacketAction, due: Due, lastAt: Nanos): void {
    const options = this.#options;
    const map = this.#under.forOutbound(packet, this.#file);
    const limit = due.any ? FOR_EVER : due.to + PATIENCE + toleranceOf(due.from - lastAt, options);
    // Only what has passed since the beginning counts for the drift of a timestamp clock.
    const tick = options.tsTickUsecs * US;
    const tsTolerance = tick === 0 ? Infinity : toleranceOf(due.from, options) / tick;
    const taken = takeExpected(packet, map, this.#under, limit, tsTolerance);
    if (taken.at !== undefined) this.#transcript.add(taken.at, taken.actual, map, this.#bench.reasons);
    const what =
      taken.difference ??
      (taken.at === undefined ? undefined : timeDifference('outbound packet', taken.at, due, lastAt, options));
    if (what === undefined) return;
    this.#failure ??= {
      file: this.#file,
      place: packet.place,
      what,
      expected: `${due.any ? '*' : seconds(due.from)} ${taken.expected}`,
      actual: taken.at === undefined ? '' : `${due.any ? '*' : seconds(taken.at)} ${taken.actual}`,
      reasons: this.#reasons(),
    };
  }

  #code(action: CodeAction): void {
    const socket = this.#under.socket(action.place, this.#file);
    const info = tcpInfo(socket, this.#bench.now);
    const source = { text: action.text, file: this.#file, place: action.place };
    const result = runCode(source, {
      lookup: (name) => (Object.hasOwn(info, name) ? info[name] : TCP_INFO_SYMBOLS.get(name)),
      locals: this.#locals,
    });
    this.#printed.push(...result.printed);
    if (result.ok) return;
    const message = result.message === '' ? '' : `: ${result.message}`;
    this.#fail(action.place, `assert ${result.expression} is false (${result.filled})${message}`);
  }

  #command(command: Command): void {
    this.#inert.push(...applyCommand(command, this.#file, this.#bench, this.#settings));
  }

  /** Adds what just happened to the transcript, with the reasons given for it. */
  #note(text: string): void {
    this.#transcript.add(this.#bench.now, text, this.#under.mapping, this.#bench.reasons);
  }

  #fail(place: Place, what: string): void {
    this.#failure ??= { file: this.#file, place, what, reasons: this.#reasons() };
  }

  #reasons(): string[] {
    return reasonLines(this.#bench.reasons, this.#under.mapping).map((line) => line.trimStart());
  }

  #mistake(place: Place, what: string): ScriptError {
    return new ScriptError(this.#file, place, what);
  }
}

function isInbound({ action }: ScriptEvent): boolean {
  return 'direction' in action && action.direction === 'in';
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
    case 'command':
      return action.kind;
  }
}
