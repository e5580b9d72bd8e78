/** The shipped scenarios, bundled as text: the page needs no network. */

export interface ShippedScenario {
  readonly id: string;
  readonly title: string;
  readonly kind: 'handshake' | 'flood';
  readonly text: string;
}

const FILES: Record<string, string> = import.meta.glob('../scenarios/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Those a beginner meets first; the rest follow by name. */
const ORDER: readonly string[] = [
  'three-way-handshake',
  'lost-syn',
  'lost-syn-ack',
  'lost-ack-then-data',
  'closed-port',
  'filtered-port',
  'simultaneous-open',
  'old-duplicate-syn',
  'half-open-discovery',
  'half-open-active-side',
];

/** In teaching order: the plain handshake first, floods behind the handshakes in their own order, then by file name. */
export const SCENARIOS: readonly ShippedScenario[] = Object.entries(FILES)
  .map(([path, text]) => shipped(path.replace(/^.*\/|\.yaml$/g, ''), text))
  .sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));

/** The worker parses the file properly; a list needs only a few of its lines. */
function shipped(id: string, text: string): ShippedScenario {
  const title = line(text, 'title').replace(/^(['"])(.*)\1$/, '$2');
  return { id, title: title === '' ? id : title, kind: line(text, 'kind') === 'flood' ? 'flood' : 'handshake', text };
}

function line(text: string, key: string): string {
  return new RegExp(`^${key}:\\s*(.+)$`, 'm').exec(text)?.[1]?.trim() ?? '';
}

function rank({ id, kind, text }: ShippedScenario): number {
  if (kind === 'flood') return ORDER.length + 1 + (Number(line(text, 'order')) || USUAL_ORDER);
  const at = ORDER.indexOf(id);
  return at < 0 ? ORDER.length : at;
}

/** Of a flood that names no place in the list, as the scenario schema has it. */
const USUAL_ORDER = 500;
