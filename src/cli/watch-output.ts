/** Where a watch says what it sees: a dashboard on a terminal, plain lines elsewhere, or JSON lines for other programs. */
import type { AlarmEvent } from '../diagnose/live/alarm-book.ts';
import type { CaptureStart, WatchStatus } from '../diagnose/live/watch-status.ts';
import { printable } from '../view/printable.ts';
import { alarmJson, statusJson } from '../view/watch-json.ts';
import { watchScreen } from '../view/watch-screen.ts';
import { alarmLines, statusText } from '../view/watch-text.ts';
import type { AddressTable } from '../wire/address.ts';
import { openScreen } from './screen.ts';
import { painter, paintLines, print, tell, wantsColour } from './terminal.ts';

export interface WatchOutput {
  alarm(event: AlarmEvent): void;
  /** At each interval of capture time. */
  status(status: WatchStatus): void;
  /** Something to know about the input, in a sentence. */
  note(sentence: string): void;
  /** Shows what there is to see by now; nothing where nobody watches. */
  refresh(): void;
  /** Waits until all that was said is written, so that a slow reader does not fill memory. */
  flush(): Promise<void>;
  /** Leaves the terminal as it was; the last status is given to those who want one. */
  end(last: WatchStatus, summary: readonly string[]): Promise<void>;
}

export interface Watched {
  /** How the input is called. */
  readonly name: string;
  readonly start: CaptureStart;
  readonly addresses: AddressTable;
  /** As it stands when it is asked for. */
  readonly now: () => WatchStatus;
}

/** `quiet`: alarms and the summary only. */
export function plainLines({ start, addresses }: Watched, quiet: boolean): WatchOutput {
  const waiting: string[] = [];
  const flush = async (): Promise<void> => {
    // In one piece: lines of two flushes that overlap stay in order.
    if (waiting.length > 0) await print(waiting.splice(0).join('\n'));
  };
  return {
    alarm: (event) => void waiting.push(...alarmLines(event, start, addresses)),
    status: (status) => void (quiet || waiting.push(statusText(status))),
    note: tell,
    refresh: () => {},
    flush,
    end: async (_last, summary) => {
      waiting.push(...summary);
      await flush();
    },
  };
}

export function jsonLines({ start, addresses }: Watched, quiet: boolean): WatchOutput {
  const waiting: string[] = [];
  const say = (line: object): void => void waiting.push(JSON.stringify(line));
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await print(waiting.splice(0).join('\n'));
  };
  return {
    alarm: (event) => say(alarmJson(event, start, addresses)),
    status: (status) => void (quiet || say(statusJson(status, 'status', addresses))),
    note: tell,
    refresh: () => {},
    flush,
    end: async (last) => {
      say(statusJson(last, 'summary', addresses));
      await flush();
    },
  };
}

export function dashboard({ name, start, addresses, now }: Watched, stream: NodeJS.WriteStream): WatchOutput {
  const paint = painter(wantsColour(stream, process.env));
  let note = '';
  const said: string[] = [];
  const refresh = (): void => {
    const { columns = 80, rows: height = 24 } = stream;
    // A cursor behind the last column stands on it, so that clearing the rest of the line would take its character.
    const width = columns - 1;
    const frame = { width, height, name: printable(name), note: printable(note), memory: process.memoryUsage.rss() };
    screen.show(watchScreen(now(), frame, addresses).map((line) => paintLines([line], paint)));
  };
  const screen = openScreen(stream, refresh);
  return {
    alarm: (event) => {
      if (event.type === 'alarm-update') return;
      said.push(...alarmLines(event, start, addresses));
      said.splice(0, said.length - MOST_SAID);
    },
    status: () => {},
    note: (sentence) => {
      note = sentence;
    },
    refresh,
    flush: async () => {},
    end: async (_last, summary) => {
      screen.close();
      // What stood on the dashboard is gone; what was alarming stays.
      await print([...said, ...summary].join('\n'));
    },
  };
}

const MOST_SAID = 200;
