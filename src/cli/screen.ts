/**
 * A terminal that is written over and over: on the alternate screen, as top and less do it, so that what stood there before is
 * back at the end. Only lines that changed are written, and each repaint is one write, so nothing flickers.
 */

/** What turns a screen with the lines `before` into one with the lines `after`; '' when they are equal. */
export function repaint(before: readonly string[], after: readonly string[]): string {
  let out = '';
  for (let row = 0; row < Math.max(before.length, after.length); row++) {
    const line = after[row] ?? '';
    // Written first and cleared behind it: a line that is cleared first is seen blank.
    if (line !== (before[row] ?? '')) out += `${ESC}[${row + 1};1H${line}${ESC}[K`;
  }
  return out === '' ? '' : `${SYNC_BEGIN}${out}${SYNC_END}`;
}

export interface Screen {
  /** Shows these lines, the first at the top. */
  show(lines: readonly string[]): void;
  /** The terminal as it was, cursor included. Once is enough, also when asked twice. */
  close(): void;
}

/** `onResize` is called when the terminal has another size: what stood on it is gone then. */
export function openScreen(stream: NodeJS.WriteStream, onResize: () => void): Screen {
  let shown: readonly string[] = [];
  let open = true;
  const resized = (): void => {
    shown = [];
    stream.write(`${ESC}[2J`);
    onResize();
  };
  const close = (): void => {
    if (!open) return;
    open = false;
    stream.off('resize', resized);
    process.off('exit', close);
    stream.write(`${ESC}[?25h${ESC}[?7h${ESC}[?1049l`);
  };
  stream.write(`${ESC}[?1049h${ESC}[?25l${ESC}[?7l${ESC}[2J`);
  stream.on('resize', resized);
  // Also after a fault: nobody wants a terminal without a cursor.
  process.on('exit', close);
  return {
    show: (lines) => {
      if (!open) return;
      const text = repaint(shown, lines);
      if (text !== '') stream.write(text);
      shown = lines;
    },
    close,
  };
}

const ESC = '\x1b';
/** Synchronized output (DEC private mode 2026): terminals that know it show a repaint at once, others ignore it. */
const SYNC_BEGIN = `${ESC}[?2026h`;
const SYNC_END = `${ESC}[?2026l`;
