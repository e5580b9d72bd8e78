/** Line icons, 16 px, always beside a word or under a label. */
import type { ComponentChildren, JSX } from 'preact';

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      {PATHS[name]}
    </svg>
  );
}

/** The mark: a bracket that closes on one side and stays dashed on the other. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 28 24" aria-hidden="true">
      <path d="M10 3H4v18h6" class="mark-line" />
      <circle cx="12.5" cy="12" r="3.2" class="mark-dot" />
      <path d="M18.5 3c5.5 4.5 5.5 13.5 0 18" class="mark-line mark-open" />
    </svg>
  );
}

/** A host's sign: circle for a client, square for a server, diamond for a third party. */
export function HostSign({ role }: { readonly role: 'client' | 'server' | 'peer' }): JSX.Element {
  return <span class={`sign sign-${role}`} aria-hidden="true" />;
}

const PATHS = {
  cross: <path class="icon-line icon-bold" d="m4 4 8 8M12 4l-8 8" />,
  check: <path class="icon-line icon-bold" d="m3.2 8.4 3.2 3.3 6.4-7.2" />,
  dot: <circle class="icon-fill" cx="8" cy="8" r="2.6" />,
  down: <path class="icon-line" d="m4 6.2 4 4 4-4" />,
  back: <path class="icon-line" d="M11 3.5 5.5 8l5.5 4.5zM3.5 3.5v9" />,
  forward: <path class="icon-line" d="M5 3.5 10.5 8 5 12.5zM12.5 3.5v9" />,
  play: <path class="icon-fill" d="M4.5 2.8v10.4L13 8z" />,
  pause: <path class="icon-fill" d="M4 3h3v10H4zM9 3h3v10H9z" />,
  hourglass: (
    <path
      class="icon-line"
      d="M4.5 2.5h7M4.5 13.5h7M5.5 2.5c0 3 2.5 4 2.5 5.5 0-1.5 2.5-2.5 2.5-5.5M5.5 13.5c0-3 2.5-4 2.5-5.5 0 1.5 2.5 2.5 2.5 5.5"
    />
  ),
  diamond: <path class="icon-line" d="M8 2.5 13.5 8 8 13.5 2.5 8z" />,
  clock: <Lines>{['M8 5.8v2.9l2 1.3M6.5 2h3', 'M3 8.5a5 5 0 1 0 10 0a5 5 0 1 0 -10 0']}</Lines>,
  copy: <Lines>{['M5.5 5.5h7.5v7.5H5.5z', 'M10.5 3H3v7.5']}</Lines>,
  undo: <Lines>{['M6 3 3 6l3 3', 'M3 6h6.5a3.5 3.5 0 0 1 0 7H6']}</Lines>,
  share: <path class="icon-line" d="M8 9.5V2M5 4.8 8 2l3 2.8M3 8.5v5h10v-5" />,
  theme: (
    <>
      <circle class="icon-line" cx="8" cy="8" r="5.5" />
      <path class="icon-fill" d="M8 2.5a5.5 5.5 0 0 1 0 11z" />
    </>
  ),
  fork: (
    <Lines>
      {[
        'M2.9 3.8a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0 -3.2 0',
        'M2.9 12.2a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0 -3.2 0',
        'M9.9 6a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0 -3.2 0',
        'M4.5 5.4v5.2M11.5 7.6c0 2.4-7 1.4-7 3',
      ]}
    </Lines>
  ),
  help: <Lines>{['M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4', 'M8 12.1v.1']}</Lines>,
} as const;

function Lines({ children }: { readonly children: readonly string[] }): ComponentChildren {
  return children.map((d) => <path key={d} class="icon-line" d={d} />);
}
