/**
 * Which connection the script means: the original follows one at a time. A socket() call makes the new socket the one
 * under test, and a packet into a listener (or where no socket is) the child that answers it.
 */
import type { StreamSocket } from '../socket/stream-socket.ts';
import { ACK, SYN } from '../wire/segment.ts';
import type { PacketAction, Place } from './ast.ts';
import type { Bench, Sent } from './bench.ts';
import { ScriptError } from './error.ts';
import { Mapping } from './mapping.ts';
import type { RunOptions } from './run-options.ts';

/** The script's side uses these ports one after another. */
const FIRST_PORT = 32768;

export class UnderTest {
  mapping: Mapping | null = null;
  readonly bench: Bench;
  readonly #options: RunOptions;
  /** All so far, oldest first. */
  readonly #all: Mapping[] = [];
  #nextPort = FIRST_PORT;

  constructor(bench: Bench, options: RunOptions) {
    this.bench = bench;
    this.#options = options;
  }

  onSocket(socket: StreamSocket): void {
    const made = new Mapping('new', socket);
    this.#all.push(made);
    this.mapping = made;
  }

  onListen(socket: StreamSocket): void {
    const map = this.#all.find((each) => each.socket === socket);
    if (map !== undefined) map.phase = 'listening';
  }

  onConnect(socket: StreamSocket): void {
    const map = this.#all.findLast((each) => each.socket === socket);
    // connect() on a listener fails and changes nothing.
    if (map === undefined || map.phase === 'listening') return;
    map.phase = 'connecting';
    map.remotePort = this.#options.connectPort;
    // A socket that was connected before gets another port.
    map.localPort = 0;
  }

  onAccept(socket: StreamSocket): void {
    const port = socket.connection!.tcb.remotePort;
    const map = this.#all.findLast((each) => each.socket === null && each.remotePort === port);
    if (map !== undefined) map.socket = socket;
  }

  /** The connection that a packet of the script goes to. */
  forInbound(packet: PacketAction): Mapping {
    const map = this.mapping;
    if (map === null || map.phase === 'listening') return this.#arrival(packet);
    if (map.phase === 'answered' && (packet.flags & ACK) !== 0) map.phase = 'completed';
    if (map.phase === 'syn-sent' && (packet.flags & SYN) !== 0) {
      if ((packet.flags & ACK) !== 0) map.phase = 'syn-acked';
      map.remoteIsn = packet.seq;
    }
    return map;
  }

  /** The connection that a packet is expected from. */
  forOutbound(packet: PacketAction, file: string): Mapping {
    const map = this.current(packet.place, file);
    const syn = (packet.flags & SYN) !== 0;
    const ack = (packet.flags & ACK) !== 0;
    if (syn && !ack && map.phase === 'connecting') {
      map.phase = 'syn-sent';
      map.scriptIsn = packet.seq;
    }
    if (syn && ack && map.phase === 'arrived') map.scriptIsn = packet.seq;
    return map;
  }

  current(place: Place, file: string): Mapping {
    if (this.mapping === null)
      throw new ScriptError(file, place, 'expected a socket or a packet into the stack before this');
    return this.mapping;
  }

  /** The socket under test, for TCP_INFO. */
  socket(place: Place, file: string): StreamSocket {
    const { socket } = this.current(place, file);
    if (socket === null)
      throw new ScriptError(file, place, 'expected accept() before code that asks about the connection');
    return socket;
  }

  /** Is `sent` from the connection `map`? Learns ports and ISN of a SYN that it waited for. */
  owns(map: Mapping, sent: Sent): boolean {
    const { seg } = sent;
    if (seg.src !== this.bench.local || seg.dst !== this.bench.remote) return false;
    const onlySyn = (seg.flags & (SYN | ACK)) === SYN;
    if (map.phase === 'syn-sent' && onlySyn && map.localPort === 0 && seg.dport === map.remotePort) {
      // An earlier connection may still be repeating its SYN.
      if (this.#all.some((other) => other.localPort === seg.sport && other.liveIsn === seg.seq)) return false;
      map.localPort = seg.sport;
      map.liveIsn = seg.seq;
      return true;
    }
    if (seg.sport !== map.localPort || seg.dport !== map.remotePort) return false;
    if (map.phase === 'syn-sent' && onlySyn) map.liveIsn = seg.seq;
    if (map.phase === 'arrived' && (seg.flags & (SYN | ACK)) === (SYN | ACK)) {
      map.phase = 'answered';
      map.liveIsn = seg.seq;
    }
    return true;
  }

  #arrival(packet: PacketAction): Mapping {
    const map = new Mapping('arrived', null);
    map.localPort = this.#options.bindPort;
    // Ports that a packet names are its own alone; the connection under test has others.
    map.remotePort = this.#nextPort++;
    map.remoteIsn = packet.seq;
    this.#all.push(map);
    this.mapping = map;
    return map;
  }
}
