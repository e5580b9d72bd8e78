/** Recordings written by hand, so that tests of views do not depend on the simulator. */
import type {
  Flight,
  HostInfo,
  HostView,
  Recording,
  SegmentView,
  Step,
  TcbView,
  WhyNote,
} from '../../src/sim/recording.ts';
import type { TcpState } from '../../src/tcp/types.ts';

const NONE: HostView = { state: 'CLOSED', tcbs: [], queues: [], counters: {}, appRead: 0, appWritten: 0 };

/** Numbers of the lab design's mock-up. */
export const X = 3257840112;
export const Y = 811402936;
export const CLIENT: HostInfo = { name: 'client', role: 'client', address: '198.51.100.7', port: 49812 };
export const SERVER: HostInfo = { name: 'server', role: 'server', address: '203.0.113.80', port: 80 };
export const MS = 1_000_000;

export interface SegmentSpec {
  seq: number;
  ack?: number;
  flags: number;
  len?: number;
  mss?: number;
  bytes?: Uint8Array;
}

type StepSpec = Partial<Pick<Step, 'kind' | 'host' | 'flight' | 'label' | 'sent'>> & {
  states?: Partial<Record<number, TcpState>>;
  why?: WhyNote[];
  hosts?: Partial<Record<number, Partial<HostView>>>;
};

export class RecordingBuilder {
  readonly flights: Flight[] = [];
  readonly steps: Step[] = [];
  readonly hosts: readonly HostInfo[];
  #hosts: HostView[];

  constructor(hosts: readonly HostInfo[] = [CLIENT, SERVER]) {
    this.hosts = hosts;
    this.#hosts = hosts.map(() => NONE);
  }

  flight(from: number, to: number, sentAt: number, spec: SegmentSpec, more: Partial<Flight> = {}): number {
    const src = this.hosts[from]!;
    const dst = this.hosts[to]!;
    const segment: SegmentView = {
      src: src.address,
      sport: src.port,
      dst: dst.address,
      dport: dst.port,
      seq: spec.seq,
      ack: spec.ack ?? 0,
      flags: spec.flags,
      wnd: 65160,
      len: spec.len ?? 0,
      mss: spec.mss ?? -1,
      ws: spec.mss === undefined ? -1 : 7,
      sackPerm: spec.mss !== undefined,
      tsVal: -1,
      tsEcr: -1,
      sack: [],
      bytes: spec.bytes ?? new Uint8Array(0),
      tcpOff: 0,
    };
    const index = this.flights.length;
    this.flights.push({
      index,
      from,
      to,
      sentAt,
      arrivesAt: sentAt + 40 * MS,
      lostAt: Number.POSITIVE_INFINITY,
      fate: 'delivered',
      copyOf: -1,
      again: false,
      scripted: false,
      segment,
      ...more,
    });
    return index;
  }

  step(t: number, spec: StepSpec): this {
    const before = this.#hosts;
    this.#hosts = before.map((view, i) => ({ ...view, ...spec.hosts?.[i], state: spec.states?.[i] ?? view.state }));
    const changes = this.#hosts.flatMap((view, host) =>
      view.state === before[host]!.state ? [] : [{ host, from: before[host]!.state, to: view.state }],
    );
    this.steps.push({
      index: this.steps.length,
      t,
      kind: spec.kind ?? 'app',
      host: spec.host ?? 0,
      flight: spec.flight ?? -1,
      label: spec.label ?? '',
      sent: spec.sent ?? [],
      changes,
      why: spec.why ?? [],
      hosts: this.#hosts,
    });
    return this;
  }

  build(more: Partial<Recording> = {}): Recording {
    return {
      scenario: 'by-hand',
      title: 'By hand',
      seed: 7,
      profile: 'rfc9293',
      hosts: this.hosts,
      flights: this.flights,
      steps: this.steps,
      hash: '',
      interventions: [],
      x: X,
      y: Y,
      ...more,
    };
  }
}

/** A TCB with the fields that a test cares about. */
function tcb(more: Partial<TcbView>): TcbView {
  return {
    where: 'connection',
    local: '198.51.100.7:49812',
    remote: '203.0.113.80:80',
    state: 'SYN-SENT',
    iss: X,
    irs: 0,
    sndUna: X,
    sndNxt: X + 1,
    sndWnd: 0,
    rcvNxt: 0,
    rcvWnd: 65160,
    mss: 1460,
    sndScale: 0,
    rcvScale: 0,
    cwnd: 14600,
    ssthresh: 65535,
    srtt: -1,
    rto: 1000 * MS,
    retransmits: 0,
    timers: [],
    ...more,
  };
}

const SYN = 0x02;
const ACK = 0x10;

/** RFC 9293 figure 6 with the lesson's X and Y, 40 ms each way. */
export function handshake(): Recording {
  const b = new RecordingBuilder();
  b.step(0, { label: 'listen', host: 1, states: { 1: 'LISTEN' } });
  const syn = b.flight(0, 1, 0, { seq: X, flags: SYN, mss: 1460 });
  b.step(0, { label: 'connect', host: 0, states: { 0: 'SYN-SENT' }, sent: [syn] });
  finish(b, syn, 40 * MS);
  return b.build();
}

/** The lab design's picture: the first SYN dies at 23 ms, the second one, a second later, gets through. */
export function lostSyn(): Recording {
  const b = new RecordingBuilder();
  const timer = (armedAt: number, firesAt: number) => ({
    0: { tcbs: [tcb({ timers: [{ name: 'retransmit', armedAt, firesAt }] })] },
  });
  b.step(0, { label: 'listen', host: 1, states: { 1: 'LISTEN' } });
  const first = b.flight(0, 1, 0, { seq: X, flags: SYN, mss: 1460 }, { fate: 'lost', lostAt: 23 * MS });
  b.step(0, { label: 'connect', host: 0, states: { 0: 'SYN-SENT' }, sent: [first], hosts: timer(0, 1000 * MS) });
  b.step(23 * MS, { kind: 'lost', host: 0, flight: first });
  const again = b.flight(0, 1, 1000 * MS, { seq: X, flags: SYN, mss: 1460 }, { again: true });
  b.step(1000 * MS, {
    kind: 'timer',
    label: 'retransmit',
    host: 0,
    sent: [again],
    hosts: timer(1000 * MS, 3000 * MS),
  });
  finish(b, again, 1040 * MS);
  return b.build();
}

/** From the SYN's arrival on: SYN/ACK, ACK, both ESTABLISHED. */
function finish(b: RecordingBuilder, syn: number, t: number): void {
  const synAck = b.flight(1, 0, t, { seq: Y, ack: X + 1, flags: SYN | ACK, mss: 1460 });
  b.step(t, { kind: 'arrive', host: 1, flight: syn, states: { 1: 'SYN-RECEIVED' }, sent: [synAck] });
  const ack = b.flight(0, 1, t + 40 * MS, { seq: X + 1, ack: Y + 1, flags: ACK });
  b.step(t + 40 * MS, {
    kind: 'arrive',
    host: 0,
    flight: synAck,
    states: { 0: 'ESTABLISHED' },
    sent: [ack],
    hosts: { 0: { tcbs: [tcb({ state: 'ESTABLISHED' })] } },
  });
  b.step(t + 80 * MS, { kind: 'arrive', host: 1, flight: ack, states: { 1: 'ESTABLISHED' } });
}
