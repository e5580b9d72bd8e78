/**
 * Replies to SYNs that are not in the capture: SYN/ACKs and RSTs on flows of which nothing else is seen. They are counted
 * at whom they reached and at who sent them; backscatter and reflection show here and nowhere else. Bounded: the first
 * 16,384 hosts of each role are kept, of others only how many flows they had.
 */
import type { AddressVisitor } from '../wire/address.ts';
import { hashAddress, hashNumber, type Ipv6Hashes } from './detect/key-hash.ts';
import { TallySketch } from './detect/tally-sketch.ts';
import type { Tally } from './detect/target-profile.ts';

/** Flows of one host: those that reached it (`received`) or that it sent. */
export interface StrayProfile {
  readonly address: number;
  readonly role: 'received' | 'sent';
  readonly flows: number;
  /** Flows with a SYN/ACK; their SYN/ACK packets; and the most on one flow. */
  readonly synackFlows: number;
  readonly synacks: number;
  readonly mostCopies: number;
  /** Flows whose SYN/ACK the receiver reset: it had not asked for it. */
  readonly resets: number;
  /** Flows of this host in this role that began without a SYN and did go on: connections of which a part is captured. */
  readonly others: number;
  /** Flows whose client port is a little above that of the flow before: one client that counts its ports up. */
  readonly ascending: number;
  /** Whom they came from (`received`) or went to, and from which ports of theirs or its own. */
  readonly peers: Tally;
  readonly serverPorts: Tally;
  readonly clientPorts: Tally;
  readonly firstAt: number;
  readonly lastAt: number;
  /** First packets of the first flows. */
  readonly packets: readonly number[];
}

/** One flow of nothing but stray replies; `server` sent them. */
export interface StrayFlow {
  client: number;
  clientPort: number;
  server: number;
  serverPort: number;
  /** SYN/ACK packets; 0: only RSTs. */
  synacks: number;
  /** Did the receiver reset it? */
  reset: boolean;
  firstAt: number;
  lastAt: number;
  firstPacket: number;
}

export class StrayLedger {
  readonly #received = new Map<number, Host>();
  readonly #sent = new Map<number, Host>();
  readonly #hashes: Ipv6Hashes;
  readonly #seed: number;
  readonly #most: number;
  /** Flows of hosts there was no room for. */
  forgotten = 0;
  #sketched = 0;
  #connections = 0;

  /** `most` hosts of each role. */
  constructor(hashes: Ipv6Hashes, seed = 0, most: number = MOST) {
    this.#hashes = hashes;
    this.#most = most;
    this.#seed = seed;
  }

  /** A flow is over, and nothing but stray replies was seen of it. */
  onFlow(flow: Readonly<StrayFlow>): void {
    this.#count(this.#received, flow.client, flow.server, flow);
    this.#count(this.#sent, flow.server, flow.client, flow);
  }

  /** A flow that began without a SYN is over, and it was a connection. */
  onConnection(client: number, server: number): void {
    this.#connections++;
    const receiver = this.#received.get(client) ?? this.#add(this.#received, client, Infinity);
    if (receiver !== undefined) receiver.others++;
    const sender = this.#sent.get(server) ?? this.#add(this.#sent, server, Infinity);
    if (sender !== undefined) sender.others++;
  }

  /** Connections of a server whose opening is not in the capture; -1: of all servers. */
  connectionsOf(server: number): number {
    return server < 0 ? this.#connections : (this.#sent.get(server)?.others ?? 0);
  }

  /** Hosts with at least so many flows or SYN/ACKs, most flows first. */
  profiles(least: number): StrayProfile[] {
    const found: StrayProfile[] = [];
    const scratch = emptySketches();
    for (const [role, hosts] of [['received', this.#received] as const, ['sent', this.#sent] as const]) {
      for (const [address, host] of hosts) {
        if (host.flows >= least || host.synacks >= least) found.push(host.read(address, role, scratch));
      }
    }
    return found.sort((a, b) => b.flows - a.flows || a.address - b.address);
  }

  eachAddress(visit: AddressVisitor): void {
    for (const hosts of [this.#received, this.#sent]) {
      for (const [address, host] of hosts) {
        visit(address);
        host.eachPeer(visit);
      }
    }
  }

  #add(hosts: Map<number, Host>, address: number, firstAt: number): Host | undefined {
    if (hosts.size >= this.#most) return undefined;
    const host = new Host(firstAt);
    hosts.set(address, host);
    return host;
  }

  #count(hosts: Map<number, Host>, address: number, peer: number, flow: Readonly<StrayFlow>): void {
    const host = hosts.get(address) ?? this.#add(hosts, address, flow.firstAt);
    if (host === undefined) {
      this.forgotten++;
      return;
    }
    host.count(peer, hashAddress(peer, this.#seed, this.#hashes), flow, this.#seed, this.#sketched < MOST_SKETCHED);
    if (host.flows === FEW && host.sketched) this.#sketched++;
  }
}

class Host {
  flows = 0;
  synackFlows = 0;
  synacks = 0;
  mostCopies = 0;
  resets = 0;
  others = 0;
  ascending = 0;
  #lastPort = -1;
  firstAt: number;
  lastAt = 0;
  readonly packets: number[] = [];
  /** The first flows as they are; sketches only once there are more, for most hosts have one. */
  readonly #first: Values[] = [];
  #sketches: Sketches | undefined = undefined;

  constructor(firstAt: number) {
    this.firstAt = firstAt;
  }

  get sketched(): boolean {
    return this.#sketches !== undefined;
  }

  /** `room`: sketches may be made for it. Without them, peers and ports are those of the first flows. */
  count(peer: number, peerHash: number, flow: Readonly<StrayFlow>, seed: number, room: boolean): void {
    this.flows++;
    if (flow.synacks > 0) this.synackFlows++;
    this.synacks += flow.synacks;
    this.mostCopies = Math.max(this.mostCopies, flow.synacks);
    if (flow.reset) this.resets++;
    const step = flow.clientPort - this.#lastPort;
    if (step > 0 && step <= 8) this.ascending++;
    this.#lastPort = flow.clientPort;
    this.firstAt = Math.min(this.firstAt, flow.firstAt);
    this.lastAt = Math.max(this.lastAt, flow.lastAt);
    if (this.packets.length < PACKETS) this.packets.push(flow.firstPacket);
    const values = [peer, peerHash, flow.serverPort, flow.clientPort] as const;
    if (this.#sketches !== undefined) addTo(this.#sketches, values, seed);
    else if (this.flows < FEW || (this.flows === FEW && !room)) this.#first.push(values);
    else if (this.flows === FEW) {
      this.#sketches = filled(emptySketches(), [...this.#first, values], seed);
      this.#first.length = 0;
    }
  }

  eachPeer(visit: AddressVisitor): void {
    for (const [peer] of this.#first) visit(peer);
    this.#sketches?.[0].eachKey(visit);
  }

  /** `scratch`: for a host without sketches of its own; new ones for each of thousands are 300 MB of garbage. */
  read(address: number, role: StrayProfile['role'], scratch: Sketches): StrayProfile {
    const [peers, serverPorts, clientPorts] = this.#sketches ?? filled(scratch, this.#first, 0);
    const { flows, synackFlows, synacks, mostCopies, resets, others, ascending, firstAt, lastAt } = this;
    return {
      address,
      role,
      flows,
      synackFlows,
      synacks,
      mostCopies,
      resets,
      others,
      ascending,
      peers: peers.read(),
      serverPorts: serverPorts.read(),
      clientPorts: clientPorts.read(),
      firstAt,
      lastAt,
      packets: this.packets.toSorted((a, b) => a - b),
    };
  }
}

type Sketches = readonly [peers: TallySketch, serverPorts: TallySketch, clientPorts: TallySketch];
type Values = readonly [peer: number, peerHash: number, serverPort: number, clientPort: number];

function emptySketches(): Sketches {
  return [new TallySketch(), new TallySketch(), new TallySketch()];
}

function filled(sketches: Sketches, values: readonly Values[], seed: number): Sketches {
  for (const sketch of sketches) sketch.reset();
  for (const one of values) addTo(sketches, one, seed);
  return sketches;
}

function addTo(
  [peers, serverPorts, clientPorts]: Sketches,
  [peer, peerHash, serverPort, clientPort]: Values,
  seed: number,
): void {
  peers.add(peer, peerHash);
  serverPorts.add(serverPort, hashNumber(serverPort, seed));
  clientPorts.add(clientPort, hashNumber(clientPort, seed));
}

/** Hosts kept in each role, and hosts with sketches (18 KiB each): 20 MB at worst. */
const MOST = 16_384;
const MOST_SKETCHED = 512;
const FEW = 8;
const PACKETS = 8;
