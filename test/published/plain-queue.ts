/**
 * The server that theory speaks of: a queue of exactly so many entries, exact timers, no early pruning, no cookies. Profile
 * `rfc9293` is that; its backlog B admits B + 1, so for a queue of `room` entries the backlog is one less.
 */
import type { ClientsReport, FloodReport, FloodSourceReport } from '../../src/sim/flood-report.ts';
import type { Wish } from '../support/flood-scenario.ts';

export function plainQueue(room: number, retries: number): Wish {
  return { profile: 'rfc9293', backlog: room - 1, settings: { synack_retries: retries } };
}

/** Forged sources of so many addresses that none comes twice while its entry is there. */
export const SILENT = { mode: 'silent', prefix: '10.0.0.0/8' } as const;

/** Of a report: the flood of that name. */
export function floodOf(report: FloodReport, name: string): FloodSourceReport {
  const flood = report.floods.find((f) => f.name === name);
  if (flood === undefined) throw new Error(`no flood '${name}'`);
  return flood;
}

/** Of a report: all people. */
export function people(report: FloodReport): ClientsReport {
  const all = report.clients.at(-1);
  if (all === undefined) throw new Error('nobody came');
  return all;
}
