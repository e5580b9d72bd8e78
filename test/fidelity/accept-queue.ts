/** E: a server that accepts too slowly or not at all. */
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { ACK, PSH, RST, type Segment, SYN } from '../../src/wire/segment.ts';
import { type GroundTruth, groupBy, type Row, settingsOf } from './ground-truth.ts';
import { LinuxServer, PEER } from './linux-server.ts';
import { type Check, equal, held, type Section, worstOfExact } from './section.ts';

/** When the delayed clients send their ACK and data, when the state is read, and when one more SYN comes. */
const ACK_AT: Nanos = 200 * MS;
const DATA_AT: Nanos = 255 * MS;
const READ_AT: Nanos = 350 * MS;
const EXTRA_AT: Nanos = 400 * MS;
/** Events agree within a bucket of the timer wheel and the noise of its clock. */
const NEAR = 0.06;

/** One client: what it received and sent, in the words of E_accept_queue_events. */
interface Client {
  readonly role: string;
  readonly events: { readonly what: string; readonly at: number }[];
  iss: number;
  reset: boolean;
}

interface Outcome {
  readonly columns: Readonly<Record<string, number>>;
  readonly clients: readonly Client[];
}

export function acceptQueue(truth: GroundTruth): Section | null {
  const summary = truth.table('E_accept_queue_summary.csv');
  if (summary === null) return null;
  const events = groupBy(truth.table('E_accept_queue_events.csv') ?? [], 'scenario');
  const checks: Check[] = [];
  const rows: string[][] = [];
  let worst = 0;
  for (const row of summary) {
    const name = row.text('scenario');
    const { columns, clients } = new Scene(row).play();
    const counted = Object.entries(columns).map(([column, value]) =>
      equal(`${name}: ${column}`, row.number(column), value),
    );
    const told = (events.get(name) ?? []).map((event) => {
      const check = compareEvents(name, event, clients[event.number('client')]);
      worst = Math.max(worst, check.off);
      return check;
    });
    checks.push(...counted, ...told);
    rows.push([
      name.replaceAll('_', ' '),
      SHOWN.map((column) => row.text(column)).join(' '),
      SHOWN.map((column) => `${columns[column]}`).join(' '),
      held(counted),
      told.length === 0 ? '' : held(told),
    ]);
  }
  return {
    letter: 'E',
    title: 'A full accept queue',
    csv: ['E_accept_queue_summary.csv', 'E_accept_queue_events.csv'],
    replay:
      'Clients that acknowledge at once, then clients that do so 200 ms after their SYN (and send 5 bytes 55 ms later, ' +
      'and answer each repeated SYN/ACK, where the row says so), one more SYN at 400 ms; the server accepts all at the ' +
      'time of the row, or never. Shown: established and half-open after the ACKs, ListenOverflows then and at the end, ' +
      'PassiveOpens. Events: what each client sent and received.',
    tolerance: `Every column exactly; the events of each client in order, each within ${NEAR * 1000} ms.`,
    worst: `${worstOfExact(checks)} The worst event is ${(worst * 1000).toFixed(0)} ms off.`,
    head: ['scenario', 'measured', 'predicted', 'columns equal', 'clients alike'],
    rows,
    checks,
  };
}

const SHOWN = [
  'established_after_acks',
  'syn_recv_after_acks',
  'ListenOverflows_after_acks',
  'ListenOverflows_end',
  'PassiveOpens_end',
] as const;

/** One scenario on virtual time. */
class Scene {
  readonly #row: Row;
  readonly #server: LinuxServer;
  readonly #clients: Client[] = [];
  readonly #columns: Record<string, number> = {};
  #accepted = 0;

  constructor(row: Row) {
    this.#row = row;
    this.#server = new LinuxServer(settingsOf(row));
    this.#server.onSent = (seg) => this.#arrived(this.#clients[seg.dst - PEER]!, seg.dst - PEER, seg);
  }

  play(): Outcome {
    const row = this.#row;
    const server = this.#server;
    for (let i = 0; i < row.number('clients_acking_at_once'); i++) this.#join('immediate');
    for (let i = 0; i < row.number('clients_acking_after_200ms'); i++) this.#join('delayed');
    server.plan(READ_AT, () => this.#read());
    server.plan(EXTRA_AT, () => {
      const { counters } = server.listener;
      const before = counters.ListenOverflows;
      this.#join('extra');
      this.#columns.ListenOverflows_caused_by_extra_syn = counters.ListenOverflows - before;
      this.#columns.extra_syn_answered = this.#clients.at(-1)!.events.length > 0 ? 1 : 0;
    });
    const drain = row.numberOr('server_accept_all_at_s', 0);
    if (drain > 0) {
      server.plan(drain * SEC, () => {
        while (server.listener.accept() !== undefined) this.#accepted++;
      });
    }
    // Until the last entry has been given up, and a second more.
    server.run((2 ** (row.number('tcp_synack_retries') + 1) + 1) * SEC);
    const { counters, synQueue } = server.listener;
    Object.assign(this.#columns, {
      established_end: this.#established(),
      syn_recv_end: synQueue.length,
      accepted_by_server: this.#accepted,
      ListenOverflows_end: counters.ListenOverflows,
      TCPSynRetrans_end: counters.TCPSynRetrans,
      PassiveOpens_end: counters.PassiveOpens,
    });
    return { columns: this.#columns, clients: this.#clients };
  }

  /** A client sends its SYN now; the SYN/ACK arrives while it does. */
  #join(role: string): void {
    const i = this.#clients.length;
    const client: Client = { role, events: [], iss: 0, reset: false };
    this.#clients.push(client);
    const server = this.#server;
    server.recv({ src: PEER + i, flags: SYN, seq: 1000, mss: 1460 });
    if (client.events.length === 0) return;
    if (role === 'immediate') this.#ack(client, i, 'ACK');
    if (role !== 'delayed') return;
    server.plan(ACK_AT, () => this.#ack(client, i, 'ACK'));
    if (this.#row.number('client_sends_5B_data_at_250ms') === 0) return;
    server.plan(DATA_AT, () => {
      if (client.reset) return;
      this.#note(client, 'DATA5');
      const ack = (client.iss + 1) >>> 0;
      server.recv({ src: PEER + i, flags: PSH | ACK, seq: 1001, ack, payload: new Uint8Array(5), len: 5 });
    });
  }

  #arrived(client: Client, i: number, seg: Readonly<Segment>): void {
    if (seg.flags === (SYN | ACK)) {
      const again = client.events.length > 0;
      client.iss = seg.seq;
      this.#note(client, 'SA');
      if (again && this.#row.number('client_reacks_each_synack') === 1) {
        this.#server.plan(this.#server.now + MS, () => this.#ack(client, i, 'reACK'));
      }
    } else if ((seg.flags & RST) !== 0) {
      client.reset = true;
      this.#note(client, `R[seq=ISS+${(seg.seq - client.iss) >>> 0},ack=${seg.ack}]`);
    } else this.#note(client, `A[ack=iss+${(seg.ack - 1000) >>> 0}]`);
  }

  #ack(client: Client, i: number, what: string): void {
    this.#note(client, what);
    this.#server.recv({ src: PEER + i, flags: ACK, seq: 1001, ack: (client.iss + 1) >>> 0 });
  }

  #note(client: Client, what: string): void {
    client.events.push({ what, at: this.#server.now / SEC });
  }

  #read(): void {
    const { counters, synQueue, acceptQueue } = this.#server.listener;
    Object.assign(this.#columns, {
      recvq_after_acks: acceptQueue.length,
      established_after_acks: this.#established(),
      syn_recv_after_acks: synQueue.length,
      ListenOverflows_after_acks: counters.ListenOverflows,
      ListenDrops_after_acks: counters.ListenDrops,
      OutRsts_after_acks: counters.OutRsts + this.#server.stack.counters.outRsts,
      EmbryonicRsts_after_acks: counters.EmbryonicRsts,
      SyncookiesSent: counters.SyncookiesSent,
      SyncookiesRecv: counters.SyncookiesRecv,
    });
  }

  #established(): number {
    return [...this.#server.stack.connections()].filter((c) => c.state === 'ESTABLISHED').length;
  }
}

/** `SA@0.0 R@0.2[seq=ISS+1,ack=0]` against what our client saw: the same words, at nearly the same times. */
function compareEvents(scenario: string, row: Row, client: Client | undefined): Check & { readonly off: number } {
  const measured = row.text('events_at_s_since_syn');
  const words =
    measured === ''
      ? []
      : measured.split(' ').map((word) => /^(\w+)@([\d.]+)(.*)$/.exec(word) ?? [word, word, '0', '']);
  const ours = client?.events ?? [];
  const predicted = ours.map(({ what, at }) => what.replace(/^(\w+)/, `$1@${at.toFixed(3)}`)).join(' ');
  const alike =
    words.length === ours.length && words.every(([, what, , rest], i) => `${what}${rest}` === ours[i]!.what);
  const offs = alike ? words.map(([, , at], i) => Math.abs(Number(at) - ours[i]!.at)) : [];
  const off = Math.max(0, ...offs);
  return {
    name: `${scenario}: client ${row.text('client')}`,
    measured,
    predicted,
    ok: client?.role === row.text('role') && alike && off <= NEAR,
    off,
  };
}
