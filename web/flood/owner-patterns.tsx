/** One pattern per kind of owner and per cause of a drop, so that queue, band and plots read in black and white. */
import type { JSX } from 'preact';

/** `prefix` keeps the ids of several drawings on one page apart. */
export function OwnerPatterns({ prefix }: { readonly prefix: string }): JSX.Element {
  return (
    <defs>
      {PATTERNS.map(([name, size, d]) => (
        <pattern
          key={name}
          id={`${prefix}-${name}`}
          width={size}
          height={size}
          patternUnits="userSpaceOnUse"
          class={`pat ${name}`}
        >
          <rect width={size} height={size} class="pat-ground" />
          <path d={d} class="pat-line" />
        </pattern>
      ))}
    </defs>
  );
}

/** Name (a role of the style sheet), edge, and what is drawn on the ground. */
const PATTERNS: readonly (readonly [string, number, string])[] = [
  ['silent', 5, 'M-1 6 6-1M-1 1 1-1M4 6 6 4'],
  ['live', 5, 'M1.500 2.500h2M2.500 1.500v2'],
  ['bot', 4, 'M0 2h4'],
  ['client', 8, ''],
  ['followed', 4, 'M0 0 4 4M4 0 0 4'],
  ['unknown', 6, ''],
  ['syn-queue', 5, 'M-1 6 6-1M-1 1 1-1M4 6 6 4'],
  ['accept-queue', 4, 'M0 2h4'],
  ['reserve', 5, 'M1.500 2.500h2M2.500 1.500v2'],
  ['box', 4, 'M0 0 4 4M4 0 0 4'],
  ['link', 4, 'M2 0v4'],
  ['edge', 6, 'M-1 7 7-1M-1 1 1-1M5 7 7 5'],
];
