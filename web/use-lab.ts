/** Connects components to the store: any change draws the page again; it is small enough. */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useState } from 'preact/hooks';
import type { Lab } from './lab.ts';

export const LabContext: ReturnType<typeof createContext<Lab | null>> = createContext<Lab | null>(null);

/** The store of the page around this component. */
export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (lab === null) throw new Error('a component of the lab stands outside LabContext');
  return lab;
}

/** Draws the calling component again on every change. Once at the root is enough. */
export function useLabUpdates(lab: Lab): void {
  const [, draw] = useState(0);
  // At once: a recording that arrives before the first paint must be drawn too.
  useLayoutEffect(() => lab.subscribe(() => draw((n) => n + 1)), [lab]);
}
