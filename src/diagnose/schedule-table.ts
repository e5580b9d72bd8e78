/** Gaps between the copies of SYNs and SYN/ACKs, kept only for rows that have copies: 64 bytes a schedule. */
import { MOST_GAPS, type Schedule } from './attempt.ts';
import { scheduleKind } from './retransmission-schedule.ts';
import { RowChunks } from './row-chunks.ts';

export class ScheduleTable {
  /** Each gap two words, then how many there are. */
  readonly #rows = new RowChunks(2 * MOST_GAPS + 2);

  get bytes(): number {
    return this.#rows.bytes;
  }

  /** Notes a copy `gap` ns after the one before. `link`: what the row has of it, 0 for nothing yet; what it is to keep. */
  note(link: number, gap: number): number {
    const schedule = link === 0 ? this.#rows.add() : link - 1;
    const count = this.#rows.word(schedule, 2 * MOST_GAPS);
    if (count < MOST_GAPS) {
      this.#rows.setDouble(schedule, 2 * count, gap);
      this.#rows.setWord(schedule, 2 * MOST_GAPS, count + 1);
    }
    return schedule + 1;
  }

  /** `sent`: copies in all, the first included. */
  read(link: number, sent: number): Schedule {
    const gaps: number[] = [];
    const count = link === 0 ? 0 : this.#rows.word(link - 1, 2 * MOST_GAPS);
    for (let i = 0; i < count; i++) gaps.push(this.#rows.double(link - 1, 2 * i));
    return { sent, gaps, kind: scheduleKind(sent, gaps) };
  }

  release(link: number): void {
    if (link !== 0) this.#rows.release(link - 1);
  }
}
