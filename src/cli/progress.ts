/** How far something long has come, on standard error: a bar on a terminal, a line now and then elsewhere. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  /** How many are done, of all. */
  update(done: number): void;
  /** A sentence of its own, that the bar does not run into. */
  note(sentence: string): void;
  /** Leaves the line; what is written next begins on a fresh one. */
  stop(): void;
}

/** `what` names the things that are counted: `runs`. */
export function progress(what: string, total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY === true ? bar(what, total, stream) : lines(what, total, stream);
}

function bar(what: string, total: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    format: `{bar} {value} of {total} ${what}, {duration_formatted} gone, {eta_formatted} to go`,
    stream,
    hideCursor: true,
    // Ctrl+C is ours to handle.
    gracefulExit: false,
    etaBuffer: 50,
  });
  let started = false;
  return {
    update: (done) => {
      if (started) single.update(done);
      else single.start(total, done);
      started = true;
    },
    note: (sentence) => {
      // To the first column, and the rest of the line cleared (ECMA-48 CHA, EL); the next update draws the bar below.
      stream.write(`${started ? '\x1b[1G\x1b[K' : ''}${sentence}\n`);
    },
    stop: () => {
      if (started) single.stop();
    },
  };
}

/** At most one line for each tenth, and none more often than a person reads. */
function lines(what: string, total: number, stream: NodeJS.WriteStream): Progress {
  let told = -1;
  let at = 0;
  return {
    update: (done) => {
      const tenth = Math.floor((done * 10) / total);
      if (tenth === told || (done < total && Date.now() - at < 1_000)) return;
      told = tenth;
      at = Date.now();
      stream.write(`${done} of ${total} ${what}\n`);
    },
    note: (sentence) => void stream.write(`${sentence}\n`),
    stop: () => {},
  };
}
