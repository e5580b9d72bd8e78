/**
 * The packetdrill language: options, a command to begin with, timed events, a command to end with. Written from the
 * published grammar (packetdrill, syntax.md); what an event does is read by parse-packet.ts and parse-call.ts.
 */
import type { Action, Command, EventTime, Script, ScriptEvent, ScriptOption } from './ast.ts';
import { Cursor } from './cursor.ts';
import { parseCall } from './parse-call.ts';
import { parsePacket } from './parse-packet.ts';

/**
 * Parses a script. `file` names it in messages; `defines` are symbols of the command line (`-D NAME=VALUE`), which the
 * script's own `--define` does not override.
 *
 * @throws ScriptError with the place of the first mistake.
 */
export function parseScript(text: string, file: string, defines: ReadonlyMap<string, string> = new Map()): Script {
  const cursor = new Cursor(text, file, defines);
  const options: ScriptOption[] = [];
  while (cursor.is('option')) options.push(parseOption(cursor));
  const init = parseCommand(cursor);
  const events: ScriptEvent[] = [];
  while (startsEvent(cursor)) events.push(parseEvent(cursor));
  if (events.length === 0) cursor.expected('the time of an event');
  const cleanup = parseCommand(cursor);
  if (cursor.is('option')) cursor.expected('options before all else');
  if (!cursor.is('end'))
    cursor.expected(cleanup === undefined ? 'the time of an event' : 'nothing after the last command');
  return { file, options, init, events, cleanup };
}

function parseOption(cursor: Cursor): ScriptOption {
  const place = cursor.place;
  const name = cursor.take().text;
  if (!cursor.takePunct('=')) return { place, name, value: undefined };
  if (!OPTION_VALUES.includes(cursor.token.kind)) cursor.expected(`a value for '--${name}'`);
  let value = cursor.take().text;
  if (cursor.takePunct('=')) {
    // --define=NAME=value, and for the parser to tell them apart: ="string", =`command`.
    const symbol = value;
    const { kind, text } = cursor.token;
    if (kind === 'string') value = `"${text}"`;
    else if (kind === 'command') value = `\`${text}\``;
    else if (kind === 'word' || kind === 'int' || kind === 'hex') value = text;
    else cursor.expected(`a value for '${symbol}'`);
    cursor.take();
    if (name === 'define') cursor.define(symbol, value);
    value = `${symbol}=${value}`;
  } else if (name === 'define') {
    cursor.expected(`'=' and a value after '--define=${value}'`);
  }
  return { place, name, value };
}

function parseCommand(cursor: Cursor): Command | undefined {
  if (cursor.token.kind !== 'command') return undefined;
  const place = cursor.place;
  return { place, text: cursor.take().text };
}

function startsEvent(cursor: Cursor): boolean {
  const { kind } = cursor.token;
  return kind === 'int' || kind === 'float' || cursor.isPunct('+') || cursor.isPunct('*');
}

function parseEvent(cursor: Cursor): ScriptEvent {
  const place = cursor.place;
  const time = parseEventTime(cursor);
  const action = parseAction(cursor, time);
  const ranged = time.kind === 'any' || time.kind === 'absolute-range' || time.kind === 'relative-range';
  if (ranged && !('direction' in action && action.direction === 'out'))
    cursor.fail(
      "expected '>' after a time range or '*': only what the stack sends can come at one of many times",
      place,
    );
  return { place, time, action };
}

function parseEventTime(cursor: Cursor): EventTime {
  const place = cursor.place;
  if (cursor.takePunct('*')) return { kind: 'any' };
  const relative = cursor.takePunct('+');
  const from = parseTime(cursor);
  if (!cursor.takePunct('~')) return relative ? { kind: 'relative', after: from } : { kind: 'absolute', at: from };
  if (relative) cursor.expectPunct('+', "after '~': both ends of a range are of one kind");
  const to = parseTime(cursor);
  if (to < from) cursor.fail(`expected a range that runs forwards, found ${from} to ${to} microseconds`, place);
  return { kind: relative ? 'relative-range' : 'absolute-range', from, to };
}

/** Seconds as written, as whole microseconds. */
function parseTime(cursor: Cursor): number {
  const { kind, text } = cursor.token;
  if (kind !== 'int' && kind !== 'float') cursor.expected('a time in seconds');
  const micros = Math.round(Number(text) * 1e6);
  if (!(micros >= 0 && micros <= MAX_MICROS)) cursor.expected(`a time from 0 to ${MAX_MICROS / 1e6} seconds`);
  cursor.take();
  return micros;
}

function parseAction(cursor: Cursor, time: EventTime): Action {
  const place = cursor.place;
  const { kind } = cursor.token;
  if (kind === 'command') return { kind, place, text: cursor.take().text };
  if (kind === 'code') {
    // The text begins behind the two characters of `%{`.
    return { kind, place: { line: place.line, column: place.column + 2 }, text: cursor.take().text };
  }
  if (cursor.isPunct('<') || cursor.isPunct('>')) return parsePacket(cursor);
  if (kind !== 'word' && kind !== 'ellipsis')
    cursor.expected("'<', '>', a call, a back-quoted command or code after the time");
  if (kind === 'word') return parseCall(cursor, place, undefined);
  cursor.take();
  const endPlace = cursor.place;
  const end = parseTime(cursor);
  const start = time.kind === 'absolute' ? time.at : 0;
  if (end < start)
    cursor.fail(`expected the call to end after it began, found ${end} before ${start} microseconds`, endPlace);
  return parseCall(cursor, cursor.place, end);
}

const OPTION_VALUES: readonly string[] = ['int', 'word', 'string', 'address'];

/** A year; microseconds stay exact in a number, nanoseconds as well. */
const MAX_MICROS = 31_536_000e6;
