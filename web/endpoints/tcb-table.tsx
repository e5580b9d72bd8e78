/** Both transmission control blocks side by side; what changed in this step stands out. */
import type { JSX } from 'preact';
import type { Recording, TcbView } from '../../src/sim/recording.ts';
import { capitalise } from '../../src/view/ladder-model.ts';
import type { Numbers } from '../../src/view/numbers.ts';
import { primaryTcb } from '../../src/view/sequence-space.ts';
import { formatSpan } from '../../src/view/time-text.ts';

interface Props {
  readonly recording: Recording;
  readonly step: number;
  readonly numbers: Numbers;
}

interface Row {
  readonly name: string;
  /** Raw value for linked highlights when it is a sequence number, else -1. */
  seq(tcb: TcbView): number;
  text(tcb: TcbView, numbers: Numbers): string;
}

export function TcbTable({ recording, step, numbers }: Props): JSX.Element {
  const now = recording.steps[step]?.hosts ?? [];
  const before = recording.steps[step - 1]?.hosts ?? [];
  const tcbs = recording.hosts.map((_, i) => primaryTcb(now[i]));
  const olds = recording.hosts.map((_, i) => primaryTcb(before[i]));
  const more = now.reduce((sum, host) => sum + Math.max(0, host.tcbs.length - 1), 0);
  return (
    <section aria-labelledby="tcb-title">
      <h2 id="tcb-title">Control blocks</h2>
      <table class="tcb">
        <thead>
          <tr>
            <th scope="col">
              <span class="sr">Variable</span>
            </th>
            {recording.hosts.map((host, i) => (
              <th scope="col" key={host.name}>
                {capitalise(host.name)}
                <span class="where">{where(tcbs[i])}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              {tcbs.map((tcb, i) => {
                const text = tcb ? row.text(tcb, numbers) : '';
                const old = olds[i];
                const changed = tcb !== undefined && (old === undefined || row.text(old, numbers) !== text);
                const seq = tcb ? row.seq(tcb) : -1;
                return (
                  <td
                    key={i}
                    class={changed && text !== '–' ? 'changed' : ''}
                    data-k={seq >= 0 && text !== '–' ? `n${seq}` : undefined}
                  >
                    {text === '' ? '–' : text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="mut small">The newest is shown; {more} more held.</p>}
    </section>
  );
}

function where(tcb: TcbView | undefined): string {
  if (!tcb) return 'none';
  if (tcb.where === 'syn-queue') return 'SYN queue';
  return tcb.where === 'accept-queue' ? 'accept queue' : 'connection';
}

const none = (): number => -1;
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
const heard = (tcb: TcbView): boolean => tcb.rcvNxt !== 0 || tcb.irs !== 0;

const ROWS: readonly Row[] = [
  { name: 'ISS', seq: (t) => t.iss, text: (t, n) => n.from(t.iss, t.iss) },
  { name: 'SND.UNA', seq: (t) => t.sndUna, text: (t, n) => n.from(t.sndUna, t.iss) },
  { name: 'SND.NXT', seq: (t) => t.sndNxt, text: (t, n) => n.from(t.sndNxt, t.iss) },
  { name: 'SND.WND', seq: none, text: (t) => grouped(t.sndWnd) },
  { name: 'IRS', seq: (t) => t.irs, text: (t, n) => (heard(t) ? n.from(t.irs, t.irs) : '–') },
  { name: 'RCV.NXT', seq: (t) => t.rcvNxt, text: (t, n) => (heard(t) ? n.from(t.rcvNxt, t.irs) : '–') },
  { name: 'RCV.WND', seq: none, text: (t) => grouped(t.rcvWnd) },
  { name: 'MSS', seq: none, text: (t) => grouped(t.mss) },
  { name: 'Scale out, in', seq: none, text: (t) => `${shift(t.sndScale)}, ${shift(t.rcvScale)}` },
  { name: 'cwnd', seq: none, text: (t) => (t.cwnd > 0 ? grouped(t.cwnd) : '–') },
  { name: 'SRTT', seq: none, text: (t) => (t.srtt >= 0 ? formatSpan(t.srtt) : '–') },
  { name: 'RTO', seq: none, text: (t) => (t.rto > 0 ? formatSpan(t.rto) : '–') },
  { name: 'Sent again', seq: none, text: (t) => String(t.retransmits) },
];

function shift(n: number): string {
  return n >= 0 ? String(n) : '–';
}
