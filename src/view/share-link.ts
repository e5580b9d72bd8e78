/** What a shared link carries, as the hash of the lab's address: readable, short, and forgiving when typed by hand. */
import type { Intervention } from '../sim/recording.ts';
import { NUMBER_MODES, type NumberMode } from './numbers.ts';

export interface SharedView {
  readonly scenario: string;
  /** -1 = the scenario's own seed. */
  readonly seed: number;
  readonly step: number;
  readonly numbers: NumberMode;
  readonly interventions: readonly Intervention[];
  /** Of a flood: its knobs as text (`flood-knobs.ts`), and the defence beside; '' = none. `step` counts its samples. */
  readonly knobs: string;
  readonly beside: string;
}

/** `#s=lost-syn&seed=7&step=4&n=symbolic&i=drop.2.1060000000.0`; parts at their default are left out. */
export function formatShareHash(view: SharedView): string {
  const parts = [`s=${encodeURIComponent(view.scenario)}`];
  if (view.seed >= 0) parts.push(`seed=${view.seed}`);
  if (view.step > 0) parts.push(`step=${view.step}`);
  if (view.numbers !== 'absolute') parts.push(`n=${view.numbers}`);
  if (view.interventions.length > 0) {
    parts.push(`i=${view.interventions.map((i) => `${i.action}.${i.flight}.${i.at}.${i.by}`).join('_')}`);
  }
  if (view.knobs !== '') parts.push(`k=${view.knobs}`);
  if (view.beside !== '') parts.push(`beside=${view.beside}`);
  return `#${parts.join('&')}`;
}

/** Reads a hash back. Anything it does not understand is left out, so an old or mangled link still opens something. */
export function parseShareHash(hash: string): Partial<SharedView> {
  const fields = new Map<string, string>();
  for (const part of hash.replace(/^#/, '').split('&')) {
    const eq = part.indexOf('=');
    if (eq > 0) fields.set(part.slice(0, eq), part.slice(eq + 1));
  }
  const found: { -readonly [K in keyof SharedView]?: SharedView[K] } = {};
  const scenario = fields.get('s');
  if (scenario !== undefined && /^[\w.-]+$/.test(scenario)) found.scenario = scenario;
  const seed = toCount(fields.get('seed'), 0xffffffff);
  if (seed >= 0) found.seed = seed;
  const step = toCount(fields.get('step'), 1e6);
  if (step >= 0) found.step = step;
  const numbers = NUMBER_MODES.find((mode) => mode === fields.get('n'));
  if (numbers !== undefined) found.numbers = numbers;
  const knobs = fields.get('k');
  if (knobs !== undefined) found.knobs = knobs;
  const beside = fields.get('beside');
  if (beside !== undefined && /^[a-z0-9-]+$/.test(beside)) found.beside = beside;
  const list = fields.get('i');
  if (list !== undefined) found.interventions = list.split('_').flatMap(parseIntervention);
  return found;
}

function parseIntervention(text: string): Intervention[] {
  const [action, flightText, atText, byText] = text.split('.');
  if (action !== 'drop' && action !== 'delay' && action !== 'duplicate') return [];
  const flight = toCount(flightText, 1e6);
  const at = toCount(atText, Number.MAX_SAFE_INTEGER);
  const by = toCount(byText, Number.MAX_SAFE_INTEGER);
  return flight < 0 || at < 0 || by < 0 ? [] : [{ flight, action, at, by }];
}

/** A decimal integer 0 .. max, or -1. */
function toCount(text: string | undefined, max: number): number {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return -1;
  const value = Number(text);
  return value <= max ? value : -1;
}
