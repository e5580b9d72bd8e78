/**
 * Samples of sequence numbers over a whole capture in bounded room: runs of eight that follow each other directly, and
 * between two runs a pause. When the room is full, every other run is dropped and the pauses double.
 */
import type { AddressVisitor } from '../../wire/address.ts';
import { larger } from '../../wire/larger.ts';
import { RUN, type Samples } from './target-profile.ts';

export class AttemptSamples {
  #used = 0;
  /** How many runs' worth of calls one run stands for, and calls since the last kept run began. */
  #stride = 1;
  #since = 0;
  /** Columns of `Samples`; as long as what they hold, up to `ROOM`: most targets have few. */
  #at = new Float64Array(RUN);
  #isn = new Uint32Array(RUN);
  #source = new Float64Array(RUN);
  #sourcePort = new Uint16Array(RUN);
  #ipId = new Int32Array(RUN);
  #packet = new Uint32Array(RUN);

  /** Counts one; is it to be kept? Asked apart from `add`, so that what is not kept costs next to nothing. */
  isDue(): boolean {
    const since = this.#since++;
    if (this.#since === RUN * this.#stride) this.#since = 0;
    return since < RUN;
  }

  add(ts: number, isn: number, source: number, sourcePort: number, ipId: number, packet: number): void {
    if (this.#used === ROOM) this.#thin();
    else if (this.#used === this.#at.length) this.#grow();
    const i = this.#used++;
    this.#at[i] = ts;
    this.#isn[i] = isn;
    this.#source[i] = source;
    this.#sourcePort[i] = sourcePort;
    this.#ipId[i] = ipId;
    this.#packet[i] = packet;
  }

  eachSource(visit: AddressVisitor): void {
    for (let i = 0; i < this.#used; i++) visit(this.#source[i]!);
  }

  read(): Samples {
    const n = this.#used;
    return {
      at: Array.from(this.#at.subarray(0, n)),
      isn: Array.from(this.#isn.subarray(0, n)),
      source: Array.from(this.#source.subarray(0, n)),
      sourcePort: Array.from(this.#sourcePort.subarray(0, n)),
      ipId: Array.from(this.#ipId.subarray(0, n)),
      packet: Array.from(this.#packet.subarray(0, n)),
    };
  }

  #grow(): void {
    const size = 2 * this.#used;
    this.#at = larger(this.#at, new Float64Array(size));
    this.#isn = larger(this.#isn, new Uint32Array(size));
    this.#source = larger(this.#source, new Float64Array(size));
    this.#sourcePort = larger(this.#sourcePort, new Uint16Array(size));
    this.#ipId = larger(this.#ipId, new Int32Array(size));
    this.#packet = larger(this.#packet, new Uint32Array(size));
  }

  /** Keeps every other run. */
  #thin(): void {
    for (let run = 1; 2 * run < ROOM / RUN; run++) {
      for (const column of [this.#at, this.#isn, this.#source, this.#sourcePort, this.#ipId, this.#packet])
        column.copyWithin(run * RUN, 2 * run * RUN, (2 * run + 1) * RUN);
    }
    this.#used = ROOM / 2;
    this.#stride *= 2;
  }
}

/** 32 runs. */
const ROOM: number = 32 * RUN;
