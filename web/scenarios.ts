/** The shipped scenarios, bundled as text: the page needs no network. */

export interface ShippedScenario {
  readonly id: string;
  readonly title: string;
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

/** In teaching order: the plain handshake first, then by file name. */
export const SCENARIOS: readonly ShippedScenario[] = Object.entries(FILES)
  .map(([path, text]) => ({ id: path.replace(/^.*\/|\.yaml$/g, ''), title: titleOf(text, path), text }))
  .sort((a, b) => rank(a.id) - rank(b.id) || a.id.localeCompare(b.id));

/** The worker parses the file properly; a list needs only its `title:` line. */
function titleOf(text: string, path: string): string {
  const line = /^title:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? path;
  return line.replace(/^(['"])(.*)\1$/, '$2');
}

function rank(id: string): number {
  const at = ORDER.indexOf(id);
  return at < 0 ? ORDER.length : at;
}
