/**
 * Which attempts a report draws. Judgements come after the rows, so some of each kind are kept until it is known which are
 * wanted: per server socket and verdict a few, spread over the time of the capture, in bounded room.
 */
import type { Attempt } from '../../diagnose/attempt.ts';
import type { Judgement } from '../../diagnose/findings.ts';
import { visitAttempt } from '../../diagnose/held-addresses.ts';
import { Verdict } from '../../diagnose/verdict.ts';
import type { AddressVisitor } from '../../wire/address.ts';

export class TellingAttempts {
  readonly #groups = new Map<number, Spread>();

  /**
   * Asked once for each row of the capture, in any order: is it worth building an `Attempt` of it? If so, it must be given to
   * `add`. Cheap, because a flood has millions of rows and a report draws four.
   */
  wants(server: number, serverPort: number, verdict: Verdict): boolean {
    return this.#groupOf(server, serverPort, verdict).wants();
  }

  add(attempt: Attempt): void {
    this.#groupOf(attempt.server, attempt.serverPort, attempt.verdict).add(attempt);
  }

  /** Shows every address handle that is kept. */
  eachAddress(visit: AddressVisitor): void {
    for (const [key, { kept }] of this.#groups) {
      // Groups that several servers share have none, and nobody has a negative handle.
      visit(Math.floor(key / (8 * 0x1_0000)));
      for (const attempt of kept) visitAttempt(attempt, visit);
    }
  }

  /**
   * A few that show a judgement, by first packet: those it names as far as they were kept, then the most frequent verdict,
   * then one of each other verdict, for contrast. Without a judgement: one of each verdict of the capture.
   */
  of(judgement: Judgement | undefined): readonly Attempt[] {
    const wanted = [...this.#groups.values()].map(({ kept, seen }) => ({
      seen,
      kept: kept.filter((attempt) => hasEvidence(attempt) && (judgement === undefined || isAbout(judgement, attempt))),
    }));
    const byVerdict = Object.values(Verdict)
      .map((verdict) => {
        const groups = wanted.filter(({ kept }) => kept[0]?.verdict === verdict);
        const named = (one: Attempt): number => (judgement?.telling.includes(one.firstPacket) === true ? 0 : 1);
        const kept = groups.flatMap((group) => group.kept);
        return {
          seen: groups.reduce((sum, { seen }) => sum + seen, 0),
          kept: kept.sort((a, b) => named(a) - named(b) || a.firstPacket - b.firstPacket),
        };
      })
      .filter(({ kept }) => kept.length > 0)
      .sort((a, b) => b.seen - a.seen);
    const chosen = byVerdict.flatMap(({ kept }, i) => kept.slice(0, i === 0 && judgement?.kind !== 'nothing' ? 2 : 1));
    return chosen.slice(0, MOST_DRAWN).sort((a, b) => a.firstPacket - b.firstPacket);
  }

  #groupOf(server: number, serverPort: number, verdict: Verdict): Spread {
    // Handles stay below 2^33, so that the key is exact: 33 + 16 + 3 bits.
    const own = (server * 0x1_0000 + serverPort) * 8 + verdict;
    // A scan has thousands of sockets: once there is no room for more, their rows share one group per verdict.
    const key = this.#groups.has(own) || this.#groups.size < MOST_GROUPS ? own : -1 - verdict;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new Spread();
      this.#groups.set(key, group);
    }
    return group;
  }
}

/** Attempts of one kind: all until there are `MOST_KEPT`, then every second, every fourth, so that they span the time. */
class Spread {
  seen = 0;
  kept: Attempt[] = [];
  #stride = 1;

  wants(): boolean {
    if (this.seen++ % this.#stride !== 0) return false;
    if (this.kept.length < MOST_KEPT) return true;
    this.kept = this.kept.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
    return (this.seen - 1) % this.#stride === 0;
  }

  add(attempt: Attempt): void {
    this.kept.push(attempt);
  }
}

/** Is this attempt among those that a judgement is about, and within its time? */
function isAbout({ kind, subject, onset, end }: Judgement, attempt: Attempt): boolean {
  if (kind === 'nothing') return true;
  if (attempt.firstAt < onset - SLACK || (end >= 0 && attempt.firstAt > end + SLACK)) return false;
  if (subject.address < 0) return subject.port < 0 || attempt.serverPort === subject.port;
  // Who scans, and who is sent replies, stands where a client does.
  if (kind === 'reflection' || (subject.role === 'source' && kind === 'scan'))
    return attempt.client === subject.address;
  return attempt.server === subject.address && (subject.port < 0 || attempt.serverPort === subject.port);
}

/** Is there anything to draw? */
function hasEvidence({ syn, synack, rst, icmp }: Attempt): boolean {
  return (syn ?? synack ?? rst ?? icmp) !== undefined;
}

const MOST_GROUPS = 512;
const MOST_KEPT = 12;
const MOST_DRAWN = 4;
/** Windows of detectors are seconds: an onset may be off by one. */
const SLACK = 1e9;
