/** Linux' counters of a replayed server: the listener's own, and those of connections from the reasons the engine gives. */
import * as rules from '../../src/tcp/rules.ts';
import type { TcpState } from '../../src/tcp/types.ts';
import type { Rule, WhySink } from '../../src/tcp/why.ts';
import type { LinuxServer } from './linux-server.ts';

export class Nstat implements WhySink {
  readonly #server: LinuxServer;
  readonly #counts = new Map<string, number>();
  #start = new Map<string, number>();
  /** The reset that a connection is about to end by. */
  #exactReset = false;
  /** In TIME-WAIT Linux answers from tcp_timewait_state_process, which counts no challenges. */
  #timeWait = false;

  /** Counts from now on. */
  constructor(server: LinuxServer) {
    this.#server = server;
    server.stack.why = this;
    this.restart();
  }

  /** What is counted from here on is told. */
  restart(): void {
    this.#start = this.#totals();
  }

  /** What has changed, and by how much. */
  changes(): Map<string, number> {
    const changed = new Map<string, number>();
    for (const [name, value] of this.#totals()) {
      const by = value - (this.#start.get(name) ?? 0);
      if (by !== 0) changed.set(name, by);
    }
    return changed;
  }

  check(rule: Rule, held: boolean): void {
    this.#exactReset = rule === rules.RST_EXACT && held;
    if (this.#timeWait) return;
    if (rule === rules.CHALLENGE_SYN) {
      // tcp_validate_incoming: a SYN in a synchronized state counts as an error, answered or not.
      this.#count('TCPSYNChallenge');
      this.#count('InErrs');
    }
    const challenged = rule === rules.CHALLENGE_SYN || rule === rules.CHALLENGE_RST;
    if (challenged || (rule === rules.ACK_RANGE && !held)) this.#count('TCPChallengeACK');
    if (rule === rules.CHALLENGE_LIMITED) {
      this.#count('TCPChallengeACK', -1);
      this.#count('TCPACKSkippedChallenge');
    }
  }

  act(): void {
    this.#exactReset = false;
  }

  state(from: TcpState, to: TcpState): void {
    if (this.#exactReset && to === 'CLOSED' && (from === 'ESTABLISHED' || from === 'CLOSE-WAIT'))
      this.#count('EstabResets');
    this.#timeWait = to === 'TIME-WAIT';
    if (this.#timeWait) this.#count('TW');
    this.#exactReset = false;
  }

  #count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  #totals(): Map<string, number> {
    const totals = new Map(this.#counts);
    for (const [name, value] of Object.entries(this.#server.listener.counters)) {
      // Lower case: events that Linux does not count.
      if (typeof value === 'number' && /^[A-Z]/.test(name)) totals.set(name, value + (totals.get(name) ?? 0));
    }
    totals.set('OutRsts', (totals.get('OutRsts') ?? 0) + this.#server.stack.counters.outRsts);
    return totals;
  }
}

/** `A=1; B=2` with the names in alphabetical order, so that two can be compared. */
export function countersText(counters: Iterable<readonly [string, number]>): string {
  return [...counters]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('; ');
}

/** The counters of a cell like `A=1; B=2`. */
export function parseCounters(text: string): [string, number][] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name, Number(value)];
    });
}
