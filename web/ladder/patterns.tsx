/** Hatches of the timer bars: one per role, so that a bar reads in black and white too. */
import type { JSX } from 'preact';

export function Patterns(): JSX.Element {
  return (
    <defs>
      {TONES.map((tone) => (
        <pattern key={tone} id={`hatch-${tone}`} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" class={`hatch-ground ${tone}`} />
          <path d="M0 6 6 0" class={`hatch-line ${tone}`} />
        </pattern>
      ))}
    </defs>
  );
}

const TONES = ['client', 'server', 'halfopen', 'cookie'] as const;
