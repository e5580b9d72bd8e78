/** From the attempts at one captured server to what the simulator can play: people by their arrivals, and floods of SYNs. */
import type { ClientOs, ClientsSpec } from '../sim/flood-model.ts';
import type { ObservedFlood, ObservedSyns } from '../sim/traffic/observed-syns.ts';
import { HalfopenError } from '../wire/error.ts';
import { Maker, type ObservedAttempts, SYSTEMS } from './observed-attempts.ts';

/** A captured server: address handle and port. */
export interface CapturedServer {
  readonly address: number;
  readonly port: number;
}

export interface Workload {
  readonly server: CapturedServer;
  /** Those who want to connect; undefined: the capture shows none. */
  readonly people: ClientsSpec | undefined;
  readonly floods: readonly ObservedFlood[];
  /** Time from the run's beginning to the first attempt, and to the last SYN. */
  readonly lead: number;
  readonly lastAt: number;
  readonly counts: WorkloadCounts;
}

/** What the capture held for this server. */
export interface WorkloadCounts {
  readonly attempts: number;
  readonly people: number;
  /** Of the people: completed in the capture. */
  readonly completed: number;
  readonly silentSyns: number;
  readonly silentSources: number;
  readonly resetSyns: number;
  readonly resetSources: number;
  /** ns from the first SYN to the last. */
  readonly span: number;
}

export function workloadFor(observed: ObservedAttempts, server: CapturedServer): Workload {
  const rows = rowsOf(observed, server);
  const [first] = rows;
  if (first === undefined)
    throw new HalfopenError(`the capture holds no attempt at port ${server.port} of this server`);
  const origin = observed.at[first]! - LEAD;
  const people = rows.filter((row) => observed.maker[row] === Maker.Person);
  const silent = floodOf(observed, rows, Maker.Silent, origin);
  const resets = floodOf(observed, rows, Maker.Resets, origin);
  const { port } = server;
  const floods = [
    { name: 'silent', port, ...silent, prefix: SILENT_PREFIX, answer: 'none' as const },
    { name: 'resetting', port, ...resets, prefix: RESET_PREFIX, answer: 'reset' as const },
  ].filter(({ syns }) => syns.at.length > 0);
  const lastPerson = observed.at[people.at(-1) ?? first]! - origin;
  const lastAt = Math.max(lastPerson, silent.syns.at.at(-1) ?? 0, resets.syns.at.at(-1) ?? 0);
  return {
    server,
    people: people.length === 0 ? undefined : peopleOf(observed, people, port, origin),
    floods,
    lead: LEAD,
    lastAt,
    counts: {
      attempts: rows.length,
      people: people.length,
      completed: people.reduce((sum, row) => sum + observed.completed[row]!, 0),
      silentSyns: silent.syns.at.length,
      silentSources: silent.sources,
      resetSyns: resets.syns.at.length,
      resetSources: resets.sources,
      span: lastAt - LEAD,
    },
  };
}

/** Servers of the capture by number of attempts, most first. */
export function busiestServers(observed: ObservedAttempts): { server: CapturedServer; attempts: number }[] {
  const counts = new Map<number, Map<number, number>>();
  for (let row = 0; row < observed.count; row++) {
    const address = observed.server[row]!;
    const ports = counts.get(address) ?? new Map<number, number>();
    counts.set(address, ports);
    const port = observed.serverPort[row]!;
    ports.set(port, (ports.get(port) ?? 0) + 1);
  }
  const all = [...counts].flatMap(([address, ports]) =>
    [...ports].map(([port, attempts]) => ({ server: { address, port }, attempts })),
  );
  return all.sort((a, b) => b.attempts - a.attempts);
}

/** Rows of that server by time: the capture may give them in another order. */
function rowsOf({ count, server, serverPort, at }: ObservedAttempts, wanted: CapturedServer): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if (server[row] === wanted.address && serverPort[row] === wanted.port) rows.push(row);
  }
  return rows.sort((a, b) => at[a]! - at[b]! || a - b);
}

function floodOf(
  observed: ObservedAttempts,
  rows: readonly number[],
  maker: Maker,
  origin: number,
): { readonly syns: ObservedSyns; readonly sources: number; readonly forged: boolean } {
  const sent: { readonly row: number; readonly at: number }[] = [];
  const mine = new Set<number>();
  for (const row of rows) {
    if (observed.maker[row] !== maker) continue;
    mine.add(row);
    sent.push({ row, at: observed.at[row]! });
  }
  for (let i = 0; i < observed.repeats; i++) {
    const row = observed.repeatOf[i]!;
    if (mine.has(row)) sent.push({ row, at: observed.repeatAt[i]! });
  }
  sent.sort((a, b) => a.at - b.at || a.row - b.row);
  const sources = new Map<number, number>();
  const syns: ObservedSyns = {
    at: new Float64Array(sent.length),
    source: new Uint32Array(sent.length),
    sourcePort: new Uint16Array(sent.length),
    seq: new Uint32Array(sent.length),
    window: new Uint16Array(sent.length),
    mss: new Int32Array(sent.length),
    windowScale: new Int8Array(sent.length),
    options: new Uint8Array(sent.length),
  };
  for (const [i, { row, at }] of sent.entries()) {
    const client = observed.client[row]!;
    const source = sources.get(client) ?? sources.size;
    sources.set(client, source);
    syns.at[i] = at - origin;
    syns.source[i] = source;
    syns.sourcePort[i] = observed.clientPort[row]!;
    syns.seq[i] = observed.seq[row]!;
    syns.window[i] = observed.window[row]!;
    syns.mss[i] = observed.mss[row]!;
    syns.windowScale[i] = observed.windowScale[row]!;
    syns.options[i] = observed.options[row]!;
  }
  // Who sends from addresses of its own uses each of them again, on average more than twice; filters ask for this alone.
  return { syns, sources: sources.size, forged: sent.length < 2 * sources.size };
}

function peopleOf(observed: ObservedAttempts, rows: readonly number[], port: number, origin: number): ClientsSpec {
  const os: Partial<Record<ClientOs, number>> = {};
  for (const row of rows) {
    const system = SYSTEMS[observed.system[row]!] ?? 'linux';
    os[system] = (os[system] ?? 0) + 1;
  }
  const known = rows.map((row) => observed.roundTrip[row]!).filter((time) => time > 0);
  const middle = [...known].sort((a, b) => a - b)[known.length >> 1] ?? USUAL_ROUND_TRIP;
  return {
    ...PEOPLE,
    name: 'people',
    from: PEOPLE_PREFIX,
    port,
    arrivals: { process: 'times', at: rows.map((row) => observed.at[row]! - origin) },
    // In turn, so that each has the distance that was measured for it; who was never answered has the median.
    rtt: { shape: 'cycle', values: rows.map((row) => observed.roundTrip[row]! || middle) },
    os,
  };
}

/** What a capture of handshakes does not tell of people: each asks once, and waits half a minute. */
const PEOPLE = { people: 0, fastOpen: false, request: 200, patience: 30e9, after: 'close', think: 0 } as const;

/** The run begins so much before the first attempt. */
const LEAD = 1e9;
const USUAL_ROUND_TRIP = 50e6;
/** Ranges that belong to nobody (RFC 1918), and do not overlap. */
const SILENT_PREFIX = '10.0.0.0/9';
const RESET_PREFIX = '10.128.0.0/9';
const PEOPLE_PREFIX = '172.16.0.0/12';
