/** Short names of the timers, for labels beside a bar, and the key by which views light up the same timer. */
import type { TimerView } from '../sim/recording.ts';

/** `RTO`, `SYN/ACK again`, … */
export function timerName(name: TimerView['name']): string {
  return NAMES[name];
}

/** `t1.retransmit`: one per host and timer. */
export function timerKey(host: number, name: TimerView['name']): string {
  return `t${host}.${name}`;
}

const NAMES: Record<TimerView['name'], string> = {
  retransmit: 'RTO',
  'syn-ack': 'RTO',
  'loss-probe': 'tail probe',
  reordering: 'reordering',
  persist: 'probe',
  'delayed-ack': 'delayed ACK',
  'keep-alive': 'keep-alive',
  'time-wait': '2 MSL',
  'user-timeout': 'user timeout',
};
